"""A clock for tests: it stands still until it is moved."""

from datetime import datetime, timedelta


class Clock:
    """Callable like the system clock; `forward` moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **step: float) -> datetime:
        """Move by a timedelta's arguments (`days=1`, `minutes=2`)."""
        self.at += timedelta(**step)
        return self.at

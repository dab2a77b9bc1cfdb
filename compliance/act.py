"""An act: who does something, at which instant, and with which source of chance.

Services take an act instead of asking the clock, the session cookie or the operating system, so a
year can be simulated in a minute and a demonstration district comes out the same twice.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

Chance = Callable[[int], bytes]
"""Number of bytes in, that many unpredictable bytes out."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account id and role, or the system itself."""

    account_id: str
    role: str

    @property
    def is_system(self) -> bool:
        return self.role == "system"


SYSTEM = Actor(account_id="system", role="system")


@dataclass(frozen=True, slots=True)
class Act:
    """One deed of one actor at one instant (aware, kept in UTC)."""

    at: datetime
    actor: Actor = SYSTEM
    chance: Chance = field(default=secrets.token_bytes, repr=False)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            message = "an act needs an aware datetime"
            raise ValueError(message)
        object.__setattr__(self, "at", self.at.astimezone(UTC))

    @property
    def day(self) -> date:
        """The calendar day in Beijing on which it happens."""
        return self.at.astimezone(LOCAL).date()

    def new_id(self) -> str:
        """Return 32 hex digits, 128 random bits."""
        return self.chance(16).hex()

"""What is asked of a demonstration district, and the days that follow from it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from compliance.act import LOCAL
from compliance.notices.texts_2026 import EFFECTIVE_FROM

BEFORE = timedelta(days=300)
"""How long before its last day a district begins, unless its texts are younger."""

SHORTEST = timedelta(days=75)
FIRST_ON = EFFECTIVE_FROM + SHORTEST
"""The first day on which a district can be shown: its model texts have to be in force, and a
finding takes weeks from the reminder to the improvement list."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A district of `merchants` shops as it is on the morning of `on`, visited for `days` days."""

    on: date
    merchants: int = 2128
    days: int = 90
    seed: int = 1

    @property
    def end(self) -> datetime:
        """Midnight in Beijing at which `on` begins: nothing is told of later moments."""
        return datetime.combine(self.on, time(), LOCAL)

    @property
    def opening(self) -> date:
        """The day on which the district's shops are taken onto the register."""
        return max(EFFECTIVE_FROM, self.on - BEFORE)

    @property
    def first_visit(self) -> date:
        """The first day of patrols."""
        return max(self.opening + timedelta(days=14), self.on - timedelta(days=self.days))

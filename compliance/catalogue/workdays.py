"""Working days and the time to put something right, pure.

Days are days in Beijing. A calendar holds only what differs from the week: a holiday on a weekday,
a make-up working day on a weekend (yearly arrangement of the State Council). A year nobody has
arranged yet counts Monday to Friday.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from compliance.act import LOCAL
from compliance.catalogue.models import LimitKind

SNOW_CLEARED_BY = time(10)
SNOW_NIGHT_FROM = time(18)
"""Snow of the night must be gone by ten the next morning; by day it is cleared as it falls."""

AT_LEAST = timedelta(hours=2)
"""What is to be put right at once has until the day is over, and two hours late in the evening."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Day → whether it is a working day, for the days that differ from their weekday."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the `count`-th working day after `day`, which itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day


def end_of(day: date) -> datetime:
    """Return the last second of `day` in Beijing, so that the deadline reads as that day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=LOCAL)


def due_at(
    kind: LimitKind, value: int, start: datetime, calendar: Calendar
) -> tuple[datetime | None, str]:
    """Return until when something must be put right, counted from `start`, and the rule's code.

    Hours run by the clock, at night too. Working days end with the last of them (24:00 Beijing).
    The code is `due.<kind>`; its words take `n`, the catalogue's value.
    """
    local = start.astimezone(LOCAL)
    basis = f"due.{kind.value}"
    match kind:
        case LimitKind.HOURS:
            return start + timedelta(hours=value), basis
        case LimitKind.WORKING_DAYS:
            return end_of(add_working_days(local.date(), value, calendar)), basis
        case LimitKind.SNOW if not SNOW_CLEARED_BY <= local.time() < SNOW_NIGHT_FROM:
            morning = local.date() + timedelta(days=local.time() >= SNOW_NIGHT_FROM)
            return datetime.combine(morning, SNOW_CLEARED_BY, tzinfo=LOCAL), basis
        case LimitKind.NOW | LimitKind.SNOW:
            return max(end_of(local.date()), start + AT_LEAST), "due.now"
        case LimitKind.NONE:
            return None, basis

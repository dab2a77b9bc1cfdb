"""Working days, pauses, and the time to put something right, pure.

Days are days in Beijing. A calendar holds only what differs from the week: a holiday on a weekday,
a make-up working day on a weekend (yearly arrangement of the State Council). A year nobody has
arranged yet counts Monday to Friday. While a shop is closed with approval, or the weather is
declared too bad to work outside, its clocks stand still.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from compliance.act import LOCAL
from compliance.catalogue.models import LimitKind

SNOW_CLEARED_BY = time(10)
SNOW_NIGHT_FROM = time(18)
"""Snow of the night must be gone by ten the next morning; by day it is cleared as it falls."""

AT_LEAST = timedelta(hours=2)
"""What is to be put right at once has until the day is over, and two hours late in the evening."""

DAY = timedelta(days=1)
FAR = timedelta(days=3 * 366)
"""A pause without an end stops a clock for good; it is looked ahead no further than this."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Day → whether it is a working day, for the days that differ from their weekday."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which clocks stand still; without an end it lasts until one is set."""

    begins: datetime
    ends: datetime | None = None

    def touches(self, day: date) -> bool:
        """Return whether any of a day falls into it: a merchant is given whole days."""
        midnight = datetime.combine(day, time(), tzinfo=LOCAL)
        return self.begins < midnight + DAY and (self.ends is None or self.ends > midnight)


Pauses = Sequence[Pause]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a deadline's counting: counted, or passed over because of `why`."""

    day: date
    counted: bool
    why: str = ""


def add_working_days(day: date, count: int, calendar: Calendar, pauses: Pauses = ()) -> date:
    """Return the `count`-th working day after `day`, which itself is not counted."""
    counted = [each.day for each in counting(day, count, calendar, pauses) if each.counted]
    if len(counted) < count:  # a pause without an end lies before it
        return day + FAR
    return counted[-1] if counted else day


def counting(day: date, count: int, calendar: Calendar, pauses: Pauses = ()) -> Iterator[Day]:
    """Give every day after `day` until `count` working days are counted, with why one was not.

    The reasons are `off` (weekend or holiday) and `paused`.
    """
    last = day + FAR
    while count > 0 and day < last:
        day += DAY
        if not calendar.is_working_day(day):
            yield Day(day, counted=False, why="off")
        elif any(pause.touches(day) for pause in pauses):
            yield Day(day, counted=False, why="paused")
        else:
            count -= 1
            yield Day(day, counted=True)


def end_of(day: date) -> datetime:
    """Return the last second of `day` in Beijing, so that the deadline reads as that day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=LOCAL)


def after_pauses(at: datetime, pauses: Pauses) -> datetime:
    """Return `at`, or the end of the pause it falls into; far ahead when that has none."""
    for pause in sorted(pauses, key=lambda each: each.begins):
        if pause.begins <= at and (pause.ends is None or at < pause.ends):
            at = pause.ends or pause.begins + FAR
    return at


def running(start: datetime, length: timedelta, pauses: Pauses) -> datetime:
    """Return when `length` has run from `start`, the time inside pauses left out."""
    at = after_pauses(start, pauses)
    for pause in sorted(pauses, key=lambda each: each.begins):
        if at <= pause.begins < at + length:
            length -= pause.begins - at
            at = pause.ends or pause.begins + FAR
    return after_pauses(at + length, pauses) if length else at


def due_at(
    kind: LimitKind, value: int, start: datetime, calendar: Calendar, pauses: Pauses = ()
) -> tuple[datetime | None, str]:
    """Return until when something must be put right, counted from `start`, and the rule's code.

    Hours run by the clock, at night too. Working days end with the last of them (24:00 Beijing). A
    deadline that would fall into a pause falls after it, on the first whole day, or at ten o'clock
    of that day for snow. The code is `due.<kind>`; its words take `n`, the catalogue's value.
    """
    local = start.astimezone(LOCAL)
    basis = f"due.{kind.value}"
    match kind:
        case LimitKind.HOURS:
            return running(start, timedelta(hours=value), pauses), basis
        case LimitKind.WORKING_DAYS:
            return end_of(add_working_days(local.date(), value, calendar, pauses)), basis
        case LimitKind.SNOW if not SNOW_CLEARED_BY <= local.time() < SNOW_NIGHT_FROM:
            morning = local.date() + timedelta(days=local.time() >= SNOW_NIGHT_FROM)
            cleared = datetime.combine(morning, SNOW_CLEARED_BY, tzinfo=LOCAL)
            if after_pauses(cleared, pauses) == cleared:
                return cleared, basis
            free = _free_day(morning, pauses)
            return datetime.combine(free, SNOW_CLEARED_BY, tzinfo=LOCAL), basis
        case LimitKind.NOW | LimitKind.SNOW:
            due = max(end_of(local.date()), start + AT_LEAST)
            if after_pauses(due, pauses) != due or after_pauses(start, pauses) != start:
                due = end_of(_free_day(local.date(), pauses))
            return due, "due.now"
        case LimitKind.NONE:
            return None, basis


def _free_day(day: date, pauses: Pauses) -> date:
    """Return the first day from `day` on that no pause touches."""
    last = day + FAR
    while day < last and any(pause.touches(day) for pause in pauses):
        day += DAY
    return day

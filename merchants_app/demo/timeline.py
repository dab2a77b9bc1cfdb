"""Time as the district lives through it: deeds in the order of their moments, office hours."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from compliance.act import LOCAL
from compliance.catalogue.workdays import Calendar, add_working_days

Deed = Callable[[datetime], None]
"""What happens at a moment, told in UTC; it may put later deeds on the timeline."""

Told = Callable[[int, int], None]
"""Told how many deeds are done, and how many are known so far."""

OPENS, CLOSES = time(8), time(18)
"""Between these hours people are out on the street or in the office."""

_TELL_EVERY = 50


class Timeline:
    """Deeds of one district until its last moment; later ones never happen."""

    def __init__(self, until: datetime) -> None:
        self._until = until
        self._waiting: list[tuple[datetime, int, Deed]] = []
        self._numbers = count()
        self._known = 0

    def at(self, moment: datetime, deed: Deed) -> None:
        """Put a deed on the timeline; of two at one moment the first put comes first."""
        if moment < self._until:
            heapq.heappush(self._waiting, (moment.astimezone(UTC), next(self._numbers), deed))
            self._known += 1

    def play(self, told: Told) -> None:
        """Let everything happen."""
        done = 0
        while self._waiting:
            moment, _, deed = heapq.heappop(self._waiting)
            deed(moment)
            done += 1
            if done % _TELL_EVERY == 0:
                told(done, self._known)
        told(done, self._known)


def moment_on(rng: Random, day: date, first: time = OPENS, last: time = CLOSES) -> datetime:
    """Return some second of `day` between two hours in Beijing."""
    start = datetime.combine(day, first, LOCAL)
    room = datetime.combine(day, last, LOCAL) - start
    return start + timedelta(seconds=rng.randrange(int(room.total_seconds())))


def in_office(rng: Random, moment: datetime, calendar: Calendar) -> datetime:
    """Return `moment`, or some minutes into the next office day when nobody is at work then."""
    local = moment.astimezone(LOCAL)
    if calendar.is_working_day(local.date()) and OPENS <= local.time() < CLOSES:
        return moment
    day = local.date() - timedelta(days=local.time() < OPENS)
    morning = datetime.combine(add_working_days(day, 1, calendar), OPENS, LOCAL)
    return morning + timedelta(seconds=rng.randrange(600, 7200))


def by_day(rng: Random, moment: datetime) -> datetime:
    """Return `moment`, or some minutes into the next morning when a shop is closed then."""
    local = moment.astimezone(LOCAL)
    if OPENS <= local.time() < time(21):
        return moment
    day = local.date() + timedelta(days=local.time() >= OPENS)
    return datetime.combine(day, OPENS, LOCAL) + timedelta(seconds=rng.randrange(60, 5400))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))

"""Was the patroller there? Evidence with its doubts, pure: marked, never a reason to refuse.

A photographed code can be scanned at home, a phone can be told any position, and honest phones are
wrong in narrow lanes. So each doubt is a word for people to weigh, no score and no verdict. Who
tells the phone a false place at a walker's pace, with new photos each time, is not found here: that
is what the merchant's code and a colleague's visit are for. Distances are metres, points WGS-84
(lat, lng).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from compliance.merchants.positions import AT_THE_DOOR_M, Point, distance_m
from compliance.patrols.payload import Scan

ROUGH_M = 100
"""Accuracy from which a position tells little."""

AHEAD = timedelta(minutes=5)
BEHIND = timedelta(hours=24)
"""How far a phone's time may lie from ours, and how old a record may be when it arrives: in the
mountains a day's records are sent in the evening."""

FASTEST = 120 / 3.6
"""Metres a second between two doors above which nobody walked, rode or drove."""

SHORTEST = timedelta(seconds=5)
"""Between two doors: nobody saves one record, goes next door and scans its code in less."""

STANDING = timedelta(seconds=60)
ANOTHER_DOOR_M = 15
"""A phone that says to the decimetre the same for longer, at another door, was told what to say."""

SCAN_APART = timedelta(minutes=30)
"""Between scan and record: a code may be scanned on the way and the record made elsewhere."""


class Doubt(StrEnum):
    FAR_FROM_DOOR = "far_from_door"
    INACCURATE = "inaccurate"
    CLOCK_SKEW = "clock_skew"
    SENT_LATE = "sent_late"
    NO_POSITION = "no_position"
    SAME_POSITION = "same_position"
    TOO_FAST = "too_fast"
    HURRIED = "hurried"
    PHOTO_SEEN_BEFORE = "photo_seen_before"
    NOT_SCANNED = "not_scanned"
    SCAN_APART = "scan_apart"
    ORDER_GAP = "order_gap"
    MERCHANT_CODE_WRONG = "merchant_code_wrong"
    NETWORK_AWAY = "network_away"
    UNKNOWN_PLAN = "unknown_plan"
    OVER_CAP = "over_cap"
    QUARANTINED = "quarantined"
    DOOR_CHANGED = "door_changed"


class Confirmed(StrEnum):
    """What came of the code from the merchant's own phone, where one was given."""

    YES = "yes"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A visit as far as it tells where somebody was and when; `door` may be unknown."""

    observed_at: datetime
    door: Point | None
    phone: Point | None = None
    accuracy_m: float = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """What else a record tells of itself; nothing is doubted for being left out.

    `clock_offset` is the phone's clock less ours; `gap` says that a record of this phone before
    this one has not arrived; `away` that the network belongs to where nobody patrols from.
    """

    scan: Scan | None = None
    scanned_at: datetime | None = None
    clock_offset: timedelta | None = None
    gap: bool = False
    confirmed: Confirmed | None = None
    away: bool = False


NO_SIGNS = Signs()


def distance_to_door(here: Sighting) -> float | None:
    """Return how far the phone was from the door, if both are known."""
    return distance_m(here.phone, here.door) if here.phone and here.door else None


def way_between(one: Sighting, other: Sighting) -> float | None:
    """Return the metres between two visits: from door to door, else from phone to phone.

    The doors count where both are known, since that is where the person claims to have been.
    """
    if one.door and other.door:
        return distance_m(one.door, other.door)
    if one.phone and other.phone:
        return max(0.0, distance_m(one.phone, other.phone) - one.accuracy_m - other.accuracy_m)
    return None


def doubts(
    here: Sighting,
    before: Sighting | None,
    received_at: datetime,
    *,
    photo_seen: bool,
    signs: Signs = NO_SIGNS,
) -> list[Doubt]:
    """Return what speaks against `here`; `before` is the same person's last visit."""
    found = [*_of_place(here), *_of_time(here, received_at, signs)]
    if before is not None:
        found += _of_the_way(before, here)
    told = {
        Doubt.PHOTO_SEEN_BEFORE: photo_seen,
        Doubt.NOT_SCANNED: signs.scan in {Scan.TYPED, Scan.LIST},
        Doubt.ORDER_GAP: signs.gap,
        Doubt.MERCHANT_CODE_WRONG: signs.confirmed is Confirmed.WRONG,
        Doubt.NETWORK_AWAY: signs.away,
    }
    return found + [doubt for doubt, holds in told.items() if holds]


def _of_place(here: Sighting) -> Iterator[Doubt]:
    if here.phone is None:
        yield Doubt.NO_POSITION
    elif here.accuracy_m > ROUGH_M:
        yield Doubt.INACCURATE
    away = distance_to_door(here)
    if away is not None and away - here.accuracy_m > AT_THE_DOOR_M:
        yield Doubt.FAR_FROM_DOOR


def _of_time(here: Sighting, received_at: datetime, signs: Signs) -> Iterator[Doubt]:
    offset = signs.clock_offset or timedelta()
    age = received_at - (here.observed_at - offset)
    if age < -AHEAD or abs(offset) > AHEAD:
        yield Doubt.CLOCK_SKEW
    if age > BEHIND:
        yield Doubt.SENT_LATE
    if signs.scanned_at is not None and abs(here.observed_at - signs.scanned_at) > SCAN_APART:
        yield Doubt.SCAN_APART


def _of_the_way(before: Sighting, here: Sighting) -> Iterator[Doubt]:
    """Yield what the way from the visit before speaks against; records may arrive in any order."""
    way, took = way_between(before, here), abs(here.observed_at - before.observed_at)
    if way is None:
        return
    if way > AT_THE_DOOR_M and way > took.total_seconds() * FASTEST:
        yield Doubt.TOO_FAST
    elif way > ANOTHER_DOOR_M and took < SHORTEST:
        yield Doubt.HURRIED
    same = here.phone is not None and (before.phone, before.accuracy_m) == (
        here.phone,
        here.accuracy_m,
    )
    if same and way > ANOTHER_DOOR_M and took > STANDING:
        yield Doubt.SAME_POSITION


FEWEST_IN_DOUBT = 3
MOST_IN_DOUBT = 1 / 3


def stands_out(records: Sequence[Collection[str]]) -> bool:
    """Tell whether doubts pile up in records of one person: three at least, and one in three.

    One doubt is a narrow lane; a colleague looks at the route when a third of it has one.
    """
    doubted = sum(1 for doubts_of_one in records if doubts_of_one)
    return doubted >= max(FEWEST_IN_DOUBT, len(records) * MOST_IN_DOUBT)

"""Was the patroller there? Evidence with its doubts, pure: marked, never a reason to refuse.

A photographed code can be scanned at home, a phone can be told any position, and honest phones are
wrong in narrow lanes. So each doubt is a word for people to weigh, no score and no verdict.
Distances are metres, points WGS-84 (lat, lng).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from compliance.merchants.positions import AT_THE_DOOR_M, Point, distance_m

ROUGH_M = 100
"""Accuracy from which a position tells little."""

AHEAD = timedelta(minutes=5)
BEHIND = timedelta(hours=24)
"""How far a phone's time may lie ahead of ours, and how old a record may be when it arrives: in
the mountains a day's records are sent in the evening."""

FASTEST = 120 / 3.6
"""Metres a second between two doors above which nobody walked, rode or drove."""


class Doubt(StrEnum):
    FAR_FROM_DOOR = "far_from_door"
    INACCURATE = "inaccurate"
    CLOCK_SKEW = "clock_skew"
    NO_POSITION = "no_position"
    TOO_FAST = "too_fast"
    PHOTO_SEEN_BEFORE = "photo_seen_before"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A visit as far as it tells where somebody was and when; `door` may be unknown."""

    observed_at: datetime
    door: Point | None
    phone: Point | None = None
    accuracy_m: float = 0


def distance_to_door(here: Sighting) -> float | None:
    """Return how far the phone was from the door, if both are known."""
    return distance_m(here.phone, here.door) if here.phone and here.door else None


def doubts(
    here: Sighting, before: Sighting | None, received_at: datetime, *, photo_seen: bool
) -> list[Doubt]:
    """Return what speaks against `here`; `before` is the same person's last visit."""
    return list(_doubts(here, before, received_at, photo_seen=photo_seen))


def _doubts(
    here: Sighting, before: Sighting | None, received_at: datetime, *, photo_seen: bool
) -> Iterator[Doubt]:
    if here.phone is None:
        yield Doubt.NO_POSITION
    elif here.accuracy_m > ROUGH_M:
        yield Doubt.INACCURATE
    away = distance_to_door(here)
    if away is not None and away - here.accuracy_m > AT_THE_DOOR_M:
        yield Doubt.FAR_FROM_DOOR
    if not -BEHIND <= here.observed_at - received_at <= AHEAD:
        yield Doubt.CLOCK_SKEW
    if before is not None and _too_fast(before, here):
        yield Doubt.TOO_FAST
    if photo_seen:
        yield Doubt.PHOTO_SEEN_BEFORE


def _too_fast(before: Sighting, here: Sighting) -> bool:
    """Return whether nobody gets from one place to the other in that time.

    The doors count where both are known, since that is where the person claims to have been.
    """
    seconds = abs((here.observed_at - before.observed_at).total_seconds())
    if before.door and here.door:
        way = distance_m(before.door, here.door)
    elif before.phone and here.phone:
        way = distance_m(before.phone, here.phone) - before.accuracy_m - here.accuracy_m
    else:
        return False
    return way > AT_THE_DOOR_M and way > seconds * FASTEST

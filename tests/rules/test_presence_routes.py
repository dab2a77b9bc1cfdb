"""A simulated cheater set: honest routes with the noise of real phones, and eight ways to cheat.

Routes, not records, are told apart: one record in doubt is a narrow lane. Drawn from fixed seeds,
so the figures are the same each time. A careful cheat, who tells the phone every door at a walker's
pace with new photos, is among them and is not found: that is what the merchant's code is for.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from compliance.patrols.payload import Scan
from compliance.patrols.presence import Sighting, Signs, doubts, stands_out

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NORTH = 111_195
EAST = NORTH * math.cos(math.radians(39.94))
HOME = (39.9120, 116.1350)


@dataclass
class Record:
    """One record as the rules weigh it."""

    sighting: Sighting
    received_at: datetime
    signs: Signs
    photo_seen: bool = False


def moved(point, north, east):
    return round(point[0] + north / NORTH, 6), round(point[1] + east / EAST, 6)


def lane(rng):
    """Return the doors of one walk: 10 to 20, 6 to 45 m apart, round a bend or two."""
    door = (39.93 + rng.uniform(0, 0.02), 116.08 + rng.uniform(0, 0.03))
    doors, angle = [door], rng.uniform(0, 6.28)
    for _ in range(rng.randrange(9, 20)):
        angle += rng.gauss(0, 0.3)
        step = rng.uniform(6, 45)
        door = moved(door, step * math.cos(angle), step * math.sin(angle))
        doors.append(door)
    return doors


def fix(rng, door):
    """Return position and accuracy as a phone at a door tells them; now and then nothing at all.

    In a narrow lane one fix in a hundred is a reflection: far off and sure of itself.
    """
    lot = rng.random()
    if lot < 0.03:
        return None, 0
    usual = min(95, rng.lognormvariate(2.7, 0.5))
    accuracy = rng.uniform(120, 500) if lot < 0.05 else usual
    error = rng.uniform(90, 250) if lot > 0.99 else accuracy / 1.5
    return moved(door, rng.gauss(0, error), rng.gauss(0, error)), round(accuracy, 1)


def honest(rng):
    """Walk a lane: a minute or four at a door, sent at once or in the evening, a plate damaged."""
    offset = timedelta(seconds=rng.gauss(0, 20))
    late = timedelta(hours=rng.choice([0, 0, 0, 3, 9]))
    at, records = START, []
    for door in lane(rng):
        at += timedelta(seconds=rng.uniform(35, 240))
        scan = Scan.TYPED if rng.random() < 0.02 else Scan.CAMERA
        signs = Signs(scan=scan, scanned_at=at - timedelta(seconds=20), clock_offset=offset)
        here = Sighting(at + offset, door, *fix(rng, door))
        records.append(Record(here, at + late + timedelta(seconds=3), signs))
    return records


def at_home(rng, doors, *, place=True, pace=(20, 90), **signs):
    """Scan photographed codes at the kitchen table, with or without a position."""
    at, records = START, []
    for door in doors:
        at += timedelta(seconds=rng.uniform(*pace))
        phone = (moved(HOME, rng.gauss(0, 6), rng.gauss(0, 6)), 15.0) if place else (None, 0)
        told = Signs(**{"scan": Scan.CAMERA, "clock_offset": timedelta(), **signs})
        records.append(Record(Sighting(at, door, *phone), at + timedelta(seconds=2), told))
    return records


def faked(rng, doors, *, still=False, pace=(30, 120), photo_seen=False):
    """Tell the phone where to be: one point of the lane, or every door in turn."""
    at, records = START, []
    for door in doors:
        at += timedelta(seconds=rng.uniform(*pace))
        around = moved(door, rng.gauss(0, 4), rng.gauss(0, 4))
        phone = doors[len(doors) // 2] if still else around
        here = Sighting(at, door, phone, 8.0)
        signs = Signs(scan=Scan.CAMERA, clock_offset=timedelta())
        records.append(Record(here, at + timedelta(seconds=2), signs, photo_seen))
    return records


def cheat(rng, number):
    """Return one of eight ways to cheat, the careful one in one of fifty."""
    doors = lane(rng)
    if number % 50 == 0:
        return faked(rng, doors)
    ways = (
        lambda: at_home(rng, doors),
        lambda: at_home(rng, doors, place=False),
        lambda: at_home(rng, doors, place=False, scan=Scan.LIST, away=True),
        lambda: at_home(rng, doors, clock_offset=timedelta(hours=-5)),
        lambda: faked(rng, doors, still=True),
        lambda: faked(rng, doors, pace=(1, 4)),
        lambda: faked(rng, doors, photo_seen=True),
    )
    return ways[number % len(ways)]()


def flagged(records):
    found, before = [], None
    for record in records:
        here = record.sighting
        told = doubts(
            here, before, record.received_at, photo_seen=record.photo_seen, signs=record.signs
        )
        found.append(told)
        before = here
    return stands_out(found)


def test_nearly_every_cheat_stands_out_and_hardly_anybody_honest():
    rng = Random(4)

    honest_flagged = sum(flagged(honest(rng)) for _ in range(200))
    cheats_flagged = sum(flagged(cheat(rng, number)) for number in range(200))

    assert honest_flagged <= 0.02 * 200
    assert cheats_flagged >= 0.95 * 200


def test_a_careful_cheat_is_not_found_this_way():
    rng = Random(5)

    assert not any(flagged(faked(rng, lane(rng))) for _ in range(20))

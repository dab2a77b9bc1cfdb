"""The order in which a lane is walked, from what addresses and positions say.

Up the side of the odd numbers and back down the even ones, as one delivers letters. A shop whose
address has no number comes after its nearest neighbour that has one; where most have none, the lane
is walked along its own axis, from the end where the first door number was given.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

METRES_NORTH = 111_200.0
"""Metres in a degree of latitude."""

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}
_HOUSE = re.compile(
    r"(?P<before>[甲乙丙丁戊])?(?P<number>\d+|[零〇一二两三四五六七八九十百]+)"
    r"(?P<rest>(?:[-‐–—之至、]\d+)*)(?P<after>[甲乙丙丁戊A-Za-z])?号"
)
_STEMS = " 甲乙丙丁戊ABCDEFGHIJKLMNOPQRSTUVWXYZ"


_RUNNING = attrgetter("running")


@dataclass(frozen=True, slots=True)
class Stop:
    """A shop on a lane: `running` is its number in the township, which every shop has."""

    key: str
    running: int
    address: str
    lat: float | None = None
    lng: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """Metres east and north, of no particular origin."""
        if self.lat is None or self.lng is None:
            return None
        across = METRES_NORTH * math.cos(math.radians(self.lat))
        return self.lng * across, self.lat * METRES_NORTH


class House(NamedTuple):
    """A house number: 12, then 甲12 (stem 1), then 12-3, by what follows it."""

    number: int
    stem: int
    rest: str

    @property
    def order(self) -> tuple[int, list[tuple[int, int, str]]]:
        """By what houses of the same number sort: 3号楼 before 12号楼."""
        parts = re.findall(r"\d+|[^\d\s]+", self.rest)
        return self.stem, [
            (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts
        ]


def house_number(address: str, lane: str) -> House | None:
    """Return the house of an address on `lane`; None when the address has no number.

    12号院3号楼 is house 12, 甲12号 and 12号甲 come right after 12, and 十二号 is 12 as well.
    """
    plain = unicodedata.normalize("NFKC", address)
    after = plain.rpartition(unicodedata.normalize("NFKC", lane))[2] if lane else plain
    found = _HOUSE.search(after) or _HOUSE.search(plain)
    if found is None:
        return None
    rest = found.string[found.end() :]
    stem = found["before"] or found["after"] or (rest[:1] if rest[:1] in _STEMS else "")
    rank = _STEMS.find(stem.upper()) % len(_STEMS) if stem else 0
    return House(_value(found["number"]), rank, f"{found['rest']} {rest}")


def walk(stops: Sequence[Stop], lane: str) -> list[Stop]:
    """Return `stops` in the order in which one passes them."""
    houses = {stop.key: house_number(stop.address, lane) for stop in stops}
    placed = [stop for stop in stops if houses[stop.key] is None and stop.point]
    lost = [stop for stop in stops if houses[stop.key] is None and not stop.point]
    numbered = [(house, stop) for stop in stops if (house := houses[stop.key])]
    if len(numbered) < len(placed):
        placed = [stop for stop in stops if stop.point]
        lost = [stop for stop in stops if not stop.point]
        return _along_the_axis(placed) + sorted(lost, key=_RUNNING)
    there = sorted(
        (each for each in numbered if each[0].number % 2),
        key=lambda each: (each[0].number, each[0].order, each[1].running),
    )
    way = -1 if there else 1  # with one side only there is no way back
    back = sorted(
        (each for each in numbered if not each[0].number % 2),
        key=lambda each: (way * each[0].number, each[0].order, each[1].running),
    )
    route = [stop for _, stop in there + back]
    return _with_neighbours(route, placed) + sorted(lost, key=_RUNNING)


def _with_neighbours(route: list[Stop], placed: list[Stop]) -> list[Stop]:
    """Put each of `placed` after the nearest stop of the route; the nearer ones first."""
    anchors = [(point, stop.key) for stop in route if (point := stop.point)]
    if not anchors:
        return route + sorted(placed, key=_RUNNING)
    guests: dict[str, list[tuple[float, int, Stop]]] = {}
    for stop in placed:
        here = stop.point or anchors[0][0]
        away, key = min((math.dist(here, point), key) for point, key in anchors)
        guests.setdefault(key, []).append((away, stop.running, stop))
    found: list[Stop] = []
    for stop in route:
        found.append(stop)
        near = sorted(guests.get(stop.key, ()), key=lambda guest: guest[:2])
        found += [guest for _, _, guest in near]
    return found


def _along_the_axis(stops: list[Stop]) -> list[Stop]:
    """Sort by position along the line that the doors lie on."""
    points = {stop.key: stop.point or (0.0, 0.0) for stop in stops}
    if not points:
        return []
    count = len(points)
    east = sum(x for x, _ in points.values()) / count
    north = sum(y for _, y in points.values()) / count
    xx = sum((x - east) ** 2 for x, _ in points.values())
    yy = sum((y - north) ** 2 for _, y in points.values())
    xy = sum((x - east) * (y - north) for x, y in points.values())
    turn = math.atan2(2 * xy, xx - yy) / 2
    way = {
        key: (x - east) * math.cos(turn) + (y - north) * math.sin(turn)
        for key, (x, y) in points.items()
    }
    first = min(stops, key=_RUNNING)
    ahead = 1 if way[first.key] <= 0 else -1
    return sorted(stops, key=lambda stop: (round(ahead * way[stop.key], 1), stop.running))


def _value(number: str) -> int:
    """Return 12 for 12, for 十二 and for 一二."""
    if number.isdecimal():
        return int(number)
    if not set(number) & _UNITS.keys():
        return int("".join(str(_DIGITS[sign]) for sign in number))
    total, digit = 0, 0
    for sign in number:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit

"""Positions: map providers shift them on purpose, so they are brought to WGS-84 at the edge.

Amap and Tencent give GCJ-02, Baidu BD-09, phones and surveys WGS-84; in Mentougou the shift is
about 560 m, ten times the distance within which a patrol counts as being at the door. The formulas
are the publicly known approximations, good to about a metre. Degrees everywhere; points are
(lat, lng).
"""

import math
import re
from enum import StrEnum

Point = tuple[float, float]

# The district lies between 39.8 and 40.2 north, 115.4 and 116.2 east; a little room around it.
LATITUDES = (39.75, 40.25)
LONGITUDES = (115.35, 116.25)
SHIFT_MOST = 0.05

EARTH_M = 6_371_009
AT_THE_DOOR_M = 80
"""Distance less the phone's own accuracy within which somebody counts as being at the door."""

_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BAIDU_ANGLE = math.pi * 3000 / 180


class Crs(StrEnum):
    """The coordinate system a position was given in; CGCS2000 counts as WGS-84 at this scale."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


_NAMES = {
    Crs.WGS84: re.compile(
        r"wgs[-_ ]?(?:19)?84|gps|cgcs[-_ ]?2000|大地2000|国家2000", re.IGNORECASE
    ),
    Crs.GCJ02: re.compile(r"gcj[-_ ]?0?2|火星|高德|腾讯|amap|tencent", re.IGNORECASE),
    Crs.BD09: re.compile(r"bd[-_ ]?0?9(?:ll)?|百度|baidu", re.IGNORECASE),
}


def systems_named(text: str) -> set[Crs]:
    """Return the coordinate systems that `text` names."""
    return {crs for crs, pattern in _NAMES.items() if pattern.search(text)}


def without_systems(text: str) -> str:
    """Return `text` without the names of coordinate systems."""
    for pattern in _NAMES.values():
        text = pattern.sub("", text)
    return text


def locate(point: Point, crs: Crs) -> Point | None:
    """Return `point`, given in `crs`, in WGS-84 if it lies in the district's box, else None."""
    if not _in_district(point, margin=SHIFT_MOST):
        return None
    found = to_wgs84(point, crs)
    return found if _in_district(found) else None


def _in_district(point: Point, margin: float = 0.0) -> bool:
    (south, north), (west, east) = LATITUDES, LONGITUDES
    lat, lng = point
    return south - margin <= lat <= north + margin and west - margin <= lng <= east + margin


def distance_m(one: Point, other: Point) -> float:
    """Return the distance of two WGS-84 points on a sphere (haversine)."""
    lat, lng, lat2, lng2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin((lng2 - lng) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def to_wgs84(point: Point, crs: Crs) -> Point:
    """Return `point`, given in `crs`, in WGS-84 to six decimals (0.1 m)."""
    if crs is Crs.BD09:
        point = _gcj_from_baidu(point)
    if crs is not Crs.WGS84:
        point = _wgs_from_gcj(point)
    return round(point[0], 6), round(point[1], 6)


def gcj_from_wgs(point: Point) -> Point:
    """Return a WGS-84 point shifted to GCJ-02, as maps from Amap and Tencent expect it."""
    lat, lng = point
    x, y = lng - 105.0, lat - 35.0
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (ripple + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (ripple + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))) * 2 / 3
    angle = math.radians(lat)
    curve = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (curve * math.sqrt(curve))
    parallel = _AXIS / math.sqrt(curve) * math.cos(angle)
    return lat + math.degrees(north / meridian), lng + math.degrees(east / parallel)


def _waves(along: float, *waves: tuple[float, float]) -> float:
    return sum(height * math.sin(along * math.pi * pace) for height, pace in waves)


def _wgs_from_gcj(point: Point) -> Point:
    lat, lng = point
    for _ in range(4):  # each round leaves a thousandth of the error before
        there = gcj_from_wgs((lat, lng))
        lat, lng = lat + point[0] - there[0], lng + point[1] - there[1]
    return lat, lng


def _gcj_from_baidu(point: Point) -> Point:
    y, x = point[0] - 0.006, point[1] - 0.0065
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BAIDU_ANGLE)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BAIDU_ANGLE)
    return radius * math.sin(angle), radius * math.cos(angle)

"""The thirteen townships as a demonstration needs them: how many shops, how orderly, which lanes.

The townships are real, the lanes invented. Shares follow the lie of the land: three in ten shops
stand in Dayu, a handful in each mountain town. Positions are WGS-84.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from compliance.merchants.positions import Point

METRES_NORTH = 111_200
"""Metres in a degree of latitude; of longitude there are fewer, by the cosine of the latitude."""


@dataclass(frozen=True)
class Town:
    """A township: its share of all shops in percent, its order from 0 to 1, the lanes by how busy.

    `order` is how likely a shop there is to have signed and swept; `centre` where its lanes meet.
    """

    code: str
    share: float
    order: float
    centre: Point
    names: str
    urban: bool = True

    @cached_property
    def lanes(self) -> tuple[str, ...]:
        return tuple(self.names.split())


TOWNS = (
    Town("110109001000", 30.0, 0.93, (39.9385, 116.1035),
         "双槐路 月季东街 滨河西街 桃园南街 向阳里街 新桥里街 承平路 增福路 剧场后街 峪园路 "
         "石榴巷 水闸北路"),
    Town("110109002000", 9.5, 0.90, (39.9560, 116.0985),
         "城子里街 龙门西路 桥东街 市场北路 华苑路"),
    Town("110109003000", 8.0, 0.80, (39.9290, 116.0760),
         "东辛中街 石门营里路 涧沟北街 西岭路"),
    Town("110109006000", 15.5, 0.88, (39.9050, 116.1090),
         "永安路 石龙里街 上岸东路 冯村南街 栖凤路 梧桐苑街 卧龙岗路 小园中街"),
    Town("110109007000", 14.5, 0.85, (39.9460, 116.0830),
         "龙泉里街 琉璃巷 中门北街 大峪沟路 三家店东街 水担路 梨园路 西前街"),
    Town("110109101000", 4.0, 0.86, (39.8985, 116.0290),
         "潭柘中街 鲁家滩里路 平原路", urban=False),
    Town("110109104000", 3.5, 0.83, (39.9935, 116.0850),
         "军庄中街 灰峪里路", urban=False),
    Town("110109005000", 3.0, 0.79, (39.9790, 116.0020),
         "王平中街 色树里路", urban=False),
    Town("110109108000", 2.5, 0.87, (39.9905, 116.0420),
         "陇驾庄里路 担礼东街", urban=False),
    Town("110109106000", 4.0, 0.84, (39.9670, 115.6900),
         "斋堂中街 爨里路 川底下街", urban=False),
    Town("110109105000", 2.0, 0.77, (40.0160, 115.9030),
         "雁翅中街 芹峪里路", urban=False),
    Town("110109004000", 2.0, 0.74, (39.9600, 115.9250),
         "大台里街", urban=False),
    Town("110109107000", 1.5, 0.81, (39.9300, 115.5850),
         "清水里街", urban=False),
)  # fmt: skip
"""Busy ones first; a lane's place in its township says how busy it is, too."""


def shares(total: int) -> dict[str, int]:
    """Return how many of `total` shops each township has, by largest remainder."""
    exact = {town.code: total * town.share / 100 for town in TOWNS}
    counts = {code: int(share) for code, share in exact.items()}
    by_rest = sorted(exact, key=lambda code: counts[code] - exact[code])
    for code in by_rest[: total - sum(counts.values())]:
        counts[code] += 1
    return counts


def door(town: Town, lane: int, number: int) -> Point:
    """Return where a door stands: lanes run out from around the centre, doors on both sides."""
    turn = math.radians(lane * 137.5)
    along = math.radians(lane * 137.5 + 70 + 25 * (lane % 3))
    out = 110 + 130 * math.sqrt(lane)
    way, side = 14 * (number // 2), 9 if number % 2 else -9
    north = out * math.cos(turn) + way * math.cos(along) - side * math.sin(along)
    east = out * math.sin(turn) + way * math.sin(along) + side * math.cos(along)
    lat, lng = town.centre
    metres_east = METRES_NORTH * math.cos(math.radians(lat))
    return round(lat + north / METRES_NORTH, 6), round(lng + east / metres_east, 6)

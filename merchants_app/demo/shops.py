"""The register of the district: one row a shop, as a township's list would bring it."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from compliance.merchants.identifiers import check_uscc
from compliance.merchants.positions import Crs
from compliance.merchants.rows import MerchantRow
from compliance.places.service import TOWNSHIPS
from merchants_app.demo import places
from merchants_app.demo.names import Namer
from merchants_app.demo.places import TOWNS, Town
from merchants_app.demo.plan import Plan

HAULERS = (
    "京西洁运有限公司(样例)",
    "永定清运有限公司(样例)",
    "绿谷环卫服务有限公司(样例)",
    "妙峰环境服务有限公司(样例)",
)
_NAMES = {code: name for code, _, name, *_ in TOWNSHIPS}
_SHORT = {code: aliases[0] for code, *_, aliases, _ in TOWNSHIPS}

NO_PHONE, NO_CODE, NO_HAULER = 0.02, 0.015, 0.035
"""How many shops a register knows no phone, credit code or hauler of."""


@dataclass(frozen=True, slots=True)
class Street:
    """A lane with its shops in the order of their doors; `busy` from about 0.6 to 1.6."""

    town: Town
    name: str
    busy: float
    rows: tuple[MerchantRow, ...]


def streets(plan: Plan, rng: Random, namer: Namer) -> list[Street]:
    """Return every lane of the district that has shops, with its rows."""
    counts = places.shares(plan.merchants)
    return [
        street
        for town in TOWNS
        for street in _streets_of(town, counts[town.code], plan, rng, namer)
        if street.rows
    ]


def _streets_of(town: Town, shops: int, plan: Plan, rng: Random, namer: Namer) -> list[Street]:
    lanes = len(town.lanes)
    busy = [1.5 - 0.8 * number / lanes + rng.uniform(-0.1, 0.1) for number in range(lanes)]
    room = [round(shops * weight / sum(busy)) for weight in busy]
    room[0] += shops - sum(room)
    return [
        Street(
            town,
            name,
            weight if town.urban else weight * 0.7,
            tuple(_row(town, number, door, plan, rng, namer) for door in range(1, count + 1)),
        )
        for number, (name, weight, count) in enumerate(zip(town.lanes, busy, room, strict=True))
    ]


def _row(town: Town, lane: int, door: int, plan: Plan, rng: Random, namer: Namer) -> MerchantRow:
    street = town.lanes[lane]
    trade = namer.trade(urban=town.urban)
    code = check_uscc("" if rng.random() < NO_CODE else namer.credit_code())
    lat, lng = places.door(town, lane, door)
    near = rng.choice(("京西", _SHORT[town.code], street[:2]))
    return MerchantRow(
        name=namer.shop(trade, near),
        uscc=code.code,
        uscc_status=code.status,
        operator=namer.person(),
        phone=None if rng.random() < NO_PHONE else namer.phone(),
        address=f"北京市门头沟区{_NAMES[town.code]}{street}{door}号",
        township_code=town.code,
        lane=street,
        category=trade.category,
        area_m2=float(rng.randrange(14, 220)),
        frontage_m=round(rng.uniform(3, 16), 1),
        lat=lat,
        lng=lng,
        given_crs=Crs.WGS84,
        hauler="" if rng.random() < NO_HAULER else rng.choice(HAULERS),
        contract_until=plan.on + timedelta(days=_days_left(town, rng)),
        note="",
    )


def _days_left(town: Town, rng: Random) -> int:
    """Return when the waste contract ends, seen from the last day: most run, some end or ended."""
    lot = rng.random() - 0.12 * (1 - town.order)
    if lot < 0.03:
        return -rng.randrange(2, 30)
    return rng.randrange(4, 58) if lot < 0.09 else rng.randrange(70, 400)

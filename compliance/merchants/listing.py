"""Lists of shops: what the desk looks for, in its order, page by page or behind a cursor.

Always within the viewer's reach; a place outside it finds nothing, as if it did not exist.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.errors import InvalidInput
from compliance.merchants import shops
from compliance.merchants.finding import typed
from compliance.merchants.identifiers import compact, normalise_token, parse_door_number
from compliance.merchants.models import UsccState
from compliance.merchants.shops import (
    OPEN,
    SHOPS,
    Shop,
    code_table,
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
)

Condition = sa.ColumnElement[bool]


class ShopStatus(StrEnum):
    """Which shops of a place: those that are open, or some of them that need looking after."""

    OPEN = "open"
    CLOSED = "closed"
    NO_PHONE = "no_phone"
    NO_CODE = "no_code"
    UNCHECKED = "unchecked"


class ShopOrder(StrEnum):
    """By what a list is sorted."""

    NUMBER = "number"
    NAME = "name"
    LANE = "lane"
    OPENED = "opened"


_STATUS: dict[ShopStatus, Condition] = {
    ShopStatus.OPEN: OPEN,
    ShopStatus.CLOSED: ~OPEN,
    ShopStatus.NO_PHONE: sa.and_(OPEN, tenancy_table.c.phone.is_(None)),
    ShopStatus.NO_CODE: sa.and_(OPEN, code_table.c.token.is_(None)),
    ShopStatus.UNCHECKED: sa.and_(OPEN, merchant_table.c.uscc_state != UsccState.OK),
}

_NUMBER = (premises_table.c.township_code, premises_table.c.running, tenancy_table.c.opened_at)
_ORDER: dict[ShopOrder, tuple[Any, ...]] = {
    ShopOrder.NUMBER: (),
    ShopOrder.NAME: (merchant_table.c.words,),
    ShopOrder.LANE: (township_table.c.code, lane_table.c.name),
    ShopOrder.OPENED: (tenancy_table.c.opened_on,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; places by code, id or name; what is empty does not narrow.

    `also` are conditions of slices above this one, on the tables of `shops.SHOPS`, and `given` the
    values of their parameters.
    """

    q: str = ""
    township: str = ""
    lane: str = ""
    status: ShopStatus = ShopStatus.OPEN
    order: ShopOrder = ShopOrder.NUMBER
    falling: bool = False
    also: tuple[Condition, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)


def count(session: Session, viewer: Viewer, wanted: Wanted) -> int:
    """Return how many shops are found."""
    query = SHOPS.with_only_columns(sa.func.count()).where(*_conditions(viewer, wanted))
    return int(session.execute(query, wanted.given).scalar_one())


def page(
    session: Session, viewer: Viewer, wanted: Wanted, *, page: int = 1, size: int = 50
) -> Sequence[Shop]:
    """Return one page of what is found, in the order asked for."""
    order = [*_ORDER[wanted.order], *_NUMBER]
    query = SHOPS.where(*_conditions(viewer, wanted)).order_by(
        *(column.desc() if wanted.falling else column for column in order)
    )
    return _listed(session, query.limit(size).offset((page - 1) * size), wanted)


def every(session: Session, viewer: Viewer, wanted: Wanted) -> Sequence[Shop]:
    """Return all that is found, by lane, as one walks."""
    query = SHOPS.where(*_conditions(viewer, wanted))
    return _listed(session, query.order_by(*_ORDER[ShopOrder.LANE], *_NUMBER), wanted)


def after(
    session: Session, viewer: Viewer, wanted: Wanted, cursor: str, limit: int
) -> tuple[Sequence[Shop], str | None]:
    """Return up to `limit` shops that follow `cursor` (a tenancy), and the next cursor."""
    query = SHOPS.where(*_conditions(viewer, wanted)).order_by(tenancy_table.c.id)
    if cursor:
        query = query.where(tenancy_table.c.id > cursor)
    found = _listed(session, query.limit(limit + 1), wanted)
    return found[:limit], found[limit - 1].tenancy_id if len(found) > limit else None


def _listed(session: Session, query: Any, wanted: Wanted) -> Sequence[Shop]:
    return [Shop(*row) for row in session.execute(query, wanted.given)]


def _conditions(viewer: Viewer, wanted: Wanted) -> list[Condition]:
    conditions = [shops.within(viewer, Action.SHOP_READ), _STATUS[wanted.status], *wanted.also]
    if wanted.township:
        place = township_table.c
        conditions.append(sa.or_(place.code == wanted.township, place.name == wanted.township))
    if wanted.lane:
        lane = lane_table.c
        conditions.append(sa.or_(lane.id == wanted.lane, lane.name == wanted.lane))
    if wanted.q:
        conditions.append(matches(wanted.q))
    return conditions


def matches(q: str) -> Condition:
    """Match a whole door number or code, else a part of name, pinyin, initials, codes, address."""
    ways = [
        merchant_table.c.words.contains(typed(q), autoescape=True),
        premises_table.c.number.contains(q.strip().upper(), autoescape=True),
        premises_table.c.address.contains(q.strip(), autoescape=True),
        code_table.c.token == normalise_token(q),
    ]
    if code := compact(q):
        ways.append(merchant_table.c.uscc.contains(code, autoescape=True))
    with suppress(InvalidInput):
        ways.append(premises_table.c.number == parse_door_number(q))
    return sa.or_(*ways)

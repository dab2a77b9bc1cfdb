"""What somebody has to care for, across shops: what waits, runs out, ran out or no longer fits.

Every list is one condition on notices, counted for all lists in one statement; shops that changed
hands are counted beside it, since a new tenant has no notice to show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.merchants.shops import (
    OPEN,
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)
from compliance.notices.kinds import ENDED, SETTLED, NoticeKind, NoticeState
from compliance.notices.listing import LINES, Line, hauler_table
from compliance.notices.slots import CURRENT, TODAY, notice_table

PAGE = 50
MOST = 5_000
"""Lines on one page when the whole list is asked for, to print it."""


class Care(StrEnum):
    """Why a notice, or a shop, needs somebody's care."""

    WAITING = "waiting"
    REFUSED = "refused"
    SERVED = "served"
    SUBMITTED = "submitted"
    EXPIRING_60 = "expiring_60"
    EXPIRING_30 = "expiring_30"
    EXPIRING_7 = "expiring_7"
    EXPIRED = "expired"
    OUTDATED = "outdated"
    PERMIT_FIRST = "permit_first"
    PERMIT_ENDED = "permit_ended"
    NEW_TENANT = "new_tenant"


WITHIN_DAYS = {Care.EXPIRING_60: 60, Care.EXPIRING_30: 30, Care.EXPIRING_7: 7}
PERMIT = frozenset({Care.PERMIT_FIRST, Care.PERMIT_ENDED})
TO_ISSUE_ANEW = frozenset({*WITHIN_DAYS, Care.EXPIRED, Care.OUTDATED, Care.NEW_TENANT})
"""Lists whose notices are put right by issuing new ones."""


class Order(StrEnum):
    """By what a list is sorted."""

    VALID_TO = "valid_to"
    SHOP = "shop"
    KIND = "kind"
    PLACE = "place"
    ISSUED = "issued"
    PERMIT = "permit"


_PLACE = (township_table.c.code, lane_table.c.name, premises_table.c.running)
_ORDER: Mapping[Order, tuple[Any, ...]] = {
    Order.VALID_TO: (notice_table.c.valid_to,),
    Order.SHOP: (merchant_table.c.name,),
    Order.KIND: (notice_table.c.kind,),
    Order.PLACE: _PLACE,
    Order.ISSUED: (notice_table.c.issued_at,),
    Order.PERMIT: (hauler_table.c.permit_valid_to,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, of which place, in which order; what is empty does not narrow."""

    care: Care = Care.REFUSED
    township: str = ""
    lane: str = ""
    kind: NoticeKind | None = None
    order: Order = Order.VALID_TO
    falling: bool = False


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A shop that took over a door and lacks notices of its own."""

    tenancy_id: str
    shop: str
    door: str
    lane: str
    township: str
    opened_on: date
    held: int
    """How many of the four kinds have been issued to it."""


_later = notice_table.alias("later")
FOLLOWED = sa.exists().where(
    _later.c.tenancy_id == notice_table.c.tenancy_id,
    _later.c.kind == notice_table.c.kind,
    _later.c.state.not_in(ENDED),
    sa.or_(
        _later.c.issued_at > notice_table.c.issued_at,
        _later.c.valid_to > notice_table.c.valid_to,
    ),
)
"""Condition on notice: one of its kind that is newer, or lasts longer, was issued to the shop."""

IN_TERM = sa.and_(notice_table.c.state.in_(SETTLED), notice_table.c.valid_to >= TODAY, CURRENT)
"""Condition on notice joined with notice_text: settled, of a text in force, not run out."""

_before = tenancy_table.alias("before")
_CHANGED_HANDS = sa.exists().where(
    _before.c.premises_id == tenancy_table.c.premises_id, _before.c.closed_on.is_not(None)
)
_HELD = (
    sa.select(sa.func.count(sa.distinct(notice_table.c.kind)))
    .where(notice_table.c.tenancy_id == tenancy_table.c.id, notice_table.c.state.not_in(ENDED))
    .correlate(tenancy_table)
    .scalar_subquery()
)
_NEW_TENANTS = (
    sa.select(
        tenancy_table.c.id,
        merchant_table.c.name,
        premises_table.c.number,
        lane_table.c.name.label("lane"),
        township_table.c.name.label("township"),
        tenancy_table.c.opened_on,
        _HELD.label("held"),
    )
    .select_from(tenancy_table)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
    .where(OPEN, _CHANGED_HANDS, len(NoticeKind) > _HELD)
)


def needs(care: Care, today: date) -> sa.ColumnElement[bool]:
    """Return the condition on a line, with `:today`, that its notice needs this care."""
    state, last = notice_table.c.state, notice_table.c.valid_to
    ends = hauler_table.c.permit_valid_to
    if care in WITHIN_DAYS:
        return sa.and_(IN_TERM, last <= today + timedelta(days=WITHIN_DAYS[care]), ~FOLLOWED)
    states = {
        Care.WAITING: {NoticeState.SENT, NoticeState.VIEWED},
        Care.REFUSED: {NoticeState.REFUSED},
        Care.SERVED: {NoticeState.SERVED_UNSIGNED},
        Care.SUBMITTED: {NoticeState.SUBMITTED},
    }
    if care in states:
        return sa.and_(state.in_(states[care]), last >= TODAY, CURRENT)
    return {
        Care.EXPIRED: sa.and_(state.not_in(ENDED), last < TODAY, ~FOLLOWED),
        Care.OUTDATED: sa.and_(state.in_(SETTLED), last >= TODAY, ~CURRENT, ~FOLLOWED),
        Care.PERMIT_FIRST: sa.and_(IN_TERM, ends >= TODAY, ends < last),
        Care.PERMIT_ENDED: sa.and_(IN_TERM, ends < TODAY),
    }[care]


def counts(session: Session, viewer: Viewer, today: date, wanted: Wanted) -> dict[Care, int]:
    """Return how many lines each list has for the viewer at the place and of the kind wanted."""
    lists = [care for care in Care if care is not Care.NEW_TENANT]
    sums = [sa.func.sum(sa.case((needs(care, today), 1), else_=0)) for care in lists]
    query = LINES.where(*_where(viewer, wanted)).with_only_columns(*sums)
    row = session.execute(query, {"today": today}).one()
    counted: dict[Care, int] = {care: int(n or 0) for care, n in zip(lists, row, strict=True)}
    tenants = _NEW_TENANTS.where(*_places(viewer, wanted)).with_only_columns(sa.func.count())
    counted[Care.NEW_TENANT] = session.execute(tenants).scalar_one()
    return {care: counted[care] for care in Care}


def needing(
    session: Session,
    viewer: Viewer,
    today: date,
    wanted: Wanted,
    *,
    page: int = 1,
    size: int = PAGE,
) -> Sequence[Line]:
    """Return a page of the notices that need `wanted.care`, those that run out first on top."""
    order = [*_ORDER[wanted.order], notice_table.c.valid_to, notice_table.c.number]
    query = (
        LINES.where(*_where(viewer, wanted), needs(wanted.care, today))
        .order_by(*_directed(order, falling=wanted.falling))
        .limit(size)
        .offset((page - 1) * size)
    )
    return [Line(*row) for row in session.execute(query, {"today": today})]


def new_tenants(
    session: Session, viewer: Viewer, wanted: Wanted, *, page: int = 1, size: int = PAGE
) -> Sequence[NewTenant]:
    """Return a page of the shops that took over a door and lack notices of their own."""
    named = {Order.SHOP: (merchant_table.c.name,), Order.ISSUED: (tenancy_table.c.opened_on,)}
    order = [*named.get(wanted.order, _PLACE), premises_table.c.number]
    query = (
        _NEW_TENANTS.where(*_places(viewer, wanted))
        .order_by(*_directed(order, falling=wanted.falling))
        .limit(size)
        .offset((page - 1) * size)
    )
    return [NewTenant(*row) for row in session.execute(query)]


def _directed(order: Sequence[Any], *, falling: bool) -> list[Any]:
    return [column.desc() for column in order] if falling else list(order)


def _places(viewer: Viewer, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [within(viewer, Action.NOTICE_READ)]
    if wanted.township:
        conditions.append(premises_table.c.township_code == wanted.township)
    if wanted.lane:
        conditions.append(premises_table.c.lane_id == wanted.lane)
    return conditions


def _where(viewer: Viewer, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = _places(viewer, wanted)
    if wanted.kind:
        conditions.append(notice_table.c.kind == wanted.kind)
    return conditions

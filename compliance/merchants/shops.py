"""A shop as everybody asks for it: premises, tenancy, merchant, lane and township in one row.

Plain Core with statements built once: the door page and the patrol record come through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Place, Reach, Viewer, require, require_at
from compliance.act import LOCAL
from compliance.errors import NotFound
from compliance.merchants.models import (
    BlankBatch,
    BlankPlate,
    CodeState,
    DoorCode,
    Merchant,
    Premises,
    Tenancy,
)
from compliance.places.models import Lane, Township

code_table = DoorCode.__table__  # type: ignore[attr-defined]
premises_table = Premises.__table__  # type: ignore[attr-defined]
tenancy_table = Tenancy.__table__  # type: ignore[attr-defined]
merchant_table = Merchant.__table__  # type: ignore[attr-defined]
lane_table = Lane.__table__  # type: ignore[attr-defined]
township_table = Township.__table__  # type: ignore[attr-defined]
batch_table = BlankBatch.__table__  # type: ignore[attr-defined]
plate_table = BlankPlate.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Shop:
    """One tenancy with everything around it that pages and papers name."""

    tenancy_id: str
    premises_id: str
    number: str
    door: str
    name: str
    uscc: str
    uscc_state: str
    category: str
    operator_name: str
    phone: str | None
    address: str
    lane_id: str
    lane: str
    township_code: str
    township: str
    township_en: str
    lat: float | None
    lng: float | None
    frontage_m: float | None
    hauler_name: str
    contract_until: date | None
    opened_on: date
    closed_on: date | None
    opened_at: datetime

    @property
    def place(self) -> Place:
        return Place(township=self.township_code, lane=self.lane_id, tenancy=self.tenancy_id)


SHOP_COLUMNS = (
    tenancy_table.c.id.label("tenancy_id"),
    premises_table.c.id.label("premises_id"),
    premises_table.c.number,
    sa.func.coalesce(code_table.c.token, "").label("door"),
    merchant_table.c.name,
    merchant_table.c.uscc,
    merchant_table.c.uscc_state,
    merchant_table.c.category,
    merchant_table.c.operator_name,
    tenancy_table.c.phone,
    premises_table.c.address,
    lane_table.c.id.label("lane_id"),
    lane_table.c.name.label("lane"),
    township_table.c.code.label("township_code"),
    township_table.c.name.label("township"),
    township_table.c.name_en.label("township_en"),
    premises_table.c.lat,
    premises_table.c.lng,
    premises_table.c.frontage_m,
    tenancy_table.c.hauler_name,
    tenancy_table.c.contract_until,
    tenancy_table.c.opened_on,
    tenancy_table.c.closed_on,
    tenancy_table.c.opened_at,
)

SHOPS = (
    sa.select(*SHOP_COLUMNS)
    .select_from(premises_table)
    .join(tenancy_table, tenancy_table.c.premises_id == premises_table.c.id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
    .outerjoin(
        code_table,
        sa.and_(
            code_table.c.premises_id == premises_table.c.id,
            code_table.c.state == CodeState.ACTIVE,
        ),
    )
)
"""Every tenancy, past ones too; add `where`. A premises has one active code at most."""

OPEN = tenancy_table.c.closed_on.is_(None)

_BY_TOKEN = (
    sa.select(code_table.c.state.label("code_state"), *SHOP_COLUMNS)
    .select_from(code_table)
    .join(premises_table, premises_table.c.id == code_table.c.premises_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
    .outerjoin(tenancy_table, sa.and_(tenancy_table.c.premises_id == premises_table.c.id, OPEN))
    .outerjoin(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .where(code_table.c.token == sa.bindparam("token"))
)
_BLANK = (
    sa.select(batch_table.c.withdrawn_at)
    .join(plate_table, plate_table.c.batch_id == batch_table.c.id)
    .where(plate_table.c.token == sa.bindparam("token"))
)
_BY_TENANCY = SHOPS.where(tenancy_table.c.id == sa.bindparam("tenancy"))
_BY_NUMBER = SHOPS.where(premises_table.c.number == sa.bindparam("number"), OPEN)

_at = sa.bindparam("at", type_=tenancy_table.c.opened_at.type)
_day = sa.bindparam("day", type_=tenancy_table.c.opened_on.type)
_coded = code_table.alias()
_BEHIND_THEN = (
    SHOPS.where(
        premises_table.c.id
        == sa.select(_coded.c.premises_id)
        .where(
            _coded.c.token == sa.bindparam("token"),
            sa.or_(_coded.c.state == CodeState.ACTIVE, _coded.c.withdrawn_at > _at),
        )
        .scalar_subquery(),
        tenancy_table.c.opened_on <= _day,
        sa.or_(OPEN, tenancy_table.c.closed_on >= _day),
    )
    .order_by(
        sa.case((tenancy_table.c.opened_at <= _at, 0), else_=1), tenancy_table.c.opened_at.desc()
    )
    .limit(1)
)


def _one(session: Session, query: Any, parameters: dict[str, object]) -> Shop | None:
    row = session.execute(query, parameters).one_or_none()
    return Shop(*row) if row else None


def by_token(session: Session, token: str) -> Shop:
    """Return the shop behind a door code.

    Raises NotFound `door.unknown` for a code never issued, `door.unbound` for a blank plate's,
    `door.withdrawn` for one taken back, `door.vacant` when nobody keeps shop there now.
    """
    row = session.connection().execute(_BY_TOKEN, {"token": token}).one_or_none()
    if row is None:
        raise _why_nowhere(session, token)
    if row.code_state == CodeState.WITHDRAWN:
        raise NotFound("door.withdrawn")
    if row.tenancy_id is None:
        raise NotFound("door.vacant")
    return Shop(*tuple(row)[1:])


@dataclass(frozen=True, slots=True)
class Then:
    """The shop that was behind a code at some instant; `changed` says that it is not so now."""

    shop: Shop
    changed: bool


def by_token_at(session: Session, token: str, at: datetime) -> Then:
    """Return the shop that was behind a code at `at`, which is the one of now as a rule.

    A code taken back and a shop gone since then still lead there. On the day on which one shop
    follows another, the hour at which the second was entered parts them. Raises what `by_token`
    raises when nobody was there.
    """
    now, why = None, None
    try:
        now = by_token(session, token)
    except NotFound as refusal:
        why = refusal
    if now is not None and now.opened_at <= at:
        return Then(now, changed=False)
    values: dict[str, object] = {"token": token, "at": at, "day": at.astimezone(LOCAL).date()}
    then = _one(session, _BEHIND_THEN, values) or now
    if then is None:
        raise why or NotFound("door.unknown")
    return Then(then, changed=now is None or now.tenancy_id != then.tenancy_id)


def _why_nowhere(session: Session, token: str) -> NotFound:
    blank = session.execute(_BLANK, {"token": token}).one_or_none()
    if blank is None:
        return NotFound("door.unknown")
    return NotFound("door.withdrawn") if blank.withdrawn_at else NotFound("door.unbound")


def by_tenancy(session: Session, tenancy_id: str) -> Shop:
    """Return a tenancy, past or present; raise NotFound `shop.unknown`."""
    shop = _one(session, _BY_TENANCY, {"tenancy": tenancy_id})
    if shop is None:
        raise NotFound("shop.unknown")
    return shop


def by_number(session: Session, number: str) -> Shop:
    """Return the current tenancy behind a door number; raise NotFound `shop.unknown`."""
    shop = _one(session, _BY_NUMBER, {"number": number})
    if shop is None:
        raise NotFound("shop.unknown")
    return shop


def seen_by(
    session: Session,
    viewer: Viewer,
    action: Action,
    tenancy_id: str,
    *,
    unknown: str = "shop.unknown",
) -> Shop:
    """Return a tenancy that `viewer` may do `action` to; others look as if they did not exist.

    `unknown` is the code for the thing asked for when that is not the shop itself.
    """
    require(viewer, action)
    shop = by_tenancy(session, tenancy_id)
    require_at(viewer, action, shop.place, unknown=unknown)
    return shop


def within(viewer: Viewer, action: Action) -> sa.ColumnElement[bool]:
    """Return the condition that keeps a shop query to what `viewer` may do `action` to."""
    condition: sa.ColumnElement[bool] = sa.false()
    match require(viewer, action):
        case Reach.DISTRICT:
            condition = sa.true()
        case Reach.TOWNSHIP:
            condition = premises_table.c.township_code.in_(viewer.townships)
        case Reach.LANE:
            condition = premises_table.c.lane_id.in_(viewer.lanes)
        case Reach.TENANCY:
            condition = tenancy_table.c.id.in_(viewer.tenancies)
    return condition


def listed(session: Session, query: Any) -> Sequence[Shop]:
    """Return the shops of a query made from SHOPS."""
    return [Shop(*row) for row in session.execute(query)]

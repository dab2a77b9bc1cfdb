"""Binding a blank plate to a shop, on the spot, by whoever has just scanned it.

Of many who bind one plate at once exactly one wins; the others are told where it hangs now. Where
the person stood is evidence with its doubts and never a reason to refuse.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer, require
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound
from compliance.ledger import service as ledger
from compliance.merchants import blanks, codes, listing, shops
from compliance.merchants.models import CodeState
from compliance.merchants.positions import AT_THE_DOOR_M, Point, distance_m
from compliance.merchants.shops import (
    Shop,
    batch_table,
    code_table,
    lane_table,
    plate_table,
    premises_table,
    township_table,
)

SHOWN = 30
"""Shops offered at once; who looks for another one types its name."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank plate as the person sees it who has scanned it; `lane_id` None: any lane."""

    token: str
    serial: str
    batch_id: str
    township_code: str
    township: str
    township_en: str
    lane_id: str | None
    lane: str
    withdrawn_at: datetime | None
    tenancy_id: str | None
    bound_at: datetime | None
    replaced: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the phone of the person was, WGS-84, and how sure it is in metres."""

    point: Point
    accuracy_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A shop to bind to, and how far away it is, if that is known."""

    shop: Shop
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The receipt of a binding; asked for again it is the same."""

    blank: Blank
    shop: Shop


_BLANKS = (
    sa.select(
        plate_table.c.token,
        plate_table.c.serial,
        plate_table.c.batch_id,
        township_table.c.code,
        township_table.c.name,
        township_table.c.name_en,
        batch_table.c.lane_id,
        sa.func.coalesce(lane_table.c.name, ""),
        batch_table.c.withdrawn_at,
        plate_table.c.tenancy_id,
        plate_table.c.bound_at,
        plate_table.c.replaced,
    )
    .join(batch_table, batch_table.c.id == plate_table.c.batch_id)
    .join(township_table, township_table.c.code == plate_table.c.township_code)
    .outerjoin(lane_table, lane_table.c.id == batch_table.c.lane_id)
    .where(plate_table.c.token == sa.bindparam("token"))
)


def blank_seen_by(session: Session, viewer: Viewer, token: str) -> Blank:
    """Return a blank plate, bound or not; raise NotFound `blank.unknown` unless it is for here."""
    reach = require(viewer, Action.CODE_BIND)
    row = session.execute(_BLANKS, {"token": token}).one_or_none()
    blank = Blank(*row) if row else None
    if blank is None or not _for_here(session, viewer, reach, blank):
        raise NotFound("blank.unknown")
    return blank


def may_bind(session: Session, viewer: Viewer, token: str) -> bool:
    """Return whether `viewer` is somebody who hangs this plate."""
    try:
        return viewer.may(Action.CODE_BIND) and bool(blank_seen_by(session, viewer, token))
    except NotFound:
        return False


def choices(
    session: Session, viewer: Viewer, blank: Blank, *, q: str = "", near: Point | None = None
) -> tuple[Sequence[Choice], int]:
    """Return the shops the plate may hang at, and how many there are.

    Those without a code come first, then the nearest to `near`, else by lane and number.
    """
    conditions = [
        shops.within(viewer, Action.CODE_BIND),
        shops.OPEN,
        premises_table.c.township_code == blank.township_code,
    ]
    if blank.lane_id:
        conditions.append(premises_table.c.lane_id == blank.lane_id)
    if q.strip():
        conditions.append(listing.matches(q))
    order = [code_table.c.token.is_not(None)]
    if near:
        order += [premises_table.c.lat.is_(None), _away(near)]
    order += [lane_table.c.name, premises_table.c.running]
    query = shops.SHOPS.where(*conditions)
    total = session.execute(query.with_only_columns(sa.func.count())).scalar_one()
    found = shops.listed(session, query.order_by(*order).limit(SHOWN))
    return [Choice(shop, how_far(shop, near)) for shop in found], int(total)


def how_far(shop: Shop, near: Point | None) -> int | None:
    """Return the metres from `near` to the shop's door, if both are known."""
    if near is None or shop.lat is None or shop.lng is None:
        return None
    return round(distance_m(near, (shop.lat, shop.lng)))


def bind(
    session: Session,
    act: Act,
    viewer: Viewer,
    token: str,
    tenancy_id: str,
    *,
    door: str,
    standing: Standing | None = None,
) -> Bound:
    """Hang the plate at a shop, whose code `door` ("" when it has none) is withdrawn by it.

    Raises Conflict `blank.bound_elsewhere`, `blank.withdrawn`, `door.code_changed` or
    `shop.closed_already`, InvalidInput `blank.other_place`.
    """
    blanks.lock(session, blank_seen_by(session, viewer, token).batch_id)
    blank = blank_seen_by(session, viewer, token)
    shop = shops.seen_by(session, viewer, Action.CODE_BIND, tenancy_id)
    if blank.tenancy_id == tenancy_id:
        return Bound(blank, shop)
    if blank.tenancy_id:
        there = shops.by_tenancy(session, blank.tenancy_id)
        raise Conflict("blank.bound_elsewhere", name=there.name, number=there.number)
    if blank.withdrawn_at:
        raise Conflict("blank.withdrawn")
    if shop.closed_on:
        raise Conflict("shop.closed_already")
    if shop.township_code != blank.township_code or blank.lane_id not in {None, shop.lane_id}:
        raise InvalidInput("blank.other_place", place=blank.lane or blank.township)
    codes.end(session, act, shop.premises_id, door=door, reason=blank.serial)
    _hang(session, act, blank, shop, door)
    _record(session, act, blank, shop, door, standing)
    return Bound(blank_seen_by(session, viewer, token), shops.by_tenancy(session, tenancy_id))


def receipt(session: Session, viewer: Viewer, token: str) -> Bound:
    """Return where a plate hangs; raise NotFound `blank.unknown` while it hangs nowhere."""
    blank = blank_seen_by(session, viewer, token)
    if blank.tenancy_id is None:
        raise NotFound("blank.unknown")
    return Bound(blank, shops.by_tenancy(session, blank.tenancy_id))


def token_of(session: Session, serial: str) -> str:
    """Return the token of the plate with that serial, for the day its code is damaged."""
    query = sa.select(plate_table.c.token).where(plate_table.c.serial == serial)
    token: str | None = session.execute(query).scalar_one_or_none()
    if token is None:
        raise NotFound("door.number_unknown")
    return token


def _for_here(session: Session, viewer: Viewer, reach: Reach, blank: Blank) -> bool:
    if reach is Reach.DISTRICT:
        return True
    if reach is Reach.TOWNSHIP:
        return blank.township_code in viewer.townships
    if blank.lane_id:
        return blank.lane_id in viewer.lanes
    query = sa.select(lane_table.c.township_code).where(lane_table.c.id.in_(viewer.lanes))
    return blank.township_code in set(session.execute(query).scalars())


def _away(near: Point) -> sa.ColumnElement[float]:
    """Return an expression that grows with the distance; exact enough to sort a lane by."""
    north = premises_table.c.lat - near[0]
    east = (premises_table.c.lng - near[1]) * math.cos(math.radians(near[0]))
    away: sa.ColumnElement[float] = north * north + east * east
    return away


def _hang(session: Session, act: Act, blank: Blank, shop: Shop, door: str) -> None:
    connection = session.connection()
    code = {
        "token": blank.token,
        "premises_id": shop.premises_id,
        "state": CodeState.ACTIVE,
        "issued_at": act.at,
        "reason": "",
    }
    connection.execute(sa.insert(code_table), [code])
    connection.execute(
        sa.update(plate_table)
        .where(plate_table.c.token == blank.token)
        .values(tenancy_id=shop.tenancy_id, bound_at=act.at, replaced=door)
    )


def _record(
    session: Session, act: Act, blank: Blank, shop: Shop, door: str, standing: Standing | None
) -> None:
    """Record the binding; where the person stood is in the erasable body."""
    fact: dict[str, Any] = {"issued": blank.token, "withdrawn": door, "serial": blank.serial}
    body: dict[str, Any] = {}
    if standing:
        away = how_far(shop, standing.point)
        fact["on_the_spot"] = away is not None and away - standing.accuracy_m <= AT_THE_DOOR_M
        lat, lng = standing.point
        body = {
            "lat": f"{lat:.6f}",
            "lng": f"{lng:.6f}",
            "accuracy_m": round(standing.accuracy_m),
            "distance_m": away,
        }
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind="code.bound",
        ref=shop.premises_id,
        fact=fact,
        body=body or None,
    )

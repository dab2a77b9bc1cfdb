"""Reading the red list: who stands on it, what is nominated, what is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.merchants.shops import (
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    within,
)
from compliance.red_list.models import ListingEnd
from compliance.red_list.queries import STANDS, listing_table
from compliance.reviews.models import PanelSeat

_seat = PanelSeat.__table__  # type: ignore[attr-defined]
_MOST = 500


class Stage(StrEnum):
    """Where a nomination is."""

    NOMINATED = "nominated"
    STANDING = "standing"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the red list: the shop, and where its nomination is."""

    id: str
    tenancy_id: str
    nominated_at: datetime
    confirmed_at: datetime | None
    until: datetime | None
    ended_at: datetime | None
    ended_why: ListingEnd
    shop: str
    number: str
    lane: str


_LISTED = (
    sa.select(
        listing_table.c.id,
        listing_table.c.tenancy_id,
        listing_table.c.nominated_at,
        listing_table.c.confirmed_at,
        listing_table.c.until,
        listing_table.c.ended_at,
        listing_table.c.ended_why,
        merchant_table.c.name.label("shop"),
        premises_table.c.number,
        lane_table.c.name.label("lane"),
    )
    .join(tenancy_table, tenancy_table.c.id == listing_table.c.tenancy_id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
)


def listed(session: Session, viewer: Viewer, stage: Stage, now: datetime) -> list[Listed]:
    """Return the nominations of a stage within reach, or on whose panel `viewer` sits."""
    nominated = sa.and_(listing_table.c.confirmed_at.is_(None), listing_table.c.ended_at.is_(None))
    conditions = {
        Stage.NOMINATED: nominated,
        Stage.STANDING: STANDS,
        Stage.OVER: sa.and_(~nominated, ~STANDS),
    }
    sits = sa.exists().where(
        _seat.c.panel_id == listing_table.c.id,
        _seat.c.account_id == viewer.account_id,
        _seat.c.left_at.is_(None),
    )
    query = (
        _LISTED.where(sa.or_(within(viewer, Action.RED_LIST_READ), sits), conditions[stage])
        .order_by(listing_table.c.nominated_at.desc(), listing_table.c.id)
        .limit(_MOST)
    )
    return [Listed(*row) for row in session.execute(query, {"red_list_now": now})]

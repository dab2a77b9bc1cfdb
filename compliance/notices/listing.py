"""Notices across shops as lines of a list, and those that wait for their other party."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.merchants.shops import (
    OPEN,
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Party, Signature, WasteHauler
from compliance.notices.signing import COUNTERSIGNS
from compliance.notices.slots import notice_table, text_table

signature_table = Signature.__table__  # type: ignore[attr-defined]
hauler_table = WasteHauler.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One notice of one shop in a list."""

    notice_id: str
    number: str
    kind: NoticeKind
    issued_at: datetime
    settled_at: datetime | None
    valid_from: date
    valid_to: date
    tenancy_id: str
    shop: str
    door: str
    lane: str
    township: str
    hauler: str | None
    permit_valid_to: date | None


LINES = (
    sa.select(
        notice_table.c.id,
        notice_table.c.number,
        notice_table.c.kind,
        notice_table.c.issued_at,
        notice_table.c.settled_at,
        notice_table.c.valid_from,
        notice_table.c.valid_to,
        tenancy_table.c.id.label("tenancy_id"),
        merchant_table.c.name,
        premises_table.c.number.label("door"),
        lane_table.c.name.label("lane"),
        township_table.c.name.label("township"),
        hauler_table.c.name.label("hauler"),
        hauler_table.c.permit_valid_to,
    )
    .join(text_table, text_table.c.id == notice_table.c.text_id)
    .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
    .outerjoin(hauler_table, hauler_table.c.id == notice_table.c.hauler_id)
    .where(OPEN)
)
"""Every notice of a shop that is open; add `where`."""


def _mine(viewer: Viewer) -> tuple[NoticeKind, Party, sa.ColumnElement[bool]] | None:
    """Return what kind the viewer countersigns, as which party, and how far it reaches."""
    for kind, (party, role) in COUNTERSIGNS.items():
        if role is viewer.role:
            by_hauler = viewer.reach(Action.NOTICE_COUNTERSIGN) is Reach.HAULER
            reach = (
                notice_table.c.hauler_id.in_(viewer.haulers)
                if by_hauler
                else within(viewer, Action.NOTICE_COUNTERSIGN)
            )
            return kind, party, reach
    return None


def to_countersign(
    session: Session, viewer: Viewer, *, done: bool = False, limit: int = 200
) -> Sequence[Line]:
    """Return signed notices that wait for the viewer as their other party, or those `done`."""
    mine = _mine(viewer)
    if mine is None:
        return []
    kind, party, reach = mine
    signed: Any = sa.exists().where(
        signature_table.c.notice_id == notice_table.c.id, signature_table.c.party == party
    )
    query = (
        LINES.where(
            notice_table.c.kind == kind,
            notice_table.c.state == NoticeState.SIGNED,
            reach,
            signed if done else ~signed,
        )
        .order_by(notice_table.c.settled_at.desc(), notice_table.c.number)
        .limit(limit)
    )
    return [Line(*row) for row in session.execute(query)]

"""Reading one visit back: what was looked at, photos, findings, evidence, place in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require
from compliance.catalogue.models import CheckItem
from compliance.errors import NotFound
from compliance.findings.queries import FINDINGS, FindingView, finding_table, listed
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.patrols.models import Patrol, PatrolItem, PatrolPhoto


@dataclass(frozen=True, slots=True)
class Point:
    """One point looked at, with the words of the checklist it was looked at by."""

    seen: PatrolItem
    item: CheckItem
    photos: Sequence[str]


@dataclass(frozen=True, slots=True)
class PatrolRecord:
    """A visit with everything that belongs to it."""

    patrol: Patrol
    shop: Shop
    points: Sequence[Point]
    photos: Sequence[str]
    findings: Sequence[FindingView]


def record(session: Session, viewer: Viewer, patrol_id: str) -> PatrolRecord:
    """Return a visit to a shop whose findings `viewer` may read; else NotFound `patrol.unknown`."""
    require(viewer, Action.FINDING_READ)
    patrol = session.get(Patrol, patrol_id)
    if patrol is None:
        raise NotFound("patrol.unknown")
    shop = shops.seen_by(
        session, viewer, Action.FINDING_READ, patrol.tenancy_id, unknown="patrol.unknown"
    )
    photos: dict[str, list[str]] = {}
    for photo in session.exec(
        select(PatrolPhoto)
        .where(PatrolPhoto.patrol_id == patrol_id)
        .order_by(col(PatrolPhoto.position))
    ):
        photos.setdefault(photo.code, []).append(photo.sha256)
    seen = session.exec(
        select(PatrolItem, CheckItem)
        .join(
            CheckItem,
            sa.and_(
                col(CheckItem.code) == col(PatrolItem.code),
                col(CheckItem.edition) == patrol.edition,
            ),
        )
        .where(PatrolItem.patrol_id == patrol_id)
        .order_by(col(CheckItem.position))
    )
    points = [Point(row, item, photos.get(row.code, [])) for row, item in seen]
    opened = FINDINGS.where(finding_table.c.patrol_id == patrol_id)
    found = listed(session, opened.order_by(finding_table.c.code))
    return PatrolRecord(patrol, shop, points, photos.get("", []), found)

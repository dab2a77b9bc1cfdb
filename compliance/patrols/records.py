"""Reading one visit back: what was looked at, photos, findings, evidence, place in the ledger."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require
from compliance.catalogue.models import CheckItem
from compliance.errors import NotFound
from compliance.findings.queries import FINDINGS, FindingView, finding_table, listed
from compliance.findings.seen_again import sighting_table
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.patrols import service, testimony
from compliance.patrols.models import Patrol, PatrolItem, PatrolPhoto
from compliance.patrols.service import Logged
from compliance.patrols.testimony import Testimony


@dataclass(frozen=True, slots=True)
class Point:
    """One point looked at, with the words of the checklist it was looked at by."""

    seen: PatrolItem
    item: CheckItem
    photos: Sequence[str]


@dataclass(frozen=True, slots=True)
class PatrolRecord:
    """A visit with everything that belongs to it; `again` are findings that it saw again."""

    patrol: Patrol
    shop: Shop
    points: Sequence[Point]
    photos: Sequence[str]
    findings: Sequence[FindingView]
    again: Sequence[FindingView]
    testimony: Testimony


@dataclass(frozen=True, slots=True)
class Own:
    """A visit as its patroller sent it: `body` is None when it was erased by law."""

    shop: str
    body: dict[str, Any] | None
    logged: Logged


def own(session: Session, viewer: Viewer, patrol_id: str) -> Own:
    """Return a visit of the viewer's own; raise NotFound `patrol.unknown` for any other."""
    patrol = session.get(Patrol, patrol_id)
    if patrol is None or patrol.account_id != viewer.account_id:
        raise NotFound("patrol.unknown")
    shop = shops.by_tenancy(session, patrol.tenancy_id)
    held = ledger.body_of(session, patrol.entry_hash)
    body = None if held is None else json.loads(held)
    return Own(shop.name, body, service.receipt_again(session, patrol, shop.number))


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
    mine = sa.select(sighting_table.c.finding_id).where(sighting_table.c.patrol_id == patrol_id)
    seen_again = FINDINGS.where(
        finding_table.c.id.in_(mine), finding_table.c.patrol_id != patrol_id
    )
    again = listed(session, seen_again.order_by(finding_table.c.code))
    weighed = testimony.of_visit(session, patrol)
    return PatrolRecord(patrol, shop, points, photos.get("", []), found, again, weighed)

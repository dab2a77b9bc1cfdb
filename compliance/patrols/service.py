"""Logging a visit to a door, durable and exactly once: a hot path, in Core statements built once.

The client makes the id and keeps sending until it has a receipt. The first arrival writes the
visit, its points and photos, the ledger entry and the findings in one transaction; the same content
again gets the same receipt, other content under that id is refused. Of two at once the ledger
head's lock lets one through, and the unique id sends the other back to find what was written.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Viewer, require_at
from compliance.act import Act
from compliance.catalogue.models import CheckItem
from compliance.catalogue.service import Catalogue
from compliance.catalogue.workdays import Calendar
from compliance.errors import Conflict
from compliance.findings import service as findings
from compliance.findings.models import Finding
from compliance.findings.service import Opened
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.patrols import evidence, kinds
from compliance.patrols.evidence import Evidence
from compliance.patrols.models import Patrol, PatrolItem, PatrolPhoto
from compliance.patrols.payload import Item, Payload, hash_of

LOGGED = "patrol.logged"

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_finding = Finding.__table__  # type: ignore[attr-defined]

_OPENED = (
    sa.select(_finding.c.id, _finding.c.code, _finding.c.state, _finding.c.due_at)
    .where(_finding.c.patrol_id == sa.bindparam("patrol"))
    .order_by(_finding.c.code)
)
_NEW_PATROL = sa.insert(_patrol)
_NEW_ITEM = sa.insert(PatrolItem.__table__)  # type: ignore[attr-defined]
_NEW_PHOTO = sa.insert(PatrolPhoto.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Logged:
    """What logging a visit leaves: door number, ledger receipt, findings by code, doubts."""

    merchant: str
    receipt: ledger.Receipt
    findings: tuple[Opened, ...]
    warnings: tuple[str, ...]
    replayed: bool


def log(
    session: Session,
    act: Act,
    viewer: Viewer,
    patrol_id: str,
    body: dict[str, Any],
    payload: Payload,
    catalogue: Catalogue,
    calendar: Calendar,
) -> Logged:
    """Store a visit once and return its receipt; `body` is what `payload` was read from, as sent.

    Raises Conflict `patrol.other_content`; NotFound for an unknown, withdrawn or vacant door and
    for one out of reach; NotAllowed for a kind that the role may not log; InvalidInput for what
    breaks the rules of the kind or names photos that are not stored.
    """
    payload_hash = hash_of(body)
    earlier = evidence.earlier(session, viewer, patrol_id)
    if earlier.itself is not None:
        return _replay(session, viewer, earlier.itself, payload_hash)
    shop = shops.by_token(session, payload.door)
    require_at(viewer, kinds.MAY_LOG[payload.kind], shop.place)
    kinds.check(payload, catalogue)
    evidence.check_certificate(session, viewer, payload)
    weighed = evidence.weigh(session, act, earlier.last, shop, payload)
    faults = _faults(payload, catalogue)
    receipt = ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind=LOGGED,
        ref=patrol_id,
        fact={
            "kind": payload.kind.value,
            "edition": catalogue.edition,
            "looked_at": len(payload.items),
            "faults": [item.code for item, _ in faults],
        },
        body=body,
    )
    session.connection().execute(
        _NEW_PATROL,
        {
            "id": patrol_id,
            "tenancy_id": shop.tenancy_id,
            "account_id": viewer.account_id,
            "role": viewer.role.value,
            "edition": catalogue.edition,
            "received_at": act.at,
            "fault_count": len(faults),
            "payload_hash": payload_hash,
            "entry_seq": receipt.seq,
            "entry_hash": receipt.entry_hash,
            **_seen_row(payload, weighed),
        },
    )
    _store_parts(session, patrol_id, payload)
    opened: tuple[Opened, ...] = ()
    if payload.kind in kinds.OPENS_FINDINGS:
        opened = _open_findings(session, act, shop, patrol_id, payload, faults, calendar)
    warnings = tuple(doubt.value for doubt in weighed.doubts)
    return Logged(shop.number, receipt, opened, warnings, replayed=False)


def _replay(session: Session, viewer: Viewer, row: Any, payload_hash: str) -> Logged:
    """Return what was answered when this same content first came, with the findings as they are."""
    if (row.account_id, row.payload_hash) != (viewer.account_id, payload_hash):
        raise Conflict("patrol.other_content")
    receipt = ledger.receipt_of(session, ledger.tenancy_subject(row.tenancy_id), row.entry_seq)
    opened = tuple(Opened(*found) for found in session.execute(_OPENED, {"patrol": row.id}))
    return Logged(row.number, receipt, opened, tuple(row.doubts), replayed=True)


def _faults(payload: Payload, catalogue: Catalogue) -> list[tuple[Item, CheckItem]]:
    """Return the points at fault; what is only advice is never held against a shop."""
    found = [(item, catalogue.items[item.code]) for item in payload.items if item.is_fault]
    return [(item, known) for item, known in found if known.severity != kinds.ADVICE]


def _seen_row(payload: Payload, weighed: Evidence) -> dict[str, Any]:
    lat, lng = weighed.phone or (None, None)
    return {
        "door": payload.door,
        "kind": payload.kind,
        "observed_at": payload.observed_at,
        "note": payload.note,
        "lat": lat,
        "lng": lng,
        "accuracy_m": weighed.accuracy_m,
        "distance_m": weighed.distance_m,
        "doubts": [doubt.value for doubt in weighed.doubts],
        "officers": payload.officers,
        "plan_ref": payload.plan_ref or "",
    }


def _store_parts(session: Session, patrol_id: str, payload: Payload) -> None:
    if payload.items:
        points = [
            {
                "patrol_id": patrol_id,
                "code": item.code,
                "result": item.result,
                "cause": item.cause.value,
                "fixed_on_spot": item.fixed_on_spot,
                "note": item.note,
            }
            for item in payload.items
        ]
        session.connection().execute(_NEW_ITEM, points)
    if photos := payload.photo_places():
        places = [
            {"patrol_id": patrol_id, "position": position, "code": code, "sha256": sha256}
            for position, (code, sha256) in enumerate(photos)
        ]
        session.connection().execute(_NEW_PHOTO, places)


def _open_findings(
    session: Session,
    act: Act,
    shop: Shop,
    patrol_id: str,
    payload: Payload,
    faults: list[tuple[Item, CheckItem]],
    calendar: Calendar,
) -> tuple[Opened, ...]:
    return tuple(
        findings.open_finding(
            session,
            act,
            tenancy_id=shop.tenancy_id,
            patrol_id=patrol_id,
            patrol_kind=payload.kind.value,
            item=known,
            cause=item.cause.value,
            fixed_on_spot=item.fixed_on_spot,
            note=item.note,
            photos=item.photos,
            calendar=calendar,
        )
        for item, known in sorted(faults, key=lambda fault: fault[0].code)
    )

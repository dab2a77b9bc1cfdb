"""Logging a visit to a door, durable and exactly once: a hot path, in Core statements built once.

The client makes the id and keeps sending until it has a receipt. The first arrival writes the
visit, its points and photos, the ledger entry and the findings in one transaction; the same content
again gets the same receipt, other content under that id is refused. Of two at once the ledger
head's lock lets one through, and the unique id sends the other back to find what was written.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, require, require_at
from compliance.act import Act
from compliance.catalogue.models import CheckItem
from compliance.catalogue.service import Catalogue
from compliance.catalogue.workdays import Calendar
from compliance.errors import Conflict
from compliance.findings import seen_again
from compliance.findings import service as findings
from compliance.findings.models import Finding
from compliance.findings.seen_again import Again, Known
from compliance.findings.service import Opened
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.patrols import evidence, kinds
from compliance.patrols.evidence import NOTHING_AROUND, Around, Evidence
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
    """What logging a visit leaves: door number, ledger receipt, findings by code, those seen again,
    doubts.
    """

    merchant: str
    receipt: ledger.Receipt
    findings: tuple[Opened, ...]
    again: tuple[Again, ...]
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
    *,
    around: Around = NOTHING_AROUND,
) -> Logged:
    """Store a visit once and return its receipt; `body` is what `payload` was read from, as sent.

    It is the shop's that was behind the door when it was made, even if a new one is there now.
    Raises Conflict `patrol.other_content`; NotFound for an unknown, withdrawn or vacant door and
    for one out of reach; NotAllowed for a kind that the role may not log; InvalidInput for what
    breaks the rules of the kind or names photos that are not stored.
    """
    payload_hash = hash_of(body)
    earlier = evidence.earlier(session, viewer, patrol_id, payload)
    if earlier.itself is not None:
        return _replay(session, viewer, earlier.itself, payload_hash)
    seen_at = evidence.seen_at(payload, around.arrived_at or act.at)
    then = shops.by_token_at(session, payload.door, seen_at)
    shop = then.shop
    _check_right(viewer, payload, shop, around)
    kinds.check(payload, catalogue)
    evidence.check_certificate(session, viewer, payload)
    weighed = evidence.weigh(session, act, earlier, then, payload, around)
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
    again: tuple[Again, ...] = ()
    if faults and payload.kind in kinds.OPENS_FINDINGS:
        visit = _Visit(session, act, shop, patrol_id, payload, weighed.seen_at)
        opened, again = visit.tell(faults, calendar)
    warnings = tuple(doubt.value for doubt in weighed.doubts)
    return Logged(shop.number, receipt, opened, again, warnings, replayed=False)


def _check_right(viewer: Viewer, payload: Payload, shop: Shop, around: Around) -> None:
    """Raise unless the viewer, or whoever vouches for the record, may log it at this shop.

    A lane that was handed on is out of its former chief's reach, the visit before that is not.
    """
    action = kinds.MAY_LOG[payload.kind]
    if around.vouched is None:
        require_at(viewer, action, shop.place)
    else:
        require(viewer, action)
        require_at(around.vouched, Action.QUARANTINE_DECIDE, shop.place)


def _replay(session: Session, viewer: Viewer, row: Any, payload_hash: str) -> Logged:
    """Return what was answered when this same content first came, with the findings as they are."""
    if (row.account_id, row.payload_hash) != (viewer.account_id, payload_hash):
        raise Conflict("patrol.other_content")
    return receipt_again(session, row, row.number)


def receipt_again(session: Session, patrol: Any, number: str) -> Logged:
    """Return the receipt of a stored visit at the door `number`, with its findings as they are."""
    subject = ledger.tenancy_subject(patrol.tenancy_id)
    receipt = ledger.receipt_of(session, subject, patrol.entry_seq)
    opened = tuple(Opened(*found) for found in session.execute(_OPENED, {"patrol": patrol.id}))
    again = seen_again.of_patrol(session, patrol.id)
    return Logged(number, receipt, opened, again, tuple(patrol.doubts), replayed=True)


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
        "presence": weighed.noted,
        "device": payload.origin.device if payload.origin else None,
        "device_order": payload.origin.order if payload.origin else None,
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


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit that was stored, telling the shop's findings what it saw."""

    session: Session
    act: Act
    shop: Shop
    patrol_id: str
    payload: Payload
    seen_at: datetime

    def tell(
        self, faults: list[tuple[Item, CheckItem]], calendar: Calendar
    ) -> tuple[tuple[Opened, ...], tuple[Again, ...]]:
        """Open a finding for each fault, or stand by the one it was seen at again."""
        opened: list[Opened] = []
        again: list[Again] = []
        codes = [item.code for item, _ in faults]
        known = seen_again.known(self.session, self.shop.tenancy_id, codes, self.seen_at)
        for item, rule in sorted(faults, key=lambda fault: fault[0].code):
            same = seen_again.which(
                known, code=item.code, cause=item.cause, seen_at=self.seen_at, named=item.again
            )
            if same is not None and not item.separate:
                again.append(self._see_again(item, same))
            else:
                opened.append(self._open(item, rule, calendar, same))
        return tuple(opened), tuple(again)

    def _see_again(self, item: Item, same: Known) -> Again:
        sighting = {
            "finding_id": same.id,
            "patrol_id": self.patrol_id,
            "observed_at": self.payload.observed_at,
            "at": self.act.at,
            "account_id": self.act.actor.account_id,
            "role": self.act.actor.role,
            "patrol_kind": self.payload.kind.value,
            "cause": item.cause,
            "fixed_on_spot": item.fixed_on_spot,
            "state": same.state,
            "note": item.note,
            "photos": item.photos,
        }
        tenancy = self.shop.tenancy_id
        seen_again.keep(
            self.session, self.act, tenancy_id=tenancy, code=item.code, sighting=sighting
        )
        return Again(same.id, item.code, same.state)

    def _open(self, item: Item, rule: CheckItem, calendar: Calendar, same: Known | None) -> Opened:
        return findings.open_finding(
            self.session,
            self.act,
            tenancy_id=self.shop.tenancy_id,
            patrol_id=self.patrol_id,
            patrol_kind=self.payload.kind.value,
            item=rule,
            cause=item.cause.value,
            fixed_on_spot=item.fixed_on_spot,
            note=item.note,
            photos=item.photos,
            calendar=calendar,
            sibling=same.id if same else None,
        )

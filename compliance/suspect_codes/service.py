"""Reporting a suspect code, once under the client's own id, and saying what was done about it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, RuleBroken
from compliance.ledger import service as ledger
from compliance.patrols.models import Photo
from compliance.patrols.payload import hash_of
from compliance.suspect_codes import placing, queries
from compliance.suspect_codes.models import Found, Remedy, SuspectCode
from compliance.suspect_codes.payload import Payload

REPORTED = "suspect_code.reported"
CLOSED = "suspect_code.closed"

MOST_A_DAY = 100
"""Reports of one person: a street full of stickers stays below it, a script does not."""

MIN_WORDS = 2

_report = SuspectCode.__table__  # type: ignore[attr-defined]
_photo = Photo.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report leaves: the name of its chain (`MTG-DY`, the district's `MTG`), the receipt,
    and what our books say about the code.
    """

    chain: str
    receipt: ledger.Receipt
    found: Found
    replayed: bool


def report(
    session: Session,
    act: Act,
    viewer: Viewer,
    report_id: str,
    body: dict[str, Any],
    sent: Payload,
    token: str | None,
) -> Reported:
    """Store a report once and return its receipt; `body` is what `sent` was read from, as sent.

    `token` is the door token that the code holds, None when it is not in our form. Raises Conflict
    `suspect_code.other_content`, RuleBroken `suspect_code.too_many` beyond MOST_A_DAY, InvalidInput
    `patrol.photo_missing` naming photos that are not stored.
    """
    require(viewer, Action.SUSPECT_CODE_REPORT)
    payload_hash = hash_of(body)
    known = session.get(SuspectCode, report_id)
    if known is not None:
        return _replay(session, viewer, known, payload_hash)
    _check_pace(session, act, viewer)
    _check_photos(session, sent.photos)
    found = placing.look_up(session, token)
    where = placing.place(session, viewer, sent)
    receipt = ledger.append(
        session,
        act,
        subject=where.subject,
        kind=REPORTED,
        ref=report_id,
        fact={
            "verdict": sent.verdict.value,
            "found": found.value,
            "shop": where.shop.number if where.shop else None,
        },
        body=body,
    )
    lat, lng = where.phone or (None, None)
    session.add(
        SuspectCode(
            id=report_id,
            account_id=viewer.account_id,
            role=viewer.role.value,
            township_code=where.township,
            tenancy_id=where.shop.tenancy_id if where.shop else None,
            content=sent.shown,
            verdict=sent.verdict,
            why=sent.why.value if sent.why else "",
            found=found,
            seen_at=sent.seen_at,
            received_at=act.at,
            lat=lat,
            lng=lng,
            accuracy_m=sent.position.accuracy_m if sent.position and where.phone else None,
            photos=sent.photos,
            device=sent.origin.device if sent.origin else None,
            device_order=sent.origin.order if sent.origin else None,
            payload_hash=payload_hash,
            subject=where.subject,
            entry_seq=receipt.seq,
            words="",
        )
    )
    session.flush()
    return Reported(where.name, receipt, found, replayed=False)


def close(
    session: Session, act: Act, viewer: Viewer, report_id: str, *, remedy: Remedy, words: str
) -> SuspectCode:
    """Say what was done; raise Conflict `suspect_code.closed`, InvalidInput without words."""
    row = queries.one(session, viewer, report_id, Action.SUSPECT_CODE_HANDLE, lock=True).report
    said = words.strip()
    if len(said) < MIN_WORDS:
        raise InvalidInput("form.invalid", fields={"words": "field.required"})
    if row.closed_at is not None:
        raise Conflict("suspect_code.closed")
    row.closed_at, row.closed_by, row.remedy, row.words = act.at, viewer.account_id, remedy, said
    session.add(row)
    ledger.append(
        session,
        act,
        subject=row.subject,
        kind=CLOSED,
        ref=row.id,
        fact={"remedy": remedy.value},
        body={"words": said},
    )
    session.flush()
    return row


def _replay(session: Session, viewer: Viewer, row: SuspectCode, payload_hash: str) -> Reported:
    if (row.account_id, row.payload_hash) != (viewer.account_id, payload_hash):
        raise Conflict("suspect_code.other_content")
    receipt = ledger.receipt_of(session, row.subject, row.entry_seq)
    name = placing.DISTRICT_LETTERS
    if row.township_code:
        name = f"{name}-{placing.letters_of(session, row.township_code)}"
    return Reported(name, receipt, row.found, replayed=True)


def _check_pace(session: Session, act: Act, viewer: Viewer) -> None:
    since = act.at - timedelta(days=1)
    query = sa.select(sa.func.count()).where(
        _report.c.account_id == viewer.account_id, _report.c.received_at > since
    )
    if session.execute(query).scalar_one() >= MOST_A_DAY:
        raise RuleBroken("suspect_code.too_many", most=MOST_A_DAY)


def _check_photos(session: Session, photos: list[str]) -> None:
    query = sa.select(_photo.c.sha256).where(_photo.c.sha256.in_(photos))
    stored = set(session.execute(query).scalars()) if photos else set()
    missing = [sha256 for sha256 in photos if sha256 not in stored]
    if missing:
        fields = {f"photos.{photos.index(each)}": "patrol.photo_missing" for each in missing}
        raise InvalidInput("patrol.photo_missing", fields=fields, photos=", ".join(missing))

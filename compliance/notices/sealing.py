"""Sealed files of notices: which signatures one shows, which is the fullest, what was kept of it.

A file is made once for a set of signatures. When another party signs, a fuller one follows and the
former stays known; when a time stamp could not be had, one with a stamp may follow. The bytes lie
outside; here stand their hashes, and each file has its entry in the shop's ledger.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import SYSTEM, Act
from compliance.errors import RuleBroken
from compliance.ledger import service as ledger
from compliance.notices import evidence, service
from compliance.notices.kinds import NoticeState
from compliance.notices.models import Event, Notice, Party, Signature
from compliance.notices.sealed import SealedPaper, StampState
from compliance.notices.service import Paper


@dataclass(frozen=True, slots=True)
class Sealable:
    """A paper as it is to be sealed: its signatures, the steps to them, and the file if made."""

    paper: Paper
    signatures: Sequence[Signature]
    events: Sequence[dict[str, Any]]
    signed_set: str
    kept: SealedPaper | None


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a file just sealed, before it is kept."""

    file_hash: str
    digest: str
    size: int
    certificate: str
    own: bool
    issuer: str
    stamp_state: StampState
    stamped_at: datetime | None = None
    stamp_authority: str = ""


def sealable(session: Session, act: Act, notice_id: str) -> Sealable:
    """Return a paper ready to be sealed, with the file of these signatures if there is one.

    Raises RuleBroken `paper.erased` when personal data was erased from it, `paper.not_signed`
    before anybody signed or it was served.
    """
    paper = service.paper_of(session, act, notice_id)
    signatures = service.signatures_of(session, notice_id)
    if is_erased(session, notice_id):
        raise RuleBroken("paper.erased")
    if not signatures and paper.notice.state is not NoticeState.SERVED_UNSIGNED:
        raise RuleBroken("paper.not_signed")
    which = set_of(paper.notice, signatures)
    return Sealable(
        paper, signatures, _events(session, paper.notice, signatures), which, _best(session, which)
    )


def set_of(notice: Notice, signatures: Sequence[Signature]) -> str:
    """Return the name of a set of signatures: one hash over their ledger entries."""
    entries = sorted(each.entry_hash for each in signatures)
    settled = [] if entries else [f"served {notice.settled_at}"]
    return hashlib.sha256("\n".join([notice.id, *entries, *settled]).encode()).hexdigest()


def _events(
    session: Session, notice: Notice, signatures: Sequence[Signature]
) -> list[dict[str, Any]]:
    """Return the steps of all signatures in order, each with its party; the issue stands once.

    Without any signature they are those of the service.
    """
    if not signatures:
        return evidence.of_notice(session, notice)
    found: list[dict[str, Any]] = []
    for each in sorted(signatures, key=lambda one: one.party is not Party.MERCHANT):
        told = each.evidence.get("events", [])
        for event in told if isinstance(told, list) else []:
            if found and event["kind"] == Event.SENT:
                continue
            found.append(
                {**event, "party": "" if event["kind"] == Event.SENT else each.party.value}
            )
    return sorted(found, key=lambda event: datetime.fromisoformat(str(event["at"])))


def _best(session: Session, signed_set: str) -> SealedPaper | None:
    """Return the file of a set, the time-stamped one if there are two."""
    query = select(SealedPaper).where(SealedPaper.signed_set == signed_set)
    found = session.exec(query.order_by(col(SealedPaper.revision))).all()
    stamped = [each for each in found if each.stamp_state is StampState.STAMPED]
    return next(reversed(stamped or found), None)


def files_of(session: Session, notice_id: str) -> list[SealedPaper]:
    """Return every sealed file of a notice, the first one first."""
    query = select(SealedPaper).where(SealedPaper.notice_id == notice_id)
    return list(session.exec(query.order_by(col(SealedPaper.revision))))


def is_erased(session: Session, notice_id: str) -> bool:
    """Return whether personal data was erased from a notice's sealed files or signatures."""
    nameless = any(not each.signer_name for each in service.signatures_of(session, notice_id))
    return nameless or any(each.erased_at for each in files_of(session, notice_id))


def keep(session: Session, act: Act, ready: Sealable, made: Made) -> SealedPaper | None:
    """Keep what was made and say so in the shop's ledger; return the file that counts.

    That is another one when somebody else was faster, and None when a party has signed meanwhile
    or personal data was erased, so that what was made shows what is no longer true.
    """
    notice = service.locked(session, ready.paper.notice.id)
    signatures = service.signatures_of(session, notice.id)
    if set_of(notice, signatures) != ready.signed_set or is_erased(session, notice.id):
        return None
    former = _best(session, ready.signed_set)
    if former is not None and not _adds_a_stamp(former, made):
        return former
    revision = len(files_of(session, notice.id)) + 1
    receipt = ledger.append(
        session,
        Act(act.at, SYSTEM, act.chance),
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind="notice.sealed",
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "text_hash": notice.text_hash,
            "revision": revision,
            "parties": sorted(each.party.value for each in signatures),
            "signatures": sorted(each.entry_hash for each in signatures),
            "file_hash": made.file_hash,
            "certificate": made.certificate,
            "time_stamp": made.stamp_state.value,
        },
    )
    kept = SealedPaper(
        id=act.new_id(),
        notice_id=notice.id,
        revision=revision,
        signed_set=ready.signed_set,
        file_hash=made.file_hash,
        digest=made.digest,
        size=made.size,
        certificate=made.certificate,
        own=made.own,
        issuer=made.issuer,
        sealed_at=act.at,
        stamp_state=made.stamp_state,
        stamped_at=made.stamped_at,
        stamp_authority=made.stamp_authority,
        entry_hash=receipt.entry_hash,
    )
    session.add(kept)
    session.flush()
    return kept


def _adds_a_stamp(former: SealedPaper, made: Made) -> bool:
    stamped = StampState.STAMPED
    return made.stamp_state is stamped and former.stamp_state is not stamped


def unsealed_since(
    session: Session, since: datetime, *, after: str = "", limit: int = 100
) -> list[str]:
    """Return notices signed since then that have no file later than their last signature."""
    newer = (
        sa.exists()
        .where(col(SealedPaper.notice_id) == col(Signature.notice_id))
        .where(col(SealedPaper.sealed_at) >= col(Signature.signed_at))
    )
    query = (
        select(Signature.notice_id)
        .where(Signature.signed_at >= since, ~newer, Signature.notice_id > after)
        .distinct()
        .order_by(col(Signature.notice_id))
        .limit(limit)
    )
    return list(session.exec(query))


def unstamped(session: Session, limit: int = 50) -> list[str]:
    """Return notices whose fullest file lacks the time stamp that was asked for, newest first."""
    later = sa.orm.aliased(SealedPaper)
    newer = sa.exists().where(
        col(later.notice_id) == col(SealedPaper.notice_id),
        col(later.revision) > col(SealedPaper.revision),
    )
    query = (
        select(SealedPaper.notice_id)
        .where(
            SealedPaper.stamp_state == StampState.FAILED,
            col(SealedPaper.erased_at).is_(None),
            ~newer,
        )
        .order_by(col(SealedPaper.sealed_at).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def forget(session: Session, act: Act, notice_id: str) -> list[str]:
    """Mark the sealed files of a notice as erased; return the hashes of the bytes to remove."""
    files = files_of(session, notice_id)
    for each in files:
        each.erased_at = each.erased_at or act.at
        session.add(each)
    return [each.file_hash for each in files]

"""Erasing personal data: what goes is shown first, goes in one transaction, and is told for ever.

The district desk erases, for a ground of the law and a reason, when the period of keeping is over.
Names, strokes, evidence, phones, words and the bodies of the ledger go; the exact text, every hash
and every entry stay, so all of it still verifies. Asked again, nothing is left and nothing happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.act import Act
from compliance.erasures import kinds, reports
from compliance.erasures.gathering import Asked, files_of, gather, subject_of
from compliance.erasures.holdings import (
    HOLDINGS,
    MESSAGE,
    SIGNATURE,
    TENANCY,
    Holding,
    Target,
    signatures_of,
)
from compliance.erasures.kinds import Basis, ErasedKind, Scope
from compliance.erasures.models import Erasure
from compliance.errors import InvalidInput, RuleBroken
from compliance.ledger import erasing
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import sealing, service
from compliance.notices.models import Notice, Party, Signature
from compliance.notifications.models import MessageState

MIN_REASON = 4
MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would take, from which day it may, and what was erased before."""

    scope: Scope
    shop: Shop
    notice: Notice | None
    party: Party | None
    allowed_from: date | None
    """None while the shop is open: then only single notices can be asked for."""

    allowed: bool
    counts: Mapping[ErasedKind, int]
    former: Sequence[Erasure]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def preview(session: Session, act: Act, viewer: Viewer, asked: Asked) -> Preview:
    """Return what would go.

    Raises NotFound `shop.unknown`, `notice.unknown`, `signature.unknown`.
    """
    shop = _shop(session, viewer, asked)
    target = gather(session, asked, shop)
    notice = session.get(Notice, asked.notice_id) if asked.notice_id else None
    day = _allowed_from(session, target, shop)
    return Preview(
        scope=target.scope,
        shop=shop,
        notice=notice,
        party=asked.party,
        allowed_from=day,
        allowed=day is not None and day <= act.day,
        counts=_counts(session, target),
        former=_former(session, target),
    )


def erase(
    session: Session, act: Act, viewer: Viewer, asked: Asked, *, basis: Basis, reason: str
) -> Erasure:
    """Erase, and record what kinds, why and by whom; with nothing left, return what was done.

    Raises RuleBroken `erasure.shop_open`, `erasure.kept` naming the day from which it may be,
    `erasure.nothing`, InvalidInput `erasure.reason_missing`.
    """
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise InvalidInput("erasure.reason_missing", fields={"reason": "erasure.reason_missing"})
    shop = _shop(session, viewer, asked)
    session.execute(
        sa.select(TENANCY.c.id).where(TENANCY.c.id == shop.tenancy_id).with_for_update()
    )
    target = gather(session, asked, shop)
    for notice_id in target.notice_ids:
        service.locked(session, notice_id)
    if (day := _allowed_from(session, target, shop)) is None:
        raise RuleBroken("erasure.shop_open")
    if day > act.day:
        raise RuleBroken("erasure.kept", until=day.isoformat())
    counts = _counts(session, target)
    if not counts:
        former = _former(session, target)
        if not former:
            raise RuleBroken("erasure.nothing")
        return former[-1]
    blobs = files_of(session, target)
    _empty(session, act, target)
    return _record(session, act, target, counts, blobs, (basis, reason[:MOST_REASON]))


def _shop(session: Session, viewer: Viewer, asked: Asked) -> Shop:
    require_at(viewer, Action.PERSONAL_DATA_ERASE, Place())
    return shops.by_tenancy(session, subject_of(session, asked))


def _allowed_from(session: Session, target: Target, shop: Shop) -> date | None:
    """Return the first day on which the law's period of keeping is over; None while it is open."""
    notices = session.exec(select(Notice).where(col(Notice.id).in_(target.notice_ids))).all()
    days = [
        kinds.notice_kept_until(
            each.state, each.valid_to, Act(each.settled_at or each.issued_at).day
        )
        for each in notices
    ]
    if not target.whole:
        return max(days)
    return kinds.tenancy_kept_until(shop.closed_on, days) if shop.closed_on else None


def _counts(session: Session, target: Target) -> dict[ErasedKind, int]:
    """Return how many places of each kind still hold something; kinds without any are left out."""
    found = dict.fromkeys(ErasedKind, 0)
    for holding in HOLDINGS:
        query = sa.select(sa.func.count()).select_from(holding.table).where(holding.held(target))
        found[holding.kind] += session.execute(query).scalar_one()
    told_of = reports.bodies(session, target).values()
    found[ErasedKind.LEDGER_BODY] = len(_bodies(session, target)) + sum(map(len, told_of))
    found[ErasedKind.STORED_FILE] = len(files_of(session, target))
    return {kind: count for kind, count in found.items() if count}


def _bodies(session: Session, target: Target) -> list[tuple[int, str]]:
    """Return the entries whose bodies go: of the whole chain, of a notice, or of one signature.

    What was said about an erasure itself stays: it names no person.
    """
    subject = ledger.tenancy_subject(target.tenancy_id)
    if target.whole:
        told = select(Erasure.entry_hash).where(Erasure.tenancy_id == target.tenancy_id)
        kept = set(session.exec(told))
        return [each for each in erasing.bodies_of(session, subject) if each[1] not in kept]
    found = erasing.bodies_of(session, subject, [*target.notice_ids, *target.sitting_ids])
    if target.party is None:
        return found
    signed = select(Signature.entry_hash).where(
        col(Signature.notice_id).in_(target.notice_ids), Signature.party == target.party
    )
    own = set(session.exec(signed))
    return [each for each in found if each[1] in own]


def _empty(session: Session, act: Act, target: Target) -> None:
    for holding in HOLDINGS:
        session.execute(_update(holding, target))
    session.execute(
        sa.update(MESSAGE)
        .where(MESSAGE.c.id.in_(target.message_ids), MESSAGE.c.state == MessageState.QUEUED)
        .values(state=MessageState.DEAD, lease_until=None)
    )
    session.execute(
        sa.update(SIGNATURE)
        .where(signatures_of(target), SIGNATURE.c.erased_at.is_(None))
        .values(erased_at=act.at)
    )
    for notice_id in target.notice_ids:
        sealing.forget(session, act, notice_id)
    session.flush()
    session.expire_all()


def _update(holding: Holding, target: Target) -> sa.Update:
    return sa.update(holding.table).where(holding.held(target)).values(**holding.empty)


def _record(
    session: Session,
    act: Act,
    target: Target,
    counts: Mapping[ErasedKind, int],
    blobs: Sequence[str],
    why: tuple[Basis, str],
) -> Erasure:
    """Let the bodies go, and append the entry that says so."""
    bodies = _bodies(session, target)
    erasing.erase_bodies(session, [entry_hash for _, entry_hash in bodies])
    basis, reason = why
    told = {kind.value: count for kind, count in counts.items()}
    erasure_id = act.new_id()
    reports.erase(session, act, target, erasure_id, basis)
    receipt = ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(target.tenancy_id),
        kind=erasing.ERASED,
        ref=erasure_id,
        fact={
            "scope": target.scope.value,
            "notices": list(target.notice_ids),
            "party": target.party.value if target.party else None,
            "basis": basis.value,
            "kinds": told,
            "entries": [seq for seq, _ in bodies],
        },
        body={"reason": reason},
    )
    erasure = Erasure(
        id=erasure_id,
        tenancy_id=target.tenancy_id,
        notice_id=None if target.whole else target.notice_ids[0],
        party=target.party.value if target.party else "",
        scope=target.scope,
        basis=basis,
        counts=told,
        blobs=list(blobs),
        erased_at=act.at,
        account_id=act.actor.account_id,
        entry_hash=receipt.entry_hash,
    )
    session.add(erasure)
    session.flush()
    return erasure


def _former(session: Session, target: Target) -> list[Erasure]:
    """Return the erasures that touched the target, the first one first."""
    query = select(Erasure).where(Erasure.tenancy_id == target.tenancy_id)
    if not target.whole:
        same = [None, *target.notice_ids]
        query = query.where(
            sa.or_(*(col(Erasure.notice_id).is_not_distinct_from(each) for each in same))
        )
    found = session.exec(query.order_by(col(Erasure.erased_at))).all()
    party = target.party.value if target.party else ""
    return [each for each in found if not each.party or not party or each.party == party]

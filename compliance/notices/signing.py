"""The signature itself: one code, one sitting, one record for each notice.

All notices of a sitting are signed in one transaction or none is. Each gets its own signature
record and ledger entry with the exact text hash; signing a second time gives the same records back.
Other parties (a contract's hauler, the association, the issuing township) sign with their account.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from compliance.accounts import codes
from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Action, Role, Viewer
from compliance.act import LOCAL, Act
from compliance.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import consent, evidence, service, sittings, texts
from compliance.notices.evidence import Device
from compliance.notices.kinds import NoticeKind, NoticeState, next_state
from compliance.notices.models import Event, Notice, Party, Signature, SignatureMethod, Sitting
from compliance.notices.service import Paper
from compliance.notifications import service as notifications

COUNTERSIGNS = {
    NoticeKind.COVENANT: (Party.ASSOCIATION, Role.ASSOCIATION_REVIEWER),
    NoticeKind.RESPONSIBILITY_STATEMENT: (Party.ISSUER, Role.TOWNSHIP_DESK),
    NoticeKind.WASTE_CONTRACT: (Party.HAULER, Role.WASTE_HAULER),
}
"""Who signs beside the merchant; a pledge is one-sided."""


def sign(
    session: Session,
    act: Act,
    viewer: Viewer,
    sitting_id: str,
    *,
    hashes: Sequence[str],
    code_id: str,
    device: Device,
) -> Sitting:
    """Sign everything on the table with a proved code; a sitting finished before is given back.

    `hashes` are those the signer's form carried. Raises Conflict `notice.text_changed` when they,
    or the notices, are not those laid out, InvalidInput `code.ended`, RuleBroken
    `sitting.not_agreed`, `signature.missing`, `shop.closed`.
    """
    sitting = _locked(session, viewer, sitting_id)
    if sitting.finished_at is not None:
        return sitting
    shop = shops.seen_by(session, viewer, Action.NOTICE_SIGN, sitting.tenancy_id)
    _check(act, sitting, shop, hashes)
    code = session.get(OneTimeCode, code_id)
    if code is None or code.bound_to != sitting.id:
        raise InvalidInput("code.ended", fields={"code": "code.ended"})
    codes.use(session, act, code.id, CodePurpose.SIGN_NOTICES, sitting.tenancy_id)
    common = _common(sitting, code, device)
    for notice_id, text_hash in sittings.laid_out(sitting):
        notice = service.locked(session, notice_id)
        _sign_one(session, act, sitting, notice, text_hash, common)
    sitting.finished_at = act.at
    session.add(sitting)
    evidence.note(session, act, Event.SIGNED, sitting.tenancy_id, sitting_id=sitting.id)
    session.flush()
    _tell(session, act, sitting, shop)
    return sitting


def _locked(session: Session, viewer: Viewer, sitting_id: str) -> Sitting:
    sittings.own(session, viewer, sitting_id)
    query = select(Sitting).where(Sitting.id == sitting_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def _check(act: Act, sitting: Sitting, shop: Shop, hashes: Sequence[str]) -> None:
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    if sitting.agreed_at is None:
        raise RuleBroken("sitting.not_agreed")
    if not (sitting.strokes or sitting.typed):
        raise RuleBroken("signature.missing")
    laid_out = [text_hash for _, text_hash in sittings.laid_out(sitting)]
    if list(hashes) != laid_out or sittings.is_outdated(sitting, act):
        raise Conflict("notice.text_changed")


def _common(sitting: Sitting, code: OneTimeCode, device: Device) -> dict[str, Any]:
    """Return the evidence that all signatures of a sitting share, but for the steps."""
    helper = {"helper": sitting.helper} if sitting.helper else {}
    return {
        **consent.of_version(sitting.consent).told(),
        "phone_ends": code.phone[-4:],
        **device.told(),
        "sitting": sitting.id,
        "code_id": code.id,
        **helper,
    }


def _sign_one(
    session: Session,
    act: Act,
    sitting: Sitting,
    notice: Notice,
    text_hash: str,
    common: dict[str, Any],
) -> None:
    if notice.state is NoticeState.SIGNED and notice.text_hash == text_hash:
        return
    if notice.text_hash != text_hash or texts.text_hash(notice.content) != text_hash:
        raise Conflict("notice.text_changed")
    notice.state = next_state(notice.state, "sign")
    notice.settled_at = act.at
    session.add(notice)
    replaces = service.supersede_older(session, act, notice)
    steps = evidence.of_notice(session, notice, sitting.id)
    signature = Signature(
        id=act.new_id(),
        notice_id=notice.id,
        party=Party.MERCHANT,
        signer_name=sitting.signer_name,
        signer_role=sitting.signer_role,
        account_id=sitting.account_id,
        method=SignatureMethod.DRAWN if sitting.strokes else SignatureMethod.TYPED,
        strokes=sitting.strokes or None,
        code_id=common["code_id"],
        text_hash=text_hash,
        signed_at=act.at,
        evidence={name: told for name, told in common.items() if name != "code_id"}
        | {"events": [*steps, evidence.told(Event.SIGNED, act.at)]},
        entry_hash="",
    )
    keep(session, act, notice, signature, {"supersedes": replaces})


def keep(
    session: Session, act: Act, notice: Notice, signature: Signature, also: dict[str, Any]
) -> None:
    """Append the ledger entry and store the signature with the entry's hash."""
    result = evidence.complete(act, signature)
    receipt = ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind="notice.signed",
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "party": signature.party.value,
            "method": signature.method.value,
            "text_hash": signature.text_hash,
            "version": str(notice.fields["version"]),
            "result_hash": result,
            **also,
        },
        body={
            "name": signature.signer_name,
            "role": signature.signer_role,
            "strokes_hash": evidence.strokes_hash(signature.strokes),
            "evidence": signature.evidence,
        },
    )
    signature.entry_hash = receipt.entry_hash
    session.add(signature)
    session.flush()


def _tell(session: Session, act: Act, sitting: Sitting, shop: Shop) -> None:
    """Tell the phone on file what was signed: whoever did not sign learns of it at once."""
    titles = [paper.text.title for paper in sittings.papers(session, act, sitting)]
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        tenancy_id=shop.tenancy_id,
        template="notice.signed",
        dedup_key=f"signed:{sitting.id}",
        params={
            "shop": shop.name,
            "names": "、".join(titles),
            "at": act.at.astimezone(LOCAL).strftime("%m-%d %H:%M"),
        },
    )


def countersign(
    session: Session,
    act: Act,
    viewer: Viewer,
    notice_id: str,
    *,
    device: Device | None = None,
    together: int = 1,
) -> Signature:
    """Sign a notice as its other party; a second time gives the same signature back.

    `together` says how many were signed with one press. Raises RuleBroken `notice.not_signed_yet`
    before the merchant signed, `notice.one_sided` for a pledge, NotAllowed for a role that is not
    that party, NotFound outside one's reach.
    """
    service.seen_by(session, act, viewer, Action.NOTICE_COUNTERSIGN, notice_id)
    notice = service.locked(session, notice_id)
    if notice.kind not in COUNTERSIGNS:
        raise RuleBroken("notice.one_sided")
    party, role = COUNTERSIGNS[notice.kind]
    if viewer.role is not role:
        raise NotAllowed("account.not_allowed")
    former = session.exec(
        select(Signature).where(Signature.notice_id == notice.id, Signature.party == party)
    ).one_or_none()
    if former is not None:
        return former
    if notice.state is not NoticeState.SIGNED:
        raise RuleBroken("notice.not_signed_yet")
    signature = Signature(
        id=act.new_id(),
        notice_id=notice.id,
        party=party,
        signer_name=viewer.display_name,
        signer_role=viewer.role.value,
        account_id=viewer.account_id,
        method=SignatureMethod.TYPED,
        text_hash=notice.text_hash,
        signed_at=act.at,
        evidence=countersigned(act, notice.issued_at, viewer, device or Device(), together),
        entry_hash="",
    )
    keep(session, act, notice, signature, {})
    return signature


def countersigned(
    act: Act, issued_at: datetime, viewer: Viewer, device: Device, together: int
) -> dict[str, Any]:
    """Return how another party's signature came about: with an account, by a press of a button."""
    by = {"account": viewer.account_id}
    return {
        **consent.ACCOUNT_CONSENT.told(),
        **device.told(),
        "events": [
            evidence.told(Event.SENT, issued_at),
            evidence.told(Event.AGREED, act.at, {"consent": consent.ACCOUNT_CONSENT.version}),
            evidence.told(Event.SIGNED, act.at, by | {"together": together}),
        ],
    }


def outcome(session: Session, act: Act, sitting: Sitting) -> list[tuple[Paper, Signature]]:
    """Return what a finished sitting left: each notice with the merchant's signature under it."""
    left = []
    for paper in sittings.papers(session, act, sitting):
        signed = service.signatures_of(session, paper.notice.id)
        left.append((paper, next(each for each in signed if each.party is Party.MERCHANT)))
    return left

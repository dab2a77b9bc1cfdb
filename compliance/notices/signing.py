"""The signature itself: one code, one sitting, one record for each notice.

All notices of a sitting are signed in one transaction or none is. Each gets its own signature
record and ledger entry with the exact text hash; signing a second time gives the same records back.
Other parties (a contract's hauler, the association, the issuing township) sign with their account.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
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
from compliance.notices import service, sittings, texts
from compliance.notices.drawing import Mark
from compliance.notices.kinds import NoticeKind, NoticeState, next_state
from compliance.notices.models import Notice, Party, Signature, SignatureMethod, Sitting
from compliance.notices.service import Paper
from compliance.notifications import service as notifications

COUNTERSIGNS = {
    NoticeKind.COVENANT: (Party.ASSOCIATION, Role.ASSOCIATION_REVIEWER),
    NoticeKind.RESPONSIBILITY_STATEMENT: (Party.ISSUER, Role.TOWNSHIP_DESK),
    NoticeKind.WASTE_CONTRACT: (Party.HAULER, Role.WASTE_HAULER),
}
"""Who signs beside the merchant; a pledge is one-sided."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser tells of itself; the address is kept as its network only."""

    user_agent: str = ""
    network: str = ""

    @classmethod
    def of(cls, user_agent: str, address: str) -> "Device":
        """Return the device behind `address`, an IPv4 cut to /24, an IPv6 to /48."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return cls(user_agent[:200])
        width = 24 if found.version == 4 else 48
        return cls(user_agent[:200], str(ipaddress.ip_network((found, width), strict=False)))


def sign(
    session: Session,
    act: Act,
    viewer: Viewer,
    sitting_id: str,
    *,
    mark: Mark,
    hashes: Sequence[str],
    code_id: str,
    device: Device,
) -> Sitting:
    """Sign everything on the table with a proved code; a sitting finished before is given back.

    `hashes` are those the signer's form carried. Raises Conflict `notice.text_changed` when they,
    or the notices, are not those laid out, InvalidInput `code.ended`, `signer.name_differs`,
    RuleBroken `sitting.not_agreed`, `shop.closed`.
    """
    sitting = _locked(session, viewer, sitting_id)
    if sitting.finished_at is not None:
        return sitting
    shop = shops.seen_by(session, viewer, Action.NOTICE_SIGN, sitting.tenancy_id)
    _check(act, sitting, shop, mark, hashes)
    code = session.get(OneTimeCode, code_id)
    if code is None or code.bound_to != sitting.id:
        raise InvalidInput("code.ended", fields={"code": "code.ended"})
    codes.use(session, act, code.id, CodePurpose.SIGN_NOTICES, sitting.tenancy_id)
    evidence = _evidence(act, sitting, code, device)
    for notice_id, text_hash in sittings.laid_out(sitting):
        notice = service.locked(session, notice_id)
        _sign_one(session, act, sitting, notice, text_hash, mark, code.id, evidence)
    sitting.finished_at = act.at
    session.add(sitting)
    session.flush()
    _tell(session, act, sitting, shop)
    return sitting


def _locked(session: Session, viewer: Viewer, sitting_id: str) -> Sitting:
    sittings.own(session, viewer, sitting_id)
    query = select(Sitting).where(Sitting.id == sitting_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def _check(act: Act, sitting: Sitting, shop: Shop, mark: Mark, hashes: Sequence[str]) -> None:
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    if sitting.agreed_at is None:
        raise RuleBroken("sitting.not_agreed")
    laid_out = [text_hash for _, text_hash in sittings.laid_out(sitting)]
    if list(hashes) != laid_out or sittings.is_outdated(sitting, act):
        raise Conflict("notice.text_changed")
    check_name(sitting, mark)


def check_name(sitting: Sitting, mark: Mark) -> None:
    """Raise InvalidInput `signer.name_differs` when a typed signature is not the signer's name."""
    typed, known = ("".join(name.split()) for name in (mark.typed, sitting.signer_name))
    if mark.method is SignatureMethod.TYPED and typed != known:
        raise InvalidInput("signer.name_differs", fields={"signed_name": "signer.name_differs"})


def _evidence(act: Act, sitting: Sitting, code: OneTimeCode, device: Device) -> dict[str, Any]:
    """Return how the signature came about: when each step was taken, and on which device."""
    steps = {
        "opened_at": sitting.opened_at,
        "agreed_at": sitting.agreed_at,
        "code_sent_at": code.sent_at,
        "code_proved_at": code.proved_at,
        "signed_at": act.at,
    }
    return {
        **{name: at.isoformat(timespec="seconds") for name, at in steps.items() if at},
        "consent": sittings.CONSENT,
        "phone_ends": code.phone[-4:],
        "user_agent": device.user_agent,
        "network": device.network,
        "sitting": sitting.id,
    }


def _sign_one(
    session: Session,
    act: Act,
    sitting: Sitting,
    notice: Notice,
    text_hash: str,
    mark: Mark,
    code_id: str,
    evidence: dict[str, Any],
) -> None:
    if notice.state is NoticeState.SIGNED and notice.text_hash == text_hash:
        return
    if notice.text_hash != text_hash or texts.text_hash(notice.content) != text_hash:
        raise Conflict("notice.text_changed")
    read_at = notice.viewed_at.isoformat(timespec="seconds") if notice.viewed_at else ""
    notice.state = next_state(notice.state, "sign")
    notice.settled_at = act.at
    session.add(notice)
    replaces = service.supersede_older(session, act, notice)
    signature = Signature(
        id=act.new_id(),
        notice_id=notice.id,
        party=Party.MERCHANT,
        signer_name=sitting.signer_name,
        signer_role=sitting.signer_role,
        account_id=sitting.account_id,
        method=mark.method,
        strokes=mark.strokes,
        image=mark.image,
        code_id=code_id,
        text_hash=text_hash,
        signed_at=act.at,
        evidence={**evidence, "read_at": read_at},
        entry_hash="",
    )
    _keep(session, act, notice, signature, {"supersedes": replaces})


def _keep(
    session: Session, act: Act, notice: Notice, signature: Signature, also: dict[str, Any]
) -> None:
    """Append the ledger entry and store the signature with the entry's hash."""
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
            **also,
        },
        body={
            "name": signature.signer_name,
            "role": signature.signer_role,
            "strokes_hash": _hash(signature.strokes),
            "image_hash": _hash(signature.image),
            "evidence": signature.evidence,
        },
    )
    signature.entry_hash = receipt.entry_hash
    session.add(signature)
    session.flush()


def _hash(content: str | bytes | None) -> str | None:
    if content is None:
        return None
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _tell(session: Session, act: Act, sitting: Sitting, shop: Shop) -> None:
    """Tell the phone on file what was signed: whoever did not sign learns of it at once."""
    titles = [paper.text.title for paper in sittings.papers(session, act, sitting)]
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        template="notice.signed",
        dedup_key=f"signed:{sitting.id}",
        params={
            "shop": shop.name,
            "names": "、".join(titles),
            "at": act.at.astimezone(LOCAL).strftime("%m-%d %H:%M"),
        },
    )


def countersign(session: Session, act: Act, viewer: Viewer, notice_id: str) -> Signature:
    """Sign a notice as its other party; a second time gives the same signature back.

    Raises RuleBroken `notice.not_signed_yet` before the merchant signed, `notice.one_sided` for a
    pledge, NotAllowed for a role that is not that party, NotFound outside one's reach.
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
        evidence={"signed_at": act.at.isoformat(timespec="seconds")},
        entry_hash="",
    )
    _keep(session, act, notice, signature, {})
    return signature


def outcome(session: Session, act: Act, sitting: Sitting) -> list[tuple[Paper, Signature]]:
    """Return what a finished sitting left: each notice with the merchant's signature under it."""
    left = []
    for paper in sittings.papers(session, act, sitting):
        signed = service.signatures_of(session, paper.notice.id)
        left.append((paper, next(each for each in signed if each.party is Party.MERCHANT)))
    return left

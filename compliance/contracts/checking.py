"""The desk compares an uploaded contract with its particulars: accepts it, or sends it back.

Accepted, it stands signed by both parties on paper; the hauler's permit is noted with it.
"""

from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.contracts.models import ContractUpload
from compliance.contracts.service import of_notice, record
from compliance.errors import InvalidInput, NotFound
from compliance.merchants import shops
from compliance.notices import evidence, haulers, service, signing
from compliance.notices.kinds import NoticeState, next_state
from compliance.notices.models import Event, Notice, Party, Signature, SignatureMethod
from compliance.notices.official import OfficialValues
from compliance.notifications import service as notifications

MIN_REASON = 4
ON_PAPER = "on_paper"
"""The role of whoever signed: the paper says who it was."""


def accept(session: Session, act: Act, viewer: Viewer, notice_id: str) -> Notice:
    """Note that pictures and particulars agree: the contract counts from now on.

    The hauler's permit is noted with it. A second time changes nothing; raises RuleBroken
    `notice.not_now` when it was sent back or superseded.
    """
    notice, upload = _to_check(session, act, viewer, notice_id)
    if notice.state is NoticeState.SIGNED:
        return notice
    notice.state = next_state(notice.state, "accept")
    values = OfficialValues.model_validate(notice.fields)
    hauler = haulers.keep(
        session, act, values.hauler_name, values.hauler_permit_no, values.permit_valid_to
    )
    notice.hauler_id, notice.settled_at = hauler.id, act.at
    session.add(notice)
    replaces = service.supersede_older(session, act, notice)
    upload.checked_at, upload.checked_by = act.at, viewer.account_id
    session.add(upload)
    record(session, act, notice, "notice.accepted", upload, {"supersedes": replaces})
    for party, name in ((Party.MERCHANT, values.party_a), (Party.HAULER, values.hauler_name)):
        signed = _on_paper(act, viewer, notice, upload, party, name)
        signing.keep(session, act, notice, signed, {"files": values.files})
    _tell(session, act, notice, "contract.accepted")
    return notice


def send_back(session: Session, act: Act, viewer: Viewer, notice_id: str, reason: str) -> Notice:
    """Send a contract back with what is wrong with it; raise RuleBroken `notice.not_now`."""
    reason = reason.strip()[:300]
    if len(reason) < MIN_REASON:
        raise InvalidInput("notice.reason_missing", fields={"reason": "notice.reason_missing"})
    notice, upload = _to_check(session, act, viewer, notice_id)
    notice.state = next_state(notice.state, "return")
    notice.settled_at, notice.settled_note = act.at, reason
    upload.checked_at, upload.checked_by, upload.reason = act.at, viewer.account_id, reason
    session.add_all([notice, upload])
    record(session, act, notice, "notice.returned", upload, body={"reason": reason})
    _tell(session, act, notice, "contract.returned", reason=reason)
    return notice


def _to_check(
    session: Session, act: Act, viewer: Viewer, notice_id: str
) -> tuple[Notice, ContractUpload]:
    service.seen_by(session, act, viewer, Action.CONTRACT_CHECK, notice_id)
    notice = service.locked(session, notice_id)
    upload = of_notice(session, notice_id)
    if upload is None:
        raise NotFound("notice.unknown")
    return notice, upload


def _on_paper(
    act: Act, viewer: Viewer, notice: Notice, upload: ContractUpload, party: Party, name: str
) -> Signature:
    """Return the signature one party put under the paper, as the desk saw it."""
    steps = [
        evidence.told(Event.UPLOADED, upload.uploaded_at, {"account": upload.uploaded_by}),
        evidence.told(Event.ACCEPTED, act.at, {"account": viewer.account_id}),
    ]
    return Signature(
        id=act.new_id(),
        notice_id=notice.id,
        party=party,
        signer_name=name[:40],
        signer_role=ON_PAPER,
        account_id=viewer.account_id,
        method=SignatureMethod.UPLOADED,
        text_hash=notice.text_hash,
        signed_at=act.at,
        evidence={"events": steps, "files": [each["sha256"] for each in upload.files]},
        entry_hash="",
    )


def _tell(session: Session, act: Act, notice: Notice, template: str, **params: str) -> None:
    shop = shops.by_tenancy(session, notice.tenancy_id)
    notifications.queue(
        session,
        act,
        phone=shop.phone,
        tenancy_id=shop.tenancy_id,
        template=template,
        dedup_key=f"contract:{notice.id}:{notice.state.value}",
        params={"shop": shop.name, "number": notice.number, **params},
    )

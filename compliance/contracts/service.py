"""A contract on the official form is uploaded, and its particulars are typed beside the pictures.

Merchant, desk or hauler upload. From the particulars a record is made and kept as the shop's notice
in the state `submitted`; what the desk does with it stands in `checking.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Reach, Viewer, require, require_at
from compliance.act import Act
from compliance.contracts.models import ContractUpload, Original
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.merchants import shops
from compliance.merchants.models import Tenancy
from compliance.merchants.shops import Shop
from compliance.notices import haulers, issuing, official, publishing, suggesting, texts
from compliance.notices import service as notices
from compliance.notices.kinds import UNSETTLED, NoticeState, next_state
from compliance.notices.models import Notice
from compliance.notices.official import OfficialValues
from compliance.notices.values import complete

MOST_FILES = 12


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload with its shop; `notice` is there once its particulars were sent in."""

    upload: ContractUpload
    shop: Shop
    notice: Notice | None


def shop_for(session: Session, viewer: Viewer, action: Action, tenancy_id: str) -> Shop:
    """Return a shop whose contract `viewer` may do `action` to; others look as if not there.

    A hauler reaches the shops that name it in the register.
    """
    if require(viewer, action) is not Reach.HAULER:
        return shops.seen_by(session, viewer, action, tenancy_id)
    shop = shops.by_tenancy(session, tenancy_id)
    hauler = haulers.known(session, [shop.hauler_name]).get(shop.hauler_name)
    place = Place(hauler=hauler.id if hauler else None)
    require_at(viewer, action, place, unknown="shop.unknown")
    return shop


def begin(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, files: Sequence[Original]
) -> ContractUpload:
    """Keep the pictures of a contract; its particulars come next.

    Raises RuleBroken `shop.closed`, InvalidInput `contract.no_files`, `contract.too_many_files`.
    """
    shop = shop_for(session, viewer, Action.CONTRACT_UPLOAD, tenancy_id)
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    if not files:
        raise InvalidInput("contract.no_files", fields={"files": "contract.no_files"})
    if len(files) > MOST_FILES:
        raise InvalidInput(
            "contract.too_many_files", fields={"files": "contract.too_many_files"}, most=MOST_FILES
        )
    upload = ContractUpload(
        id=act.new_id(),
        tenancy_id=shop.tenancy_id,
        files=list(files),
        uploaded_at=act.at,
        uploaded_by=viewer.account_id,
        uploaded_role=viewer.role.value,
    )
    session.add(upload)
    session.flush()
    return upload


def seen_by(session: Session, viewer: Viewer, action: Action, upload_id: str) -> Begun:
    """Return an upload that `viewer` may do `action` to; raise NotFound `contract.unknown`.

    Whoever uploaded it sees it; a hauler besides what became a contract with it.
    """
    require(viewer, action)
    upload = session.get(ContractUpload, upload_id)
    if upload is None:
        raise NotFound("contract.unknown")
    shop = shops.by_tenancy(session, upload.tenancy_id)
    notice = session.get(Notice, upload.notice_id) if upload.notice_id else None
    own = shop.place
    place = Place(own.township, own.lane, own.tenancy, notice.hauler_id if notice else None)
    if not (upload.uploaded_by == viewer.account_id and viewer.reach(action) is Reach.HAULER):
        require_at(viewer, action, place, unknown="contract.unknown")
    return Begun(upload, shop, notice)


def of_notice(session: Session, notice_id: str) -> ContractUpload | None:
    """Return the upload a notice was made from, if it was."""
    return session.exec(
        select(ContractUpload).where(ContractUpload.notice_id == notice_id)
    ).one_or_none()


def being_checked(session: Session, tenancy_id: str) -> str:
    """Return the notice of a shop's contract that lies with the desk; empty when none does."""
    query = select(Notice.id).where(
        Notice.tenancy_id == tenancy_id, Notice.state == NoticeState.SUBMITTED
    )
    return session.exec(query).first() or ""


def unfinished(session: Session, viewer: Viewer, tenancy_id: str) -> ContractUpload | None:
    """Return the viewer's last upload for a shop whose particulars are still to be typed."""
    return session.exec(
        select(ContractUpload)
        .where(
            ContractUpload.tenancy_id == tenancy_id,
            ContractUpload.uploaded_by == viewer.account_id,
            col(ContractUpload.notice_id).is_(None),
        )
        .order_by(col(ContractUpload.uploaded_at).desc())
        .limit(1)
    ).first()


def suggested(session: Session, shop: Shop, today: date) -> dict[str, Any]:
    """Return what the register knows of a shop's contract, for the form."""
    hauler = haulers.known(session, [shop.hauler_name]).get(shop.hauler_name)
    streams = ["kitchen", "other"] if suggesting.is_catering(shop) else ["other"]
    known: dict[str, Any] = {
        "party_a": shop.name,
        "holder_type": official.HolderType.OPERATOR.value,
        "hauler_name": shop.hauler_name,
        "service_address": shop.address,
        "streams": streams,
        "freq_unit": official.Every.DAY.value,
        "freq_count": "1",
    }
    if shop.contract_until and shop.contract_until > today:
        known["valid_to"] = shop.contract_until.isoformat()
    if hauler and hauler.permit_valid_to:
        known["hauler_permit_no"] = hauler.permit_no
        known["permit_valid_to"] = hauler.permit_valid_to.isoformat()
    return known


def submit(
    session: Session, act: Act, viewer: Viewer, upload_id: str, given: Mapping[str, Any]
) -> Notice:
    """Make the record from the particulars and send it to the desk; a second time changes nothing.

    It supersedes what waits in this slot. Raises InvalidInput naming the fields at fault,
    RuleBroken `shop.closed`, NotFound `contract.unknown`.
    """
    begun = seen_by(session, viewer, Action.CONTRACT_UPLOAD, upload_id)
    shop, upload = begun.shop, begun.upload
    session.exec(select(Tenancy.id).where(Tenancy.id == shop.tenancy_id).with_for_update()).one()
    session.refresh(upload)
    if upload.notice_id is not None:
        return session.get_one(Notice, upload.notice_id)
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    text = publishing.official_text(session)
    values = _values(session, act, viewer, begun, given, text.version)
    replaces = _supersede_waiting(session, shop)
    content = texts.render(text.body, values.placeholders()).text
    notice = _notice(session, act, shop, values, text.id, content)
    session.add(notice)
    session.flush()
    upload.notice_id = notice.id
    session.add(upload)
    record(session, act, notice, "notice.submitted", upload, {"supersedes": replaces})
    return notice


def _values(
    session: Session,
    act: Act,
    viewer: Viewer,
    begun: Begun,
    given: Mapping[str, Any],
    version: str,
) -> OfficialValues:
    shop = begun.shop
    number = issuing.next_number(session, act, shop, official.KIND)
    automatic = {
        "number": number,
        "version": version,
        "files": [each["sha256"] for each in begun.upload.files],
    }
    values = complete(OfficialValues, {**given, **automatic}, catering=suggesting.is_catering(shop))
    if values.valid_to < act.day:
        raise InvalidInput("contract.ended", fields={"valid_to": "contract.ended"})
    if values.permit_valid_to < act.day:
        fields = {"permit_valid_to": "contract.permit_ended"}
        raise InvalidInput("contract.permit_ended", fields=fields)
    own = haulers.known(session, [values.hauler_name]).get(values.hauler_name)
    by_hauler = viewer.reach(Action.CONTRACT_UPLOAD) is Reach.HAULER
    if by_hauler and (own is None or own.id not in viewer.haulers):
        fields = {"hauler_name": "contract.other_hauler"}
        raise InvalidInput("contract.other_hauler", fields=fields)
    return values


def _notice(
    session: Session, act: Act, shop: Shop, values: OfficialValues, text_id: str, content: str
) -> Notice:
    hauler = haulers.known(session, [values.hauler_name]).get(values.hauler_name)
    return Notice(
        id=act.new_id(),
        number=values.number,
        tenancy_id=shop.tenancy_id,
        kind=official.KIND,
        text_id=text_id,
        hauler_id=hauler.id if hauler else None,
        fields=values.model_dump(mode="json"),
        content=content,
        text_hash=texts.text_hash(content),
        state=NoticeState.SUBMITTED,
        issued_at=act.at,
        valid_from=values.valid_from,
        valid_to=values.valid_to,
    )


def _supersede_waiting(session: Session, shop: Shop) -> list[str]:
    waiting = session.exec(
        select(Notice)
        .where(
            Notice.tenancy_id == shop.tenancy_id,
            Notice.kind == official.KIND,
            col(Notice.state).in_(UNSETTLED),
        )
        .with_for_update()
    ).all()
    for each in waiting:
        each.state = next_state(each.state, "supersede")
        session.add(each)
    return [each.number for each in waiting]


def record(
    session: Session,
    act: Act,
    notice: Notice,
    kind: str,
    upload: ContractUpload,
    also: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Append what happened to the shop's ledger, with the hashes of the uploaded files."""
    told = {
        "valid_from": notice.valid_from.isoformat(),
        "valid_to": notice.valid_to.isoformat(),
        "files": [each["sha256"] for each in upload.files],
        **(also or {}),
    }
    notices.record(session, act, notice, kind, body, told)

"""A contract on the official form: its pictures, its particulars, and the desk's comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.contracts import checking, service
from compliance.contracts.models import ContractUpload
from compliance.contracts.service import Begun
from compliance.errors import ComplianceError, InvalidInput, NotFound
from compliance.merchants.shops import Shop
from compliance.notices import service as notices
from compliance.notices.official import Every, HolderType, OfficialValues
from compliance.notices.service import Paper
from compliance.notices.suggesting import is_catering
from compliance.notices.values import Stream
from merchants_app import forms, originals
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

MOST_BYTES = originals.MOST_BYTES + 1024 * 1024
"""The files, and the form around them."""

SHOWN = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Pictures(FormModel):
    files: list[UploadFile] = Field(default_factory=list)


class SendBack(FormModel):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Where the pictures of a contract are chosen, and why."""

    shop: Shop
    catering: bool
    unfinished: ContractUpload | None
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is to be typed from the pictures beside it."""

    begun: Begun
    pages: Sequence[str]
    form: Form
    streams: Sequence[Stream] = tuple(Stream)
    holders: Sequence[HolderType] = tuple(HolderType)
    periods: Sequence[Every] = tuple(Every)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A contract's particulars beside its pictures, for whoever checks it."""

    paper: Paper
    upload: ContractUpload
    pages: Sequence[str]
    form: Form


def _tenancy_of(request: Request) -> str:
    own = next(iter(signed_in_viewer(request).tenancies), "")
    return request.query_params.get("tenancy", own)


async def _upload_page(request: Request, refusal: ComplianceError | None = None) -> Response:
    viewer, tenancy = signed_in_viewer(request), _tenancy_of(request)
    form = Form.refused({}, refusal, language(request)) if refusal else Form()

    def collect(session: Session) -> UploadPage:
        shop = service.shop_for(session, viewer, Action.CONTRACT_UPLOAD, tenancy)
        begun = service.unfinished(session, viewer, tenancy)
        return UploadPage(shop, is_catering(shop), begun, form)

    view = await context_of(request).database.read(collect)
    return page(request, "contracts/upload.html", view, status_of(refusal) if refusal else 200)


@get("/contracts/upload", opt=may(Action.CONTRACT_UPLOAD), include_in_schema=False)
async def upload_page(request: Request) -> Response:
    return await _upload_page(request)


@post(
    "/contracts/upload",
    opt=may(Action.CONTRACT_UPLOAD),
    include_in_schema=False,
    request_max_body_size=MOST_BYTES,
)
async def upload(request: Request) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    tenancy, action = _tenancy_of(request), Action.CONTRACT_UPLOAD
    await context.database.read(lambda s: service.shop_for(s, viewer, action, tenancy))
    try:
        given = await forms.read(request, Pictures)
        kept = await originals.store(context, [await each.read() for each in given.files])
        made = await context.database.write(
            lambda s: service.begin(s, act, viewer, tenancy, kept).id
        )
    except REFUSALS as refusal:
        return await _upload_page(request, refusal)
    return Redirect(f"/contracts/uploads/{made}", status_code=303)


async def _begun(request: Request, upload_id: str, action: Action) -> Begun:
    viewer = signed_in_viewer(request)
    return await context_of(request).database.read(
        lambda s: service.seen_by(s, viewer, action, upload_id)
    )


async def _particulars(
    request: Request, upload_id: str, form: Form | None = None, status: int = 200
) -> Response:
    begun = await _begun(request, upload_id, Action.CONTRACT_UPLOAD)
    if begun.notice is not None:
        return Redirect(f"/notices/{begun.notice.id}", status_code=303)
    today = act_for(request).day
    known = form or Form(
        await context_of(request).database.read(lambda s: service.suggested(s, begun.shop, today))
    )
    view = Particulars(begun, originals.addresses_of(begun.upload), known)
    return page(request, "contracts/particulars.html", view, status)


@get("/contracts/uploads/{upload_id:str}", opt=may(Action.CONTRACT_UPLOAD), include_in_schema=False)
async def particulars(request: Request, upload_id: FromPath[str]) -> Response:
    return await _particulars(request, upload_id)


@post(
    "/contracts/uploads/{upload_id:str}", opt=may(Action.CONTRACT_UPLOAD), include_in_schema=False
)
async def submit(request: Request, upload_id: FromPath[str]) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    typed = await forms.values_of(request, OfficialValues)
    try:
        made = await context_of(request).database.write(
            lambda s: service.submit(s, act, viewer, upload_id, typed).id
        )
    except InvalidInput as refusal:
        again = Form.refused(typed, refusal, language(request))
        return await _particulars(request, upload_id, again, 422)
    return Redirect(f"/notices/{made}", status_code=303)


@get(
    "/contracts/uploads/{upload_id:str}/pages/{place:int}",
    opt=may(Action.CONTRACT_READ),
    include_in_schema=False,
)
async def picture(request: Request, upload_id: FromPath[str], place: FromPath[int]) -> Response:
    begun = await _begun(request, upload_id, Action.CONTRACT_READ)
    pages = list(chain.from_iterable(each["pages"] for each in begun.upload.files))
    return _file(request, pages, place, "image/jpeg", "inline", f"{upload_id[:8]}-{place}.jpg")


@get(
    "/contracts/uploads/{upload_id:str}/originals/{place:int}",
    opt=may(Action.CONTRACT_READ),
    include_in_schema=False,
)
async def original(request: Request, upload_id: FromPath[str], place: FromPath[int]) -> Response:
    """Give an original as it came: to be kept, never to be opened on a page of ours."""
    begun = await _begun(request, upload_id, Action.CONTRACT_READ)
    hashes = [each["sha256"] for each in begun.upload.files]
    kinds = [each["media_type"] for each in begun.upload.files]
    ending = kinds[place - 1].split("/")[1] if 0 < place <= len(kinds) else ""
    named = f"{upload_id[:8]}-{place}.{ending}"
    return _file(request, hashes, place, "application/octet-stream", "attachment", named)


def _file(
    request: Request, hashes: Sequence[str], place: int, media_type: str, how: str, name: str
) -> Response[bytes]:
    known = hashes[place - 1] if 0 < place <= len(hashes) else ""
    data = context_of(request).blobs.get(known) if known else None
    if data is None:
        raise NotFound("contract.unknown")
    headers = {**SHOWN, "content-disposition": f'{how}; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


async def _comparison(
    request: Request, notice_id: str, form: Form | None = None, status: int = 200
) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Comparison:
        paper = notices.seen_by(session, act, viewer, Action.CONTRACT_CHECK, notice_id)
        found = service.of_notice(session, notice_id)
        if found is None:
            raise NotFound("notice.unknown")
        return Comparison(paper, found, originals.addresses_of(found), form or Form())

    view = await context_of(request).database.read(collect)
    return page(request, "contracts/check.html", view, status)


@get("/contracts/{notice_id:str}/check", opt=may(Action.CONTRACT_CHECK), include_in_schema=False)
async def check_page(request: Request, notice_id: FromPath[str]) -> Response:
    return await _comparison(request, notice_id)


@post("/contracts/{notice_id:str}/accept", opt=may(Action.CONTRACT_CHECK), include_in_schema=False)
async def accept(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    await context_of(request).database.write(lambda s: checking.accept(s, act, viewer, notice_id))
    return Redirect(f"/notices/{notice_id}", status_code=303)


@post("/contracts/{notice_id:str}/return", opt=may(Action.CONTRACT_CHECK), include_in_schema=False)
async def send_back(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    typed = await forms.read(request, SendBack)
    try:
        await context_of(request).database.write(
            lambda s: checking.send_back(s, act, viewer, notice_id, typed.reason)
        )
    except InvalidInput as refusal:
        again = Form.refused(typed.model_dump(), refusal, language(request))
        return await _comparison(request, notice_id, again, 422)
    return Redirect(f"/notices/{notice_id}", status_code=303)


ROUTES = [
    upload_page,
    upload,
    particulars,
    submit,
    picture,
    original,
    check_page,
    accept,
    send_back,
]

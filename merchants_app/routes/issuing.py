"""The desk's side of notices: issue one, issue what a street lacks, serve, take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.act import Act
from compliance.errors import ComplianceError, InvalidInput
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import haulers, issuing, service, slots, suggesting
from compliance.notices.kinds import NoticeKind
from compliance.notices.service import Witness
from compliance.notices.slots import Slots
from compliance.notices.values import OF_KIND, Stream
from compliance.votes import adopting
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.routes.notices import Reason, form_page, settle
from merchants_app.signatures import device_of


class Serving(FormModel):
    witness: str = ""
    witness_role: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which kind to issue to a shop: its four slots as they stand."""

    shop: Shop
    slots: Slots
    kitchen: bool
    """Whether it has to use the city's own waste contract."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """The values of one notice before it is issued."""

    shop: Shop
    kind: NoticeKind
    form: Form
    kitchen: bool
    streams: Sequence[Stream] = tuple(Stream)


@get("/notices/issue", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def issue_page(request: Request) -> Response:
    kind = _kind_of(request)
    if kind is None:
        return page(request, "notices/choose.html", await _asked(request, _choosing))
    return page(request, "notices/issue.html", await _asked(request, _blank, kind))


@post("/notices/issue", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def issue(request: Request) -> Response:
    kind, act, viewer = _kind_of(request), act_for(request), signed_in_viewer(request)
    if kind is None:
        raise InvalidInput("notice.kind_unknown")
    typed = await forms.values_of(request, OF_KIND[kind])

    def do(session: Session) -> str:
        shop = shops.seen_by(session, viewer, Action.NOTICE_ISSUE, _tenancy_of(request))
        return issuing.issue(session, act, shop, kind, typed).id

    try:
        notice_id = await context_of(request).database.write(do)
    except InvalidInput as refusal:
        view = await _asked(request, _typed, kind, _again(typed, refusal, request))
        return page(request, "notices/issue.html", view, 422)
    return Redirect(f"/notices/{notice_id}", status_code=303)


def _kind_of(request: Request) -> NoticeKind | None:
    asked = request.query_params.get("kind", "")
    return next((kind for kind in NoticeKind if kind == asked), None)


def _tenancy_of(request: Request) -> str:
    return request.query_params.get("tenancy", "")


def _again(typed: dict[str, Any], refusal: ComplianceError, request: Request) -> Form:
    return Form.refused(typed, refusal, language(request))


async def _asked(request: Request, make: Any, *rest: Any) -> Any:
    """Make a page about the shop that the address names, if the viewer may issue there."""
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Any:
        shop = shops.seen_by(session, viewer, Action.NOTICE_ISSUE, _tenancy_of(request))
        return make(session, act, shop, *rest)

    return await context_of(request).database.read(collect)


def _choosing(session: Session, act: Act, shop: Shop) -> Choosing:
    stands = slots.of_tenancy(session, shop.tenancy_id, act.day)
    return Choosing(shop, stands, suggesting.is_catering(shop))


def _blank(session: Session, act: Act, shop: Shop, kind: NoticeKind) -> Issuing:
    """Return the form with what the register knows and the defaults of the house."""
    hauler = haulers.known(session, [shop.hauler_name]).get(shop.hauler_name)
    fields = OF_KIND[kind].model_fields.items()
    values = {name: field.default for name, field in fields if not field.is_required()}
    values |= suggesting.suggested(kind, shop, act.day, hauler)
    if kind is NoticeKind.COVENANT:
        values |= adopting.of_lane(session, shop.lane_id, act.day)
    form = Form({name: _shown(value) for name, value in values.items()})
    return Issuing(shop, kind, form, suggesting.is_catering(shop))


def _typed(_session: Session, _act: Act, shop: Shop, kind: NoticeKind, form: Form) -> Issuing:
    return Issuing(shop, kind, form, suggesting.is_catering(shop))


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each.value for each in value]
    return f"{value:g}" if isinstance(value, float) else str(value)


@get("/notices/{notice_id:str}/serve", opt=may(Action.NOTICE_SERVE), include_in_schema=False)
async def serve_page(request: Request, notice_id: FromPath[str]) -> Response:
    return await form_page(request, notice_id, "notices/serve.html", Action.NOTICE_SERVE)


@post("/notices/{notice_id:str}/serve", opt=may(Action.NOTICE_SERVE), include_in_schema=False)
async def serve(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act, device = signed_in_viewer(request), act_for(request), device_of(request)

    def do(session: Session, typed: Serving) -> None:
        service.seen_by(session, act, viewer, Action.NOTICE_SERVE, notice_id)
        witness = Witness(typed.witness, typed.witness_role)
        service.serve(session, act, notice_id, witness=witness, note=typed.note, device=device)

    return await settle(request, notice_id, Serving, do, "notices/serve.html", Action.NOTICE_SERVE)


@get("/notices/{notice_id:str}/revoke", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def revoke_page(request: Request, notice_id: FromPath[str]) -> Response:
    return await form_page(request, notice_id, "notices/revoke.html", Action.NOTICE_ISSUE)


@post("/notices/{notice_id:str}/revoke", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def revoke(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)

    def do(session: Session, typed: Reason) -> None:
        service.seen_by(session, act, viewer, Action.NOTICE_ISSUE, notice_id)
        service.revoke(session, act, notice_id, typed.reason)

    return await settle(request, notice_id, Reason, do, "notices/revoke.html", Action.NOTICE_ISSUE)


ROUTES = [
    issue_page,
    issue,
    serve_page,
    serve,
    revoke_page,
    revoke,
]

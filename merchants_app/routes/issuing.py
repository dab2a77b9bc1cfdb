"""The desk's side of notices: issue one, issue what a street lacks, serve, take back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.act import Act
from compliance.errors import ComplianceError, InvalidInput
from compliance.merchants import shops
from compliance.merchants.shops import OPEN, SHOPS, Shop, premises_table
from compliance.notices import haulers, issuing, service, slots, suggesting
from compliance.notices.issuing import Run
from compliance.notices.kinds import NEEDS_A_NEW_ONE, NoticeKind
from compliance.notices.slots import Slots
from compliance.notices.values import OF_KIND, Stream
from compliance.places import service as places
from compliance.places.models import Lane, Township
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page
from merchants_app.routes.notices import Reason, form_page, settle
from merchants_app.words import language_of


class Serving(FormModel):
    witness: str = ""
    note: str = ""


class Missing(FormModel):
    """A run for one township or lane; the vote is needed where a covenant is among the kinds."""

    kinds: list[NoticeKind] = Field(default_factory=list)
    adopted_on: date | None = None
    eligible: int | None = None
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    depth_m: float | None = None

    def check(self, lane: str) -> None:
        """Raise InvalidInput `notice.kind_unknown`, or `notice.lane_needed` for a covenant."""
        if not self.kinds:
            raise InvalidInput("notice.kind_unknown", fields={"kinds": "notice.kind_unknown"})
        if NoticeKind.COVENANT in self.kinds and not lane:
            raise InvalidInput("notice.lane_needed", fields={"kinds": "notice.lane_needed"})

    def shared(self) -> Mapping[NoticeKind, Mapping[str, Any]]:
        votes = ("adopted_on", "eligible", "yes", "no", "abstain")
        given = {
            NoticeKind.COVENANT: {name: getattr(self, name) for name in votes},
            NoticeKind.RESPONSIBILITY_STATEMENT: {"depth_m": self.depth_m},
        }
        return {
            kind: {name: value for name, value in values.items() if value is not None}
            for kind, values in given.items()
        }


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which kind to issue to a shop: its four slots as they stand."""

    shop: Shop
    slots: Slots


@dataclass(frozen=True, slots=True)
class Issuing:
    """The values of one notice before it is issued."""

    shop: Shop
    kind: NoticeKind
    form: Form
    streams: Sequence[Stream] = tuple(Stream)


@dataclass(frozen=True, slots=True)
class MissingPage:
    """What the shops of a township or lane lack, by kind, and what a run did."""

    townships: Sequence[Township]
    lanes: Sequence[Lane]
    where: Form
    shops: int
    lacking: Mapping[NoticeKind, int]
    form: Form
    run: Run | None = None


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
    return Form.refused(typed, refusal, language_of(dict(request.query_params), request.cookies))


async def _asked(request: Request, make: Any, *rest: Any) -> Any:
    """Make a page about the shop that the address names, if the viewer may issue there."""
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Any:
        shop = shops.seen_by(session, viewer, Action.NOTICE_ISSUE, _tenancy_of(request))
        return make(session, act, shop, *rest)

    return await context_of(request).database.read(collect)


def _choosing(session: Session, act: Act, shop: Shop) -> Choosing:
    return Choosing(shop, slots.of_tenancy(session, shop.tenancy_id, act.day))


def _blank(session: Session, act: Act, shop: Shop, kind: NoticeKind) -> Issuing:
    """Return the form with what the register knows and the defaults of the house."""
    hauler = haulers.known(session, [shop.hauler_name]).get(shop.hauler_name)
    fields = OF_KIND[kind].model_fields.items()
    values = {name: field.default for name, field in fields if not field.is_required()}
    values |= suggesting.suggested(kind, shop, act.day, hauler)
    return Issuing(shop, kind, Form({name: _shown(value) for name, value in values.items()}))


def _typed(_session: Session, _act: Act, shop: Shop, kind: NoticeKind, form: Form) -> Issuing:
    return Issuing(shop, kind, form)


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return [each.value for each in value]
    return f"{value:g}" if isinstance(value, float) else str(value)


@get("/notices/issue-missing", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def missing_page(request: Request) -> Response:
    return page(request, "notices/missing.html", await _missing(request))


@post("/notices/issue-missing", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def issue_missing(request: Request) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        form = await forms.read(request, Missing)
        form.check(request.query_params.get("lane", ""))
        run = await context_of(request).database.write(
            lambda s: issuing.issue_missing(
                s, act, _shops(s, viewer, request), form.kinds, form.shared()
            )
        )
    except InvalidInput as refusal:
        typed = await forms.values_of(request, Missing)
        view = await _missing(request, _again(typed, refusal, request))
        return page(request, "notices/missing.html", view, 422)
    return page(request, "notices/missing.html", await _missing(request, run=run))


def _township(session: Session, viewer: Viewer, request: Request) -> str:
    """Return the township asked for when it is in reach, else the first that is."""
    codes = [each.code for each in _townships(session, viewer)]
    asked = request.query_params.get("township", "")
    return asked if asked in codes else codes[0] if codes else ""


def _townships(session: Session, viewer: Viewer) -> list[Township]:
    district = viewer.reach(Action.NOTICE_ISSUE) is Reach.DISTRICT
    return [each for each in places.townships(session) if district or each.code in viewer.townships]


def _shops(session: Session, viewer: Viewer, request: Request) -> Sequence[Shop]:
    lane = request.query_params.get("lane", "")
    query = SHOPS.where(
        OPEN,
        shops.within(viewer, Action.NOTICE_ISSUE),
        premises_table.c.township_code == _township(session, viewer, request),
    )
    if lane:
        query = query.where(premises_table.c.lane_id == lane)
    return shops.listed(session, query.order_by(premises_table.c.number))


async def _missing(request: Request, form: Form | None = None, run: Run | None = None) -> Any:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> MissingPage:
        found = _shops(session, viewer, request)
        stands = slots.slots(session, [shop.tenancy_id for shop in found], act.day)
        lacking = {
            kind: sum(each[kind].standing in NEEDS_A_NEW_ONE for each in stands.values())
            for kind in NoticeKind
        }
        township = _township(session, viewer, request)
        return MissingPage(
            townships=_townships(session, viewer),
            lanes=places.lanes(session, township),
            where=Form({"township": township, "lane": request.query_params.get("lane", "")}),
            shops=len(found),
            lacking=lacking,
            form=form or Form({"depth_m": "3"}),
            run=run,
        )

    return await context_of(request).database.read(collect)


@get("/notices/{notice_id:str}/serve", opt=may(Action.NOTICE_SERVE), include_in_schema=False)
async def serve_page(request: Request, notice_id: FromPath[str]) -> Response:
    return await form_page(request, notice_id, "notices/serve.html", Action.NOTICE_SERVE)


@post("/notices/{notice_id:str}/serve", opt=may(Action.NOTICE_SERVE), include_in_schema=False)
async def serve(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)

    def do(session: Session, typed: Serving) -> None:
        service.seen_by(session, act, viewer, Action.NOTICE_SERVE, notice_id)
        service.serve(session, act, notice_id, witness=typed.witness, note=typed.note)

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
    missing_page,
    issue_missing,
    serve_page,
    serve,
    revoke_page,
    revoke,
]

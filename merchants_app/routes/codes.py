"""Door codes at the desk: what to print for a place or a shop, a code taken back or replaced."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

import qr
from compliance.accounts.permissions import Action, Viewer
from compliance.errors import InvalidInput, NotFound
from compliance.merchants import codes, shops
from compliance.merchants.codes import Code
from compliance.merchants.shops import Shop
from compliance.print_jobs import service as print_jobs
from compliance.print_jobs.contents import Amount
from compliance.print_jobs.models import JobProgress, PrintWhat
from compliance.print_jobs.service import Order
from merchants_app import desk, forms, pressroom, printing
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.plates import LABEL, LAYOUTS, USUAL_LABELS
from merchants_app.settings import Settings


class Choice(FormModel):
    """What to print, where, and on which sheet."""

    township: str = ""
    lane: str = ""
    tenancy: str = ""
    what: Literal["plates", "notices", "pack"] = "plates"
    layout: Literal["outdoor", "indoor", "label"] = "outdoor"
    label: str = Field(default="", max_length=120)

    def order(self, settings: Settings) -> Order:
        """Return it as the rules take it; raise InvalidInput naming `label`."""
        chosen = self.label if self.layout == LABEL else self.layout
        sheet = printing.sheet_for(chosen, settings)
        named = self.model_dump(include={"township", "lane", "tenancy"})
        what = PrintWhat(self.what)
        return Order(what=what, layout=chosen, per_sheet=len(sheet.codes), **named)


class Ordered(Choice):
    """The same, ordered: with cover sheets or not, with new codes or not."""

    covers: Literal["", "yes"] = ""
    renew: Literal["", "yes"] = ""
    reason: str = Field(default="", max_length=160)

    def order(self, settings: Settings) -> Order:
        wanted = super().order(settings)
        covers, renew = bool(self.covers), bool(self.renew)
        return replace(wanted, covers=covers, renew=renew, reason=self.reason)


_USUAL = {"what": "plates", "layout": "outdoor", "covers": "yes"}


@dataclass(frozen=True, slots=True)
class PrintPage:
    """What can be chosen, and how much was; no amount before a place is chosen."""

    form: Form
    places: Places
    shop: Shop | None
    amount: Amount | None
    sheets: int
    small: int
    usual_labels: Sequence[str]
    may_renew: bool


async def _print_page(request: Request, form: Form, status: int = 200) -> Response[str]:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    known = {name: form.values[name] for name in Choice.model_fields if form.values.get(name)}
    clear = not form.errors.keys() & Choice.model_fields.keys()
    wanted = forms.check(Choice, known).order(context.settings) if clear else None

    def collect(session: Session) -> PrintPage:
        township, tenancy = str(known.get("township", "")), str(known.get("tenancy", ""))
        places = desk.places_of(session, viewer, Action.CODE_PRINT, township)
        shop = shops.seen_by(session, viewer, Action.CODE_PRINT, tenancy) if tenancy else None
        amount = None
        with suppress(InvalidInput):  # no place chosen yet
            amount = print_jobs.counted(session, act, viewer, wanted) if wanted else None
        sheets = wanted.sheets(amount) if wanted and amount else 0
        renew, small = viewer.may(Action.CODE_REISSUE), pressroom.SMALL
        return PrintPage(form, places, shop, amount, sheets, small, USUAL_LABELS, renew)

    view = await context.database.read(collect)
    return page(request, "codes/print.html", view, status)


@get("/codes", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def print_page(request: Request) -> Response:
    given = {name: request.query_params.get(name, "") for name in Choice.model_fields}
    values = _USUAL | {name: value for name, value in given.items() if value}
    try:
        return await _print_page(request, Form(values))
    except InvalidInput as refusal:
        form = Form.refused(values, refusal, language(request))
        return await _print_page(request, form, status_of(refusal))


@post("/codes", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def order(request: Request) -> Response:
    """Print what was chosen: a small order at once, a large one as a job."""
    try:
        given = await forms.read(request, Ordered)
        return await _printed(request, given.order(context_of(request).settings))
    except REFUSALS as refusal:
        form = await desk.again(request, Ordered, refusal)
        return await _print_page(request, form, status_of(refusal))


async def _printed(request: Request, wanted: Order) -> Redirect:
    """Lead to the file when it is there and whole, else to the job, which says how it stands."""
    job = await pressroom.ordered(
        context_of(request), act_for(request), signed_in_viewer(request), wanted
    )
    whole = job.state is JobProgress.READY and job.shops == job.printed
    return Redirect(f"/print-jobs/{job.id}{'/file.pdf' if whole else ''}", status_code=303)


class OneShop(FormModel):
    """What of one shop: its whole pack, or its plate on one of two layouts."""

    do: Literal["pack", "outdoor", "indoor"] = "pack"

    def order(self, tenancy_id: str) -> Order:
        if self.do == "pack":
            return Order(PrintWhat.PACK, tenancy=tenancy_id)
        per_sheet = len(LAYOUTS[self.do].codes)
        return Order(layout=self.do, tenancy=tenancy_id, per_sheet=per_sheet)


@post("/merchants/{tenancy_id:str}/print", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def print_shop(request: Request, tenancy_id: FromPath[str]) -> Response:
    try:
        given = await forms.read(request, OneShop)
        return await _printed(request, given.order(tenancy_id))
    except REFUSALS as refusal:
        form = Form.refused(_USUAL | {"tenancy": tenancy_id}, refusal, language(request))
        return await _print_page(request, form, status_of(refusal))


@get("/merchants/{tenancy_id:str}/code.svg", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def symbol(request: Request, tenancy_id: FromPath[str]) -> Response[str]:
    context, viewer = context_of(request), signed_in_viewer(request)
    shop = await context.database.read(
        lambda session: shops.seen_by(session, viewer, Action.CODE_PRINT, tenancy_id)
    )
    if not shop.door:
        raise NotFound("door.withdrawn")
    drawn = qr.symbol(qr.door_url(context.settings.base_url, shop.door)).svg()
    return Response(drawn, media_type="image/svg+xml")


class Replacement(FormModel):
    """What becomes of a code, which one, and why."""

    do: Literal["reissue", "withdraw"]
    door: str = Field(default="", max_length=16)
    reason: str = Field(max_length=160)


@dataclass(frozen=True, slots=True)
class CodePage:
    form: Form
    shop: Shop
    codes: Sequence[Code]


def _code_page(session: Session, viewer: Viewer, tenancy_id: str, form: Form) -> CodePage:
    shop = shops.seen_by(session, viewer, Action.CODE_REISSUE, tenancy_id)
    return CodePage(form, shop, codes.of_door(session, shop.premises_id))


@get("/merchants/{tenancy_id:str}/code", opt=may(Action.CODE_REISSUE), include_in_schema=False)
async def code_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    viewer, form = signed_in_viewer(request), Form({"do": "reissue"})
    view = await context_of(request).database.read(
        lambda session: _code_page(session, viewer, tenancy_id, form)
    )
    return page(request, "codes/code.html", view)


@post("/merchants/{tenancy_id:str}/code", opt=may(Action.CODE_REISSUE), include_in_schema=False)
async def replace_code(request: Request, tenancy_id: FromPath[str]) -> Response:
    database, viewer = context_of(request).database, signed_in_viewer(request)
    try:
        given = await forms.read(request, Replacement)
        await _replace(request, tenancy_id, given)
    except REFUSALS as refusal:
        form = await desk.again(request, Replacement, refusal)
        view = await database.read(lambda s: _code_page(s, viewer, tenancy_id, form))
        return page(request, "codes/code.html", view, status_of(refusal))
    done = "code" if given.do == "reissue" else "withdrawn"
    return Redirect(f"/merchants/{tenancy_id}?done={done}", status_code=303)


async def _replace(request: Request, tenancy_id: str, given: Replacement) -> None:
    act, viewer = act_for(request), signed_in_viewer(request)
    verb = codes.reissue if given.do == "reissue" else codes.withdraw
    await context_of(request).database.write(
        lambda session: verb(session, act, viewer, tenancy_id, door=given.door, reason=given.reason)
    )


ROUTES = [print_page, order, print_shop, symbol, code_page, replace_code]

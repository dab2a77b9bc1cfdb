"""Door codes at the desk: plates to print for a lane or township, a code taken back or replaced."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

import qr
from compliance.accounts.permissions import Action, Viewer
from compliance.errors import InvalidInput, NotFound
from compliance.merchants import codes, listing, shops
from compliance.merchants.codes import Code
from compliance.merchants.listing import Wanted
from compliance.merchants.shops import Shop
from merchants_app import desk, forms, printing
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

MOST = 300
"""Plates in one download; a whole township's come from `menqian print plates`."""


class Order(FormModel):
    """Which plates to print, and for where."""

    township: str = ""
    lane: str = ""
    layout: Literal["outdoor", "indoor"] = "outdoor"


@dataclass(frozen=True, slots=True)
class PrintPage:
    form: Form
    places: Places
    count: int
    most: int
    without_code: int


def _wanted(order: Order) -> Wanted:
    return Wanted(township=order.township, lane=order.lane)


def _print_page(session: Session, viewer: Viewer, order: Order, form: Form) -> PrintPage:
    found = listing.count(session, viewer, _wanted(order))
    bare = Wanted(township=order.township, lane=order.lane, status=listing.ShopStatus.NO_CODE)
    return PrintPage(
        form=form,
        places=desk.places_of(session, viewer, Action.CODE_PRINT, order.township),
        count=found,
        most=MOST,
        without_code=listing.count(session, viewer, bare),
    )


def _order(request: Request) -> Order:
    given = {name: request.query_params.get(name) for name in Order.model_fields}
    return forms.check(Order, {name: value for name, value in given.items() if value})


@get("/codes", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def print_page(request: Request) -> Response:
    viewer, order = signed_in_viewer(request), _order(request)
    view = await context_of(request).database.read(
        lambda session: _print_page(session, viewer, order, Form(order.model_dump()))
    )
    return page(request, "codes/print.html", view)


@get("/codes/plates.pdf", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def plates(request: Request) -> Response:
    context, viewer, order = context_of(request), signed_in_viewer(request), _order(request)
    try:
        found = await context.database.read(
            lambda session: _few(listing.every(session, viewer, _wanted(order)))
        )
        return await _printed(request, found, order.layout)
    except InvalidInput as refusal:
        form = Form.refused(order.model_dump(), refusal, language(request))
        view = await context.database.read(lambda s: _print_page(s, viewer, order, form))
        return page(request, "codes/print.html", view, status_of(refusal))


def _few(found: Sequence[Shop]) -> Sequence[Shop]:
    if not found:
        raise InvalidInput("print.nothing")
    if len(found) > MOST:
        raise InvalidInput("print.too_many", count=len(found), most=MOST)
    return found


async def _printed(request: Request, found: Sequence[Shop], layout: str) -> Response[bytes]:
    """Return the plates as a file, made beside the other requests; refuse a shop by its name."""
    sorted_out = printing.sort_out(found)
    for shop, code, detail in sorted_out.left_out:
        if code == "print.glyph_missing":
            raise InvalidInput(code, name=shop.name, characters=detail)
    if not sorted_out.printable:
        raise InvalidInput("print.nothing")
    settings, ready = context_of(request).settings, sorted_out.printable

    def make() -> bytes:
        pdf = printing.plates_pdf(ready, settings, layout)
        printing.check(pdf, [shop.door for shop in ready], settings)
        return pdf

    headers = {"Content-Disposition": f'attachment; filename="plates-{layout}.pdf"'}
    pdf = await asyncio.to_thread(make)
    return Response(pdf, media_type="application/pdf", headers=headers)


@get("/merchants/{tenancy_id:str}/plate.pdf", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def plate(request: Request, tenancy_id: FromPath[str]) -> Response:
    viewer, order = signed_in_viewer(request), _order(request)
    shop = await context_of(request).database.read(
        lambda session: shops.seen_by(session, viewer, Action.CODE_PRINT, tenancy_id)
    )
    return await _printed(request, [shop], order.layout)


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


ROUTES = [print_page, plates, plate, symbol, code_page, replace_code]

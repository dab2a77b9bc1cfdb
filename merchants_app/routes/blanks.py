"""Blank plates at the desk: a batch ordered, printed, looked through, withdrawn when it is lost."""

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
from compliance.accounts.permissions import Action
from compliance.errors import Conflict, InvalidInput
from compliance.merchants import blanks
from compliance.merchants.blanks import Batch, Plate
from merchants_app import desk, forms, plates
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page


class Order(FormModel):
    """How many plates, and for where."""

    township: str = Field(min_length=1)
    lane: str = ""
    count: int


class Reason(FormModel):
    reason: str = Field(max_length=160)


class Paper(FormModel):
    """On which sheet to print."""

    layout: Literal["outdoor", "indoor", "label"] = "outdoor"
    label: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    form: Form
    places: Places
    batches: Sequence[Batch]
    most: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    form: Form
    batch: Batch
    plates: Sequence[Plate]
    usual_labels: Sequence[str]
    may_withdraw: bool


async def _list_page(request: Request, form: Form, status: int = 200) -> Response[str]:
    viewer, township = signed_in_viewer(request), str(form.values.get("township") or "")

    def collect(session: Session) -> ListPage:
        places = desk.places_of(session, viewer, Action.CODE_PRINT, township)
        return ListPage(form, places, blanks.batches(session, viewer), blanks.MOST)

    view = await context_of(request).database.read(collect)
    return page(request, "blanks/list.html", view, status)


async def _batch_page(
    request: Request, batch_id: str, form: Form, status: int = 200
) -> Response[str]:
    viewer = signed_in_viewer(request)

    def collect(session: Session) -> BatchPage:
        batch = blanks.batch(session, viewer, batch_id)
        may_withdraw = viewer.may(Action.CODE_REISSUE) and not batch.withdrawn_at and batch.left > 0
        found = blanks.plates(session, batch_id)
        return BatchPage(form, batch, found, plates.USUAL_LABELS, may_withdraw)

    view = await context_of(request).database.read(collect)
    return page(request, "blanks/batch.html", view, status)


@get("/blanks", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def list_page(request: Request) -> Response:
    given = {"township": request.query_params.get("township", ""), "count": "50"}
    return await _list_page(request, Form(given))


@post("/blanks", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def order(request: Request) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Order)
        batch_id = await context.database.write(
            lambda session: blanks.order(session, act, viewer, **given.model_dump())
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Order, refusal)
        return await _list_page(request, form, status_of(refusal))
    return Redirect(f"/blanks/{batch_id}", status_code=303)


@get("/blanks/{batch_id:str}", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def batch_page(request: Request, batch_id: FromPath[str]) -> Response:
    return await _batch_page(request, batch_id, Form({"layout": "outdoor"}))


@get("/blanks/{batch_id:str}/plates.pdf", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def plates_file(request: Request, batch_id: FromPath[str]) -> Response:
    given = request.query_params
    values = {name: given[name] for name in Paper.model_fields if given.get(name)}
    try:
        pdf = await _printed(request, batch_id, forms.check(Paper, values))
    except REFUSALS as refusal:
        form = Form.refused(values, refusal, language(request))
        return await _batch_page(request, batch_id, form, status_of(refusal))
    headers = {"Content-Disposition": f'attachment; filename="blank-plates-{batch_id[:8]}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _printed(request: Request, batch_id: str, paper: Paper) -> bytes:
    """Return the plates that are not bound yet, every code read back."""
    context, viewer = context_of(request), signed_in_viewer(request)
    sheet = plates.layout_of(paper.layout, paper.label, context.settings)

    def collect(session: Session) -> list[qr.Plate]:
        batch = blanks.batch(session, viewer, batch_id)
        if batch.withdrawn_at:
            raise Conflict("blank.batch_withdrawn")
        found = plates.blank_plates(batch, blanks.plates(session, batch_id), context.settings)
        if not found:
            raise InvalidInput("print.nothing")
        return found

    ready = await context.database.read(collect)
    return await asyncio.to_thread(plates.checked_pdf, ready, sheet)


@post("/blanks/{batch_id:str}/withdraw", opt=may(Action.CODE_REISSUE), include_in_schema=False)
async def withdraw(request: Request, batch_id: FromPath[str]) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Reason)
        await context.database.write(
            lambda session: blanks.withdraw(session, act, viewer, batch_id, reason=given.reason)
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Reason, refusal)
        return await _batch_page(request, batch_id, form, status_of(refusal))
    return Redirect(f"/blanks/{batch_id}", status_code=303)


ROUTES = [list_page, order, batch_page, plates_file, withdraw]

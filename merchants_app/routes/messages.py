"""The desk's messages: what waits, what was given up and may be tried again, letters to print."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.messages import listing, service
from compliance.messages.listing import PAGE, Box, Told
from compliance.messages.models import LetterBatch
from compliance.messages.service import Letter
from compliance.schedules import service as schedules
from compliance.schedules.models import Schedule
from merchants_app import forms, letters
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import page


class Asked(FormModel):
    """The address of a box and its page."""

    box: Box = Box.DEAD
    page: int = Field(default=1, ge=1, le=100_000)


@dataclass(frozen=True, slots=True)
class MessageList:
    """One box with the counts of all; `works` are for the district, who runs the machine."""

    box: Box
    counts: Mapping[Box, int]
    messages: Sequence[Told]
    batches: Sequence[LetterBatch]
    works: Sequence[Schedule]
    page: int
    size: int
    now: datetime


@dataclass(frozen=True, slots=True)
class BatchPage:
    batch: LetterBatch
    letters: Sequence[Letter]


@get("/messages", opt=may(Action.MESSAGE_READ), include_in_schema=False)
async def message_list(request: Request) -> Response:
    """Show one box, that of messages given up unless another is asked for."""
    viewer, context = signed_in_viewer(request), context_of(request)
    given = {name: request.query_params.get(name) for name in Asked.model_fields}
    asked = forms.check(Asked, {name: value for name, value in given.items() if value})
    now = context.clock()
    view = await context.database.read(lambda s: _collect(s, viewer, asked, now))
    return page(request, "messages/list.html", view)


def _collect(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> MessageList:
    district = viewer.reach(Action.MESSAGE_READ) is Reach.DISTRICT
    on_paper = asked.box in {Box.LETTERS, Box.PRINTED}
    return MessageList(
        box=asked.box,
        counts=listing.counts(session, viewer),
        messages=listing.listed(session, viewer, asked.box, page=asked.page),
        batches=service.latest(session, viewer) if on_paper else (),
        works=schedules.listed(session) if district else (),
        page=asked.page,
        size=PAGE,
        now=now,
    )


@post("/messages/retry", opt=may(Action.MESSAGE_SEND), include_in_schema=False)
async def retry_all(request: Request) -> Redirect:
    """Try everything again that was given up."""
    act, viewer = act_for(request), signed_in_viewer(request)
    await context_of(request).database.write(lambda s: service.retry_all(s, act, viewer))
    return Redirect("/messages?box=waiting", status_code=303)


@post("/messages/{message_id:str}/retry", opt=may(Action.MESSAGE_SEND), include_in_schema=False)
async def retry(request: Request, message_id: FromPath[str]) -> Redirect:
    """Try one message again."""
    act, viewer = act_for(request), signed_in_viewer(request)
    await context_of(request).database.write(lambda s: service.retry(s, act, viewer, message_id))
    return Redirect("/messages", status_code=303)


@post("/messages/{message_id:str}/letter", opt=may(Action.MESSAGE_SEND), include_in_schema=False)
async def to_letter(request: Request, message_id: FromPath[str]) -> Redirect:
    """Let a message that no phone takes be printed instead."""
    viewer = signed_in_viewer(request)
    await context_of(request).database.write(lambda s: service.to_letter(s, viewer, message_id))
    return Redirect("/messages", status_code=303)


@post("/messages/letters", opt=may(Action.MESSAGE_SEND), include_in_schema=False)
async def print_letters(request: Request) -> Redirect:
    """Take the letters that wait as one batch and lead to its sheets."""
    act, viewer = act_for(request), signed_in_viewer(request)
    batch = await context_of(request).database.write(
        lambda s: service.print_letters(s, act, viewer)
    )
    return Redirect(f"/messages/letters/{batch.id}", status_code=303)


@get("/messages/letters/{letters_id:str}", opt=may(Action.MESSAGE_READ), include_in_schema=False)
async def letter_batch(request: Request, letters_id: FromPath[str]) -> Response:
    """Show what lies in a batch, with the sheets to print."""
    viewer = signed_in_viewer(request)
    batch, found = await context_of(request).database.read(
        lambda s: service.batch_of(s, viewer, letters_id)
    )
    return page(request, "messages/batch.html", BatchPage(batch, found))


@get(
    "/messages/letters/{letters_id:str}/letters.pdf",
    opt=may(Action.MESSAGE_READ),
    include_in_schema=False,
)
async def letter_sheets(request: Request, letters_id: FromPath[str]) -> Response[bytes]:
    """Give the sheets of a batch, as often as they are asked for."""
    context, viewer = context_of(request), signed_in_viewer(request)
    batch, found = await context.database.read(lambda s: service.batch_of(s, viewer, letters_id))
    made = await asyncio.to_thread(letters.letters_pdf, context.settings, batch, found)
    named = f'attachment; filename="letters-{batch.printed_at:%Y%m%d}-{batch.id[:6]}.pdf"'
    headers = {"content-disposition": named}
    return Response(made, media_type="application/pdf", headers=headers)


ROUTES = [
    message_list,
    retry_all,
    retry,
    to_letter,
    print_letters,
    letter_batch,
    letter_sheets,
]

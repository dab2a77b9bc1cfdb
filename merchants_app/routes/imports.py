"""A township's list at the desk: uploaded, shown with every problem marked, confirmed, stored.

Nothing is kept between the steps but the file itself; it is read anew each time, so what is
confirmed is what is stored.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.errors import InvalidInput
from compliance.merchants import storing
from compliance.merchants.importing import Parsed
from compliance.merchants.storing import Imported, Stored
from compliance.places import service as places
from merchants_app import desk, forms, lists
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.lists import Told
from merchants_app.pages import Form, language, page

SHOWN = 300
"""Problems on the page; all of them are in the spreadsheet."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Upload(FormModel):
    file: UploadFile
    lanes: Literal["yes", ""] = ""


class Choice(FormModel):
    """What the address of a preview carries besides the upload's name."""

    file: str = Field(default="list.csv", max_length=120)
    lanes: Literal["yes", ""] = ""

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self.model_dump().items() if value})


@dataclass(frozen=True, slots=True)
class Preview:
    """A list before it is stored: what is wrong with it, and what storing it would do."""

    upload: str
    choice: Choice
    parsed: Parsed
    stored: Stored
    problems: Sequence[Told]
    left_out: int
    new_lanes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file, as the townships' chains tell it."""

    file: str
    imports: Sequence[Imported]
    names: dict[str, str]
    problems: int
    upload: str
    query_text: str


@get("/imports/new", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def upload_page(request: Request) -> Response:
    return page(request, "imports/new.html", {"form": Form()})


@post("/imports/new", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def upload(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Upload)
        data = await given.file.read()
        choice = Choice(file=given.file.filename[-120:], lanes=given.lanes)
        await _read(request, data, choice)
    except REFUSALS as refusal:
        told = InvalidInput(refusal.code, fields={"file": refusal.code}, **refusal.params)
        form = await desk.again(request, Upload, told if not refusal.fields else refusal)
        return page(request, "imports/new.html", {"form": form}, status_of(refusal))
    name = desk.upload_name(context, viewer, await asyncio.to_thread(context.blobs.put, data))
    return Redirect(f"/imports/{name}?{choice.query}", status_code=303)


async def _read(request: Request, data: bytes, choice: Choice) -> Parsed:
    """Read a list as this viewer may store it, beside the other requests."""
    townships = desk.own_townships(signed_in_viewer(request), Action.SHOP_IMPORT)
    gazetteer = await context_of(request).database.read(storing.gazetteer_of)
    return await asyncio.to_thread(
        lists.read_list,
        data,
        choice.file,
        gazetteer,
        create_lanes=bool(choice.lanes),
        townships=townships,
    )


def _choice(request: Request) -> Choice:
    given = {name: request.query_params.get(name) for name in Choice.model_fields}
    return forms.check(Choice, {name: value for name, value in given.items() if value})


@get("/imports/{upload:str}", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def preview_page(request: Request, upload: FromPath[str]) -> Response:
    context, choice = context_of(request), _choice(request)
    _, data = desk.uploaded(context, signed_in_viewer(request), upload)
    parsed = await _read(request, data, choice)
    told = list(lists.problems(parsed, language(request)))

    def compare(session: Session) -> Preview:
        names = {each.code: each.name for each in places.townships(session)}
        lanes = [(names[code], lane) for code, lane in parsed.new_lanes]
        stored = storing.compare(session, parsed)
        left_out = max(0, len(told) - SHOWN)
        return Preview(upload, choice, parsed, stored, told[:SHOWN], left_out, lanes)

    return page(request, "imports/preview.html", await context.database.read(compare))


@get("/imports/{upload:str}/problems.xlsx", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def problem_list(request: Request, upload: FromPath[str]) -> Response[bytes]:
    context, choice = context_of(request), _choice(request)
    _, data = desk.uploaded(context, signed_in_viewer(request), upload)
    parsed = await _read(request, data, choice)
    book = await asyncio.to_thread(lists.report, parsed, language(request))
    headers = {"Content-Disposition": 'attachment; filename="problems.xlsx"'}
    return Response(book, media_type=XLSX, headers=headers)


@post("/imports/{upload:str}", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def confirm(request: Request, upload: FromPath[str]) -> Redirect:
    context, act = context_of(request), act_for(request)
    choice = await forms.read(request, Choice)
    sha256, data = desk.uploaded(context, signed_in_viewer(request), upload)
    parsed = await _read(request, data, choice)
    await context.database.write(
        lambda session: storing.store(session, act, parsed, file_hash=sha256)
    )
    return Redirect(f"/imports/{upload}/result?{choice.query}", status_code=303)


@get("/imports/{upload:str}/result", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def result_page(request: Request, upload: FromPath[str]) -> Response:
    context, viewer, choice = context_of(request), signed_in_viewer(request), _choice(request)
    sha256, data = desk.uploaded(context, viewer, upload)
    parsed = await _read(request, data, choice)
    refused = sum(1 for line in parsed.lines if line.merchant is None)

    def collect(session: Session) -> Result:
        names = {
            each.code: each.name
            for each in desk.places_of(session, viewer, Action.SHOP_IMPORT).townships
        }
        found = storing.imports_of(session, names, sha256)
        return Result(choice.file, found, names, refused, upload, choice.query)

    return page(request, "imports/result.html", await context.database.read(collect))


ROUTES = [upload_page, upload, preview_page, problem_list, confirm, result_page]

"""Suspect codes at the desk: what was reported from the street, and what was done about it.

A patroller sees the own reports here, and what became of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field

from compliance.accounts.permissions import Action
from compliance.suspect_codes import queries, service
from compliance.suspect_codes.models import Remedy
from compliance.suspect_codes.queries import Listed, Report, Stage
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.routes.patrols import int_of
from merchants_app.words import label, translate

SIZE = 30
READ = may(Action.SUSPECT_CODE_HANDLE, Action.SUSPECT_CODE_REPORT)


class Closing(FormModel):
    """What was done about a code, in a word of the list and in words of one's own."""

    remedy: Remedy
    words: str = Field(min_length=service.MIN_WORDS, max_length=300)


@dataclass(frozen=True, slots=True)
class ReportList:
    listed: Listed
    stage: Stage
    handles: bool
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report; `away_m` is how far from the shop's door the phone was, where both are known."""

    report: Report
    handles: bool
    form: Form
    options: Sequence[tuple[str, str]]
    away_m: int | None


@get("/suspect-codes", opt=READ, include_in_schema=False)
async def suspect_codes(request: Request) -> Response:
    viewer, query = signed_in_viewer(request), request.query_params
    stage = Stage(query["stage"]) if query.get("stage") in set(Stage) else Stage.OPEN
    number = int_of(query.get("page"))
    found = await context_of(request).database.read(
        lambda session: queries.listed(session, viewer, stage, page=number, size=SIZE)
    )
    handles = viewer.may(Action.SUSPECT_CODE_HANDLE)
    flash = translate(language(request), "处理结果已记下") if query.get("done") else None
    total = found.open if stage is Stage.OPEN else found.closed
    view = ReportList(found, stage, handles, total, number, SIZE)
    return page(request, "suspect_codes/list.html", view, flash=flash)


@get("/suspect-codes/{report_id:str}", opt=READ, include_in_schema=False)
async def suspect_code(request: Request, report_id: FromPath[str]) -> Response:
    return await _page(request, report_id)


@post(
    "/suspect-codes/{report_id:str}", opt=may(Action.SUSPECT_CODE_HANDLE), include_in_schema=False
)
async def close(request: Request, report_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    database = context_of(request).database
    try:
        await database.read(lambda s: queries.one(s, viewer, report_id))
        given = await forms.read(request, Closing)
        await database.write(
            lambda s: service.close(s, act, viewer, report_id, **given.model_dump())
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Closing, refusal)
        return await _page(request, report_id, form, status_of(refusal))
    return Redirect("/suspect-codes?done=1", status_code=303)


async def _page(
    request: Request, report_id: str, form: Form | None = None, status: int = 200
) -> Response:
    viewer = signed_in_viewer(request)
    found = await context_of(request).database.read(lambda s: queries.one(s, viewer, report_id))
    handles = viewer.may(Action.SUSPECT_CODE_HANDLE)
    options = [(each.value, label(language(request), each)) for each in Remedy]
    view = ReportPage(found, handles, form or Form(), options, found.away_m)
    return page(request, "suspect_codes/show.html", view, status)


ROUTES = [suspect_codes, suspect_code, close]

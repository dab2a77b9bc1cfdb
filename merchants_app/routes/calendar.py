"""The working-day calendar: what deadlines are counted by, and a year's arrangement brought in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from compliance.accounts.permissions import Action
from compliance.catalogue import calendars
from compliance.catalogue.calendars import YearList
from compliance.catalogue.models import CalendarDay
from compliance.errors import ComplianceError, InvalidInput
from compliance.findings import pausing
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page
from merchants_app.tables import read_tables


class Upload(FormModel):
    file: UploadFile


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """What differs from the week, by year, and what was wrong with the last list."""

    years: Mapping[int, Sequence[CalendarDay]]
    form: Form
    faults: Mapping[int, str]
    moved: int | None = None


@get("/calendar", opt=may(Action.PAUSE_DECLARE), include_in_schema=False)
async def calendar_page(request: Request) -> Response:
    """Show the calendar of every year there is."""
    moved = request.query_params.get("moved", "")
    return await _page(request, Form({}), moved=int(moved) if moved.isdecimal() else None)


@post("/calendar", opt=may(Action.CALENDAR_KEEP), include_in_schema=False)
async def bring_calendar(request: Request) -> Response:
    """Put an arrangement in the place of its year, and move the deadlines that are running."""
    act, viewer = act_for(request), signed_in_viewer(request)
    found = YearList()
    try:
        given = await forms.read(request, Upload)
        sheets = await asyncio.to_thread(read_tables, await given.file.read(), given.file.filename)
        found = calendars.read(sheets[0].rows)
        moved = await context_of(request).database.write(
            lambda s: pausing.bring_calendar(s, act, viewer, found)
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Upload, _beside_the_file(refusal))
        return await _page(request, form, found.faults, refusal)
    return Redirect(f"/calendar?moved={moved}", status_code=303)


def _beside_the_file(refusal: ComplianceError) -> ComplianceError:
    fields = getattr(refusal, "fields", None) or {"file": refusal.code}
    return InvalidInput(refusal.code, fields=fields, **refusal.params)


async def _page(
    request: Request,
    form: Form,
    faults: Mapping[int, str] | None = None,
    refusal: ComplianceError | None = None,
    moved: int | None = None,
) -> Response:
    years = await context_of(request).database.read(calendars.years)
    view = CalendarPage(years, form, faults or {}, moved)
    return page(request, "calendar/show.html", view, status_of(refusal) if refusal else 200)


ROUTES = [calendar_page, bring_calendar]

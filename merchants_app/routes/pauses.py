"""The desk lets clocks stand still: a shop closed with approval, weather declared too bad."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import AfterValidator, Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.act import LOCAL
from compliance.errors import ComplianceError, InvalidInput, NotFound
from compliance.findings import pausing
from compliance.findings.pausing import Wanted
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.pauses.models import ClockPause, PauseArea, PauseCause
from compliance.places.models import Township
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page

DISTRICT = "district"


def _in_beijing(value: datetime) -> datetime:
    """Take an instant as a browser's own field sends it, without an offset, for Beijing's."""
    return value.replace(tzinfo=LOCAL) if value.tzinfo is None else value


Moment = Annotated[datetime, AfterValidator(_in_beijing)]


class NewPause(FormModel):
    """A pause as the desk types it: `where` is `district` or a township's code."""

    cause: PauseCause
    number: str = Field(default="", max_length=20)
    where: str = Field(default="", max_length=12)
    begins_at: Moment
    ends_at: Moment | None = None
    reason: str = Field(min_length=1, max_length=pausing.LONGEST_REASON)


class Ending(FormModel):
    confirmed: Literal["yes"]


@dataclass(frozen=True, slots=True)
class PauseList:
    """Pauses within reach, the shops they are of, and the form for a new one."""

    pauses: Sequence[ClockPause]
    shops: Mapping[str, Shop]
    townships: Mapping[str, Township]
    places: Sequence[Township]
    whole: bool
    form: Form
    now: datetime


@get("/pauses", opt=may(Action.PAUSE_DECLARE), include_in_schema=False)
async def pause_list(request: Request) -> Response:
    """Show the pauses, and the form for another."""
    return await _page(request, Form({}))


@post("/pauses", opt=may(Action.PAUSE_DECLARE), include_in_schema=False)
async def declare(request: Request) -> Response:
    """Declare a pause and move every deadline it touches."""
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, NewPause)
        await context_of(request).database.write(
            lambda s: pausing.declare(s, act, viewer, _wanted(s, given))
        )
    except REFUSALS as refusal:
        return await _page(request, await desk.again(request, NewPause, refusal), refusal)
    return Redirect("/pauses", status_code=303)


@post("/pauses/{pause_id:str}/end", opt=may(Action.PAUSE_DECLARE), include_in_schema=False)
async def end(request: Request, pause_id: FromPath[str]) -> Redirect:
    """Let the clocks of a pause run again from now on."""
    act, viewer = act_for(request), signed_in_viewer(request)
    await forms.read(request, Ending)
    await context_of(request).database.write(
        lambda s: pausing.end(s, act, viewer, pause_id, act.at)
    )
    return Redirect("/pauses", status_code=303)


def _wanted(session: Session, given: NewPause) -> Wanted:
    """Return the pause that was typed: a shop closes, weather is a place's."""
    area, ref = _area(session, given)
    return Wanted(area, ref, given.cause, given.begins_at, given.ends_at, given.reason)


def _area(session: Session, given: NewPause) -> tuple[PauseArea, str]:
    if given.cause is PauseCause.CLOSURE:
        try:
            return PauseArea.TENANCY, shops.by_number(session, given.number.upper()).tenancy_id
        except NotFound as unknown:
            raise InvalidInput("pause.invalid", fields={"number": "pause.which_shop"}) from unknown
    if given.where == DISTRICT:
        return PauseArea.DISTRICT, ""
    if not given.where:
        raise InvalidInput("pause.invalid", fields={"where": "pause.which_place"})
    return PauseArea.TOWNSHIP, given.where


async def _page(request: Request, form: Form, refusal: ComplianceError | None = None) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    now = context.clock()
    view = await context.database.read(lambda s: _collect(s, viewer, form, now))
    return page(request, "pauses/list.html", view, status_of(refusal) if refusal else 200)


def _collect(session: Session, viewer: Viewer, form: Form, now: datetime) -> PauseList:
    found = pausing.of_viewer(session, viewer)
    places = desk.places_of(session, viewer, Action.PAUSE_DECLARE).townships
    tenancies = [each.ref for each in found if each.area is PauseArea.TENANCY]
    named = {each: shops.by_tenancy(session, each) for each in tenancies}
    whole = viewer.reach(Action.PAUSE_DECLARE) is Reach.DISTRICT
    by_code = {place.code: place for place in places}
    return PauseList(found, named, by_code, places, whole, form, now)


ROUTES = [pause_list, declare, end]

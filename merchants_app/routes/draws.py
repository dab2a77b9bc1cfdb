"""Draws by lot: declared by a desk, drawn before a witness, walked by those who were drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.draws import queries, service
from compliance.draws.models import Draw
from compliance.draws.queries import DrawView
from compliance.draws.service import Asked
from compliance.errors import ComplianceError, NotAllowed
from compliance.grades.rules import Colour
from compliance.places import service as places
from compliance.places.models import Township
from compliance.plans import service as plans
from compliance.plans.models import Plan
from merchants_app import checker, desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page

LASTS = timedelta(days=14)
"""How long a draw is walked unless somebody says otherwise."""

SCRIPT = Path(checker.__file__).with_name("draw.py").read_text("utf-8")
"""What recomputes a draw without us, shown on its page."""


class NewDraw(FormModel):
    """The form of a draw; nothing ticked means all lanes, all colours."""

    title: str = Field(max_length=80)
    plan: str = ""
    lanes: list[str] = Field(default_factory=list)
    colours: list[Colour] = Field(default_factory=list)
    shops: int
    officers: int = 0
    due_on: date


class Witnessed(FormModel):
    word: str = Field(max_length=20)


class Reason(FormModel):
    reason: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class Draws:
    draws: Sequence[Draw]
    townships: dict[str, Township]
    today: date


@dataclass(frozen=True, slots=True)
class DrawForm:
    """What a draw can be declared over in one township, and how much there is of it."""

    places: Places
    where: Form
    shops: int
    officers: int
    plans: Sequence[Plan]
    colours: Sequence[Colour]
    form: Form


@dataclass(frozen=True, slots=True)
class DrawPage:
    view: DrawView
    township: Township
    mine: bool
    script: str
    today: date
    form: Form


@get("/draws", opt=may(Action.DRAW_READ), include_in_schema=False)
async def draw_list(request: Request) -> Response:
    viewer, today = signed_in_viewer(request), act_for(request).day

    def collect(session: Session) -> Draws:
        known = {each.code: each for each in places.townships(session)}
        return Draws(queries.listed(session, viewer), known, today)

    return page(request, "draws/list.html", await context_of(request).database.read(collect))


@get("/draws/new", opt=may(Action.DRAW_DECLARE), include_in_schema=False)
async def new_draw_page(request: Request) -> Response:
    usual = {"due_on": (act_for(request).day + LASTS).isoformat(), "officers": "0"}
    return page(request, "draws/new.html", await _form(request, Form(usual)))


@post("/draws/new", opt=may(Action.DRAW_DECLARE), include_in_schema=False)
async def declare(request: Request) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        asked = await _asked(request)
        draw = await context_of(request).database.write(
            lambda s: service.declare(s, act, viewer, asked).id
        )
    except REFUSALS as refusal:
        form = await desk.again(request, NewDraw, refusal)
        view = await _form(request, form)
        return page(request, "draws/new.html", view, status_of(refusal))
    return Redirect(f"/draws/{draw}", status_code=303)


async def _asked(request: Request) -> Asked:
    given = await forms.read(request, NewDraw)
    return Asked(
        township_code=request.query_params.get("township", ""),
        title=given.title,
        due_on=given.due_on,
        shops=given.shops,
        officers=given.officers,
        plan_id=given.plan,
        lane_ids=tuple(given.lanes),
        colours=tuple(given.colours),
    )


async def _form(request: Request, form: Form) -> DrawForm:
    viewer, act = signed_in_viewer(request), act_for(request)
    asked = request.query_params.get("township", "")

    def collect(session: Session) -> DrawForm:
        known = desk.places_of(session, viewer, Action.DRAW_DECLARE, asked)
        codes = [each.code for each in known.townships]
        here = asked if asked in codes else codes[0]
        if not known.lanes:
            known = desk.places_of(session, viewer, Action.DRAW_DECLARE, here)
        everything = Asked(here, "", act.day, 1)
        return DrawForm(
            places=known,
            where=Form({"township": here}),
            shops=len(service.pool_of(session, act, everything)),
            officers=len(service.officers_of(session, here)),
            plans=plans.in_force(session, viewer, act.day),
            colours=tuple(Colour),
            form=form,
        )

    return await context_of(request).database.read(collect)


@get("/draws/{draw_id:str}", opt=may(Action.DRAW_READ), include_in_schema=False)
async def draw_page(request: Request, draw_id: FromPath[str]) -> Response:
    return page(request, "draws/show.html", await _page(request, draw_id, Form()))


async def _page(request: Request, draw_id: str, form: Form) -> DrawPage:
    viewer, today = signed_in_viewer(request), act_for(request).day

    def collect(session: Session) -> DrawPage:
        view = queries.view(session, viewer, draw_id)
        township = session.get_one(Township, view.draw.township_code)
        mine = view.draw.declared_by == viewer.account_id
        return DrawPage(view, township, mine, SCRIPT, today, form)

    return await context_of(request).database.read(collect)


@post("/draws/{draw_id:str}/draw", opt=may(Action.DRAW_WITNESS), include_in_schema=False)
async def draw_lots(request: Request, draw_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Witnessed)
        await context_of(request).database.write(
            lambda s: service.draw_lots(s, act, viewer, draw_id, given.word)
        )
    except (*REFUSALS, NotAllowed) as refusal:
        return await _again(request, draw_id, Witnessed, refusal)
    return Redirect(f"/draws/{draw_id}", status_code=303)


@post("/draws/{draw_id:str}/call-off", opt=may(Action.DRAW_DECLARE), include_in_schema=False)
async def call_off(request: Request, draw_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Reason)
        await context_of(request).database.write(
            lambda s: service.call_off(s, act, viewer, draw_id, given.reason)
        )
    except REFUSALS as refusal:
        return await _again(request, draw_id, Reason, refusal)
    return Redirect(f"/draws/{draw_id}", status_code=303)


async def _again(
    request: Request, draw_id: str, model: type[FormModel], refusal: ComplianceError
) -> Response:
    """Show the draw again with why it did not go; what is out of reach stays unknown."""
    view = await _page(request, draw_id, await desk.again(request, model, refusal))
    return page(request, "draws/show.html", view, status_of(refusal))


ROUTES = [draw_list, new_draw_page, declare, draw_page, draw_lots, call_off]

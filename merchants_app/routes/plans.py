"""Plans of inspections at the desk: published, read by everybody who inspects, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach
from compliance.places import service as places
from compliance.places.models import Township
from compliance.plans import service
from compliance.plans.models import Plan
from compliance.plans.service import Proposed
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page


class NewPlan(FormModel):
    """The form of a plan; no township means the whole district's."""

    township: str = ""
    ref: str = Field(max_length=64)
    title: str = Field(max_length=80)
    authority: str = Field(max_length=80)
    cap: int | None = Field(default=None, ge=1, le=52)
    starts_on: date
    ends_on: date

    @property
    def proposed(self) -> Proposed:
        return Proposed(
            self.township,
            self.ref,
            self.title,
            self.authority,
            self.cap,
            self.starts_on,
            self.ends_on,
        )


class Reason(FormModel):
    reason: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class Plans:
    plans: Sequence[Plan]
    townships: dict[str, Township]
    today: date


@dataclass(frozen=True, slots=True)
class PlanForm:
    """The form and the places a plan may be for; `whole` is whether that may be the district."""

    places: Places
    whole: bool
    form: Form


@get("/plans", opt=may(Action.PLAN_READ), include_in_schema=False)
async def plan_list(request: Request) -> Response:
    viewer, today = signed_in_viewer(request), act_for(request).day

    def collect(session: Session) -> Plans:
        known = {each.code: each for each in places.townships(session)}
        return Plans(service.listed(session, viewer), known, today)

    return page(request, "plans/list.html", await context_of(request).database.read(collect))


@get("/plans/new", opt=may(Action.PLAN_KEEP), include_in_schema=False)
async def new_plan_page(request: Request) -> Response:
    year = act_for(request).day.year
    usual = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
    return page(request, "plans/new.html", await _form(request, Form(usual)))


@post("/plans/new", opt=may(Action.PLAN_KEEP), include_in_schema=False)
async def new_plan(request: Request) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, NewPlan)
        await context_of(request).database.write(
            lambda s: service.publish(s, act, viewer, given.proposed)
        )
    except REFUSALS as refusal:
        form = await desk.again(request, NewPlan, refusal)
        view = await _form(request, form)
        return page(request, "plans/new.html", view, status_of(refusal))
    return Redirect("/plans", status_code=303)


async def _form(request: Request, form: Form) -> PlanForm:
    viewer = signed_in_viewer(request)
    whole = viewer.reach(Action.PLAN_KEEP) is Reach.DISTRICT
    known = await context_of(request).database.read(
        lambda s: desk.places_of(s, viewer, Action.PLAN_KEEP)
    )
    return PlanForm(known, whole, form)


@get("/plans/{plan_id:str}/withdraw", opt=may(Action.PLAN_KEEP), include_in_schema=False)
async def withdraw_page(request: Request, plan_id: FromPath[str]) -> Response:
    return page(request, "plans/withdraw.html", await _seen(request, plan_id, Form()))


@post("/plans/{plan_id:str}/withdraw", opt=may(Action.PLAN_KEEP), include_in_schema=False)
async def withdraw(request: Request, plan_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Reason)
        await context_of(request).database.write(
            lambda s: service.withdraw(s, act, viewer, plan_id, given.reason)
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Reason, refusal)
        view = await _seen(request, plan_id, form)
        return page(request, "plans/withdraw.html", view, status_of(refusal))
    return Redirect("/plans", status_code=303)


async def _seen(request: Request, plan_id: str, form: Form) -> dict[str, object]:
    viewer = signed_in_viewer(request)
    plan = await context_of(request).database.read(
        lambda s: service.one(s, viewer, Action.PLAN_KEEP, plan_id)
    )
    return {"plan": plan, "form": form}


ROUTES = [plan_list, new_plan_page, new_plan, withdraw_page, withdraw]

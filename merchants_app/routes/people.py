"""Staff accounts at the desk: who there is, a new one with its first password, closing one."""

import secrets
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts import people
from compliance.accounts.people import Person
from compliance.accounts.permissions import Action, Reach, Role, Viewer
from compliance.act import Act
from compliance.devices import service as devices
from compliance.errors import ComplianceError
from compliance.places import service as places
from compliance.places.models import Lane, Township
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

PASSWORD_BYTES = 12


class NewAccount(FormModel):
    name: str
    display_name: str
    role: Role
    townships: list[str] = Field(default_factory=list)
    lanes: list[str] = Field(default_factory=list)
    officer_certificate: str = ""

    @property
    def places(self) -> list[tuple[str, str]]:
        kind, refs = (
            ("lane", self.lanes) if self.role is Role.LANE_CHIEF else ("township", self.townships)
        )
        return [(kind, ref) for ref in refs]


@dataclass(frozen=True, slots=True)
class People:
    people: list[Person]
    place_names: dict[str, str]


@dataclass(frozen=True, slots=True)
class NewAccountPage:
    form: Form
    roles: list[Role]
    townships: list[Township]
    lanes: list[Lane]
    township_names: dict[str, str]


def lane_townships(session: Session) -> dict[str, str]:
    """Return lane id → township code."""
    return {lane.id: lane.township_code for lane in places.lanes(session)}


@get("/accounts", opt=may(Action.ACCOUNT_MANAGE), include_in_schema=False)
async def people_page(request: Request) -> Response:
    viewer = signed_in_viewer(request)

    def collect(session: Session) -> People:
        names = {each.code: each.name for each in places.townships(session)}
        names |= {each.id: each.name for each in places.lanes(session)}
        return People(people.people(session, viewer, lane_townships(session)), names)

    view = await context_of(request).database.read(collect)
    return page(request, "people/list.html", view)


def _new_page(session: Session, viewer: Viewer, form: Form) -> NewAccountPage:
    district = viewer.reach(Action.ACCOUNT_MANAGE) is Reach.DISTRICT
    roles = [role for role in Role if district or role in people.MADE_BY_TOWNSHIP]
    townships = [
        each for each in places.townships(session) if district or each.code in viewer.townships
    ]
    codes = {each.code for each in townships}
    return NewAccountPage(
        form=form,
        roles=[role for role in roles if role is not Role.MERCHANT],
        townships=townships,
        lanes=[each for each in places.lanes(session) if each.township_code in codes],
        township_names={each.code: each.name for each in townships},
    )


def _enrol(session: Session, act: Act, viewer: Viewer, form: NewAccount, password: str) -> None:
    people.enrol(
        session,
        act,
        viewer,
        name=form.name,
        display_name=form.display_name,
        role=form.role,
        places=form.places,
        password=password,
        lane_townships=lane_townships(session),
        officer_certificate=form.officer_certificate or None,
    )


@get("/accounts/new", opt=may(Action.ACCOUNT_MANAGE), include_in_schema=False)
async def new_account_page(request: Request) -> Response:
    viewer, database = signed_in_viewer(request), context_of(request).database
    view = await database.read(lambda session: _new_page(session, viewer, Form()))
    return page(request, "people/new.html", view)


@post("/accounts/new", opt=may(Action.ACCOUNT_MANAGE), include_in_schema=False)
async def new_account(request: Request) -> Response:
    database, act, viewer = (
        context_of(request).database,
        act_for(request),
        signed_in_viewer(request),
    )
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        form = await forms.read(request, NewAccount)
        await database.write(lambda s: _enrol(s, act, viewer, form, password))
    except ComplianceError as refusal:
        values = await forms.values_of(request, NewAccount)
        typed = Form.refused(values, refusal, language(request))
        view = await database.read(lambda session: _new_page(session, viewer, typed))
        return page(request, "people/new.html", view, 422)
    return page(request, "people/made.html", {"name": form.name, "password": password})


@post("/accounts/{account_id:str}/close", opt=may(Action.ACCOUNT_MANAGE), include_in_schema=False)
async def close_account(request: Request, account_id: FromPath[str]) -> Redirect:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    await context.database.write(
        lambda s: devices.close_account(s, act, viewer, account_id, lane_townships(s))
    )
    return Redirect("/accounts", status_code=303)


ROUTES = [people_page, new_account_page, new_account, close_account]

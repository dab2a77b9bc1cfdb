"""A panel's own matters: standing aside, asking next door, telling of one's own shop."""

from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.errors import ComplianceError, InvalidInput, RuleBroken
from compliance.merchants.categories import Category
from compliance.places import service as places
from compliance.places.models import Lane, Township
from compliance.reviews import calling, members, seating
from compliance.reviews.members import MOST_SHOPS, OwnShop
from compliance.reviews.models import AssociationMember, Panel
from compliance.reviews.panel import DECLARED, LeftWhy
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page


class Recusal(FormModel):
    why: LeftWhy


class Widening(FormModel):
    township: str
    reason: str = Field(default="", max_length=300)


class Membership(FormModel):
    """The shops a member keeps (`lane:category`), one more, and a phone."""

    kept: list[str] = Field(default_factory=list, max_length=MOST_SHOPS)
    lane: str = ""
    category: str = ""
    phone: str = Field(default="", max_length=20)

    @property
    def shops(self) -> list[OwnShop]:
        named = [OwnShop(*each.partition(":")[::2]) for each in self.kept]
        return [*named, OwnShop(self.lane, self.category)] if self.lane or self.category else named


@dataclass(frozen=True, slots=True)
class RecusalPage:
    panel: Panel
    back: str
    reasons: tuple[LeftWhy, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class WideningPage:
    panel: Panel
    back: str
    held: int
    townships: list[Township]
    form: Form


@dataclass(frozen=True, slots=True)
class MembershipPage:
    told: AssociationMember | None
    shops: list[OwnShop]
    lanes: list[Lane]
    lane_names: dict[str, str]
    categories: list[Category]
    form: Form


def case_of(panel: Panel) -> str:
    """Return the page of what a panel decides."""
    return f"/reviews/{panel.id}" if panel.finding_id else f"/red-list/{panel.id}"


@get("/panels/{panel_id:str}/recusal", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def recusal_page(request: Request, panel_id: FromPath[str]) -> Response:
    return await _recusal(request, panel_id, Form())


async def _recusal(request: Request, panel_id: str, form: Form, status: int = 200) -> Response:
    viewer, database = signed_in_viewer(request), context_of(request).database
    panel = await database.read(lambda s: seating.find(s, viewer, Action.REVIEW_DECIDE, panel_id))
    view = RecusalPage(panel, case_of(panel), DECLARED, form)
    return page(request, "panels/recusal.html", view, status)


@post("/panels/{panel_id:str}/recusal", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def stand_aside(request: Request, panel_id: FromPath[str]) -> Response:
    act, viewer, database = (
        act_for(request),
        signed_in_viewer(request),
        context_of(request).database,
    )
    try:
        form = await forms.read(request, Recusal)
        back = await database.write(
            lambda s: case_of(calling.stand_aside(s, act, viewer, panel_id, form.why))
        )
    except (InvalidInput, RuleBroken) as refusal:
        again = await desk.again(request, Recusal, refusal)
        return await _recusal(request, panel_id, again, status_of(refusal))
    return Redirect(back, status_code=303)


@get("/panels/{panel_id:str}/widening", opt=may(Action.PANEL_WIDEN), include_in_schema=False)
async def widening_page(request: Request, panel_id: FromPath[str]) -> Response:
    return await _widening(request, panel_id, Form())


async def _widening(request: Request, panel_id: str, form: Form, status: int = 200) -> Response:
    viewer = signed_in_viewer(request)

    def collect(session: Session) -> WideningPage:
        panel = seating.find(session, viewer, Action.PANEL_WIDEN, panel_id)
        asked = {panel.township_code, *panel.widened_to}
        others = [each for each in places.townships(session) if each.code not in asked]
        held = len(seating.seats(session, panel.id))
        return WideningPage(panel, case_of(panel), held, others, form)

    view = await context_of(request).database.read(collect)
    return page(request, "panels/widening.html", view, status)


@post("/panels/{panel_id:str}/widening", opt=may(Action.PANEL_WIDEN), include_in_schema=False)
async def widen(request: Request, panel_id: FromPath[str]) -> Response:
    act, viewer, database = (
        act_for(request),
        signed_in_viewer(request),
        context_of(request).database,
    )
    try:
        given = (await forms.read(request, Widening)).model_dump()
        back = await database.write(
            lambda s: case_of(calling.widen(s, act, viewer, panel_id, **given))
        )
    except (InvalidInput, RuleBroken) as refusal:
        again = await desk.again(request, Widening, refusal)
        return await _widening(request, panel_id, again, status_of(refusal))
    return Redirect(back, status_code=303)


@get("/membership", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def membership_page(request: Request) -> Response:
    return await _membership(request, None)


async def _membership(request: Request, form: Form | None, status: int = 200) -> Response:
    viewer = signed_in_viewer(request)
    view = await context_of(request).database.read(lambda s: _told(s, viewer, form))
    return page(request, "panels/membership.html", view, status)


def _told(session: Session, viewer: Viewer, form: Form | None) -> MembershipPage:
    told, own = members.of(session, viewer.account_id)
    usual = {
        "kept": [f"{shop.lane}:{shop.category}" for shop in own],
        "phone": told.phone or "" if told else "",
    }
    lanes = places.lanes(session)
    return MembershipPage(
        told=told,
        shops=own,
        lanes=[lane for lane in lanes if lane.township_code in viewer.townships],
        lane_names={lane.id: lane.name for lane in lanes},
        categories=list(Category),
        form=form or Form(usual),
    )


@post("/membership", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def tell(request: Request) -> Response:
    act, viewer, database = (
        act_for(request),
        signed_in_viewer(request),
        context_of(request).database,
    )
    try:
        form = await forms.read(request, Membership)
        shops, phone = form.shops, form.phone
        await database.write(lambda s: members.tell(s, act, viewer, shops=shops, phone=phone))
    except ComplianceError as refusal:
        again = await desk.again(request, Membership, refusal)
        return await _membership(request, again, status_of(refusal))
    return Redirect("/reviews", status_code=303)


ROUTES = [
    recusal_page,
    stand_aside,
    widening_page,
    widen,
    membership_page,
    tell,
]

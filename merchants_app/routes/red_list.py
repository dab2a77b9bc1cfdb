"""The red list: who stands on it, a nomination and its panel's votes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import ComplianceError, Conflict, InvalidInput, RuleBroken
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.red_list.models import RedListing
from compliance.reviews import casting, nominating, nominations, seating, viewing
from compliance.reviews.nominating import ANSWERS, Answer
from compliance.reviews.nominations import Listed, Stage
from compliance.reviews.viewing import PanelView
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page


class Nomination(FormModel):
    words: Annotated[str, Field(max_length=500)] = ""


class NominationVote(FormModel):
    answer: Answer
    grounds: Annotated[str, Field(max_length=casting.LONGEST_GROUNDS)] = ""


@dataclass(frozen=True, slots=True)
class RedList:
    rows: list[Listed]
    stage: Stage
    today: date


@dataclass(frozen=True, slots=True)
class NominationForm:
    shop: Shop
    form: Form


@dataclass(frozen=True, slots=True)
class NominationPage:
    """A nomination with its panel; `answers` are what a member may say to it."""

    listing: RedListing
    shop: Shop
    panel: PanelView
    answers: tuple[Answer, ...]
    form: Form
    now: datetime


@get("/red-list", opt=may(Action.RED_LIST_READ), include_in_schema=False)
async def red_list_page(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    asked = request.query_params.get("stage", "")
    stage = Stage(asked) if asked in list(Stage) else Stage.STANDING
    rows = await context_of(request).database.read(
        lambda s: nominations.listed(s, viewer, stage, act.at)
    )
    return page(request, "red_list/list.html", RedList(rows, stage, act.day))


@get(
    "/red-list/nominations/{tenancy_id:str}",
    opt=may(Action.RED_LIST_NOMINATE),
    include_in_schema=False,
)
async def nomination_form(request: Request, tenancy_id: FromPath[str]) -> Response:
    return await _nominate(request, tenancy_id, Form())


async def _nominate(request: Request, tenancy_id: str, form: Form, status: int = 200) -> Response:
    viewer = signed_in_viewer(request)
    shop = await context_of(request).database.read(
        lambda s: shops.seen_by(s, viewer, Action.RED_LIST_NOMINATE, tenancy_id)
    )
    return page(request, "red_list/nominate.html", NominationForm(shop, form), status)


@post(
    "/red-list/nominations/{tenancy_id:str}",
    opt=may(Action.RED_LIST_NOMINATE),
    include_in_schema=False,
)
async def nominate(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    try:
        words = (await forms.read(request, Nomination)).words
        listing_id = await context.database.write(
            lambda s: nominating.nominate(s, act, viewer, tenancy_id, words=words).id
        )
    except (InvalidInput, RuleBroken) as refusal:
        again = await desk.again(request, Nomination, refusal)
        return await _nominate(request, tenancy_id, again, status_of(refusal))
    return Redirect(f"/red-list/{listing_id}", status_code=303)


@get("/red-list/{listing_id:str}", opt=may(Action.RED_LIST_READ), include_in_schema=False)
async def nomination_page(request: Request, listing_id: FromPath[str]) -> Response:
    viewer, act, database = (
        signed_in_viewer(request),
        act_for(request),
        context_of(request).database,
    )
    if viewer.may(Action.REVIEW_DECIDE):
        await database.write(lambda s: casting.open_file(s, act, viewer, listing_id))
    view = await database.read(lambda s: _nomination(s, viewer, act, listing_id, Form()))
    return page(request, "red_list/show.html", view)


@post("/red-list/{listing_id:str}", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def vote_on_nomination(request: Request, listing_id: FromPath[str]) -> Response:
    viewer, act, database = (
        signed_in_viewer(request),
        act_for(request),
        context_of(request).database,
    )
    try:
        given = (await forms.read(request, NominationVote)).model_dump()
        await database.write(lambda s: nominating.vote(s, act, viewer, listing_id, **given))
    except (InvalidInput, RuleBroken, Conflict) as refusal:
        return await _again(request, listing_id, refusal)
    return Redirect(f"/red-list/{listing_id}", status_code=303)


async def _again(request: Request, listing_id: str, refusal: ComplianceError) -> Response:
    viewer, act, database = (
        signed_in_viewer(request),
        act_for(request),
        context_of(request).database,
    )
    form = await desk.again(request, NominationVote, refusal)
    view = await database.read(lambda s: _nomination(s, viewer, act, listing_id, form))
    return page(request, "red_list/show.html", view, status_of(refusal))


def _nomination(
    session: Session, viewer: Viewer, act: Act, listing_id: str, form: Form
) -> NominationPage:
    listing, shop = nominating.find(session, viewer, Action.RED_LIST_READ, listing_id)
    drawn = seating.find(session, viewer, Action.RED_LIST_READ, listing_id)
    panel = viewing.of_panel(session, viewer, drawn)
    return NominationPage(listing, shop, panel, ANSWERS, form, act.at)


ROUTES = [
    red_list_page,
    nomination_form,
    nominate,
    nomination_page,
    vote_on_nomination,
]

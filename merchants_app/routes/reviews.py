"""The association's table: what lies before it, the evidence of both sides, the panel's votes."""

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
from compliance.catalogue import service as catalogue
from compliance.errors import ComplianceError, Conflict, InvalidInput, RuleBroken
from compliance.findings.lifecycle import LONGEST_LISTING, Step
from compliance.findings.queries import FindingView
from compliance.reviews import (
    casting,
    members,
    outcomes,
    panels,
    queries,
    seating,
    service,
    viewing,
)
from compliance.reviews.models import Review
from compliance.reviews.outcomes import AGAINST, Outcome
from compliance.reviews.queries import Counts, Queued
from compliance.reviews.viewing import PanelView
from merchants_app import desk, forms, history, sightings
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.history import Moment
from merchants_app.pages import Form, language, page
from merchants_app.sightings import Sight

PAGE = 50
LAST_PAGE = 1000

THEIRS = frozenset(
    {Step.CLAIM, Step.ASK_TIME, Step.ASK_RECHECK, Step.REPLY, Step.OBJECT, Step.APPEAL}
    | {Step.STATE_CASE, Step.WITHDRAW_OBJECTION}
)
"""Steps in which the merchant speaks."""


class Vote(FormModel):
    """A member's vote: `version` is the finding as the member saw it."""

    version: int
    outcome: Outcome
    grounds: Annotated[str, Field(max_length=casting.LONGEST_GROUNDS)] = ""
    days: Annotated[int, Field(ge=1, le=LONGEST_LISTING)] | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    reviews: list[Queued]
    counts: Counts
    decided: bool
    told: bool
    total: int
    page: int
    size: int
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review: what was seen on one side, what the shop says on the other, and the question.

    `earlier` are reviews of the same finding, `heard_by` the moment until which a silent shop is
    waited for (None when it has spoken), `appeal_until` until when the shop may ask for others,
    `news` that something came in meanwhile. `sights` is who saw the fault, with what speaks for
    and against it.
    """

    review: Review
    finding: FindingView
    earlier: list[Review]
    sights: list[Sight]
    seen: list[Moment]
    said: list[Moment]
    options: list[Outcome]
    panel: PanelView | None
    appeal_until: datetime | None
    heard_by: datetime | None
    form: Form
    news: bool
    now: datetime
    today: date


@get("/reviews", opt=may(Action.REVIEW_READ), include_in_schema=False)
async def reviews_page(request: Request) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    query = dict(request.query_params)
    view = await context.database.read(lambda session: _queue(session, viewer, act, query))
    return page(request, "reviews/list.html", view)


@get("/reviews/{review_id:str}", opt=may(Action.REVIEW_READ), include_in_schema=False)
async def review_page(request: Request, review_id: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    lang, database = language(request), context.database
    if viewer.may(Action.REVIEW_DECIDE):
        await database.write(lambda s: casting.open_file(s, act, viewer, review_id))
    view = await database.read(lambda s: _review(s, viewer, act, review_id, lang, Form()))
    return page(request, "reviews/show.html", view)


@post("/reviews/{review_id:str}", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def vote(request: Request, review_id: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    try:
        form = await forms.read(request, Vote)
        given = form.model_dump()
        await context.database.write(
            lambda session: panels.vote(session, act, viewer, review_id, **given)
        )
    except (InvalidInput, RuleBroken, Conflict) as refusal:
        return await _again(request, review_id, refusal)
    return Redirect(f"/reviews/{review_id}", status_code=303)


async def _again(request: Request, review_id: str, refusal: ComplianceError) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    lang, form = language(request), await desk.again(request, Vote, refusal)
    news = isinstance(refusal, Conflict)
    view = await context.database.read(
        lambda s: _review(s, viewer, act, review_id, lang, form, news=news)
    )
    return page(request, "reviews/show.html", view, status_of(refusal))


def _queue(session: Session, viewer: Viewer, act: Act, query: dict[str, str]) -> Queue:
    decided = query.get("state") == "decided"
    asked = query.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() else 1
    counts = queries.counts(session, viewer, act.at)
    return Queue(
        reviews=queries.queue(session, viewer, decided=decided, page=number, size=PAGE),
        counts=counts,
        decided=decided,
        told=members.of(session, viewer.account_id)[0] is not None,
        total=counts.decided if decided else counts.open,
        page=number,
        size=PAGE,
        now=act.at,
        today=act.day,
    )


def _review(
    session: Session,
    viewer: Viewer,
    act: Act,
    review_id: str,
    lang: str,
    form: Form,
    *,
    news: bool = False,
) -> ReviewPage:
    review, finding = service.find(session, viewer, Action.REVIEW_READ, review_id)
    told = history.of_finding(session, finding, lang)
    until = outcomes.heard_by(review.opened_at, catalogue.calendar(session))
    silent = not service.has_spoken(session, review) and act.at <= until
    drawn = seating.known(session, review_id)
    options = list(panels.options(review, drawn)) if drawn else []
    return ReviewPage(
        review=review,
        finding=finding,
        earlier=[each for each in queries.of_finding(session, finding.id) if each.id != review.id],
        sights=sightings.of_finding(session, viewer, finding, lang),
        seen=[each for each in told if each.step not in {*THEIRS, *Outcome}],
        said=[each for each in told if each.step in THEIRS],
        options=options,
        panel=viewing.of_panel(session, viewer, drawn) if drawn else None,
        appeal_until=_appeal_until(session, review, act),
        heard_by=until if silent and AGAINST & set(options) else None,
        form=form,
        news=news,
        now=act.at,
        today=act.day,
    )


def _appeal_until(session: Session, review: Review, act: Act) -> datetime | None:
    last = service.last_decision(session, review.finding_id)
    if last is None or last.id != review.id:
        return None
    may = service.may_appeal(session, review.finding_id, act.at)
    return service.appeal_until(session, review) if may else None


ROUTES = [reviews_page, review_page, vote]

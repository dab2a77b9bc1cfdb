"""The association's table: what lies before it, the evidence of both sides, and the decision."""

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
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotAllowed, RuleBroken
from compliance.findings.conditions import LONGEST_WORDS
from compliance.findings.lifecycle import LONGEST_LISTING, Step
from compliance.findings.queries import FindingView
from compliance.reviews import outcomes, queries, service
from compliance.reviews.models import Review
from compliance.reviews.outcomes import NEEDS_HEARING, OUTCOMES, Outcome
from compliance.reviews.queries import Counts, Queued
from merchants_app import forms, history
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.history import Moment
from merchants_app.pages import Form, language, page

PAGE = 50
LAST_PAGE = 1000

THEIRS = frozenset({Step.CLAIM, Step.OBJECT, Step.STATE_CASE, Step.WITHDRAW_OBJECTION})
"""Steps in which the merchant speaks."""


class Decision(FormModel):
    version: int
    outcome: Outcome
    grounds: Annotated[str, Field(max_length=LONGEST_WORDS)] = ""
    days: Annotated[int, Field(ge=1, le=LONGEST_LISTING)] | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    reviews: list[Queued]
    counts: Counts
    decided: bool
    total: int
    page: int
    size: int
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review: what was seen on one side, what the shop says on the other, and the question.

    `earlier` are reviews of the same finding, `barred` is the code of why this person may not
    decide, `heard_by` the moment until which a silent shop is waited for (None when it has
    spoken), `news` that something came in meanwhile.
    """

    review: Review
    finding: FindingView
    earlier: list[Review]
    seen: list[Moment]
    said: list[Moment]
    options: list[Outcome]
    barred: str | None
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
    lang = language(request)
    view = await context.database.read(lambda s: _review(s, viewer, act, review_id, lang, Form()))
    return page(request, "reviews/show.html", view)


@post("/reviews/{review_id:str}", opt=may(Action.REVIEW_DECIDE), include_in_schema=False)
async def decide(request: Request, review_id: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    try:
        form = await forms.read(request, Decision)
        given = form.model_dump()
        await context.database.write(
            lambda session: service.decide(session, act, viewer, review_id, **given)
        )
    except (InvalidInput, RuleBroken, Conflict) as refusal:
        return await _again(request, review_id, refusal)
    return Redirect(f"/reviews/{review_id}", status_code=303)


async def _again(request: Request, review_id: str, refusal: ComplianceError) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    lang = language(request)
    typed = await forms.values_of(request, Decision)
    form = Form.refused(typed, refusal, lang)
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
    options = list(OUTCOMES[review.reason])
    return ReviewPage(
        review=review,
        finding=finding,
        earlier=[each for each in queries.of_finding(session, finding.id) if each.id != review.id],
        seen=[each for each in told if each.step not in {*THEIRS, *Outcome}],
        said=[each for each in told if each.step in THEIRS],
        options=options,
        barred=_barred(session, viewer, review, finding),
        heard_by=until if silent and NEEDS_HEARING & set(options) else None,
        form=form,
        news=news,
        now=act.at,
        today=act.day,
    )


def _barred(session: Session, viewer: Viewer, review: Review, finding: FindingView) -> str | None:
    """Return the code of why this person may not decide, or None."""
    if not viewer.may(Action.REVIEW_DECIDE):
        return "review.only_association"
    try:
        service.check_impartial(session, viewer, review, finding)
    except NotAllowed as refusal:
        return refusal.code
    return None


ROUTES = [reviews_page, review_page, decide]

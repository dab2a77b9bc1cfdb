"""Votes on covenants: put to a street, opened by the association, counted, and issued from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.errors import ComplianceError, InvalidInput
from compliance.notices import publishing
from compliance.notices.models import NoticeText
from compliance.notices.texts import Rendered
from compliance.places import service as places
from compliance.places.models import Township
from compliance.votes import adopting, queries, service, turnout
from compliance.votes.counting import Stage
from compliance.votes.models import Vote
from compliance.votes.queries import OwnVote
from compliance.votes.turnout import LaneTurnout
from merchants_app import forms
from merchants_app.access import anyone, may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page


class Reason(FormModel):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnVotes:
    votes: Sequence[OwnVote]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Votes:
    votes: Sequence[Vote]
    townships: dict[str, Township]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Count:
    """One vote as those see it who run it: never what a shop said, no figures before the close."""

    vote: Vote
    text: NoticeText
    rendered: Rendered
    emphasised: tuple[str, ...]
    lanes: Sequence[str]
    turnout: Sequence[LaneTurnout]
    roll: Sequence[tuple[str, str]]
    now: datetime
    today: date
    waiting: int = 0
    issued: int | None = None
    form: Form = Form()  # noqa: RUF009 (frozen)


@dataclass(frozen=True, slots=True)
class Result:
    vote: Vote
    text: NoticeText
    rendered: Rendered
    emphasised: tuple[str, ...]
    lanes: Sequence[str]
    now: datetime


@get("/votes", opt=may(Action.VOTE_READ, Action.VOTE_CAST), include_in_schema=False)
async def votes_page(request: Request) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)

    def own(session: Session) -> OwnVotes:
        return OwnVotes(queries.of_shops(session, viewer), act.at, act.day)

    def staff(session: Session) -> Votes:
        known = {each.code: each for each in places.townships(session)}
        return Votes(queries.within(session, viewer), known, act.at, act.day)

    if viewer.may(Action.VOTE_CAST):
        return page(request, "votes/mine.html", await context.database.read(own))
    return page(request, "votes/list.html", await context.database.read(staff))


@get("/votes/{vote_id:str}", opt=anyone(), include_in_schema=False)
async def result_page(request: Request, vote_id: FromPath[str]) -> Response:
    act = act_for(request)

    def collect(session: Session) -> Result:
        vote = queries.public(session, vote_id)
        text = publishing.text_of(session, vote.text_id)
        lanes = queries.lane_names(session, vote_id)
        emphasised = tuple(text.emphasis.split())
        return Result(vote, text, Rendered.of(vote.proposal), emphasised, lanes, act.at)

    return page(request, "votes/result.html", await context_of(request).database.read(collect))


@get("/votes/{vote_id:str}/count", opt=may(Action.VOTE_READ), include_in_schema=False)
async def count_page(request: Request, vote_id: FromPath[str]) -> Response:
    return page(request, "votes/count.html", await _count(request, vote_id))


async def _count(
    request: Request, vote_id: str, form: Form | None = None, issued: int | None = None
) -> Count:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Count:
        vote = service.seen_by(session, viewer, Action.VOTE_READ, vote_id)
        text = publishing.text_of(session, vote.text_id)
        return Count(
            vote=vote,
            text=text,
            rendered=Rendered.of(vote.proposal),
            emphasised=tuple(text.emphasis.split()),
            lanes=queries.lane_names(session, vote_id),
            turnout=turnout.by_lane(session, vote_id),
            roll=queries.roll(session, vote_id),
            now=act.at,
            today=act.day,
            waiting=adopting.waiting(session, vote) if vote.stage is Stage.ADOPTED else 0,
            issued=issued,
            form=form or Form(),
        )

    return await context_of(request).database.read(collect)


@post("/votes/{vote_id:str}/open", opt=may(Action.VOTE_OPEN), include_in_schema=False)
async def open_vote(request: Request, vote_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        await context_of(request).database.write(lambda s: service.approve(s, act, viewer, vote_id))
    except ComplianceError as refusal:
        return await _refused(request, vote_id, refusal)
    return Redirect(f"/votes/{vote_id}/count", status_code=303)


async def _refused(request: Request, vote_id: str, refusal: ComplianceError) -> Response:
    """Show the vote again with why it did not go; what is out of reach stays unknown."""
    view = await _count(request, vote_id, Form.refused({}, refusal, language(request)))
    return page(request, "votes/count.html", view, 409)


@get("/votes/{vote_id:str}/withdraw", opt=may(Action.VOTE_PREPARE), include_in_schema=False)
async def withdraw_page(request: Request, vote_id: FromPath[str]) -> Response:
    return page(request, "votes/withdraw.html", await _seen(request, vote_id, Form()))


@post("/votes/{vote_id:str}/withdraw", opt=may(Action.VOTE_PREPARE), include_in_schema=False)
async def withdraw(request: Request, vote_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    typed = await forms.values_of(request, Reason)
    try:
        reason = forms.check(Reason, typed).reason
        await context_of(request).database.write(
            lambda s: service.withdraw(s, act, viewer, vote_id, reason)
        )
    except InvalidInput as refusal:
        view = await _seen(request, vote_id, Form.refused(typed, refusal, language(request)))
        return page(request, "votes/withdraw.html", view, 422)
    return Redirect(f"/votes/{vote_id}/count", status_code=303)


async def _seen(request: Request, vote_id: str, form: Form) -> dict[str, Any]:
    viewer = signed_in_viewer(request)
    vote = await context_of(request).database.read(
        lambda s: service.seen_by(s, viewer, Action.VOTE_PREPARE, vote_id)
    )
    return {"vote": vote, "form": form}


@post("/votes/{vote_id:str}/issue", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def issue(request: Request, vote_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        run = await context_of(request).database.write(
            lambda s: adopting.issue(s, act, viewer, vote_id)
        )
    except ComplianceError as refusal:
        return await _refused(request, vote_id, refusal)
    view = await _count(request, vote_id, issued=len(run.issued))
    return page(request, "votes/count.html", view)


ROUTES = [
    votes_page,
    result_page,
    count_page,
    open_vote,
    withdraw_page,
    withdraw,
    issue,
]

"""Preparing a vote: which text and figures, which lanes, when, and how it is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach
from compliance.act import LOCAL, Act
from compliance.errors import InvalidInput
from compliance.notices import suggesting
from compliance.notices.models import NoticeText
from compliance.notices.values import CovenantValues
from compliance.places import service as places
from compliance.places.models import Lane, Township
from compliance.votes import proposing
from compliance.votes.counting import Base, Ratio, Terms
from compliance.votes.proposing import ASKED, Proposal
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

BEGINS, ENDS = time(8), time(20)
"""The hours of a day at which a vote begins and ends unless somebody says otherwise."""

LASTS = timedelta(days=7)


class Asked(FormModel):
    """The form of a new vote; the values of the covenant come beside it."""

    text_id: str
    lanes: list[str] = Field(default_factory=list)
    quorum: int
    ratio: Ratio
    base: Base
    opens_at: datetime
    closes_at: datetime
    effective_on: date


@dataclass(frozen=True, slots=True)
class NewVote:
    townships: Sequence[Township]
    lanes: Sequence[Lane]
    texts: Sequence[NoticeText]
    where: Form
    form: Form
    ratios: Sequence[Ratio] = tuple(Ratio)
    bases: Sequence[Base] = tuple(Base)


@get("/votes/new", opt=may(Action.VOTE_PREPARE), include_in_schema=False)
async def new_page(request: Request) -> Response:
    return page(request, "votes/new.html", await _new(request))


@post("/votes/new", opt=may(Action.VOTE_PREPARE), include_in_schema=False)
async def prepare(request: Request) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    typed = await forms.values_of(request, Asked)
    try:
        proposal = _proposal(request, typed)
        vote = await context_of(request).database.write(
            lambda s: proposing.prepare(s, act, viewer, proposal).id
        )
    except InvalidInput as refusal:
        view = await _new(request, Form.refused(typed, refusal, language(request)))
        return page(request, "votes/new.html", view, 422)
    return Redirect(f"/votes/{vote}/count", status_code=303)


def _proposal(request: Request, typed: dict[str, Any]) -> Proposal:
    given = {name: value for name, value in typed.items() if name in ASKED}
    rest = {name: value for name, value in typed.items() if name not in ASKED}
    asked = forms.check(Asked, rest)
    return Proposal(
        township_code=request.query_params.get("township", ""),
        lane_ids=asked.lanes,
        text_id=asked.text_id,
        given=given,
        terms=Terms(asked.quorum, asked.ratio, asked.base),
        opens_at=_local(asked.opens_at),
        closes_at=_local(asked.closes_at),
        effective_on=asked.effective_on,
    )


def _local(moment: datetime) -> datetime:
    """Return what was typed as Beijing time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


async def _new(request: Request, form: Form | None = None) -> NewVote:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> NewVote:
        district = viewer.reach(Action.VOTE_PREPARE) is Reach.DISTRICT
        reached = [
            each for each in places.townships(session) if district or each.code in viewer.townships
        ]
        asked = request.query_params.get("township", "")
        here = next((each for each in reached if each.code == asked), reached[0])
        return NewVote(
            townships=reached,
            lanes=places.lanes(session, here.code),
            texts=proposing.covenant_texts(session, act.day),
            where=Form({"township": here.code}),
            form=form or Form(_usual(act, here)),
        )

    return await context_of(request).database.read(collect)


def _usual(act: Act, township: Township) -> dict[str, Any]:
    """Return what a vote is like unless somebody says otherwise: a week from tomorrow."""
    opens = datetime.combine(act.day + timedelta(days=1), BEGINS)
    closes = datetime.combine(opens.date() + LASTS, ENDS)
    fields = {name: CovenantValues.model_fields[name] for name in ASKED}
    values = {name: str(each.default) for name, each in fields.items() if not each.is_required()}
    return values | {
        "enforcement_team_name": suggesting.team_of(township.name),
        "quorum": "50",
        "ratio": Ratio.TWO_THIRDS.value,
        "base": Base.ELIGIBLE.value,
        "opens_at": opens.isoformat(timespec="minutes"),
        "closes_at": closes.isoformat(timespec="minutes"),
        "effective_on": (closes.date() + timedelta(days=1)).isoformat(),
    }


ROUTES = [new_page, prepare]

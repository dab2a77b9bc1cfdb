"""Telling the story of a fault: it is logged, then all take their turns, through the services."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL
from compliance.findings import service as findings
from compliance.findings.lifecycle import OFFICIAL, FindingState, Step
from compliance.findings.models import Cause, Finding
from compliance.merchants.shops import Shop
from compliance.reviews import service as reviews
from compliance.reviews.outcomes import Outcome
from merchants_app.demo import panels, visits
from merchants_app.demo.district import District
from merchants_app.demo.examples import Spot
from merchants_app.demo.stories import (
    EXAMPLES,
    NOTES,
    NOTES_OF_OTHERS,
    REPEATED,
    STORIES,
    Story,
    Turn,
    Who,
)
from merchants_app.demo.timeline import by_day, in_office, moment_on

IN_OFFICE = frozenset({Who.OFFICER, Who.REVIEWER})
DECISIONS = frozenset(outcome.step for outcome in Outcome) - {Step.WITHDRAW_OBJECTION, Step.REFER}


@dataclass(slots=True)
class Tale:
    """A finding on its way through a story."""

    shop: Shop
    finding_id: str
    turns: list[Turn]
    spot: Spot | None = None
    version: int = 1
    review_id: str = ""


def schedule(district: District) -> None:
    """Put the examples on the timeline."""
    for spot, shop in district.examples.items():
        day = district.day(EXAMPLES[spot[1]].back)
        moment = moment_on(district.rng, day, time(9, 30), time(11, 30))
        deed = partial(_begin_example, district, shop, spot)
        district.timeline.at(moment, deed)


def begin(district: District, shop: Shop, walker: Viewer, at: datetime) -> None:
    """Log a fault that a round has met, and go on as one of the stories goes."""
    story = district.rng.choices(STORIES, [each.weight for each in STORIES])[0]
    _begin(district, shop, walker, story, at, None)


def _begin_example(district: District, shop: Shop, spot: Spot, at: datetime) -> None:
    chief = district.cast.chiefs[shop.lane_id]
    _begin(district, shop, chief, EXAMPLES[spot[1]].story, at, spot)


def _begin(
    district: District,
    shop: Shop,
    walker: Viewer,
    story: Story,
    at: datetime,
    spot: Spot | None,
) -> None:
    rng, code = district.rng, district.rng.choice(story.codes)
    notes = NOTES if story.cause is Cause.MERCHANT else NOTES_OF_OTHERS
    seen_at = at - timedelta(seconds=rng.randrange(15, 60))
    photos = []
    if spot is not None:
        act = district.act(at, walker)
        photos = district.album.fault(district.session, act, walker, spot)
    fault = {
        "code": code,
        "result": "fault",
        "cause": story.cause.value,
        "fixed_on_spot": story.fixed_on_spot,
        "note": rng.choice(notes[code]),
        "photos": photos,
    }
    items = [item for item in visits.ok_items(rng) if item["code"] != code]
    logged = visits.log(district, walker, at, visits.body_of(rng, shop, seen_at, [fault, *items]))
    if not logged.findings:
        return  # the fault was seen before and is not put right yet
    (opened,) = logged.findings
    turns = story.turns
    if opened.state is FindingState.REFERRED and district.catalogue.items[code].severity < 3:
        turns = REPEATED
    _next(district, Tale(shop, opened.id, list(turns), spot), at)


def _next(district: District, tale: Tale, at: datetime) -> None:
    """Put the next turn of a tale on the timeline, at an hour at which it would be taken."""
    if not tale.turns:
        return
    turn, rng = tale.turns[0], district.rng
    start = at
    if turn.overdue:
        finding = district.session.get_one(Finding, tale.finding_id)
        start = finding.due_at or at
    moment = start + timedelta(hours=rng.uniform(*turn.hours))
    if turn.who in IN_OFFICE:
        moment = in_office(rng, moment, district.calendar)
    else:
        moment = by_day(rng, moment)
    district.timeline.at(moment, partial(_take, district, tale))


def _take(district: District, tale: Tale, at: datetime) -> None:
    turn = tale.turns.pop(0)
    viewer = _viewer(district, tale, turn, at)
    act = district.act(at, viewer)
    session, finding_id, version = district.session, tale.finding_id, tale.version
    words = district.rng.choice(turn.words)
    if turn.step is Step.OBJECT:
        review = reviews.object_to(session, act, viewer, finding_id, version=version, words=words)
        tale.review_id = review.id
    elif turn.step is Step.WITHDRAW_OBJECTION:
        reviews.withdraw(session, act, viewer, finding_id, version=version, words=words)
    elif turn.step is Step.SEND_TO_ASSOCIATION:
        tale.review_id = reviews.send_overdue(session, act, viewer, finding_id, version=version).id
    elif turn.step in DECISIONS:
        outcome, days = Outcome(turn.step.value), turn.days
        if not panels.decide(
            district, at, tale.review_id, outcome, grounds=words, version=version, days=days
        ):
            return  # the panel lacks members, and the desk has to ask next door
    else:
        photos = []
        if turn.photo and tale.spot is not None:
            photos = district.album.tidy(session, act, viewer, tale.spot)
        findings.step(
            session,
            act,
            viewer,
            finding_id,
            turn.step,
            version=version,
            words=words,
            photos=photos,
            to=turn.to,
            days=turn.days,
            **_paper(district, turn, at),
        )
    tale.version += 1
    _next(district, tale, at)


def _paper(district: District, turn: Turn, at: datetime) -> dict[str, Any]:
    """Return the paper of the official system that a turn notes, invented like everything here."""
    if turn.step not in OFFICIAL:
        return {}
    day = at.astimezone(LOCAL).date()
    number = district.rng.randrange(1, 400)
    return {"document": f"京门综执样例〔{day.year}〕{number}号", "dated": day, "fen": turn.fen}


def _viewer(district: District, tale: Tale, turn: Turn, at: datetime) -> Viewer:
    staff = district.cast.staff[tale.shop.township_code]
    match turn.who:
        case Who.OPERATOR:
            return district.operator(at, tale.shop)
        case Who.CHIEF:
            return district.cast.chiefs[tale.shop.lane_id]
        case Who.OFFICER:
            return staff.officers[0]
        case Who.REVIEWER:
            return staff.reviewers[0]

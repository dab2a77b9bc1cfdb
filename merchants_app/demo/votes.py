"""Three votes on covenants in the busiest township: one still runs, one was adopted, one was lost.

With chance of their own, so that the rest of a district is the same with and without them. The lane
that still votes is the one with the first example door: there one can try it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from sqlmodel import Session

from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL, Act
from compliance.merchants.shops import Shop
from compliance.notices import publishing, suggesting
from compliance.notices.kinds import NoticeKind
from compliance.votes import casting, proposing, service
from compliance.votes.counting import Base, Choice, Ratio, Terms
from compliance.votes.proposing import Proposal
from merchants_app.demo import district as telling
from merchants_app.demo.district import District, Lane
from merchants_app.demo.places import TOWNS
from merchants_app.demo.timeline import moment_on

TERMS = Terms(quorum=50, ratio=Ratio.MORE_THAN_HALF, base=Base.ELIGIBLE)
FIRST_HOUR, LAST_HOUR = time(8), time(20)


Step = Callable[[Session, Act], int]


@dataclass(frozen=True, slots=True)
class Story:
    """A vote seen from the last day: when it opens and closes, and how many of ten say what."""

    opens: int
    closes: int
    yes: float
    no: float
    abstain: float = 0.0


RUNNING = Story(opens=5, closes=-4, yes=4.5, no=0.7, abstain=0.3)
ADOPTED = Story(opens=24, closes=14, yes=7.2, no=0.8, abstain=0.6)
LOST = Story(opens=44, closes=34, yes=3.9, no=2.9, abstain=0.5)


def schedule(district: District) -> None:
    """Put the three votes on the timeline."""
    rng = Random(f"{district.plan.seed}:votes")
    first = TOWNS[0].code
    tried = district.examples[first, 0].lane_id
    lanes = [lane for lane in district.lanes if lane.town.code == first and lane.id != tried]
    here = next(lane for lane in district.lanes if lane.id == tried)
    lanes.sort(key=lambda lane: len(_reached(district, lane)) / len(lane.shops))
    for lane, story in ((here, RUNNING), (lanes[-1], ADOPTED), (lanes[-2], LOST)):
        prepared_at = moment_on(rng, district.day(story.opens + 3), time(14), time(17))
        district.timeline.at(prepared_at, partial(_prepare, district, rng, lane, story))


def _on(district: District, back: int, hour: time) -> datetime:
    return datetime.combine(district.day(back), hour, LOCAL)


def _prepare(district: District, rng: Random, lane: Lane, story: Story, at: datetime) -> None:
    """Let the desk prepare and the association open; then shops vote, and the worker closes."""
    staff, session = district.cast.staff[lane.town.code], district.session
    opens = _on(district, story.opens, FIRST_HOUR)
    closes = _on(district, story.closes, LAST_HOUR)
    proposal = _proposal(district, lane, opens, closes)
    vote = proposing.prepare(session, _act(rng, at, staff.desk), staff.desk, proposal).id
    reviewer = staff.reviewers[0]
    service.approve(session, _act(rng, at + timedelta(hours=1), reviewer), reviewer, vote)
    for moment, step in (
        (opens, service.open_due),
        (opens + (closes - opens) / 2, service.remind_due),
        (closes - timedelta(days=1), service.remind_due),
        (closes, service.close_due),
    ):
        district.timeline.at(moment, partial(_fall_due, district, rng, step))
    for shop, said in _said(district, rng, lane, story):
        moment = moment_on(rng, district.day(_day_of(rng, story)), time(9), time(19))
        district.timeline.at(moment, partial(_cast, district, rng, vote, shop, said))


def _proposal(district: District, lane: Lane, opens: datetime, closes: datetime) -> Proposal:
    day = opens.date()
    text = publishing.text_in_force(district.session, NoticeKind.COVENANT, day)
    known = suggesting.suggested(NoticeKind.COVENANT, lane.shops[0], day)
    return Proposal(
        township_code=lane.town.code,
        lane_ids=[lane.id],
        text_id=text.id,
        given={**known, "valid_years": 2},
        terms=TERMS,
        opens_at=opens,
        closes_at=closes,
        effective_on=closes.date() + timedelta(days=7),
    )


def _said(district: District, rng: Random, lane: Lane, story: Story) -> list[tuple[Shop, Choice]]:
    """Return which shops vote and what; of the vote that runs one is left, examples always."""
    reached = _reached(district, lane)
    rng.shuffle(reached)
    counts = {
        Choice.YES: story.yes,
        Choice.NO: story.no,
        Choice.ABSTAIN: story.abstain,
    }
    rounded, size = math.ceil if story is ADOPTED else int, len(lane.shops)
    said = [each for each, ten in counts.items() for _ in range(rounded(ten * size / 10))]
    return list(zip(reached[story is RUNNING :], said, strict=False))


def _reached(district: District, lane: Lane) -> list[Shop]:
    """Return the shops that can vote by phone and are not for show."""
    shown = district.shown
    return [shop for shop in lane.shops if shop.phone and shop.tenancy_id not in shown]


def _day_of(rng: Random, story: Story) -> int:
    """Return on which day before the last somebody votes: most in the first days."""
    last = max(story.closes + 1, 1)
    return max(last, story.opens - int(rng.triangular(0, story.opens - last, 1)))


def _cast(
    district: District, rng: Random, vote: str, shop: Shop, said: Choice, at: datetime
) -> None:
    """Vote as the phone does it, with a code that was proved a moment before."""
    operator = district.cast.operator(_act(rng, at), district.ink, shop)
    act = _act(rng, at, operator)
    code = OneTimeCode(
        id=act.new_id(),
        tenancy_id=shop.tenancy_id,
        purpose=CodePurpose.CAST_VOTE,
        phone=shop.phone or "",
        bound_to=rng.randbytes(32).hex(),
        code_hash=rng.randbytes(32).hex(),
        sent_at=at - timedelta(seconds=50),
        ends_at=at + timedelta(minutes=4),
        tries=1,
        proved_at=at - timedelta(seconds=5),
    )
    district.session.add(code)
    district.session.flush()
    casting.cast(district.session, act, operator, vote, shop.tenancy_id, said=said, code_id=code.id)


def _fall_due(district: District, rng: Random, step: Step, at: datetime) -> None:
    step(district.session, _act(rng, at))


def _act(rng: Random, at: datetime, viewer: Viewer | None = None) -> Act:
    return telling.act(rng, at, viewer)

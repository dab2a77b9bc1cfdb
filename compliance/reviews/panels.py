"""A vote on a review, and the end of it: the last decisive vote decides, in the same transaction.

Nobody decides alone and nobody closes a review: it is closed by what the votes come to. The step on
the finding is taken by the panel, known by the review's id, not by whoever happened to vote last.
"""

from dataclasses import replace

from sqlmodel import Session

from compliance.accounts.permissions import Action, Role, Viewer, require
from compliance.act import Act, Actor
from compliance.catalogue import service as catalogue
from compliance.errors import Conflict, InvalidInput
from compliance.findings import messages
from compliance.findings import service as findings
from compliance.findings.models import Finding
from compliance.findings.queries import FindingView
from compliance.ledger import service as ledger
from compliance.reviews import casting, outcomes, seating, service
from compliance.reviews.casting import LONGEST_GROUNDS, Cast
from compliance.reviews.models import Panel, PanelVote, Review
from compliance.reviews.outcomes import OUTCOMES, Outcome
from compliance.reviews.panel import Tally


def vote(
    session: Session,
    act: Act,
    viewer: Viewer,
    review_id: str,
    *,
    outcome: Outcome,
    grounds: str,
    version: int,
    days: int | None = None,
) -> Review:
    """Take a member's vote with its reasons; the decisive one decides the review.

    `version` is the finding as the member saw it. Raises NotFound `review.unknown` (also out of
    reach), NotAllowed `review.recused` or `review.not_on_panel`, Conflict `review.decided` and
    `finding.stale`, RuleBroken `review.not_opened` and `review.not_heard`, InvalidInput for
    outcome, grounds or days.
    """
    require(viewer, Action.REVIEW_DECIDE)
    review, view = service.find(session, viewer, Action.REVIEW_READ, review_id)
    finding = findings.locked(session, review.finding_id)[review.finding_id]
    session.refresh(review)
    panel = seating.locked(session, review_id)
    if review.decided_at is not None:
        if _was_cast(session, panel, viewer, outcome, grounds):
            return review
        raise Conflict("review.decided", review=review_id)
    seating.refresh(session, act, panel)
    seating.seat_of(session, panel, viewer)
    if version != finding.version:
        raise Conflict("finding.stale", finding=finding.id, version=finding.version)
    if len(grounds.strip()) > LONGEST_GROUNDS:
        raise InvalidInput("review.grounds_long", fields={"grounds": "review.grounds_long"})
    outcomes.check(options(review, panel), outcome, grounds, days)
    _check_heard(session, act, review, outcome)
    days = days if outcome is Outcome.LIST else None
    casting.cast(session, act, viewer, panel, outcome=outcome.value, grounds=grounds, days=days)
    _decide_if_carried(session, act, review, panel, finding, view)
    return review


def options(review: Review, panel: Panel) -> tuple[Outcome, ...]:
    """Return what may be voted for in this round, the mildest first."""
    offered = OUTCOMES[review.reason]
    if not panel.options:
        return offered
    return tuple(each for each in offered if each.value in panel.options)


def _was_cast(
    session: Session, panel: Panel, viewer: Viewer, outcome: Outcome, grounds: str
) -> bool:
    """Tell whether this very vote was taken before: a form sent twice."""
    known = session.get(PanelVote, (panel.id, viewer.account_id, panel.round))
    return known is not None and (known.outcome, known.grounds) == (outcome.value, grounds.strip())


def _check_heard(session: Session, act: Act, review: Review, outcome: Outcome) -> None:
    until = outcomes.heard_by(review.opened_at, catalogue.calendar(session))
    spoken = service.has_spoken(session, review)
    outcomes.check_heard(outcome, spoken=spoken, until=until, now=act.at)


def _decide_if_carried(
    session: Session, act: Act, review: Review, panel: Panel, finding: Finding, view: FindingView
) -> None:
    mildest_first = [each.value for each in OUTCOMES[review.reason]]
    found = casting.result(session, act, panel, mildest_first)
    if found.outcome is not None:
        _decide(session, _of_panel(act, panel), review, panel, found, finding, view)


def _of_panel(act: Act, panel: Panel) -> Act:
    """Return the act as the panel's own."""
    return replace(act, actor=Actor(panel.id, Role.ASSOCIATION_REVIEWER.value))


def _decide(
    session: Session,
    act: Act,
    review: Review,
    panel: Panel,
    found: Tally,
    finding: Finding,
    view: FindingView,
) -> None:
    cast_now = casting.votes(session, panel)
    majority = casting.agreed(found, cast_now)
    outcome, grounds = Outcome(majority[0].outcome), casting.reasons(majority)
    panel_itself = Viewer(
        panel.id, Role.ASSOCIATION_REVIEWER, townships=frozenset({panel.township_code})
    )
    moved = findings.step(
        session,
        act,
        panel_itself,
        finding.id,
        outcome.step,
        version=finding.version,
        words=grounds,
        days=_days(majority),
    )
    review.decided_at, review.decided_by = act.at, panel.id
    review.outcome, review.grounds = outcome.value, grounds
    session.add(review)
    seating.close(session, act, panel)
    _tell(session, act, review, panel, found, cast_now, view)
    messages.tell(
        session,
        act,
        tenancy_id=panel.tenancy_id,
        template="review.decided",
        dedup_key=f"review:{review.id}",
        item=view.name_zh,
        due_at=moved.due_at,
    )
    session.flush()


def _days(majority: list[Cast]) -> int | None:
    """Return for how many days a shop is listed: the fewest that a member of the majority named."""
    return min((each.days for each in majority if each.days is not None), default=None)


def _tell(
    session: Session,
    act: Act,
    review: Review,
    panel: Panel,
    found: Tally,
    cast_now: list[Cast],
    view: FindingView,
) -> None:
    """Write the decision with every vote and its reasons into the shop's ledger."""
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(panel.tenancy_id),
        kind="review.decided",
        ref=review.id,
        fact={
            "finding": view.id,
            "reason": review.reason.value,
            "outcome": review.outcome,
            "votes": casting.counted(cast_now),
            "round": panel.round,
            "in_doubt": found.in_doubt,
        },
        body={
            "grounds": review.grounds,
            "votes": [
                {"seat": each.seat, "outcome": each.outcome, "grounds": each.grounds}
                for each in cast_now
            ],
        },
    )

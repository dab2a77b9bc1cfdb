"""How a finding comes before the association and leaves it again.

Every verb takes the finding's own step and keeps the review beside it in one transaction; the
finding's row is locked first, so of two who decide one is told that it is done.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, reaches, require
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.errors import Conflict, NotAllowed, NotFound
from compliance.findings import messages, queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.findings.models import Finding, FindingEvent
from compliance.findings.queries import FindingView
from compliance.ledger import service as ledger
from compliance.merchants.shops import tenancy_table
from compliance.reviews import outcomes
from compliance.reviews.models import Review
from compliance.reviews.outcomes import Outcome, ReviewReason


def object_to(
    session: Session,
    act: Act,
    viewer: Viewer,
    finding_id: str,
    *,
    version: int,
    words: str,
    photos: Sequence[str] = (),
) -> Review:
    """Let the merchant object: the finding is disputed and lies before the association.

    Raises what `findings.service.step` raises, `finding.objection_late` among it.
    """
    finding = findings.step(
        session, act, viewer, finding_id, Step.OBJECT, version=version, words=words, photos=photos
    )
    return _open(session, act, finding, ReviewReason.DISPUTED)


def withdraw(
    session: Session, act: Act, viewer: Viewer, finding_id: str, *, version: int, words: str = ""
) -> Finding:
    """Let the merchant take the objection back; the finding goes on where it was."""
    finding = findings.step(
        session, act, viewer, finding_id, Step.WITHDRAW_OBJECTION, version=version, words=words
    )
    review = _open_review(session, finding_id)
    if review is not None:
        review.decided_at, review.decided_by = act.at, act.actor.account_id
        review.outcome, review.grounds = Outcome.WITHDRAWN.value, words
        session.add(review)
    return finding


def send_overdue(
    session: Session, act: Act, viewer: Viewer | None, finding_id: str, *, version: int
) -> Review:
    """Send an overdue covenant item to the association; `viewer` is None for the system itself.

    Raises RuleBroken `finding.not_overdue`, or `finding.not_covenant` for what the law knows.
    """
    finding = findings.step(
        session, act, viewer, finding_id, Step.SEND_TO_ASSOCIATION, version=version
    )
    return _open(session, act, finding, ReviewReason.OVERDUE)


def send_all_overdue(session: Session, act: Act) -> int:
    """Send every covenant item that is overdue now and return how many there were."""
    finding = Finding.__table__  # type: ignore[attr-defined]
    rows = session.execute(
        sa.select(finding.c.id, finding.c.version)
        .join(tenancy_table, tenancy_table.c.id == finding.c.tenancy_id)
        .where(
            finding.c.covenant_only,
            queries.waiting("overdue", act.at),
            finding.c.state.in_([FindingState.REMINDED, FindingState.ON_IMPROVEMENT_LIST]),
        )
        .order_by(finding.c.due_at)
    ).all()
    for row in rows:
        send_overdue(session, act, None, row.id, version=row.version)
    return len(rows)


def decide(
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
    """Decide a review with its grounds, and tell the merchant.

    Raises NotFound `review.unknown` (also out of reach), NotAllowed `review.own_record` for who
    recorded the finding and `review.own_decision` for who decided about it before, Conflict
    `review.decided`, RuleBroken `review.not_heard`, InvalidInput for outcome, grounds or days.
    """
    review, finding = find(session, viewer, Action.REVIEW_DECIDE, review_id)
    if review.decided_at is not None:
        if (review.decided_by, review.outcome) == (viewer.account_id, outcome.value):
            return review
        raise Conflict("review.decided", review=review_id)
    check_impartial(session, viewer, review, finding)
    outcomes.check(review.reason, outcome, grounds)
    until = outcomes.heard_by(review.opened_at, catalogue.calendar(session))
    spoken = has_spoken(session, review)
    outcomes.check_heard(outcome, spoken=spoken, until=until, now=act.at)
    moved = findings.step(
        session, act, viewer, finding.id, outcome.step, version=version, words=grounds, days=days
    )
    review.decided_at, review.decided_by = act.at, viewer.account_id
    review.outcome, review.grounds = outcome.value, grounds.strip()
    session.add(review)
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(finding.tenancy_id),
        kind="review.decided",
        ref=review.id,
        fact={"finding": finding.id, "reason": review.reason.value, "outcome": outcome.value},
        body={"grounds": review.grounds},
    )
    messages.tell(
        session,
        act,
        tenancy_id=finding.tenancy_id,
        template="review.decided",
        dedup_key=f"review:{review.id}",
        item=finding.name_zh,
        due_at=moved.due_at,
    )
    session.flush()
    return review


def find(
    session: Session, viewer: Viewer, action: Action, review_id: str
) -> tuple[Review, FindingView]:
    """Return a review that `viewer` may do `action` to, with its finding.

    Raises NotAllowed when the role never may, NotFound `review.unknown` for any other.
    """
    require(viewer, action)
    review = session.get(Review, review_id, populate_existing=True)
    if review is None:
        raise NotFound("review.unknown")
    query = queries.FINDINGS.where(queries.finding_table.c.id == review.finding_id)
    finding = queries.listed(session, query)[0]
    if not reaches(viewer, action, finding.place):
        raise NotFound("review.unknown")
    return review, finding


def check_impartial(session: Session, viewer: Viewer, review: Review, finding: FindingView) -> None:
    """Raise NotAllowed for who recorded the finding, and for who decided about it before."""
    if viewer.account_id == finding.recorded_by:
        raise NotAllowed("review.own_record")
    decided_before = session.exec(
        select(Review.id).where(
            Review.finding_id == finding.id,
            Review.id != review.id,
            Review.decided_by == viewer.account_id,
        )
    ).first()
    if decided_before is not None:
        raise NotAllowed("review.own_decision")


def has_spoken(session: Session, review: Review) -> bool:
    """Tell whether the merchant has said something to this review."""
    said = [Step.OBJECT.value, Step.STATE_CASE.value]
    query = select(FindingEvent.number).where(
        FindingEvent.finding_id == review.finding_id,
        col(FindingEvent.step).in_(said),
        col(FindingEvent.at) >= review.opened_at,
    )
    return session.exec(query).first() is not None


def _open(session: Session, act: Act, finding: Finding, reason: ReviewReason) -> Review:
    """Return the finding's open review, made when there is none (a form may come twice)."""
    review = _open_review(session, finding.id)
    if review is None:
        review = Review(
            id=act.new_id(),
            finding_id=finding.id,
            reason=reason,
            opened_at=act.at,
            due_at=outcomes.answer_due(reason, act.at, catalogue.calendar(session)),
        )
        session.add(review)
        ledger.append(
            session,
            act,
            subject=ledger.tenancy_subject(finding.tenancy_id),
            kind="review.opened",
            ref=review.id,
            fact={
                "finding": finding.id,
                "reason": reason.value,
                "due_at": review.due_at.isoformat(),
            },
        )
        session.flush()
    return review


def _open_review(session: Session, finding_id: str) -> Review | None:
    return session.exec(
        select(Review).where(Review.finding_id == finding_id, col(Review.decided_at).is_(None))
    ).one_or_none()

"""How a finding comes before the association and leaves it again.

Every verb takes the finding's own step and keeps the review beside it in one transaction; the
finding's row is locked first. A review opens together with its panel (`seating`); it is decided by
the votes of that panel (`panels`), and by nobody else.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, reaches, require
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.errors import NotFound, RuleBroken
from compliance.findings import queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.findings.models import Finding, FindingEvent
from compliance.findings.queries import FindingView
from compliance.ledger import service as ledger
from compliance.merchants.shops import tenancy_table
from compliance.reviews import outcomes, seating
from compliance.reviews.models import Panel, PanelSeat, Review
from compliance.reviews.outcomes import AGAINST, Outcome, ReviewReason


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

    Raises what `findings.service.step` raises, `finding.objection_late` among it, and RuleBroken
    `review.ask_for_appeal` when the association has decided about the finding before.
    """
    if open_review(session, finding_id) is None and last_decision(session, finding_id):
        raise RuleBroken("review.ask_for_appeal")
    finding = findings.step(
        session, act, viewer, finding_id, Step.OBJECT, version=version, words=words, photos=photos
    )
    return _open(session, act, finding, ReviewReason.DISPUTED)


def appeal(
    session: Session,
    act: Act,
    viewer: Viewer,
    finding_id: str,
    *,
    version: int,
    words: str,
    photos: Sequence[str] = (),
) -> Review:
    """Let the merchant ask for the one re-review: other members decide, and that is final.

    Raises RuleBroken `review.no_appeal` when nothing against the shop was decided or it was
    decided again already, `review.appeal_late` after five working days.
    """
    before = last_decision(session, finding_id)
    if open_review(session, finding_id) is None:
        check_appeal(session, before, act.at)
    finding = findings.step(
        session, act, viewer, finding_id, Step.APPEAL, version=version, words=words, photos=photos
    )
    return _open(session, act, finding, ReviewReason.APPEAL, before.id if before else None)


def check_appeal(session: Session, decision: Review | None, now: datetime) -> None:
    """Raise RuleBroken when a re-review of `decision` cannot be asked for now."""
    if decision is None or decision.outcome not in AGAINST:
        raise RuleBroken("review.no_appeal")
    asked = session.exec(select(Review.id).where(Review.appeal_of == decision.id)).first()
    if asked is not None or decision.reason is ReviewReason.APPEAL:
        raise RuleBroken("review.no_appeal")
    until = appeal_until(session, decision)
    if until is None or now > until:
        raise RuleBroken("review.appeal_late", days=outcomes.APPEAL_DAYS)


def appeal_until(session: Session, decision: Review) -> datetime | None:
    """Return until when a re-review of `decision` may be asked for."""
    if decision.decided_at is None:
        return None
    return outcomes.appeal_until(decision.decided_at, catalogue.calendar(session))


def may_appeal(session: Session, finding_id: str, now: datetime) -> bool:
    """Return whether the shop may ask now that others decide again."""
    try:
        check_appeal(session, last_decision(session, finding_id), now)
    except RuleBroken:
        return False
    return True


def last_decision(session: Session, finding_id: str) -> Review | None:
    """Return what the association decided last about a finding; objections taken back are none."""
    query = (
        select(Review)
        .where(
            Review.finding_id == finding_id,
            col(Review.decided_at).is_not(None),
            Review.outcome != Outcome.WITHDRAWN.value,
        )
        .order_by(col(Review.decided_at).desc(), col(Review.id))
    )
    return session.exec(query).first()


def withdraw(
    session: Session, act: Act, viewer: Viewer, finding_id: str, *, version: int, words: str = ""
) -> Finding:
    """Let the merchant take the objection back; the finding goes on where it was."""
    finding = findings.step(
        session, act, viewer, finding_id, Step.WITHDRAW_OBJECTION, version=version, words=words
    )
    review = open_review(session, finding_id)
    if review is not None:
        review.decided_at, review.decided_by = act.at, act.actor.account_id
        review.outcome, review.grounds = Outcome.WITHDRAWN.value, words
        session.add(review)
        seating.close(session, act, seating.locked(session, review.id))
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


def find(
    session: Session, viewer: Viewer, action: Action, review_id: str
) -> tuple[Review, FindingView]:
    """Return a review that `viewer` may do `action` to, or sits on the panel of, with its finding.

    Raises NotAllowed when the role never may, NotFound `review.unknown` for any other.
    """
    require(viewer, action)
    review = session.get(Review, review_id, populate_existing=True)
    if review is None:
        raise NotFound("review.unknown")
    query = queries.FINDINGS.where(queries.finding_table.c.id == review.finding_id)
    finding = queries.listed(session, query)[0]
    if not reaches(viewer, action, finding.place) and not _sits(session, viewer, review_id):
        raise NotFound("review.unknown")
    return review, finding


def _sits(session: Session, viewer: Viewer, review_id: str) -> bool:
    """Tell whether `viewer` was called onto this panel from another township."""
    seat = session.get(PanelSeat, (review_id, viewer.account_id))
    return seat is not None and seat.left_at is None


def has_spoken(session: Session, review: Review) -> bool:
    """Tell whether the merchant has said something to this review."""
    said = [Step.OBJECT.value, Step.APPEAL.value, Step.STATE_CASE.value]
    query = select(FindingEvent.number).where(
        FindingEvent.finding_id == review.finding_id,
        col(FindingEvent.step).in_(said),
        col(FindingEvent.at) >= review.opened_at,
    )
    return session.exec(query).first() is not None


def _open(
    session: Session,
    act: Act,
    finding: Finding,
    reason: ReviewReason,
    appeal_of: str | None = None,
) -> Review:
    """Return the finding's open review, made when there is none (a form may come twice)."""
    review = open_review(session, finding.id)
    if review is None:
        review = Review(
            id=act.new_id(),
            finding_id=finding.id,
            reason=reason,
            opened_at=act.at,
            due_at=outcomes.answer_due(reason, act.at, catalogue.calendar(session)),
            appeal_of=appeal_of,
        )
        session.add(review)
        entry = ledger.append(
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
        seating.open_panel(
            session,
            act,
            panel_id=review.id,
            tenancy_id=finding.tenancy_id,
            entry=_first_lot(session, finding.id) or entry.entry_hash,
            due_at=review.due_at,
            finding_id=finding.id,
        )
    return review


def _first_lot(session: Session, finding_id: str) -> str | None:
    """Return the lot of an objection that was taken back: made again, it is judged by the same."""
    query = (
        select(Panel.entry)
        .join(Review, col(Review.id) == col(Panel.id))
        .where(Panel.finding_id == finding_id, Review.outcome == Outcome.WITHDRAWN.value)
        .order_by(col(Panel.opened_at), col(Panel.id))
    )
    return session.exec(query).first()


def open_review(session: Session, finding_id: str) -> Review | None:
    """Return the review that a finding lies in now."""
    return session.exec(
        select(Review).where(Review.finding_id == finding_id, col(Review.decided_at).is_(None))
    ).one_or_none()

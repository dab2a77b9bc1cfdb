"""Reading reviews: the association's queue, its past decisions, and what became of one finding."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer
from compliance.findings.queries import FINDINGS, FindingView, finding_table
from compliance.merchants.shops import premises_table, tenancy_table, within
from compliance.reviews.models import Panel, PanelSeat, PanelVote, Review
from compliance.reviews.outcomes import ReviewReason

_review = Review.__table__  # type: ignore[attr-defined]
_panel = Panel.__table__  # type: ignore[attr-defined]
_seat = PanelSeat.__table__  # type: ignore[attr-defined]
_vote = PanelVote.__table__  # type: ignore[attr-defined]

_SEATED: Any = (
    sa.select(sa.func.count())
    .where(_seat.c.panel_id == _review.c.id, _seat.c.left_at.is_(None))
    .correlate(_review)
    .scalar_subquery()
)
_VOTED: Any = (
    sa.select(sa.func.count())
    .where(
        _seat.c.panel_id == _review.c.id,
        _seat.c.left_at.is_(None),
        _vote.c.panel_id == _seat.c.panel_id,
        _vote.c.account_id == _seat.c.account_id,
        _vote.c.round == _panel.c.round,
    )
    .correlate(_review, _panel)
    .scalar_subquery()
)
_COLUMNS = ("id", "reason", "opened_at", "due_at", "decided_at", "outcome")


@dataclass(frozen=True, slots=True)
class Queued:
    """A line of the queue: the review, and the finding it is about."""

    id: str
    reason: ReviewReason
    opened_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: str | None
    size: int
    seated: int
    voted: int
    mine: bool
    finding: FindingView

    def is_late(self, now: datetime) -> bool:
        return self.decided_at is None and now > self.due_at

    @property
    def is_short(self) -> bool:
        """Whether seats of the panel are empty: the lot has nobody to give them to."""
        return self.decided_at is None and self.seated < self.size


@dataclass(frozen=True, slots=True)
class Counts:
    """How much lies before the association within somebody's reach.

    `disputed` counts re-reviews too, `short` those whose panel lacks members.
    """

    disputed: int
    overdue: int
    late: int
    short: int
    decided: int

    @property
    def open(self) -> int:
        return self.disputed + self.overdue


def queue(
    session: Session, viewer: Viewer, *, decided: bool = False, page: int = 1, size: int = 50
) -> list[Queued]:
    """Return open reviews: those `viewer` still has to vote on first, then the most urgent.

    Decided ones come with the latest first.
    """
    mine = _waits_for(viewer)
    order = (_review.c.decided_at.desc(),) if decided else (mine.desc(), _review.c.due_at)
    query = (
        FINDINGS.add_columns(
            *(_review.c[name] for name in _COLUMNS),
            sa.func.coalesce(_panel.c.size, 0).label("size"),
            _SEATED.label("seated"),
            _VOTED.label("voted"),
            mine.label("mine"),
        )
        .join(_review, _review.c.finding_id == finding_table.c.id)
        .outerjoin(_panel, _panel.c.id == _review.c.id)
        .where(sa.or_(within(viewer, Action.REVIEW_READ), _sits(viewer)), _is_open(yes=not decided))
        .order_by(*order, _review.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [_queued(tuple(row)) for row in session.execute(query)]


def _queued(row: tuple[Any, ...]) -> Queued:
    """Take a row apart: the finding's columns come first, then the review's."""
    names = (*_COLUMNS, "size", "seated", "voted", "mine")
    own = len(names)
    review = dict(zip(names, row[-own:], strict=True))
    return Queued(finding=FindingView(*row[:-own]), **review)


def _sits(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that `viewer` holds a seat on the review's panel."""
    return sa.exists().where(
        _seat.c.panel_id == _review.c.id,
        _seat.c.account_id == viewer.account_id,
        _seat.c.left_at.is_(None),
    )


def _waits_for(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that `viewer` sits on the panel and has not voted in its round."""
    voted = sa.exists().where(
        _vote.c.panel_id == _review.c.id,
        _vote.c.account_id == viewer.account_id,
        _vote.c.round == _panel.c.round,
    )
    return sa.and_(_sits(viewer), ~voted, _review.c.decided_at.is_(None))


def counts(session: Session, viewer: Viewer, now: datetime) -> Counts:
    """Return the figures above the queue."""
    is_open, reason = _is_open(yes=True), _review.c.reason
    cases: list[Any] = [
        is_open & (reason != ReviewReason.OVERDUE),
        is_open & (reason == ReviewReason.OVERDUE),
        is_open & (_review.c.due_at < now),
        is_open & (_panel.c.size > _SEATED),
        ~is_open,
    ]
    query = (
        sa.select(*(sa.func.count(sa.case((case, 1))) for case in cases))
        .select_from(_review)
        .outerjoin(_panel, _panel.c.id == _review.c.id)
        .join(finding_table, finding_table.c.id == _review.c.finding_id)
        .join(tenancy_table, tenancy_table.c.id == finding_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(within(viewer, Action.REVIEW_READ))
    )
    return Counts(*session.execute(query).one())


def of_finding(session: Session, finding_id: str) -> list[Review]:
    """Return every review of a finding, the first one first."""
    return list(
        session.exec(
            select(Review).where(Review.finding_id == finding_id).order_by(col(Review.opened_at))
        )
    )


def _is_open(yes: bool) -> sa.ColumnElement[bool]:
    decided: sa.ColumnElement[datetime | None] = _review.c.decided_at
    return decided.is_(None) if yes else decided.is_not(None)

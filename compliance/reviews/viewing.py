"""A panel as a page shows it: seats by number, never by name; votes only when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.errors import NotAllowed
from compliance.reviews import cases, casting, seating
from compliance.reviews.casting import Cast
from compliance.reviews.models import Panel, PanelVote
from compliance.reviews.panel import LeftWhy


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat by its number; `left_why` is the reason for which it was left."""

    place: int
    mine: bool
    opened: bool
    voted: bool
    left_why: str | None


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel: its seats, what `viewer` has to do on it, and the votes once it is closed.

    `barred` is the code of why this person does not vote, `tie` why they may not sit, None for
    who may vote. `vote` is their own vote in this round.
    """

    panel: Panel
    seats: Sequence[Seat]
    vacant: int
    barred: str | None
    tie: LeftWhy | None
    vote: PanelVote | None
    votes: Sequence[Cast]

    @property
    def voted(self) -> int:
        return sum(seat.voted for seat in self.seats)

    @property
    def may_stand_aside(self) -> bool:
        """Whether this person may still declare a tie."""
        return self.barred in {None, "review.not_on_panel"} and self.panel.closed_at is None

    def is_late(self, now: datetime) -> bool:
        return self.panel.closed_at is None and now > self.panel.due_at


def of_panel(session: Session, viewer: Viewer, panel: Panel) -> PanelView:
    """Return a panel as `viewer` may see it."""
    cast_now = casting.votes(session, panel)
    voted = {each.account_id for each in cast_now}
    everyone = seating.seats(session, panel.id, left=True)
    seats = [
        Seat(
            place=seat.place,
            mine=seat.account_id == viewer.account_id,
            opened=seat.opened_at is not None,
            voted=seat.account_id in voted,
            left_why=seat.left_why,
        )
        for seat in everyone
    ]
    held = sum(seat.left_at is None for seat in everyone)
    may_decide = viewer.may(Action.REVIEW_DECIDE)
    return PanelView(
        panel=panel,
        seats=seats,
        vacant=panel.size - held if panel.closed_at is None else 0,
        barred=_barred(session, panel, viewer),
        tie=cases.why_barred(session, panel, viewer) if may_decide else None,
        vote=session.get(PanelVote, (panel.id, viewer.account_id, panel.round)),
        votes=cast_now if panel.closed_at is not None else (),
    )


def _barred(session: Session, panel: Panel, viewer: Viewer) -> str | None:
    if not viewer.may(Action.REVIEW_DECIDE):
        return "review.only_association"
    try:
        seating.seat_of(session, panel, viewer)
    except NotAllowed as refusal:
        return refusal.code
    return None

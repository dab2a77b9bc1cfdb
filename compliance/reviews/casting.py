"""Voting on a panel: the file is opened first, reasons are given, a vote may be changed.

What the votes come to is `panel.tally`; what follows from it is the business of who asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import RuleBroken
from compliance.reviews import seating
from compliance.reviews.models import Panel, PanelSeat, PanelVote
from compliance.reviews.panel import Tally, tally

LONGEST_GROUNDS = 300
"""Characters of one member's reasons; those of a majority stand together in the decision."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote that counts: the member is shown by the number of the seat."""

    seat: int
    account_id: str
    outcome: str
    grounds: str
    days: int | None


def open_file(session: Session, act: Act, viewer: Viewer, panel_id: str) -> bool:
    """Note that a member of the panel has opened the file; return whether it was the first time.

    Nothing happens for others, who may read it too, nor once the panel is closed.
    """
    seat = session.get(PanelSeat, (panel_id, viewer.account_id))
    if seat is None or seat.left_at is not None or seat.opened_at is not None:
        return False
    panel = seating.held(session, viewer, Action.REVIEW_DECIDE, panel_id)
    if panel.closed_at is not None:
        return False
    seat.opened_at = act.at
    session.add(seat)
    seating.note(session, act, panel, "panel.file_opened", {"seat": seat.place})
    session.flush()
    return True


def cast(
    session: Session,
    act: Act,
    viewer: Viewer,
    panel: Panel,
    *,
    outcome: str,
    grounds: str,
    days: int | None = None,
) -> None:
    """Take a member's vote in this round, or the change of it; the same vote again is no change.

    Raises what `seating.seat_of` raises, and RuleBroken `review.not_opened` before the file was
    opened. How somebody voted enters the ledger as a commitment: nobody follows a running vote.
    """
    seat = seating.seat_of(session, panel, viewer)
    if seat.opened_at is None:
        raise RuleBroken("review.not_opened")
    given = (outcome, grounds.strip(), days)
    vote = session.get(PanelVote, (panel.id, viewer.account_id, panel.round))
    if vote is not None and (vote.outcome, vote.grounds, vote.days) == given:
        return
    changed = vote is not None
    if vote is None:
        vote = PanelVote(
            panel_id=panel.id,
            account_id=viewer.account_id,
            round=panel.round,
            outcome=outcome,
            grounds=grounds.strip(),
            days=days,
            voted_at=act.at,
        )
    vote.outcome, vote.grounds, vote.days = given
    vote.voted_at = act.at
    session.add(vote)
    session.flush()
    fact = {"seat": seat.place, "round": panel.round, "changed": changed}
    body = {"outcome": outcome, "grounds": vote.grounds, "days": days}
    seating.note(session, act, panel, "panel.voted", fact, body)


def votes(session: Session, panel: Panel, round_: int | None = None) -> list[Cast]:
    """Return the votes that count in a round, this one unless named, by the number of the seat."""
    query = (
        select(PanelVote, PanelSeat.place)
        .join(
            PanelSeat,
            (col(PanelSeat.panel_id) == col(PanelVote.panel_id))
            & (col(PanelSeat.account_id) == col(PanelVote.account_id)),
        )
        .where(
            PanelVote.panel_id == panel.id,
            PanelVote.round == (round_ or panel.round),
            col(PanelSeat.left_at).is_(None),
        )
        .order_by(col(PanelSeat.place))
    )
    return [
        Cast(place, vote.account_id, vote.outcome, vote.grounds, vote.days)
        for vote, place in session.exec(query)
    ]


def result(session: Session, act: Act, panel: Panel, mildest_first: Sequence[str]) -> Tally:
    """Return what the votes come to; a round without a majority leads to the second at once."""
    cast_now = votes(session, panel)
    waiting = len(seating.seats(session, panel.id)) - len(cast_now)
    found = tally(
        [each.outcome for each in cast_now],
        size=panel.size,
        waiting=waiting,
        round_=panel.round,
        mildest_first=mildest_first,
    )
    if found.run_off:
        panel.round, panel.options = 2, list(found.run_off)
        panel.reminded_at = None
        session.add(panel)
        session.flush()
        seating.note(session, act, panel, "panel.second_round", {"options": panel.options})
    return found


def agreed(found: Tally, cast_now: Sequence[Cast]) -> list[Cast]:
    """Return the votes for what was decided."""
    return [each for each in cast_now if each.outcome == found.outcome]


def reasons(majority: Sequence[Cast]) -> str:
    """Return the reasons of a decision: those of the members who carried it, each once."""
    return "\n".join(dict.fromkeys(each.grounds for each in majority))


def counted(cast_now: Sequence[Cast]) -> dict[str, int]:
    """Return how many votes each outcome had."""
    outcomes = [each.outcome for each in cast_now]
    return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}

"""Who of a roll has voted, and what those votes come to: by lane while it runs, summed at the end.

A shop that closed or changed hands loses its vote. It stays on the roll, which was frozen, and
counts as not having taken part.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from compliance.merchants.shops import OPEN, SHOPS, Shop, lane_table, listed, tenancy_table
from compliance.votes.counting import Choice, Tally
from compliance.votes.models import Ballot, Vote, VoteRoll

_roll = VoteRoll.__table__  # type: ignore[attr-defined]
_ballot = Ballot.__table__  # type: ignore[attr-defined]

_STANDS = sa.and_(
    _ballot.c.vote_id == _roll.c.vote_id,
    _ballot.c.tenancy_id == _roll.c.tenancy_id,
    _ballot.c.replaced_at.is_(None),
)
"""The ballot of a shop on the roll that was not replaced."""

_THERE = tenancy_table.c.closed_on.is_(None)

_EVERY_ROLL = (
    sa.select(_roll.c.tenancy_id)
    .select_from(_roll)
    .join(tenancy_table, tenancy_table.c.id == _roll.c.tenancy_id)
    .outerjoin(_ballot, _STANDS)
)
_ROLL = _EVERY_ROLL.where(_roll.c.vote_id == sa.bindparam("vote"))
_SILENT = _EVERY_ROLL.where(_ballot.c.id.is_(None))
_SAID = (
    _ROLL.with_only_columns(_ballot.c.said, sa.func.count())
    .where(_THERE, _ballot.c.id.is_not(None))
    .group_by(_ballot.c.said)
)
_BY_LANE = (
    _ROLL.join(lane_table, lane_table.c.id == _roll.c.lane_id)
    .with_only_columns(
        lane_table.c.name,
        sa.func.count(),
        sa.func.count(sa.case((sa.and_(_THERE, _ballot.c.id.is_not(None)), 1))),
        sa.func.count(sa.case((~_THERE, 1))),
    )
    .group_by(lane_table.c.name)
    .order_by(lane_table.c.name)
)


@dataclass(frozen=True, slots=True)
class LaneTurnout:
    """How many shops of a lane are on the roll, have voted, and are no longer there."""

    lane: str
    eligible: int
    cast: int
    lapsed: int


def tally(session: Session, vote: Vote) -> Tally:
    """Return what the votes come to that count now."""
    said = {row[0]: row[1] for row in session.execute(_SAID, {"vote": vote.id})}
    figures = {choice.value: said.get(choice, 0) for choice in Choice}
    return Tally(vote.eligible, **figures)


def by_lane(session: Session, vote_id: str) -> list[LaneTurnout]:
    """Return how many have voted, lane by lane; never what they said."""
    return [LaneTurnout(*row) for row in session.execute(_BY_LANE, {"vote": vote_id})]


def lapsed(session: Session, vote_id: str) -> int:
    """Return how many shops of the roll have closed or changed hands."""
    return sum(each.lapsed for each in by_lane(session, vote_id))


def not_voted(session: Session, vote_id: str) -> list[Shop]:
    """Return the shops of the roll that are still there and have not voted."""
    silent = _SILENT.where(_roll.c.vote_id == vote_id)
    return list(listed(session, SHOPS.where(OPEN, tenancy_table.c.id.in_(silent))))


def everybody_voted(session: Session, vote_id: str) -> bool:
    """Return whether no shop of the roll is left that could still vote."""
    silent = _SILENT.where(_roll.c.vote_id == vote_id, _THERE).limit(1)
    return session.execute(silent).first() is None

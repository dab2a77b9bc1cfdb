"""Votes as lists and pages ask for them: within reach, of one shop, for anybody."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Reach, Viewer, require
from compliance.errors import NotFound
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.places.models import Lane
from compliance.votes import casting
from compliance.votes.counting import PENDING, Stage
from compliance.votes.models import Ballot, Vote, VoteLane, VoteRoll

SHOWN = 200


@dataclass(frozen=True, slots=True)
class OwnVote:
    """A vote as one shop sees it: whether it may vote, and what it said."""

    vote: Vote
    shop: Shop
    on_roll: bool
    ballot: Ballot | None

    @property
    def waits(self) -> bool:
        """Whether the vote of this shop is still missing."""
        return self.vote.stage is Stage.RUNNING and self.on_roll and self.ballot is None


def within(session: Session, viewer: Viewer) -> Sequence[Vote]:
    """Return the votes of the viewer's townships: those that need somebody first, then by end."""
    query = select(Vote).order_by(col(Vote.closes_at).desc(), Vote.id).limit(SHOWN)
    if require(viewer, Action.VOTE_READ) is not Reach.DISTRICT:
        query = query.where(col(Vote.township_code).in_(viewer.townships))
    order = [Stage.RUNNING, Stage.PREPARED, Stage.SCHEDULED]
    return sorted(
        session.exec(query),
        key=lambda vote: order.index(vote.stage) if vote.stage in order else len(order),
    )


def of_shops(session: Session, viewer: Viewer) -> list[OwnVote]:
    """Return the votes that concern the viewer's own shops, the latest end first."""
    require(viewer, Action.VOTE_CAST)
    found = [
        OwnVote(
            vote,
            shop,
            casting.on_roll(session, vote.id, shop.tenancy_id),
            casting.ballot_of(session, vote.id, shop.tenancy_id),
        )
        for shop in (shops.by_tenancy(session, each) for each in sorted(viewer.tenancies))
        for vote in _concerning(session, shop)
    ]
    return sorted(found, key=lambda each: each.vote.closes_at, reverse=True)


def running(session: Session, viewer: Viewer) -> list[OwnVote]:
    """Return the votes that the viewer's own shops, or their lanes, are having now."""
    return [each for each in of_shops(session, viewer) if each.vote.stage is Stage.RUNNING]


def _concerning(session: Session, shop: Shop) -> Sequence[Vote]:
    """Return the votes on whose roll a shop stands, and those its lane is having now."""
    rolled = sa.select(col(VoteRoll.vote_id)).where(col(VoteRoll.tenancy_id) == shop.tenancy_id)
    here = sa.select(col(VoteLane.vote_id)).where(col(VoteLane.lane_id) == shop.lane_id)
    return session.exec(
        select(Vote).where(
            sa.or_(
                col(Vote.id).in_(rolled),
                sa.and_(col(Vote.id).in_(here), col(Vote.stage).in_(PENDING)),
            )
        )
    ).all()


def public(session: Session, vote_id: str) -> Vote:
    """Return a vote that anybody may know of: one that was opened; raise NotFound otherwise."""
    vote = session.get(Vote, vote_id)
    if vote is None or vote.opened_at is None:
        raise NotFound("vote.unknown")
    return vote


def lane_names(session: Session, vote_id: str) -> list[str]:
    """Return the names of the lanes whose shops vote."""
    query = (
        select(Lane.name)
        .join(VoteLane, col(VoteLane.lane_id) == Lane.id)
        .where(VoteLane.vote_id == vote_id)
        .order_by(Lane.name)
    )
    return list(session.exec(query))


def roll(session: Session, vote_id: str) -> list[tuple[str, str]]:
    """Return the frozen roll as (door number, shop), in the order of the doors."""
    query = (
        sa.select(col(VoteRoll.number), shops.merchant_table.c.name)
        .join(shops.tenancy_table, shops.tenancy_table.c.id == col(VoteRoll.tenancy_id))
        .join(
            shops.merchant_table,
            shops.merchant_table.c.id == shops.tenancy_table.c.merchant_id,
        )
        .where(col(VoteRoll.vote_id) == vote_id)
        .order_by(col(VoteRoll.number))
    )
    return [(number, name) for number, name in session.execute(query)]


def last_of_lane(session: Session, lane_id: str) -> Vote | None:
    """Return the vote of a lane that adopted its covenant last."""
    query = (
        select(Vote)
        .join(VoteLane, col(VoteLane.vote_id) == Vote.id)
        .where(VoteLane.lane_id == lane_id, Vote.stage == Stage.ADOPTED)
        .order_by(col(Vote.closed_at).desc())
    )
    return session.exec(query).first()

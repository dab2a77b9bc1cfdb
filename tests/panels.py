"""Panels of the association at work, for tests in which somebody has to decide."""

from typing import Any

from sqlmodel import Session

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.findings.models import Finding
from compliance.grades.models import Grade
from compliance.grades.points import Ground
from compliance.grades.rules import Colour
from compliance.merchants.shops import Shop
from compliance.reviews import casting, nominating, panels, seating
from compliance.reviews.models import Review
from compliance.reviews.outcomes import Outcome
from tests.factories import World

REASONS = "照片里的位置在邻店门前,不在本店责任区内。"


def members(world: World, panel_id: str) -> list[Viewer]:
    """Return who sits on a panel, by the number of the seat."""

    def collect(session: Session) -> list[Viewer]:
        seats = seating.seats(session, panel_id)
        accounts = [session.get_one(Account, seat.account_id) for seat in seats]
        return [sessions.viewer_of(session, account) for account in accounts]

    return world.read(collect)


def nominated(world: World, shop: Shop, by: Viewer) -> str:
    """Nominate a shop that has been green long enough; return the nomination."""

    def green(session: Session, act: Act) -> None:
        session.add(
            Grade(
                tenancy_id=shop.tenancy_id,
                number=0,
                colour=Colour.GREEN,
                ground=Ground.POINTS,
                points=10_000,
                at=act.at - nominating.GREEN_FOR,
            )
        )

    world.write(green)
    words = "每天打烊前都扫一遍，三个月没有问题"
    made = world.write(nominating.nominate, by, shop.tenancy_id, words=words, by=by)
    return made.id


def vote(world: World, by: Viewer, review_id: str, outcome: Outcome, **given: Any) -> Review:
    """Let a member read the file and vote on what is there now; `given` says it otherwise."""

    def seen(session: Session) -> int:
        review = session.get_one(Review, review_id)
        return session.get_one(Finding, review.finding_id).version

    named = {"grounds": REASONS, "version": world.read(seen)} | given
    world.write(casting.open_file, by, review_id, by=by)
    return world.write(panels.vote, by, review_id, outcome=outcome, by=by, **named)


def decided(world: World, review_id: str, outcome: Outcome, **given: Any) -> Review:
    """Let everybody on the panel vote for one outcome; return the review."""
    votes = [vote(world, by, review_id, outcome, **given) for by in members(world, review_id)]
    assert votes[-1].outcome == outcome.value, "the panel is short"
    return votes[-1]

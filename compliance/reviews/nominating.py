"""The red list (红榜): shops in good order, nominated by who walks by, confirmed by a panel.

A shop can be nominated when nothing is open at its door and it has been green for ninety days. On
the list the door says so, the sum behind its colour gains for each month, and lane chiefs need come
by half as often. The term ends by itself; a penalty or an open finding of severity 3 ends it at
once (`compliance.red_list.queries`).
"""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.act import Act, Actor
from compliance.catalogue import service as catalogue
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.findings import messages
from compliance.findings.conditions import working_days_after
from compliance.findings.lifecycle import ENDED
from compliance.findings.models import Finding
from compliance.grades.models import Grade
from compliance.grades.rules import Colour
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.red_list import queries as red_list
from compliance.red_list.models import ListingEnd, RedListing
from compliance.reviews import casting, outcomes, seating
from compliance.reviews.models import PanelSeat, PanelVote

GREEN_FOR = timedelta(days=90)
TERM = timedelta(days=90)
"""How long a shop has been green before, and how long it stays on the list."""

ANSWER_DAYS = 10
"""Working days in which the panel answers a nomination."""


class Answer(StrEnum):
    """What a panel says to a nomination."""

    DECLINE = "decline"
    CONFIRM = "confirm"


ANSWERS = (Answer.CONFIRM, Answer.DECLINE)


def nominate(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, *, words: str
) -> RedListing:
    """Propose a shop for the red list with a word on why; its panel is drawn at once.

    Raises NotFound out of reach, RuleBroken `red_list.already`, `red_list.open_finding`,
    `red_list.not_green`, InvalidInput for words that are too short.
    """
    shop = shops.seen_by(session, viewer, Action.RED_LIST_NOMINATE, tenancy_id)
    if len(words.strip()) < outcomes.SHORTEST_GROUNDS:
        why = {"words": "review.grounds"}
        raise InvalidInput("review.grounds", fields=why, least=outcomes.SHORTEST_GROUNDS)
    check_deserved(session, shop, act.at)
    listing = RedListing(
        id=act.new_id(),
        tenancy_id=tenancy_id,
        words=words.strip(),
        nominated_at=act.at,
        nominated_by=act.actor.account_id,
        nominated_role=act.actor.role,
    )
    session.add(listing)
    entry = ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(tenancy_id),
        kind="red_list.nominated",
        ref=listing.id,
        body={"words": listing.words},
    )
    session.flush()
    seating.open_panel(
        session,
        act,
        panel_id=listing.id,
        tenancy_id=tenancy_id,
        entry=entry.entry_hash,
        due_at=working_days_after(act.at, ANSWER_DAYS, catalogue.calendar(session)),
        proposed_by=act.actor.account_id,
    )
    return listing


def check_deserved(session: Session, shop: Shop, now: datetime) -> None:
    """Raise RuleBroken when a shop cannot be on the list now."""
    mine = select(RedListing.id).where(RedListing.tenancy_id == shop.tenancy_id)
    if session.exec(mine.where(col(RedListing.ended_at).is_(None))).first():
        raise RuleBroken("red_list.already")
    open_ones = select(Finding.id).where(
        Finding.tenancy_id == shop.tenancy_id,
        col(Finding.state).not_in(ENDED),
        col(Finding.counted),
    )
    if shop.closed_on is not None or session.exec(open_ones).first():
        raise RuleBroken("red_list.open_finding")
    if not _green_long(session, shop.tenancy_id, now):
        raise RuleBroken("red_list.not_green", days=GREEN_FOR.days)


def _green_long(session: Session, tenancy_id: str, now: datetime) -> bool:
    """Tell whether the computed colour has been green for ninety days without a break."""
    query = select(Grade).where(Grade.tenancy_id == tenancy_id).order_by(col(Grade.number).desc())
    since = None
    for grade in session.exec(query):
        if grade.colour is not Colour.GREEN:
            break
        since = grade.at
    return since is not None and since <= now - GREEN_FOR


def find(
    session: Session, viewer: Viewer, action: Action, listing_id: str
) -> tuple[RedListing, Shop]:
    """Return a nomination that `viewer` may do `action` to, or sits on the panel of.

    Raises NotFound `red_list.unknown` for any other.
    """
    listing = session.get(RedListing, listing_id)
    if listing is None:
        raise NotFound("red_list.unknown")
    seat = session.get(PanelSeat, (listing_id, viewer.account_id))
    if seat is not None and seat.left_at is None:
        return listing, shops.by_tenancy(session, listing.tenancy_id)
    unknown = "red_list.unknown"
    shop = shops.seen_by(session, viewer, action, listing.tenancy_id, unknown=unknown)
    return listing, shop


def vote(
    session: Session,
    act: Act,
    viewer: Viewer,
    listing_id: str,
    *,
    answer: Answer,
    grounds: str,
) -> RedListing:
    """Take a member's vote on a nomination; the decisive one confirms or declines it.

    Raises what `panels.vote` raises for a panel. A shop that has since lost what earned it the
    nomination is declined whatever the votes say.
    """
    find(session, viewer, Action.RED_LIST_READ, listing_id)
    panel = seating.locked(session, listing_id)
    listing = session.get_one(RedListing, listing_id, populate_existing=True)
    if panel.closed_at is not None:
        known = session.get(PanelVote, (panel.id, viewer.account_id, panel.round))
        if known is not None and known.outcome == answer.value:
            return listing
        raise Conflict("review.decided")
    seating.refresh(session, act, panel)
    if len(grounds.strip()) < outcomes.SHORTEST_GROUNDS:
        why = {"grounds": "review.grounds"}
        raise InvalidInput("review.grounds", fields=why, least=outcomes.SHORTEST_GROUNDS)
    casting.cast(session, act, viewer, panel, outcome=answer.value, grounds=grounds)
    found = casting.result(session, act, panel, [each.value for each in ANSWERS])
    if found.outcome is not None:
        own = Act(act.at, Actor(panel.id, Role.ASSOCIATION_REVIEWER.value), act.chance)
        counted = casting.counted(casting.votes(session, panel))
        seating.close(session, own, panel)
        _settle(session, own, listing, Answer(found.outcome), counted)
    return listing


def _settle(
    session: Session, act: Act, listing: RedListing, answer: Answer, counted: dict[str, int]
) -> None:
    if answer is Answer.CONFIRM and not _still_clean(session, listing):
        answer = Answer.DECLINE
    if answer is Answer.CONFIRM:
        listing.confirmed_at, listing.until = act.at, act.at + TERM
    else:
        listing.ended_at, listing.ended_why = act.at, ListingEnd.DECLINED
    session.add(listing)
    fact: dict[str, object] = {"answer": answer.value, "votes": counted}
    if listing.until is not None:
        fact["until"] = listing.until.isoformat()
    _note(session, act, listing, "red_list.answered", fact)
    if answer is Answer.CONFIRM:
        messages.tell(
            session,
            act,
            tenancy_id=listing.tenancy_id,
            template="red_list.confirmed",
            dedup_key=f"red_list:{listing.id}",
            item="",
            due_at=listing.until,
        )


def _still_clean(session: Session, listing: RedListing) -> bool:
    open_ones = select(Finding.id).where(
        Finding.tenancy_id == listing.tenancy_id,
        col(Finding.state).not_in(ENDED),
        col(Finding.counted),
    )
    return session.exec(open_ones).first() is None


def end_those_over(session: Session, act: Act) -> int:
    """Note the end of every listing that is over, with its reason; return how many there were."""
    over = red_list.over(session, act.at)
    for listing_id, why in over:
        ended = session.execute(
            sa.update(RedListing)
            .where(col(RedListing.id) == listing_id, col(RedListing.ended_at).is_(None))
            .values(ended_at=act.at, ended_why=why)
            .returning(col(RedListing.id))
        ).scalar_one_or_none()
        if ended is not None:
            listing = session.get_one(RedListing, listing_id, populate_existing=True)
            _note(session, act, listing, "red_list.ended", {"why": why.value})
    return len(over)


def _note(
    session: Session, act: Act, listing: RedListing, kind: str, fact: dict[str, object]
) -> None:
    subject = ledger.tenancy_subject(listing.tenancy_id)
    ledger.append(session, act, subject=subject, kind=kind, ref=listing.id, fact=fact)

"""The course of a vote: opened by the association, reminded, closed by itself, or withdrawn.

Every verb that moves a vote locks its row first, so that however many workers look, a roll is
frozen once, a step of reminders goes out once, and a result is recorded once.
"""

from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Viewer, require, require_at
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import opening
from compliance.merchants.shops import OPEN, SHOPS, Shop, listed, premises_table, tenancy_table
from compliance.record import insert_many
from compliance.votes import counting, messages
from compliance.votes.counting import PENDING, SHORTEST, Reminder, Stage
from compliance.votes.models import Vote, VoteLane, VoteRoll
from compliance.votes.turnout import everybody_voted, lapsed, not_voted, tally

_roll = VoteRoll.__table__  # type: ignore[attr-defined]

MIN_REASON = 4


def seen_by(session: Session, viewer: Viewer, action: Action, vote_id: str) -> Vote:
    """Return a vote that `viewer` may do `action` to; others look as if they did not exist."""
    require(viewer, action)
    vote = session.get(Vote, vote_id)
    if vote is None:
        raise NotFound("vote.unknown")
    place = Place(township=vote.township_code)
    require_at(viewer, action, place, unknown="vote.unknown")
    return vote


def locked(session: Session, vote_id: str) -> Vote:
    """Return a vote that nobody else can change before this transaction ends."""
    query = select(Vote).where(Vote.id == vote_id).with_for_update()
    vote = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if vote is None:
        raise NotFound("vote.unknown")
    return vote


def lanes_of(session: Session, vote_id: str) -> list[str]:
    """Return the lanes whose shops vote."""
    return list(session.exec(select(VoteLane.lane_id).where(VoteLane.vote_id == vote_id)))


def approve(session: Session, act: Act, viewer: Viewer, vote_id: str) -> Vote:
    """Let a prepared vote begin at its moment, or at once when that has come.

    Asked again it changes nothing. Raises RuleBroken `vote.not_now` once it has ended,
    `vote.too_late` when less than three days would be left, `vote.lane_busy` when a lane votes
    already, `vote.nobody` when no shop is open there.
    """
    vote = seen_by(session, viewer, Action.VOTE_OPEN, vote_id)
    opening.lock_townships(session, [vote.township_code])
    vote = locked(session, vote_id)
    if vote.stage in PENDING:
        return vote
    if vote.stage is not Stage.PREPARED:
        raise RuleBroken("vote.not_now")
    if vote.closes_at - max(vote.opens_at, act.at) < SHORTEST:
        raise RuleBroken("vote.too_late")
    lanes = lanes_of(session, vote_id)
    _check_free(session, vote, lanes)
    if not _shops(session, lanes):
        raise RuleBroken("vote.nobody")
    vote.stage = Stage.SCHEDULED
    session.add(vote)
    if vote.opens_at <= act.at:
        _open(session, act, vote)
    return vote


def _check_free(session: Session, vote: Vote, lanes: list[str]) -> None:
    other = (
        select(Vote.street_name)
        .join(VoteLane, col(VoteLane.vote_id) == Vote.id)
        .where(col(VoteLane.lane_id).in_(lanes), col(Vote.stage).in_(PENDING), Vote.id != vote.id)
    )
    if busy := session.exec(other).first():
        raise RuleBroken("vote.lane_busy", street=busy)


def _shops(session: Session, lanes: list[str]) -> list[Shop]:
    query = SHOPS.where(OPEN, premises_table.c.lane_id.in_(lanes))
    return list(listed(session, query.order_by(premises_table.c.number)))


def open_due(session: Session, act: Act) -> int:
    """Open what was approved and whose moment has come; return how many."""
    due = _due(session, Stage.SCHEDULED, Vote.opens_at <= act.at)
    for vote in due:
        _open(session, act, vote)
    return len(due)


def _due(session: Session, stage: Stage, *conditions: Any) -> list[Vote]:
    """Return votes that need something now, locked; what another worker holds is left to it."""
    query = select(Vote).where(Vote.stage == stage, *conditions).order_by(Vote.id)
    return list(session.exec(query.with_for_update(skip_locked=True)))


def _open(session: Session, act: Act, vote: Vote) -> None:
    """Freeze the roll: every shop open in the lanes now; tell each of them."""
    found = _shops(session, lanes_of(session, vote.id))
    rows = [
        {
            "vote_id": vote.id,
            "tenancy_id": shop.tenancy_id,
            "lane_id": shop.lane_id,
            "number": shop.number,
        }
        for shop in found
    ]
    insert_many(session, _roll, rows)
    vote.stage, vote.opened_at, vote.eligible = Stage.RUNNING, act.at, len(found)
    vote.roll_hash = counting.roll_hash(vote.id, ((s.number, s.tenancy_id) for s in found))
    session.add(vote)
    session.flush()
    _record(session, act, vote, "vote.opened", {"closes_at": vote.closes_at.isoformat()})
    for shop in found:
        messages.tell(session, act, vote, shop, "vote.opened")


def remind_due(session: Session, act: Act) -> int:
    """Remind those who have not voted, at two steps; return how many messages were queued."""
    reminded = 0
    for vote in _due(session, Stage.RUNNING, Vote.closes_at > act.at):
        step = counting.reminder_due(vote.opened_at or vote.opens_at, vote.closes_at, act.at)
        if step <= vote.reminded:
            continue
        name = "vote.last_day" if step is Reminder.LAST_DAY else "vote.reminder"
        silent = not_voted(session, vote.id)
        for shop in silent:
            messages.tell(session, act, vote, shop, name)
        vote.reminded = step.value
        session.add(vote)
        reminded += len(silent)
    return reminded


def close_due(session: Session, act: Act) -> int:
    """Close what has come to its moment; return how many."""
    due = _due(session, Stage.RUNNING, Vote.closes_at <= act.at)
    for vote in due:
        close(session, act, vote)
    return len(due)


def close_when_complete(session: Session, act: Act, vote: Vote) -> None:
    """Close before the moment when nobody is left who could still vote."""
    if everybody_voted(session, vote.id):
        close(session, act, vote)


def close(session: Session, act: Act, vote: Vote) -> None:
    """Count and record the result of a running vote whose row is locked."""
    ended_at = min(act.at, vote.closes_at)
    found = tally(session, vote)
    vote.yes, vote.no, vote.abstain = found.yes, found.no, found.abstain
    vote.lapsed = lapsed(session, vote.id)
    vote.stage, vote.closed_at = counting.result(found, vote.terms), ended_at
    figures = {
        "result": vote.stage.value,
        "yes": vote.yes,
        "no": vote.no,
        "abstain": vote.abstain,
        "lapsed": vote.lapsed,
        "quorum_met": counting.quorum_met(found, vote.terms),
        "closed_at": ended_at.isoformat(),
    }
    vote.entry_hash = _record(session, act, vote, "vote.closed", figures).entry_hash
    session.add(vote)
    session.flush()
    for shop in roll_shops(session, vote.id):
        messages.tell(session, act, vote, shop, "vote.closed")


def withdraw(session: Session, act: Act, viewer: Viewer, vote_id: str, reason: str) -> Vote:
    """Call a vote off for a stated reason: the association always, who prepares until it is opened.

    Raises RuleBroken `vote.not_now` once it has ended, InvalidInput `vote.reason_missing`.
    """
    seen_by(session, viewer, Action.VOTE_PREPARE, vote_id)
    vote = locked(session, vote_id)
    if vote.stage is not Stage.PREPARED:
        seen_by(session, viewer, Action.VOTE_OPEN, vote_id)
    if vote.stage not in {Stage.PREPARED, *PENDING}:
        raise RuleBroken("vote.not_now")
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise InvalidInput("vote.reason_missing", fields={"reason": "vote.reason_missing"})
    was_running = vote.stage is Stage.RUNNING
    vote.stage, vote.withdrawn_for, vote.closed_at = Stage.WITHDRAWN, reason[:300], act.at
    session.add(vote)
    if was_running:
        _record(session, act, vote, "vote.withdrawn", {}, {"reason": reason})
        for shop in roll_shops(session, vote_id):
            messages.tell(session, act, vote, shop, "vote.withdrawn")
    return vote


def roll_shops(session: Session, vote_id: str) -> list[Shop]:
    """Return the shops of a frozen roll that are still open, in the order of their doors."""
    query = SHOPS.join(_roll, _roll.c.tenancy_id == tenancy_table.c.id)
    return list(
        listed(session, query.where(_roll.c.vote_id == vote_id, OPEN).order_by(_roll.c.number))
    )


def _record(
    session: Session,
    act: Act,
    vote: Vote,
    kind: str,
    fact: dict[str, Any],
    body: dict[str, Any] | None = None,
) -> ledger.Receipt:
    """Append to the township's chain what the vote was about, and `fact`."""
    return ledger.append(
        session,
        act,
        subject=ledger.township_subject(vote.township_code),
        kind=kind,
        ref=vote.id,
        fact={
            "text_hash": vote.text_hash,
            "eligible": vote.eligible,
            "roll_hash": vote.roll_hash,
            "quorum_percent": vote.quorum,
            "ratio": vote.ratio.value,
            "base": vote.base.value,
            **fact,
        },
        body=body,
    )

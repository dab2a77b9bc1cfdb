"""The desk's hand in messages: try again what was given up, print what has no phone to go to."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.errors import NotFound, RuleBroken
from compliance.merchants.shops import lane_table, premises_table, township_table
from compliance.messages.listing import Told, outbox_table, read, seen_by, told
from compliance.messages.models import LetterBatch
from compliance.notifications.models import Channel, MessageState, OutboxMessage
from compliance.notifications.service import after_quiet_hours

MOST_LETTERS = 500
"""Shops in one batch: a pile that somebody can carry."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one shop is told on one sheet."""

    shop: str
    number: str
    door: str
    lane: str
    township: str
    messages: Sequence[Told]


def retry(session: Session, act: Act, viewer: Viewer, message_id: str) -> None:
    """Queue a message anew that was given up, with all its tries; quiet hours hold.

    Raises NotFound `message.unknown` out of reach, RuleBroken `message.not_dead` for one that is
    not given up.
    """
    message = _dead(session, viewer, message_id)
    message.state, message.attempts = MessageState.QUEUED, 0
    message.due_at = after_quiet_hours(act.at)
    session.add(message)


def retry_all(session: Session, act: Act, viewer: Viewer) -> int:
    """Queue anew everything within reach that was given up; return how many."""
    dead = _ids(session, viewer, outbox_table.c.state == MessageState.DEAD)
    _set(session, dead, state=MessageState.QUEUED, attempts=0, due_at=after_quiet_hours(act.at))
    return len(dead)


def to_letter(session: Session, viewer: Viewer, message_id: str) -> None:
    """Let a message that no phone took be printed; raises as `retry`, and `message.no_shop`."""
    message = _dead(session, viewer, message_id)
    if message.tenancy_id is None:
        raise RuleBroken("message.no_shop")
    message.state, message.channel = MessageState.QUEUED, Channel.LETTER
    session.add(message)


def print_letters(session: Session, act: Act, viewer: Viewer) -> LetterBatch:
    """Take what waits to be printed, for at most 500 shops; RuleBroken `message.no_letters`."""
    require(viewer, Action.MESSAGE_SEND)
    waiting = sa.and_(
        outbox_table.c.state == MessageState.QUEUED, outbox_table.c.channel == Channel.LETTER
    )
    query = _walked(told().where(waiting, seen_by(viewer, Action.MESSAGE_SEND)))
    letters = _letters(read(session, query.with_for_update(of=outbox_table)))[:MOST_LETTERS]
    if not letters:
        raise RuleBroken("message.no_letters")
    batch = LetterBatch(
        id=act.new_id(), printed_at=act.at, printed_by=viewer.account_id, letters=len(letters)
    )
    session.add(batch)
    taken = [message.id for letter in letters for message in letter.messages]
    _set(session, taken, state=MessageState.SENT, sent_at=act.at, batch_id=batch.id)
    return batch


def batch_of(
    session: Session, viewer: Viewer, batch_id: str
) -> tuple[LetterBatch, Sequence[Letter]]:
    """Return a batch with its letters within reach; raise NotFound `message.unknown`."""
    batch = session.get(LetterBatch, batch_id)
    mine = (outbox_table.c.batch_id == batch_id) & seen_by(viewer, Action.MESSAGE_READ)
    letters = _letters(read(session, _walked(told().where(mine))))
    if batch is None or not letters:
        raise NotFound("message.unknown")
    return batch, letters


def latest(session: Session, viewer: Viewer, limit: int = 10) -> Sequence[LetterBatch]:
    """Return the last batches that hold a letter within reach."""
    held = (
        told()
        .where(outbox_table.c.batch_id == LetterBatch.__table__.c.id)  # type: ignore[attr-defined]
        .where(seen_by(viewer, Action.MESSAGE_READ))
        .exists()
    )
    newest = col(LetterBatch.printed_at).desc()
    return session.exec(select(LetterBatch).where(held).order_by(newest).limit(limit)).all()


def _dead(session: Session, viewer: Viewer, message_id: str) -> OutboxMessage:
    if not _ids(session, viewer, outbox_table.c.id == message_id):
        raise NotFound("message.unknown")
    message = session.exec(
        select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
    ).one()
    if message.state is not MessageState.DEAD:
        raise RuleBroken("message.not_dead")
    return message


def _ids(session: Session, viewer: Viewer, condition: sa.ColumnElement[bool]) -> list[str]:
    query = told().where(condition, seen_by(viewer, Action.MESSAGE_SEND))
    return [message.id for message in read(session, query)]


def _set(session: Session, ids: Sequence[str], **values: object) -> None:
    for start in range(0, len(ids), 500):
        chosen = outbox_table.c.id.in_(ids[start : start + 500])
        session.execute(sa.update(OutboxMessage).where(chosen).values(**values))


def _walked(query: sa.Select[tuple[object, ...]]) -> sa.Select[tuple[object, ...]]:
    return query.order_by(
        township_table.c.code,
        lane_table.c.name,
        premises_table.c.running,
        outbox_table.c.queued_at,
        outbox_table.c.id,
    )


def _letters(messages: Sequence[Told]) -> list[Letter]:
    return [
        Letter(
            first.shop or "",
            first.number or "",
            first.door or "",
            first.lane or "",
            first.township or "",
            (first, *others),
        )
        for _, group in groupby(messages, lambda message: message.tenancy_id)
        for first, *others in [list(group)]
    ]

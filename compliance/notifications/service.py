"""Queueing a message in the transaction of its fact, and the worker's side: lease, sent, failed.

At least once: a worker that dies after delivering delivers again when its lease has run out. The
same `dedup_key` is never queued twice. Nothing is sent between 21:00 and 08:00 unless it is urgent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from compliance.act import LOCAL, Act
from compliance.notifications.models import MessageState, OutboxMessage
from compliance.record import insert_many

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
_AT_ONCE = 1000
QUIET_FROM, QUIET_TO = 21, 8
"""Hours, Beijing time, in which nobody is disturbed by what can wait."""


def after_quiet_hours(at: datetime) -> datetime:
    """Return `at`, or eight in the morning when it falls into the quiet hours."""
    local = at.astimezone(LOCAL)
    if QUIET_TO <= local.hour < QUIET_FROM:
        return at
    morning = local.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_TO else morning + timedelta(days=1)


def queue(
    session: Session,
    act: Act,
    *,
    phone: str | None,
    template: str,
    dedup_key: str,
    params: Mapping[str, object] | None = None,
    urgent: bool = False,
) -> None:
    """Queue a message; without a phone, or when it was queued before, nothing happens."""
    if not phone:
        return
    if session.exec(select(OutboxMessage.id).where(OutboxMessage.dedup_key == dedup_key)).first():
        return
    session.add(
        OutboxMessage(
            id=act.new_id(),
            dedup_key=dedup_key,
            phone=phone,
            template=template,
            params=dict(params or {}),
            state=MessageState.QUEUED,
            queued_at=act.at,
            due_at=act.at if urgent else after_quiet_hours(act.at),
        )
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to be queued, as the arguments of `queue` say it."""

    phone: str
    template: str
    dedup_key: str
    params: Mapping[str, object]


def queue_many(session: Session, act: Act, drafts: Sequence[Draft]) -> int:
    """Queue messages, each as `queue` would, in few statements; return how many were new."""
    keys = [draft.dedup_key for draft in drafts]
    known: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        asked = col(OutboxMessage.dedup_key).in_(keys[start : start + _AT_ONCE])
        known |= set(session.exec(select(OutboxMessage.dedup_key).where(asked)))
    rows = [
        OutboxMessage(
            id=act.new_id(),
            dedup_key=draft.dedup_key,
            phone=draft.phone,
            template=draft.template,
            params=dict(draft.params),
            state=MessageState.QUEUED,
            queued_at=act.at,
            due_at=after_quiet_hours(act.at),
        ).model_dump()
        for draft in {draft.dedup_key: draft for draft in drafts}.values()
        if draft.phone and draft.dedup_key not in known
    ]
    insert_many(session, OutboxMessage.__table__, rows)  # type: ignore[attr-defined]
    return len(rows)


def lease(session: Session, act: Act, limit: int = 20) -> list[OutboxMessage]:
    """Take up to `limit` due messages for one minute; another worker leaves them alone."""
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == MessageState.QUEUED,
            col(OutboxMessage.due_at) <= act.at,
            sa.or_(
                col(OutboxMessage.lease_until).is_(None), col(OutboxMessage.lease_until) < act.at
            ),
        )
        .order_by(col(OutboxMessage.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = list(session.exec(due))
    for message in taken:
        message.lease_token = act.new_id()
        message.lease_until = act.at + LEASE
        message.attempts += 1
        session.add(message)
    return taken


def mark_sent(session: Session, act: Act, message: OutboxMessage) -> None:
    """Note delivery, unless the lease has passed to somebody else."""
    session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == message.id,
            col(OutboxMessage.lease_token) == message.lease_token,
        )
        .values(state=MessageState.SENT, sent_at=act.at, lease_until=None)
    )


def mark_failed(session: Session, act: Act, message: OutboxMessage, error: str) -> None:
    """Put a message back with growing distance (10 s … 6 h); dead after eight tries."""
    dead = message.attempts >= MAX_ATTEMPTS
    wait = min(10 * 6 ** (message.attempts - 1), 6 * 3600)
    session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == message.id,
            col(OutboxMessage.lease_token) == message.lease_token,
        )
        .values(
            state=MessageState.DEAD if dead else MessageState.QUEUED,
            due_at=act.at + timedelta(seconds=wait),
            lease_until=None,
            last_error=error[:500],
        )
    )

"""Queueing a message in the transaction of its fact, and the worker's side: lease, sent, failed.

At least once: a worker that dies after delivering delivers again when its lease has run out. The
same `dedup_key` is never queued twice. Nothing is sent between 21:00 and 08:00 unless it is urgent.
A shop without a phone on file gets a letter instead, printed by the desk (`compliance.messages`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from compliance.act import LOCAL, Act
from compliance.notifications.models import Channel, MessageState, OutboxMessage
from compliance.record import insert_new

LEASE = timedelta(seconds=60)
"""Longer than any provider is given to answer (`messenger.SECONDS`)."""

MAX_ATTEMPTS = 8
_AT_ONCE = 500
QUIET_FROM, QUIET_TO = 21, 8
"""Hours, Beijing time, in which nobody is disturbed by what can wait."""

_outbox = OutboxMessage.__table__  # type: ignore[attr-defined]


def after_quiet_hours(at: datetime) -> datetime:
    """Return `at`, or eight in the morning when it falls into the quiet hours."""
    local = at.astimezone(LOCAL)
    if QUIET_TO <= local.hour < QUIET_FROM:
        return at
    morning = local.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_TO else morning + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to be queued: to a phone, or to the shop's door where it has none."""

    phone: str | None
    template: str
    dedup_key: str
    params: Mapping[str, object] = field(default_factory=dict)
    tenancy_id: str | None = None
    urgent: bool = False

    @property
    def channel(self) -> Channel | None:
        """By which way it goes; None when nobody could be reached."""
        if self.phone:
            return Channel.SMS
        return Channel.LETTER if self.tenancy_id else None


def queue(
    session: Session,
    act: Act,
    *,
    phone: str | None,
    template: str,
    dedup_key: str,
    params: Mapping[str, object] | None = None,
    tenancy_id: str | None = None,
    urgent: bool = False,
) -> None:
    """Queue a message; nothing happens when it was queued before or nobody can be reached.

    Without a phone the shop `tenancy_id` gets a letter.
    """
    draft = Draft(phone, template, dedup_key, params or {}, tenancy_id, urgent)
    queue_many(session, act, [draft])


def queue_many(session: Session, act: Act, drafts: Sequence[Draft]) -> int:
    """Queue messages, each as `queue` would, in few statements; return how many were new.

    Two transactions that queue the same message at once leave one of it.
    """
    reachable = {draft.dedup_key: draft for draft in drafts if draft.channel}
    keys = sorted(reachable)
    new = 0
    for start in range(0, len(keys), _AT_ONCE):
        asked = keys[start : start + _AT_ONCE]
        known = set(
            session.execute(sa.select(_outbox.c.dedup_key).where(_outbox.c.dedup_key.in_(asked)))
            .scalars()
            .all()
        )
        rows = [_row(act, reachable[key]) for key in asked if key not in known]
        new += len(insert_new(session, _outbox, rows))
    return new


def _row(act: Act, draft: Draft) -> dict[str, Any]:
    return {
        "id": act.new_id(),
        "dedup_key": draft.dedup_key,
        "channel": draft.channel,
        "tenancy_id": draft.tenancy_id,
        "phone": draft.phone or "",
        "template": draft.template,
        "params": dict(draft.params),
        "state": MessageState.QUEUED,
        "queued_at": act.at,
        "due_at": act.at if draft.urgent else after_quiet_hours(act.at),
        "attempts": 0,
    }


def lease(session: Session, act: Act, limit: int = 20) -> list[OutboxMessage]:
    """Take up to `limit` due text messages for one minute; another worker leaves them alone."""
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == MessageState.QUEUED,
            OutboxMessage.channel == Channel.SMS,
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
        session.add(message)
    return taken


def hold(session: Session, act: Act, message: OutboxMessage) -> bool:
    """Count an attempt and renew the lease just before carrying; False when it has passed on.

    Twenty are leased at once and carried one after the other: without this the last ones' lease
    might have run out, and somebody else be carrying them.
    """
    held = session.execute(
        update(OutboxMessage)
        .where(*_held(message), col(OutboxMessage.state) == MessageState.QUEUED)
        .values(lease_until=act.at + LEASE, attempts=col(OutboxMessage.attempts) + 1)
        .returning(col(OutboxMessage.attempts))
    ).scalar_one_or_none()
    return held is not None


def mark_sent(
    session: Session, act: Act, message: OutboxMessage, provider_id: str | None = None
) -> None:
    """Note delivery, unless the lease has passed to somebody else."""
    session.execute(
        update(OutboxMessage)
        .where(*_held(message))
        .values(
            state=MessageState.SENT,
            sent_at=act.at,
            lease_until=None,
            last_error=None,
            provider_id=provider_id[:64] if provider_id else None,
        )
    )


def mark_failed(
    session: Session, act: Act, message: OutboxMessage, error: str, *, final: bool = False
) -> None:
    """Put a message back with growing distance (10 s … 6 h); dead after eight tries, or `final`."""
    attempts = session.execute(
        select(OutboxMessage.attempts).where(*_held(message))
    ).scalar_one_or_none()
    if attempts is None:
        return
    dead = final or attempts >= MAX_ATTEMPTS
    wait = min(10 * 6 ** max(0, attempts - 1), 6 * 3600)
    session.execute(
        update(OutboxMessage)
        .where(*_held(message))
        .values(
            state=MessageState.DEAD if dead else MessageState.QUEUED,
            due_at=act.at + timedelta(seconds=wait),
            lease_until=None,
            last_error=error[:500],
        )
    )


def _held(message: OutboxMessage) -> tuple[sa.ColumnElement[bool], ...]:
    mine = col(OutboxMessage.lease_token) == message.lease_token
    return (col(OutboxMessage.id) == message.id, mine)

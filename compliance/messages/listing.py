"""What was told to whom, as the desk sees it: waiting, sent, given up, on paper.

A one-time code is a secret between us and one phone: of such messages nobody is shown the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer, require
from compliance.merchants.models import CodeState
from compliance.merchants.shops import (
    code_table,
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)
from compliance.notifications.models import Channel, MessageState, OutboxMessage

PAGE = 50
CODES = "code."
"""How the templates of one-time codes begin."""

outbox_table = OutboxMessage.__table__  # type: ignore[attr-defined]


class Box(StrEnum):
    """Where a message lies."""

    DEAD = "dead"
    LETTERS = "letters"
    WAITING = "waiting"
    SENT = "sent"
    PRINTED = "printed"


_IN = {
    Box.DEAD: (outbox_table.c.state == MessageState.DEAD),
    Box.LETTERS: sa.and_(
        outbox_table.c.state == MessageState.QUEUED, outbox_table.c.channel == Channel.LETTER
    ),
    Box.WAITING: sa.and_(
        outbox_table.c.state == MessageState.QUEUED, outbox_table.c.channel == Channel.SMS
    ),
    Box.SENT: sa.and_(
        outbox_table.c.state == MessageState.SENT, outbox_table.c.channel == Channel.SMS
    ),
    Box.PRINTED: sa.and_(
        outbox_table.c.state == MessageState.SENT, outbox_table.c.channel == Channel.LETTER
    ),
}

_PLACED = (
    outbox_table.outerjoin(tenancy_table, tenancy_table.c.id == outbox_table.c.tenancy_id)
    .outerjoin(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .outerjoin(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .outerjoin(
        code_table,
        sa.and_(
            code_table.c.premises_id == premises_table.c.id,
            code_table.c.state == CodeState.ACTIVE,
        ),
    )
    .outerjoin(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .outerjoin(township_table, township_table.c.code == premises_table.c.township_code)
)


@dataclass(frozen=True, slots=True)
class Told:
    """One message; `params` are empty for a secret one, `shop` and what follows for no shop's."""

    id: str
    channel: Channel
    template: str
    params: Mapping[str, object]
    phone: str
    queued_at: datetime
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str | None
    batch_id: str | None
    tenancy_id: str | None
    shop: str | None
    number: str | None
    door: str | None
    lane: str | None
    township: str | None

    @property
    def is_secret(self) -> bool:
        return self.template.startswith(CODES)


def counts(session: Session, viewer: Viewer) -> dict[Box, int]:
    """Return how many messages lie in each box, within reach."""
    sums = (sa.func.count(sa.case((condition, 1))) for condition in _IN.values())
    query = sa.select(*sums).select_from(_PLACED).where(seen_by(viewer, Action.MESSAGE_READ))
    return dict(zip(_IN, session.execute(query).one(), strict=True))


def listed(session: Session, viewer: Viewer, box: Box, *, page: int = 1) -> Sequence[Told]:
    """Return a page of a box, the newest first; letters in the order of the walk."""
    newest = (outbox_table.c.queued_at.desc(), outbox_table.c.id)
    walk = (township_table.c.code, lane_table.c.name, premises_table.c.running, *newest)
    query = (
        told()
        .where(_IN[box], seen_by(viewer, Action.MESSAGE_READ))
        .order_by(*(walk if box is Box.LETTERS else newest))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return read(session, query)


def told() -> sa.Select[Any]:
    """Return the query for messages with their shops."""
    return sa.select(
        outbox_table.c.id,
        outbox_table.c.channel,
        outbox_table.c.template,
        outbox_table.c.params,
        outbox_table.c.phone,
        outbox_table.c.queued_at,
        outbox_table.c.due_at,
        outbox_table.c.sent_at,
        outbox_table.c.attempts,
        outbox_table.c.last_error,
        outbox_table.c.batch_id,
        outbox_table.c.tenancy_id,
        merchant_table.c.name,
        premises_table.c.number,
        code_table.c.token,
        lane_table.c.name.label("lane"),
        township_table.c.name.label("township"),
    ).select_from(_PLACED)


def read(session: Session, query: sa.Select[Any]) -> list[Told]:
    """Return the messages of a query made from `told`, without the words of secret ones."""
    rows = (Told(*row) for row in session.execute(query))
    return [replace(row, params={}) if row.is_secret else row for row in rows]


def seen_by(viewer: Viewer, action: Action) -> sa.ColumnElement[bool]:
    """Return the condition for what `viewer` may see: what is no shop's is the district's."""
    if require(viewer, action) is Reach.DISTRICT:
        return sa.true()
    return sa.and_(outbox_table.c.tenancy_id.is_not(None), within(viewer, action))

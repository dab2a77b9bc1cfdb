"""The outbox: a message is a row written in the transaction of the fact it reports."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, data, key, moment, text


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"


class OutboxMessage(Record, table=True):
    """One message to one phone; `dedup_key` rules out a second one about the same fact."""

    __tablename__ = "outbox_message"
    __table_args__ = (sa.Index("ix_outbox_message_due", "state", "due_at"),)

    id: str = key()
    dedup_key: str = Field(sa_column=sa.Column(sa.String(120), unique=True, nullable=False))
    phone: str = Field(max_length=20)
    template: str = Field(max_length=40)
    params: dict[str, object] = data()
    state: MessageState = choice(MessageState)
    queued_at: datetime = moment()
    due_at: datetime = moment()
    attempts: int = 0
    lease_token: str | None = Field(default=None, max_length=32)
    lease_until: datetime | None = moment(null=True)
    sent_at: datetime | None = moment(null=True)
    last_error: str | None = text(null=True)

"""The outbox: a message is a row written in the transaction of the fact it reports.

It goes to a phone, or, where a shop has none on file, as a letter that somebody carries there.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, data, key, moment, text


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"


class Channel(StrEnum):
    SMS = "sms"
    LETTER = "letter"


class OutboxMessage(Record, table=True):
    """One message to one addressee; `dedup_key` rules out a second one about the same fact.

    `tenancy_id` is the shop it is about, none for a one-time code or a hauler. A letter is `sent`
    when it was printed; `batch_id` names the sheets it stands on, `provider_id` what the provider
    of text messages called it.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.Index("ix_outbox_message_due", "state", "due_at"),
        sa.Index("ix_outbox_message_tenancy", "tenancy_id", "queued_at"),
    )

    id: str = key()
    dedup_key: str = Field(sa_column=sa.Column(sa.String(120), unique=True, nullable=False))
    channel: Channel = choice(Channel)
    tenancy_id: str | None = Field(default=None, max_length=32)
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
    provider_id: str | None = Field(default=None, max_length=64)
    batch_id: str | None = Field(default=None, max_length=32)

"""Codes at a door that are not what they pretend to be, reported from the street and dealt with."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, choice, key, link, moment, text


class Verdict(StrEnum):
    """What the phone told its owner about the code, which it may have done without a network."""

    FOREIGN = "foreign"
    LOOKALIKE = "lookalike"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Trick(StrEnum):
    """How a look-alike plays ours: what of its address was made to look like our own."""

    LETTERS = "letters"
    SUB_DOMAIN = "sub_domain"
    SPELLING = "spelling"
    USER = "user"
    SCHEME = "scheme"
    PORT = "port"
    EXTRA = "extra"
    TOKEN = "token"  # noqa: S105 (the door token, no secret)
    PATH = "path"


class Found(StrEnum):
    """What the code is by our own books: not one of ours in form, or which kind of ours."""

    NOT_OURS = "not_ours"
    NEVER_ISSUED = "never_issued"
    WITHDRAWN = "withdrawn"
    UNBOUND = "unbound"
    VACANT = "vacant"
    IN_FORCE = "in_force"


class Remedy(StrEnum):
    """What was done about it in the end."""

    REMOVED = "removed"
    REPLACED = "replaced"
    HANDED_ON = "handed_on"
    HARMLESS = "harmless"
    NOT_THERE = "not_there"


class SuspectCode(Record, table=True):
    """One report: `id` is the client's, `payload_hash` its body's, `subject` the chain it is in.

    `township_code` is empty for a report that no shop and no position places; the district deals
    with it. `tenancy_id` is the shop at whose door it was seen. Open until `closed_at` is set.
    """

    __tablename__ = "suspect_code"
    __table_args__ = (
        sa.Index("ix_suspect_code_account_received", "account_id", "received_at"),
        sa.Index("ix_suspect_code_township_received", "township_code", "received_at"),
        sa.Index(
            "ix_suspect_code_device_order",
            "device",
            "device_order",
            sqlite_where=sa.text("device IS NOT NULL"),
            postgresql_where=sa.text("device IS NOT NULL"),
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (remedy IS NULL)", name="closed_with_remedy"),
    )

    id: str = key()
    account_id: str = Field(max_length=32)
    role: str = Field(max_length=24)
    township_code: str | None = link("township.code", length=12, null=True, index=False)
    tenancy_id: str | None = link("tenancy.id", null=True)
    content: str = text()
    verdict: Verdict = choice(Verdict)
    why: str = Field(default="", max_length=24)
    found: Found = choice(Found)
    seen_at: datetime = moment()
    received_at: datetime = moment()
    lat: float | None = None
    lng: float | None = None
    accuracy_m: float | None = None
    photos: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    device: str | None = Field(default=None, max_length=32)
    device_order: int | None = None
    payload_hash: str = Field(max_length=64)
    subject: str = Field(max_length=64)
    entry_seq: int
    closed_at: datetime | None = moment(null=True)
    closed_by: str | None = Field(default=None, max_length=32)
    remedy: str | None = Field(default=None, max_length=24)
    words: str = text()

"""What was seen at a door. A patrol (巡查) and an inspection (行政检查) are different records with
different rights; here they share columns and a `kind`, in `kinds.py` they have different rules.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, choice, data, key, link, moment, text


class PatrolKind(StrEnum):
    PATROL = "patrol"
    INSPECTION = "inspection"
    SELF_CHECK = "self_check"
    PEER_CHECK = "peer_check"


class ItemResult(StrEnum):
    OK = "ok"
    FAULT = "fault"
    NOT_APPLICABLE = "not_applicable"


class Photo(Record, table=True):
    """A photo known by the SHA-256 of the bytes as sent; what is served is another, clean file.

    `size` and `media_type` are of the original, `width` and `height` of what is served.
    """

    __tablename__ = "photo"

    sha256: str = key(64)
    served_sha256: str = Field(max_length=64)
    size: int
    width: int
    height: int
    media_type: str = Field(max_length=20)
    stored_by: str = Field(max_length=32)
    stored_at: datetime = moment()


class Patrol(Record, table=True):
    """One visit to one door, as the client sent it; `id` is the client's, `payload_hash` its body.

    Position, distance, skew are evidence with their doubts beside them, never a reason to refuse.
    `entry_seq` and `entry_hash` name the ledger entry, so that a retry gets the same receipt.
    `device` and `device_order` are the phone and its own count of records; `presence` holds what
    else was noted at the arrival, each only where it is known: `scan`, `scanned_at`,
    `clock_offset_ms`, `app`, `region`, `confirmed`, `before` (`m` metres, `s` seconds to the same
    person's last visit), `photo` (`sha256`, and the `patrol` in which it was seen before).
    """

    __tablename__ = "patrol"
    __table_args__ = (
        sa.Index("ix_patrol_tenancy_received", "tenancy_id", "received_at"),
        sa.Index("ix_patrol_account_received", "account_id", "received_at"),
        sa.Index(
            "ix_patrol_device_order",
            "device",
            "device_order",
            sqlite_where=sa.text("device IS NOT NULL"),
            postgresql_where=sa.text("device IS NOT NULL"),
        ),
    )

    id: str = key()
    tenancy_id: str = link("tenancy.id", index=False)
    door: str = Field(max_length=16)
    kind: PatrolKind = choice(PatrolKind)
    account_id: str = Field(max_length=32)
    role: str = Field(max_length=24)
    edition: str = Field(max_length=12)
    observed_at: datetime = moment()
    received_at: datetime = moment()
    fault_count: int = 0
    note: str = Field(default="", max_length=500)
    lat: float | None = None
    lng: float | None = None
    accuracy_m: float | None = None
    distance_m: int | None = None
    doubts: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    presence: dict[str, object] = data()
    device: str | None = Field(default=None, max_length=32)
    device_order: int | None = None
    officers: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    plan_ref: str = Field(default="", max_length=64)
    payload_hash: str = Field(max_length=64)
    entry_seq: int
    entry_hash: str = Field(max_length=64)


class PatrolItem(Record, table=True):
    """One point looked at; a point not listed was not looked at."""

    __tablename__ = "patrol_item"

    patrol_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("patrol.id"), primary_key=True)
    )
    code: str = Field(sa_column=sa.Column(sa.String(4), primary_key=True))
    result: ItemResult = choice(ItemResult)
    cause: str = Field(default="merchant", max_length=16)
    fixed_on_spot: bool = False
    note: str = text()


class PatrolPhoto(Record, table=True):
    """A photo of a visit: of one point (`code`), or of the visit as a whole (`code` empty)."""

    __tablename__ = "patrol_photo"

    patrol_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("patrol.id"), primary_key=True)
    )
    position: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    code: str = Field(default="", max_length=4)
    sha256: str = link("photo.sha256", length=64)

"""Sealed records and photos that a phone handed over instead of sending, and what came of them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, link, moment, text


class SealedKind(StrEnum):
    PATROL = "patrol"
    SUSPECT_CODE = "suspect_code"
    PHOTO = "photo"


class SealedFate(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SealedItem(Record, table=True):
    """One sealed record or photo of a device; the bytes lie in the file store under their SHA-256.

    `name` is the id of a record or the SHA-256 of a photo; `number` the device's own count of its
    records, `of_kind` of those of this kind (0 unknown); `sealed_at` what its clock said. `refused`
    is the code for which the phone says that the record was not taken when it was sent. A photo is
    decided with the records that name it; what nobody decided in time is rejected for no `reason`.
    `cleared_at` is when the sealed bytes were taken away, long after the decision.
    """

    __tablename__ = "sealed_item"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "name"),
        sa.Index("ix_sealed_item_state_arrived", "state", "arrived_at"),
    )

    id: str = key()
    device_id: str = link("device.id", index=False)
    name: str = Field(max_length=64)
    kind: SealedKind = choice(SealedKind)
    number: int
    of_kind: int = 0
    sealed_sha256: str = Field(max_length=64)
    size: int
    sealed_at: datetime = moment()
    arrived_at: datetime = moment()
    manifest: str = text()
    refused: str = Field(default="", max_length=64)
    state: SealedFate = choice(SealedFate)
    decided_at: datetime | None = moment(null=True)
    decided_by: str | None = Field(default=None, max_length=32)
    reason: str = Field(default="", max_length=500)
    entry: str = Field(default="", max_length=32)
    cleared_at: datetime | None = moment(null=True)

"""Premises, tenancy and merchant are three things: the code belongs to the premises."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from compliance.merchants.finding import words_of
from compliance.record import Record, choice, data, key, link, moment


class UsccState(StrEnum):
    """How a unified social credit code stands: `failed` is a warning, some issued codes fail."""

    OK = "ok"
    FAILED = "failed"
    MISSING = "missing"


class CodeState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


def _words(context: Any) -> str:
    given = context.get_current_parameters()
    return words_of(given["name"], given["uscc"])


class Merchant(Record, table=True):
    """A business: enterprise or individual, known by its unified social credit code.

    `words` is what a search looks through; the table fills it in from name and credit code.
    """

    __tablename__ = "merchant"

    id: str = key()
    name: str = Field(max_length=80)
    uscc: str = Field(sa_column=sa.Column(sa.String(18), index=True, nullable=False))
    uscc_state: UsccState = choice(UsccState)
    category: str = Field(max_length=24)
    operator_name: str = Field(default="", max_length=40)
    words: str | None = Field(
        default=None, sa_column=sa.Column(sa.Text, nullable=False, default=_words)
    )


class Premises(Record, table=True):
    """A door on a lane. `number` is printed under its code; position is WGS-84."""

    __tablename__ = "premises"
    __table_args__ = (sa.UniqueConstraint("township_code", "running"),)

    id: str = key()
    number: str = Field(sa_column=sa.Column(sa.String(16), unique=True, nullable=False))
    running: int
    township_code: str = link("township.code", index=False, length=12)
    lane_id: str = link("lane.id")
    address: str = Field(max_length=160)
    lat: float | None = None
    lng: float | None = None
    frontage_m: float | None = None
    area_m2: float | None = None


class DoorCode(Record, table=True):
    """The token in the printed code; a withdrawn one stays known so that it can say so."""

    __tablename__ = "door_code"
    __table_args__ = (
        sa.Index(
            "uq_door_code_active",
            "premises_id",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
    )

    token: str = key(16)
    premises_id: str = link("premises.id")
    state: CodeState = choice(CodeState)
    issued_at: datetime = moment()
    withdrawn_at: datetime | None = moment(null=True)
    reason: str = Field(default="", max_length=160)


class BlankBatch(Record, table=True):
    """Plates printed ahead for a township or one of its lanes; a lost batch is withdrawn whole."""

    __tablename__ = "blank_batch"

    id: str = key()
    township_code: str = link("township.code", length=12)
    lane_id: str | None = link("lane.id", null=True)
    count: int
    ordered_at: datetime = moment()
    ordered_by: str = Field(max_length=32)
    withdrawn_at: datetime | None = moment(null=True)
    reason: str = Field(default="", max_length=160)


class BlankPlate(Record, table=True):
    """A plate without a shop: its token leads nowhere until it is bound, then to that door.

    `replaced` is the code that the door had before.
    """

    __tablename__ = "blank_plate"
    __table_args__ = (sa.UniqueConstraint("township_code", "running"),)

    token: str = key(16)
    batch_id: str = link("blank_batch.id")
    township_code: str = link("township.code", index=False, length=12)
    running: int
    serial: str = Field(sa_column=sa.Column(sa.String(16), unique=True, nullable=False))
    tenancy_id: str | None = link("tenancy.id", null=True)
    bound_at: datetime | None = moment(null=True)
    replaced: str = Field(default="", max_length=16)


class Tenancy(Record, table=True):
    """One merchant at one door from its first day to its last; the subject of a ledger chain.

    `listed` is what the last list said of the shop, so that a list sent again changes only what
    changed in the list, and never what was put right by hand since.
    """

    __tablename__ = "tenancy"
    __table_args__ = (
        sa.Index(
            "uq_tenancy_open",
            "premises_id",
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        ),
    )

    id: str = key()
    premises_id: str = link("premises.id")
    merchant_id: str = link("merchant.id")
    row_key: str = Field(sa_column=sa.Column(sa.String(64), index=True, nullable=False))
    opened_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    closed_on: date | None = Field(default=None, sa_column=sa.Column(sa.Date, nullable=True))
    phone: str | None = Field(default=None, max_length=20, index=True)
    hauler_name: str = Field(default="", max_length=80)
    contract_until: date | None = Field(default=None, sa_column=sa.Column(sa.Date, nullable=True))
    note: str = Field(default="", max_length=200)
    listed: dict[str, object] = data()
    opened_at: datetime = moment()

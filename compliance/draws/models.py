"""A draw, the shops and officers it was declared over, and the places they drew."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, data, key, link, moment


class DrawStage(StrEnum):
    """Declared and open, drawn, or called off before it was drawn."""

    DECLARED = "declared"
    DRAWN = "drawn"
    CALLED_OFF = "called_off"


class Draw(Record, table=True):
    """A random choice of shops, and of officers to go there, by a seed that nobody could choose.

    `pool` says in words what was declared over (lanes, colours); the rows of `DrawShop` and
    `DrawOfficer` hold it name by name, frozen. `secret` is ours, made at the declaration and shown
    after the draw; only its hash was told. `word` is the witness's. `declared_entry` is the hash of
    the ledger entry that declares the draw: `drawing.seed_of` makes the seed of the three.
    """

    __tablename__ = "draw"
    __table_args__ = (
        sa.CheckConstraint("shops_wanted >= 1", name="shops"),
        sa.CheckConstraint("officers_wanted = 0 OR officers_wanted >= 2", name="officers"),
    )

    id: str = key()
    township_code: str = link("township.code", length=12)
    title: str = Field(max_length=80)
    plan_id: str | None = link("plan.id", null=True)
    pool: dict[str, object] = data()
    pool_hash: str = Field(max_length=64)
    shops_wanted: int
    officers_wanted: int
    due_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    stage: DrawStage = choice(DrawStage, index=True)
    secret: str = Field(max_length=32)
    secret_hash: str = Field(max_length=64)
    declared_at: datetime = moment()
    declared_by: str = Field(max_length=32)
    declared_seq: int
    declared_entry: str = Field(max_length=64)
    word: str = Field(default="", max_length=10)
    seed: str = Field(default="", max_length=64)
    ended_at: datetime | None = moment(null=True)
    ended_by: str = Field(default="", max_length=32)
    called_off_for: str = Field(default="", max_length=300)


class DrawShop(Record, table=True):
    """A shop in the pool; `place` is its place among the drawn, from 1, or None."""

    __tablename__ = "draw_shop"

    draw_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("draw.id"), primary_key=True)
    )
    tenancy_id: str = Field(
        sa_column=sa.Column(
            sa.String(32), sa.ForeignKey("tenancy.id"), primary_key=True, index=True
        )
    )
    number: str = Field(max_length=16)
    place: int | None = None


class DrawOfficer(Record, table=True):
    """An officer in the pool, known by certificate; `place` as of a shop."""

    __tablename__ = "draw_officer"

    draw_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("draw.id"), primary_key=True)
    )
    account_id: str = Field(
        sa_column=sa.Column(
            sa.String(32), sa.ForeignKey("account.id"), primary_key=True, index=True
        )
    )
    certificate: str = Field(max_length=32)
    place: int | None = None

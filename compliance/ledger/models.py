"""The ledger's tables: heads that are locked, entries that never change, erasable bodies."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, moment


class LedgerHead(Record, table=True):
    """The last entry of a subject's chain; appending locks this row and no other."""

    __tablename__ = "ledger_head"

    subject: str = Field(sa_column=sa.Column(sa.String(48), primary_key=True))
    seq: int = Field(sa_column=sa.Column(sa.Integer, nullable=False))
    entry_hash: str = Field(sa_column=sa.Column(sa.String(64), nullable=False))


class LedgerEntry(Record, table=True):
    """One entry, append-only by trigger; `content` is hashed exactly as stored."""

    __tablename__ = "ledger_entry"
    __table_args__ = (sa.UniqueConstraint("entry_hash"),)

    subject: str = Field(sa_column=sa.Column(sa.String(48), primary_key=True))
    seq: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    prev_hash: str = Field(sa_column=sa.Column(sa.String(64), nullable=False))
    entry_hash: str = Field(sa_column=sa.Column(sa.String(64), nullable=False))
    kind: str = Field(sa_column=sa.Column(sa.String(40), nullable=False))
    ref: str = Field(sa_column=sa.Column(sa.String(64), nullable=False))
    at: datetime = moment()
    content: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))


class LedgerBody(Record, table=True):
    """What an entry commits to without containing it: once erased, the proofs still hold."""

    __tablename__ = "ledger_body"

    entry_hash: str = Field(
        sa_column=sa.Column(
            sa.String(64), sa.ForeignKey("ledger_entry.entry_hash"), primary_key=True
        )
    )
    salt: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    body: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))

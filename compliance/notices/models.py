"""The four notices: texts that never change once published, notices from them, signatures."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.record import Record, choice, data, key, link, moment, text


class NoticeText(Record, table=True):
    """A version of a model text, in force from a date until a newer one is."""

    __tablename__ = "notice_text"
    __table_args__ = (sa.UniqueConstraint("kind", "version"),)

    id: str = key()
    kind: NoticeKind = choice(NoticeKind)
    version: str = Field(max_length=16)
    title: str = Field(max_length=120)
    body: str = text()
    summary: str = text()
    summary_en: str = text()
    rule_version: str = Field(default="", max_length=16)
    emphasis: str = Field(default="", max_length=120)
    """Heads of the paragraphs that burden the signer (民法典 496: shown in bold)."""
    effective_from: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    text_hash: str = Field(max_length=64)
    published_at: datetime = moment()
    published_by: str = Field(max_length=32)


class WasteHauler(Record, table=True):
    """A licensed waste collection company and the last day of its permit."""

    __tablename__ = "waste_hauler"

    id: str = key()
    name: str = Field(sa_column=sa.Column(sa.String(80), unique=True, nullable=False))
    permit_no: str = Field(default="", max_length=40)
    permit_valid_to: date | None = Field(default=None, sa_column=sa.Column(sa.Date, nullable=True))
    phone: str = Field(default="", max_length=20)


class Notice(Record, table=True):
    """One notice issued to one tenancy: its values, its exact text and that text's SHA-256."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_tenancy_kind", "tenancy_id", "kind"),)

    id: str = key()
    number: str = Field(sa_column=sa.Column(sa.String(32), unique=True, nullable=False))
    tenancy_id: str = link("tenancy.id", index=False)
    kind: NoticeKind = choice(NoticeKind)
    text_id: str = link("notice_text.id")
    hauler_id: str | None = link("waste_hauler.id", null=True)
    fields: dict[str, object] = data()
    content: str = text()
    text_hash: str = Field(max_length=64)
    state: NoticeState = choice(NoticeState, index=True)
    issued_at: datetime = moment()
    viewed_at: datetime | None = moment(null=True)
    settled_at: datetime | None = moment(null=True)
    valid_from: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    valid_to: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    settled_note: str = Field(default="", max_length=300)


class Party(StrEnum):
    """Who signs: the merchant, the township that issues, the hauler, the association."""

    MERCHANT = "merchant"
    ISSUER = "issuer"
    HAULER = "hauler"
    ASSOCIATION = "association"


class SignatureMethod(StrEnum):
    DRAWN = "drawn"
    TYPED = "typed"


class Signature(Record, table=True):
    """One party's signature under one exact text, with the evidence of how it came about.

    Electronic Signature Law art. 13: who (one-time code to the phone on file), what (text hash),
    unaltered since (ledger entry). `strokes` is an SVG path in the box of `drawing.BOX`; `image`
    the PNG of the same.
    """

    __tablename__ = "signature"
    __table_args__ = (sa.UniqueConstraint("notice_id", "party"),)

    id: str = key()
    notice_id: str = link("notice.id", index=False)
    party: Party = choice(Party)
    signer_name: str = Field(max_length=40)
    signer_role: str = Field(max_length=24)
    account_id: str = Field(max_length=32)
    method: SignatureMethod = choice(SignatureMethod)
    strokes: str | None = text(null=True)
    image: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary, nullable=True))
    code_id: str | None = Field(default=None, max_length=32)
    text_hash: str = Field(max_length=64)
    signed_at: datetime = moment()
    evidence: dict[str, object] = data()
    entry_hash: str = Field(max_length=64)


class Sitting(Record, table=True):
    """One sitting at which a shop signs its open notices: what lay on the table, and when.

    `documents` holds `{"notices": [{"id", "hash"}]}` as laid out at the start; nothing joins later.
    Only the browser that began it (`session_key`) can go on with it.
    """

    __tablename__ = "signing_sitting"
    __table_args__ = (sa.Index("ix_signing_sitting_tenancy_opened", "tenancy_id", "opened_at"),)

    id: str = key()
    tenancy_id: str = link("tenancy.id", index=False)
    account_id: str = Field(max_length=32)
    session_key: str = Field(max_length=64)
    documents: dict[str, list[dict[str, str]]] = data()
    opened_at: datetime = moment()
    agreed_at: datetime | None = moment(null=True)
    signer_name: str = Field(default="", max_length=40)
    signer_role: str = Field(default="", max_length=24)
    finished_at: datetime | None = moment(null=True)

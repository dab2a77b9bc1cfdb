"""The four notices: texts that never change once published, notices from them, signatures."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.record import JSON, Record, choice, data, key, link, moment, text


class TextSource(StrEnum):
    """Whose words a text is: our model text, or the record of a contract on the official form."""

    MODEL = "model"
    OFFICIAL = "official"


class NoticeText(Record, table=True):
    """A version of a model text, in force from a date until a newer one is.

    The text by which official contracts are recorded stands here too; no model text replaces it.
    """

    __tablename__ = "notice_text"
    __table_args__ = (sa.UniqueConstraint("kind", "version"),)

    id: str = key()
    kind: NoticeKind = choice(NoticeKind)
    source: TextSource = choice(TextSource, default=TextSource.MODEL)
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
    __table_args__ = (
        sa.Index("ix_notice_tenancy_kind", "tenancy_id", "kind"),
        sa.Index("ix_notice_text_hash", "text_hash"),
    )

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
    valid_to: date = Field(sa_column=sa.Column(sa.Date, index=True, nullable=False))
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
    UPLOADED = "uploaded"


class Signature(Record, table=True):
    """One party's signature under one exact text, with the evidence of how it came about.

    Electronic Signature Law art. 13: who (one-time code to the phone on file), what (text hash),
    unaltered since (ledger entry). `strokes` is an SVG path in the box of `drawing.BOX`.
    """

    __tablename__ = "signature"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "party"),
        sa.Index("ix_signature_signed_at", "signed_at"),
    )

    id: str = key()
    notice_id: str = link("notice.id", index=False)
    party: Party = choice(Party)
    signer_name: str = Field(max_length=40)
    signer_role: str = Field(max_length=24)
    account_id: str = Field(max_length=32)
    method: SignatureMethod = choice(SignatureMethod)
    strokes: str | None = text(null=True)
    code_id: str | None = Field(default=None, max_length=32)
    text_hash: str = Field(max_length=64)
    signed_at: datetime = moment()
    evidence: dict[str, object] = data()
    entry_hash: str = Field(max_length=64)
    erased_at: datetime | None = moment(null=True)
    """When name, strokes and evidence were erased by law; the hashes stay and still hold."""


class Sitting(Record, table=True):
    """One sitting at which a shop signs its notices: what lay on the table, and how far it got.

    `documents` holds `{"notices": [{"id", "hash"}]}` as laid out at the start: what is declined
    leaves, nothing joins. One browser (`session_key`) goes on with it; another has to take it over.
    `strokes` and `typed` are the signature as made, before the code puts it under the notices.
    """

    __tablename__ = "signing_sitting"
    __table_args__ = (sa.Index("ix_signing_sitting_tenancy_opened", "tenancy_id", "opened_at"),)

    id: str = key()
    tenancy_id: str = link("tenancy.id", index=False)
    account_id: str = Field(max_length=32)
    session_key: str = Field(max_length=64)
    documents: dict[str, list[dict[str, str]]] = data()
    opened_at: datetime = moment()
    signer_name: str = Field(default="", max_length=40)
    signer_role: str = Field(default="", max_length=24)
    helper: dict[str, str] = data()
    agreed_at: datetime | None = moment(null=True)
    consent: str = Field(default="", max_length=16)
    strokes: str | None = text(null=True)
    typed: str = Field(default="", max_length=40)
    finished_at: datetime | None = moment(null=True)


class Event(StrEnum):
    """One step on the way to a signature, in the order in which they usually come."""

    SENT = "sent"
    DECLINED = "declined"
    RECONSIDERED = "reconsidered"
    SERVED = "served"
    OPENED = "opened"
    TAKEN_OVER = "taken_over"
    READ = "read"
    HELPER_DECLARED = "helper_declared"
    HELPER_WITHDRAWN = "helper_withdrawn"
    AGREED = "agreed"
    CODE_SENT = "code_sent"
    CODE_FAILED = "code_failed"
    CODE_PROVED = "code_proved"
    UPLOADED = "uploaded"
    ACCEPTED = "accepted"
    SIGNED = "signed"


class SigningEvent(Record, table=True):
    """One step at a sitting, or of one notice, at the moment it happened; never changed."""

    __tablename__ = "signing_event"

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    sitting_id: str | None = link("signing_sitting.id", null=True)
    notice_id: str | None = link("notice.id", null=True)
    kind: Event = choice(Event)
    at: datetime = moment()
    details: dict[str, object] = data()


class NoticeDraft(Record, table=True):
    """A version of a model text being written, kept so that several people come back to it.

    `revision` counts the savings: who saves says which one was read. It ends published (`text_id`)
    or dropped.
    """

    __tablename__ = "notice_draft"

    id: str = key()
    kind: NoticeKind = choice(NoticeKind)
    based_on: str = link("notice_text.id")
    version: str = Field(default="", max_length=16)
    title: str = Field(default="", max_length=120)
    body: str = text()
    summary: str = text()
    summary_en: str = text()
    rule_version: str = Field(default="", max_length=16)
    emphasis: str = Field(default="", max_length=120)
    effective_from: date | None = Field(default=None, sa_column=sa.Column(sa.Date, nullable=True))
    revision: int = 1
    begun_at: datetime = moment()
    saved_at: datetime = moment()
    saved_by: str = Field(max_length=32)
    text_id: str | None = link("notice_text.id", null=True)
    dropped_at: datetime | None = moment(null=True)


class ResignCampaign(Record, table=True):
    """The shops that hold an earlier version sign the new one, by a deadline.

    It starts on the day the new text comes into force. `townships` names its codes, none means the
    whole district; `steps` are the days before the deadline on which it reminds who has not signed.
    """

    __tablename__ = "resign_campaign"
    __table_args__ = (sa.UniqueConstraint("text_id"),)

    id: str = key()
    kind: NoticeKind = choice(NoticeKind)
    text_id: str = link("notice_text.id", index=False)
    former_id: str = link("notice_text.id", index=False)
    starts_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    deadline: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    townships: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    steps: list[int] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    planned_at: datetime = moment()
    planned_by: str = Field(max_length=32)
    enrolled_at: datetime | None = moment(null=True)
    closed_at: datetime | None = moment(null=True)
    closed_note: str = Field(default="", max_length=300)


class ResignShop(Record, table=True):
    """One shop on the roll of a campaign, and why the new notice could not be issued, if so.

    Whether it has signed follows from its notices and is not kept here.
    """

    __tablename__ = "resign_shop"

    campaign_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("resign_campaign.id"), primary_key=True)
    )
    tenancy_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("tenancy.id"), primary_key=True)
    )
    former_id: str = link("notice.id", index=False)
    tried_at: datetime | None = moment(null=True)
    code: str = Field(default="", max_length=40)
    field: str = Field(default="", max_length=40)


class ReminderAbout(StrEnum):
    """What a reminder is about: a notice, a permit, or a contract that outlasts a permit."""

    NOTICE = "notice"
    PERMIT = "permit"
    CONTRACT = "contract"


class Reminder(Record, table=True):
    """One step of reminding taken: whoever writes the row sends the message, nobody else does.

    `ref` is a notice or a hauler, `until` the day it runs out, `step` the days before that day.
    """

    __tablename__ = "reminder"

    about: ReminderAbout = Field(
        sa_column=sa.Column(sa.String(16), primary_key=True, nullable=False)
    )
    ref: str = key()
    until: date = Field(sa_column=sa.Column(sa.Date, primary_key=True, nullable=False))
    step: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    sent_at: datetime = moment()

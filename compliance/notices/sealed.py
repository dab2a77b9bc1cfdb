"""The table of sealed files: what the platform put its seal on, and how to know it again."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, link, moment


class StampState(StrEnum):
    """Whether a third party vouches for the time: yes, no service is set, or it did not answer."""

    STAMPED = "stamped"
    NO_SERVICE = "no_service"
    FAILED = "failed"


class SealedPaper(Record, table=True):
    """One sealed PDF of a notice, for one set of signatures; never changed, only erased.

    `signed_set` names the signatures it shows, `file_hash` (SHA-256) the bytes, `digest` what the
    seal was made over, by which even an altered copy is known again. `certificate` is the SHA-256
    of the seal's certificate, `own` says whether the platform made that itself.
    """

    __tablename__ = "sealed_paper"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "revision"),
        sa.UniqueConstraint("notice_id", "signed_set", "stamp_state"),
        sa.UniqueConstraint("file_hash"),
        sa.Index("ix_sealed_paper_digest", "digest"),
    )

    id: str = key()
    notice_id: str = link("notice.id", index=False)
    revision: int = Field(sa_column=sa.Column(sa.Integer, nullable=False))
    signed_set: str = Field(max_length=64)
    file_hash: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    size: int = Field(sa_column=sa.Column(sa.Integer, nullable=False))
    certificate: str = Field(max_length=64)
    own: bool = True
    issuer: str = Field(default="", max_length=120)
    sealed_at: datetime = moment()
    stamp_state: StampState = choice(StampState, index=True)
    stamped_at: datetime | None = moment(null=True)
    stamp_authority: str = Field(default="", max_length=200)
    entry_hash: str = Field(max_length=64)
    erased_at: datetime | None = moment(null=True)

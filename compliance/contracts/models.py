"""Contracts on the official form, as they were uploaded, and what the desk found."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, key, link, moment

Original = dict[str, Any]
"""One uploaded file: `sha256` under which it is kept, `media_type`, `size` in bytes, and `pages`,
the hashes of its pages as people are shown them."""


class ContractUpload(Record, table=True):
    """The pictures of one paper contract of one shop; a notice once its particulars were typed.

    The originals are evidence and lie in the file store; people are shown clean pages only.
    """

    __tablename__ = "contract_upload"

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    notice_id: str | None = Field(
        default=None,
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("notice.id"), unique=True, nullable=True),
    )
    files: list[Original] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    uploaded_at: datetime = moment()
    uploaded_by: str = Field(max_length=32)
    uploaded_role: str = Field(max_length=24)
    checked_at: datetime | None = moment(null=True)
    checked_by: str | None = Field(default=None, max_length=32)
    reason: str = Field(default="", max_length=300)

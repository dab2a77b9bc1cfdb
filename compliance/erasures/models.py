"""What was erased, when, by whom and on which ground; what it was is not kept."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.erasures.kinds import Basis, Scope
from compliance.record import JSON, Record, choice, key, link, moment


class Erasure(Record, table=True):
    """One erasure of personal data: of a closed tenancy, of one notice, or of one signature.

    `counts` says how many places of each kind were emptied. `blobs` are files still to be removed
    from the store: the rows go in one transaction, the files after it, again and again until gone.
    """

    __tablename__ = "erasure"

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    notice_id: str | None = link("notice.id", null=True)
    party: str = Field(default="", max_length=16)
    scope: Scope = choice(Scope)
    basis: Basis = choice(Basis)
    counts: dict[str, int] = Field(default_factory=dict, sa_column=sa.Column(JSON, nullable=False))
    blobs: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    erased_at: datetime = moment(index=True)
    account_id: str = Field(max_length=32)
    entry_hash: str = Field(max_length=64)

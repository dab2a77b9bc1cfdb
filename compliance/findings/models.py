"""A finding and its history: every step is an event that stays."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.findings.lifecycle import FindingState
from compliance.record import JSON, Record, choice, data, key, link, moment, text


class Cause(StrEnum):
    MERCHANT = "merchant"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class Agency(StrEnum):
    """Who can put right what a third party did at the door."""

    BIKE_COMPANY = "bike_company"
    COURIER_COMPANY = "courier_company"
    UTILITY = "utility"
    HOTLINE = "hotline"


class Finding(Record, table=True):
    """Something wrong, seen at a door on a patrol or inspection.

    `counted` is whether it stands on the shop's record: not for a third party's doing, not when
    revoked. `version` rises with every step, so that of two people the second is told (409).
    `moved_at` is the instant of the last step that changed the state; `due_basis` the code of the
    rule behind `due_at`, whose words take the item's own number; `due_from` and `due_value` are
    what it was computed from. `asked` is the step by which the shop asked for something that nobody
    has answered yet, `ended_by` the step that ended it (`opened` when put right on the spot).
    """

    __tablename__ = "finding"
    __table_args__ = (
        sa.Index("ix_finding_state_due", "state", "due_at"),
        sa.Index("ix_finding_tenancy_code", "tenancy_id", "code"),
    )

    id: str = key()
    tenancy_id: str = link("tenancy.id", index=False)
    patrol_id: str = Field(sa_column=sa.Column(sa.String(32), index=True, nullable=False))
    patrol_kind: str = Field(max_length=16)
    edition: str = Field(max_length=12)
    code: str = Field(max_length=4)
    severity: int
    covenant_only: bool = False
    cause: Cause = choice(Cause)
    state: FindingState = choice(FindingState)
    counted: bool = True
    note: str = Field(default="", max_length=500)
    recorded_by: str = Field(max_length=32)
    recorded_role: str = Field(max_length=24)
    opened_at: datetime = moment(index=True)
    moved_at: datetime = moment()
    due_at: datetime | None = moment(null=True)
    due_basis: str = Field(default="", max_length=120)
    due_from: datetime | None = moment(null=True)
    due_value: int = 0
    listed_until: datetime | None = moment(null=True)
    ended_at: datetime | None = moment(null=True)
    version: int = 1
    asked: str = Field(default="", max_length=24)
    ended_by: str = Field(default="", max_length=24)


class FindingEvent(Record, table=True):
    """One step in a finding's life: who, when, which state after it, words and photos.

    `detail` holds what a step decides besides, as `conditions.Given.detail` has it. The first
    event, with the step `opened`, has no words: they are the finding's `note`.
    """

    __tablename__ = "finding_event"

    finding_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("finding.id"), primary_key=True)
    )
    number: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    step: str = Field(max_length=24)
    state: FindingState = choice(FindingState)
    at: datetime = moment()
    account_id: str = Field(max_length=32)
    role: str = Field(max_length=24)
    words: str = text()
    detail: dict[str, object] = data()
    photos: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))


class FindingSighting(Record, table=True):
    """The fault of an open finding, seen again: by whom, when, and what the photos show.

    It is no step: it moves nothing, gives no new deadline and is no second strike. `state` is the
    finding's when the record arrived. `merged_from` is the finding that was taken for another fault
    until somebody said they are one, `split_into` the finding this became when somebody said they
    are two. There is no foreign key on purpose: a visit holds the shop's ledger when it writes
    this, a step holds the finding, and neither may wait for the other.
    """

    __tablename__ = "finding_sighting"

    finding_id: str = key()
    patrol_id: str = Field(sa_column=sa.Column(sa.String(32), primary_key=True, index=True))
    observed_at: datetime = moment()
    at: datetime = moment()
    account_id: str = Field(max_length=32)
    role: str = Field(max_length=24)
    patrol_kind: str = Field(max_length=16)
    cause: Cause = choice(Cause)
    fixed_on_spot: bool = False
    state: FindingState = choice(FindingState)
    note: str = Field(default="", max_length=500)
    photos: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    merged_from: str | None = Field(default=None, max_length=32)
    split_into: str | None = Field(default=None, max_length=32)

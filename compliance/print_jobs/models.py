"""Print jobs: what was ordered for where, how far it is, and what its file holds, shop by shop."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, link, moment


class PrintWhat(StrEnum):
    """What is printed for each shop: its plate, its notices in force, or both."""

    PLATES = "plates"
    NOTICES = "notices"
    PACK = "pack"


class JobProgress(StrEnum):
    """How a job stands; a file is there only while it is `ready`."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CLEARED = "cleared"


class JobStage(StrEnum):
    """What a running job is at: gathering papers, setting pages, reading every code back."""

    GATHERING = "gathering"
    SETTING = "setting"
    READING = "reading"


class PrintJob(Record, table=True):
    """One order. Without a lane it is for the township, without a township for the district.

    `shops` stand at the place, `printed` of them are in the file. `renew` gives every door printed
    a new code, for `reason`, at the moment the file is released.
    """

    __tablename__ = "print_job"
    __table_args__ = (sa.Index("ix_print_job_state_ordered_at", "state", "ordered_at"),)

    id: str = key()
    what: PrintWhat = choice(PrintWhat)
    layout: str = Field(max_length=120)
    township_code: str | None = link("township.code", null=True, length=12)
    lane_id: str | None = link("lane.id", null=True)
    tenancy_id: str | None = link("tenancy.id", null=True)
    covers: bool = True
    renew: bool = False
    reason: str = Field(default="", max_length=160)
    ordered_by: str = Field(max_length=32)
    ordered_role: str = Field(max_length=24)
    ordered_at: datetime = moment()
    shops: int = 0
    printed: int = 0
    sheets: int = 0
    state: JobProgress = choice(JobProgress)
    stage: JobStage = choice(JobStage)
    done: int = 0
    total: int = 0
    attempts: int = 0
    lease_token: str | None = Field(default=None, max_length=32)
    lease_until: datetime | None = moment(null=True)
    finished_at: datetime | None = moment(null=True)
    file_hash: str | None = Field(default=None, max_length=64)
    size: int = 0
    pages: int = 0
    codes: int = 0
    kept_until: datetime | None = moment(null=True)
    failure: str = Field(default="", max_length=60)
    failure_detail: str = Field(default="", max_length=160)


class PrintLine(Record, table=True):
    """One shop of a job, in the order of the walk.

    `door` is the code that is printed; `replaces` the one in force when a new one is printed. A
    shop that could not be printed has a `problem`, an error code, and is not in the file.
    """

    __tablename__ = "print_line"

    job_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("print_job.id"), primary_key=True)
    )
    place: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    tenancy_id: str = link("tenancy.id", index=False)
    door: str = Field(default="", max_length=16)
    replaces: str = Field(default="", max_length=16)
    problem: str = Field(default="", max_length=40)
    detail: str = Field(default="", max_length=160)

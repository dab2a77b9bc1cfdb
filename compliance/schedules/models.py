"""When work that falls due by itself was done, and when it is to be done again."""

from datetime import datetime
from enum import StrEnum

from compliance.record import Record, key, moment, text


class Work(StrEnum):
    """What falls due by itself."""

    SEND_OVERDUE = "send_overdue"
    KEEP_PANELS = "keep_panels"
    CLEAR_PRINTED = "clear_printed"
    RESIGN = "resign"
    RUN_VOTES = "run_votes"
    GRADE = "grade"
    REMIND = "remind"
    REMOVE_FILES = "remove_files"
    CLEAR_QUARANTINE = "clear_quarantine"
    SEAL_DUE = "seal_due"


class Schedule(Record, table=True):
    """One kind of work that comes round; whoever moves `next_at` on does it this time."""

    __tablename__ = "schedule"

    name: str = key(40)
    next_at: datetime = moment()
    begun_at: datetime | None = moment(null=True)
    ended_at: datetime | None = moment(null=True)
    last_error: str | None = text(null=True)

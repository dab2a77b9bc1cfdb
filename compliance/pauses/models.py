"""Times in which the clocks of a shop, a township or the district stand still."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, moment, text


class PauseArea(StrEnum):
    TENANCY = "tenancy"
    TOWNSHIP = "township"
    DISTRICT = "district"


class PauseCause(StrEnum):
    """A closure (停业) that was approved, or weather (风雪、暴雨) that was declared."""

    CLOSURE = "closure"
    WEATHER = "weather"


class ClockPause(Record, table=True):
    """One such time; `ref` is a tenancy id, a township's code, or empty for the whole district."""

    __tablename__ = "clock_pause"
    __table_args__ = (sa.Index("ix_clock_pause_ref", "area", "ref"),)

    id: str = key()
    area: PauseArea = choice(PauseArea)
    ref: str = Field(max_length=32)
    cause: PauseCause = choice(PauseCause)
    begins_at: datetime = moment()
    ends_at: datetime | None = moment(null=True)
    reason: str = text()
    declared_by: str = Field(max_length=32)
    declared_at: datetime = moment()
    ended_by: str | None = Field(default=None, max_length=32)

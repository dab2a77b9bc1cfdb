"""What is looked at (check items, by edition) and which days are working days."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice


class Heading(StrEnum):
    """The block an item stands in: the three guarantees of 2026, waste, notices."""

    HYGIENE = "hygiene"
    APPEARANCE = "appearance"
    ORDER = "order"
    WASTE = "waste"
    NOTICES = "notices"


class LimitKind(StrEnum):
    """How the time to put right is counted."""

    NOW = "now"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    SNOW = "snow"
    NONE = "none"


class CheckItem(Record, table=True):
    """One point of the checklist in one edition; an edition once published never changes."""

    __tablename__ = "check_item"

    edition: str = Field(sa_column=sa.Column(sa.String(12), primary_key=True))
    code: str = Field(sa_column=sa.Column(sa.String(4), primary_key=True))
    effective_from: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    heading: Heading = choice(Heading)
    position: int
    name: str = Field(max_length=80)
    name_en: str = Field(max_length=120)
    severity: int = Field(sa_column=sa.Column(sa.SmallInteger, nullable=False))
    limit_kind: LimitKind = choice(LimitKind)
    limit_value: int = 0
    basis: str = Field(default="", max_length=160)
    fine: str = Field(default="", max_length=80)
    officer_only: bool = False
    covenant_only: bool = False


class CalendarDay(Record, table=True):
    """A day that differs from its weekday: a holiday on a weekday, or a make-up working day.

    It is `provisional` while only the law is known and the State Council's arrangement of that year
    (make-up days, days joined to weekends) is not.
    """

    __tablename__ = "calendar_day"

    day: date = Field(sa_column=sa.Column(sa.Date, primary_key=True))
    working: bool
    name: str = Field(default="", max_length=40)
    provisional: bool = False

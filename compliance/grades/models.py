"""What is kept of colours: every change with its reasons, what people set, the rules by version."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.grades.points import Ground
from compliance.grades.rules import Colour
from compliance.record import JSON, Record, choice, data, key, link, moment


class GradeRules(Record, table=True):
    """One version of the rules, in force from a day on; `body` holds the fields of `Rules`.

    Of two for the same day the one published later holds.
    """

    __tablename__ = "grade_rules"

    id: str = key()
    effective_from: date = Field(sa_column=sa.Column(sa.Date, nullable=False, index=True))
    body: dict[str, int] = data()
    reason: str = Field(max_length=300)
    published_at: datetime = moment()
    published_by: str = Field(max_length=32)


class Grade(Record, table=True):
    """A shop's colour from one moment to the next change: the latest number is the one that holds.

    Whoever writes the next number has made the change, so of many workers one does. `points` are
    hundredths; `lines` are the lines of the sum as they were (`points.Line.plain`).
    """

    __tablename__ = "grade"

    tenancy_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("tenancy.id"), primary_key=True)
    )
    number: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    colour: Colour = choice(Colour)
    ground: Ground = choice(Ground)
    points: int
    rules_id: str | None = link("grade_rules.id", index=False, null=True)
    lines: list[dict[str, object]] = Field(
        default_factory=list, sa_column=sa.Column(JSON, nullable=False)
    )
    at: datetime = moment()


class GradeOverride(Record, table=True):
    """A colour set by a person beside the computed one, with a reason and a last day.

    It ends by itself after `until`, or is taken back before (`ended_at`). One at a time.
    """

    __tablename__ = "grade_override"
    __table_args__ = (
        sa.Index(
            "uq_grade_override_standing",
            "tenancy_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    colour: Colour = choice(Colour)
    computed: str = Field(max_length=8)
    reason: str = Field(max_length=300)
    until: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    set_at: datetime = moment()
    set_by: str = Field(max_length=32)
    set_role: str = Field(max_length=24)
    ended_at: datetime | None = moment(null=True)
    ended_by: str | None = Field(default=None, max_length=32)

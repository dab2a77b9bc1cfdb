"""The plan an inspection stands under, published ahead: nobody is inspected at whim."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, key, link, moment


class Plan(Record, table=True):
    """A plan of inspections (检查计划) of one township, or of the district (`township_code` None).

    `cap` is how often one shop may be inspected in a calendar year under this plan; None leaves it
    to the shop's colour. A plan is never changed: a withdrawn one says why, the next has its own
    `ref`.
    """

    __tablename__ = "plan"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
        sa.CheckConstraint("cap IS NULL OR cap >= 1", name="cap"),
    )

    id: str = key()
    township_code: str | None = link("township.code", length=12, null=True)
    year: int
    ref: str = Field(sa_column=sa.Column(sa.String(64), unique=True, nullable=False))
    title: str = Field(max_length=80)
    authority: str = Field(max_length=80)
    cap: int | None = None
    starts_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    ends_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    published_at: datetime = moment()
    published_by: str = Field(max_length=32)
    withdrawn_at: datetime | None = moment(null=True)
    withdrawn_for: str = Field(default="", max_length=300)

    def in_force(self, day: date) -> bool:
        """Return whether an inspection of `day` (Beijing) may stand under it."""
        return self.withdrawn_at is None and self.starts_on <= day <= self.ends_on

"""What the association was asked to decide, and what it decided with which reason."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, link, moment, text
from compliance.reviews.outcomes import ReviewReason


class Review(Record, table=True):
    """One question to the association about one finding; open until `decided_at` is set.

    What both sides say stands in the finding's events. `outcome` and `grounds` come with the end.
    """

    __tablename__ = "review"
    __table_args__ = (
        sa.Index(
            "uq_review_open",
            "finding_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: str = key()
    finding_id: str = link("finding.id")
    reason: ReviewReason = choice(ReviewReason)
    opened_at: datetime = moment()
    due_at: datetime = moment(index=True)
    decided_at: datetime | None = moment(null=True)
    decided_by: str | None = Field(default=None, max_length=32)
    outcome: str | None = Field(default=None, max_length=24)
    grounds: str | None = text(null=True)

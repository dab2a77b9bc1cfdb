"""What the association was asked to decide, who was drawn to decide it, and how they voted."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, choice, data, key, link, moment, text
from compliance.reviews.outcomes import ReviewReason
from compliance.reviews.panel import LeftWhy


class Review(Record, table=True):
    """One question to the association about one finding; open until `decided_at` is set.

    What both sides say stands in the finding's events. `outcome` and `grounds` come with the end;
    `decided_by` is the panel, whose id is the review's own. An appeal names in `appeal_of` the
    review that it asks others to look at again.
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
    appeal_of: str | None = Field(default=None, max_length=32)


class Panel(Record, table=True):
    """The members drawn by lot for one question: a review, or a nomination for the red list.

    Its id is that of the question. `entry` is the hash of the ledger entry that opened it, from
    which everybody's place in the lot follows (`panel.lot`). `drawn_at` is empty while too few are
    eligible, `due_at` the day by which all should have voted. `widened_to` are townships whose
    members were asked as well. `round` is 2 after a vote without a majority; `options` then holds
    the two outcomes that led.
    """

    __tablename__ = "panel"

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    township_code: str = link("township.code", length=12)
    finding_id: str | None = Field(default=None, max_length=32)
    proposed_by: str | None = Field(default=None, max_length=32)
    size: int
    entry: str = Field(max_length=64)
    opened_at: datetime = moment()
    due_at: datetime = moment()
    drawn_at: datetime | None = moment(null=True)
    round: int = 1
    options: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    widened_to: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    reminded_at: datetime | None = moment(null=True)
    closed_at: datetime | None = moment(null=True, index=True)


class PanelSeat(Record, table=True):
    """A member's seat: `place` is the number shown instead of a name, never given twice.

    Empty again once `left_at` is set, with the reason; `opened_at` is when the file was opened.
    """

    __tablename__ = "panel_seat"

    panel_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("panel.id"), primary_key=True)
    )
    account_id: str = Field(
        sa_column=sa.Column(
            sa.String(32), sa.ForeignKey("account.id"), primary_key=True, index=True
        )
    )
    place: int
    seated_at: datetime = moment()
    opened_at: datetime | None = moment(null=True)
    left_at: datetime | None = moment(null=True)
    left_why: str | None = Field(default=None, max_length=24)


class PanelVote(Record, table=True):
    """A member's vote in a round, as it stands; each change is an entry in the ledger."""

    __tablename__ = "panel_vote"

    panel_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("panel.id"), primary_key=True)
    )
    account_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("account.id"), primary_key=True)
    )
    round: int = Field(sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False))
    outcome: str = Field(max_length=24)
    grounds: str = text()
    days: int | None = None
    voted_at: datetime = moment()


class PanelTie(Record, table=True):
    """What a member declared about a case before or after being drawn: it bars from this panel."""

    __tablename__ = "panel_tie"

    panel_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("panel.id"), primary_key=True)
    )
    account_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("account.id"), primary_key=True)
    )
    why: LeftWhy = choice(LeftWhy)
    declared_at: datetime = moment()


class AssociationMember(Record, table=True):
    """What a reviewer told about themselves: the shops they run, and a phone for reminders.

    `shops` holds a list under "own", each {"lane": lane id, "category": code}.
    """

    __tablename__ = "association_member"

    account_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("account.id"), primary_key=True)
    )
    shops: dict[str, object] = data()
    phone: str | None = Field(default=None, max_length=20)
    told_at: datetime = moment()

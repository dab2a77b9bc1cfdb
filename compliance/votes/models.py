"""A vote on a covenant, its lanes, its frozen roll, and every ballot that was ever cast."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, data, key, link, moment, text
from compliance.votes.counting import Base, Choice, Ratio, Stage, Tally, Terms, Way


class Vote(Record, table=True):
    """One question to the shops of a street: shall this exact text be our covenant?

    `proposal` is the text with its values, blank where only the result can stand; `given` holds
    those values. The roll is frozen, and its hash in the ledger, when the vote opens; the figures
    are set once, when it closes.
    """

    __tablename__ = "vote"
    __table_args__ = (
        sa.CheckConstraint("yes + no + abstain <= eligible", name="counted"),
        sa.CheckConstraint("quorum BETWEEN 50 AND 100", name="quorum"),
    )

    id: str = key()
    township_code: str = link("township.code", length=12)
    text_id: str = link("notice_text.id")
    street_name: str = Field(max_length=120)
    given: dict[str, object] = data()
    proposal: str = text()
    text_hash: str = Field(max_length=64)
    quorum: int
    ratio: Ratio = choice(Ratio)
    base: Base = choice(Base)
    opens_at: datetime = moment()
    closes_at: datetime = moment()
    effective_on: date = Field(sa_column=sa.Column(sa.Date, nullable=False))
    stage: Stage = choice(Stage, index=True)
    prepared_at: datetime = moment()
    prepared_by: str = Field(max_length=32)
    opened_at: datetime | None = moment(null=True)
    closed_at: datetime | None = moment(null=True)
    reminded: int = 0
    eligible: int = 0
    yes: int = 0
    no: int = 0
    abstain: int = 0
    lapsed: int = 0
    """Shops of the roll that had closed or changed hands by the end."""
    roll_hash: str = Field(default="", max_length=64)
    entry_hash: str = Field(default="", max_length=64)
    """The entry in the township's chain that holds the result."""
    withdrawn_for: str = Field(default="", max_length=300)

    @property
    def terms(self) -> Terms:
        return Terms(self.quorum, self.ratio, self.base)

    @property
    def tally(self) -> Tally:
        """The figures as recorded at the close."""
        return Tally(self.eligible, self.yes, self.no, self.abstain)


class VoteLane(Record, table=True):
    """A lane whose shops vote."""

    __tablename__ = "vote_lane"

    vote_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("vote.id"), primary_key=True)
    )
    lane_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("lane.id"), primary_key=True, index=True)
    )


class VoteRoll(Record, table=True):
    """A shop that may vote: it was open in one of the lanes when the vote opened."""

    __tablename__ = "vote_roll"

    vote_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("vote.id"), primary_key=True)
    )
    tenancy_id: str = Field(
        sa_column=sa.Column(
            sa.String(32), sa.ForeignKey("tenancy.id"), primary_key=True, index=True
        )
    )
    lane_id: str = link("lane.id", index=False)
    number: str = Field(max_length=16)


class Ballot(Record, table=True):
    """What one shop said once; the one that was not replaced counts, and there is one at most.

    The ledger entry only commits to what was `said`. `code_id` is the code that proved who voted;
    a paper ballot has a file number and a witness instead, in the entry's erasable body.
    """

    __tablename__ = "vote_ballot"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["vote_id", "tenancy_id"], ["vote_roll.vote_id", "vote_roll.tenancy_id"]
        ),
        sa.Index(
            "uq_vote_ballot_standing",
            "vote_id",
            "tenancy_id",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
    )

    id: str = key()
    vote_id: str = Field(sa_column=sa.Column(sa.String(32), nullable=False))
    tenancy_id: str = Field(sa_column=sa.Column(sa.String(32), nullable=False))
    said: Choice = choice(Choice)
    way: Way = choice(Way)
    code_id: str | None = Field(default=None, max_length=32)
    cast_at: datetime = moment()
    replaced_at: datetime | None = moment(null=True)
    entry_hash: str = Field(max_length=64)

"""A shop named for good order, from the nomination to the end of its term."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import Record, choice, key, link, moment, text


class ListingEnd(StrEnum):
    """Why a nomination or a listing is over; empty while it is not."""

    NOT_YET = ""
    DECLINED = "declined"
    TERM_OVER = "term_over"
    SERIOUS = "serious"
    PENALTY = "penalty"
    CLOSED = "closed"


class RedListing(Record, table=True):
    """A nomination for the red list (红榜), and the listing itself once a panel has confirmed it.

    Its panel has the same id. It stands from `confirmed_at` until `until`, or ends before.
    """

    __tablename__ = "red_listing"
    __table_args__ = (
        sa.Index(
            "uq_red_listing_open",
            "tenancy_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: str = key()
    tenancy_id: str = link("tenancy.id")
    words: str = text()
    nominated_at: datetime = moment()
    nominated_by: str = Field(max_length=32)
    nominated_role: str = Field(max_length=24)
    confirmed_at: datetime | None = moment(null=True)
    until: datetime | None = moment(null=True)
    ended_at: datetime | None = moment(null=True)
    ended_why: ListingEnd = choice(ListingEnd, default=ListingEnd.NOT_YET)

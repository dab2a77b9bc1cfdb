"""Which shops stand on the red list: what ends a listing ends it at once, not when it is noted.

A listing is over for a shop with a penalty, or with an open finding of severity 3 of its own doing
that it does not dispute.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.findings.lifecycle import ENDED, FindingState, Step
from compliance.findings.models import Cause
from compliance.findings.queries import finding_table
from compliance.merchants.shops import tenancy_table
from compliance.red_list.models import ListingEnd, RedListing

listing_table = RedListing.__table__  # type: ignore[attr-defined]

SERIOUS = 3
_NOW: Any = sa.bindparam("red_list_now", type_=listing_table.c.until.type)

_OWN = sa.and_(
    finding_table.c.tenancy_id == listing_table.c.tenancy_id,
    finding_table.c.counted,
    finding_table.c.cause == Cause.MERCHANT,
)
HAS_SERIOUS = (
    sa.exists()
    .where(
        _OWN,
        finding_table.c.severity >= SERIOUS,
        finding_table.c.state.not_in(ENDED),
        finding_table.c.state != FindingState.DISPUTED,
    )
    .correlate(listing_table)
)
HAS_PENALTY = (
    sa.exists()
    .where(
        _OWN,
        sa.or_(
            finding_table.c.state.in_([FindingState.PENALISED, FindingState.CONTESTED]),
            sa.and_(
                finding_table.c.ended_by == Step.PERFORM.value,
                finding_table.c.ended_at > listing_table.c.confirmed_at,
            ),
        ),
    )
    .correlate(listing_table)
)
MOVED_OUT = (
    sa.exists()
    .where(tenancy_table.c.id == listing_table.c.tenancy_id, tenancy_table.c.closed_on.is_not(None))
    .correlate(listing_table)
)

STANDS = sa.and_(
    listing_table.c.confirmed_at.is_not(None),
    listing_table.c.ended_at.is_(None),
    listing_table.c.until > _NOW,
    ~HAS_SERIOUS,
    ~HAS_PENALTY,
    ~MOVED_OUT,
)
"""Condition on red_listing; takes `:red_list_now`."""


def on_list(tenancy: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a shop of another query stands on the list; takes `at`."""
    return sa.exists().where(listing_table.c.tenancy_id == tenancy, STANDS)


def at(now: datetime) -> dict[str, object]:
    """Return the parameters of a query with `on_list`."""
    return {"red_list_now": now}


@dataclass(frozen=True, slots=True)
class Standing:
    """A listing that stands: since when, and until when at the latest."""

    tenancy_id: str
    since: datetime
    until: datetime


_STANDING = sa.select(
    listing_table.c.tenancy_id, listing_table.c.confirmed_at, listing_table.c.until
).where(STANDS, listing_table.c.tenancy_id.in_(sa.bindparam("tenancies", expanding=True)))


def standing(session: Session, tenancy_ids: Collection[str], now: datetime) -> dict[str, Standing]:
    """Return which of some shops are on the red list now."""
    given = {"tenancies": list(tenancy_ids), "red_list_now": now}
    return {row[0]: Standing(*row) for row in session.execute(_STANDING, given)}


@dataclass(frozen=True, slots=True)
class Term:
    """A time that a shop was on the list, for the sum of its points."""

    id: str
    tenancy_id: str
    since: datetime
    until: datetime


_TERMS = sa.select(
    listing_table.c.id,
    listing_table.c.tenancy_id,
    listing_table.c.confirmed_at,
    sa.type_coerce(
        sa.func.coalesce(listing_table.c.ended_at, listing_table.c.until),
        listing_table.c.until.type,
    ),
).where(
    listing_table.c.confirmed_at.is_not(None),
    listing_table.c.tenancy_id.in_(sa.bindparam("tenancies", expanding=True)),
)


def terms(session: Session, tenancy_ids: Collection[str]) -> list[Term]:
    """Return every term on the list of some shops, past ones too."""
    return [Term(*row) for row in session.execute(_TERMS, {"tenancies": list(tenancy_ids)})]


def over(session: Session, now: datetime) -> list[tuple[str, ListingEnd]]:
    """Return the listings that are over and not noted as such, with the reason."""
    why = sa.case(
        (HAS_PENALTY, ListingEnd.PENALTY.value),
        (HAS_SERIOUS, ListingEnd.SERIOUS.value),
        (MOVED_OUT, ListingEnd.CLOSED.value),
        else_=ListingEnd.TERM_OVER.value,
    )
    query = sa.select(listing_table.c.id, why).where(
        listing_table.c.confirmed_at.is_not(None), listing_table.c.ended_at.is_(None), ~STANDS
    )
    rows = session.execute(query, {"red_list_now": now})
    return [(listing_id, ListingEnd(reason)) for listing_id, reason in rows]

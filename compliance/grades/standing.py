"""The colour that holds for a shop, in the database's words: what a person set, else the computed.

A shop for which nothing was computed yet is grey.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.coverage.conditions import day_of
from compliance.grades.models import Grade, GradeOverride
from compliance.grades.rules import Colour
from compliance.merchants.shops import tenancy_table

grade_table = Grade.__table__  # type: ignore[attr-defined]
override_table = GradeOverride.__table__  # type: ignore[attr-defined]
_last = grade_table.alias("last")

TODAY = sa.bindparam("colour_day", type_=sa.Date())

IS_LATEST = (
    grade_table.c.number
    == sa.select(sa.func.max(_last.c.number))
    .where(_last.c.tenancy_id == tenancy_table.c.id)
    .correlate(tenancy_table)
    .scalar_subquery()
)
"""Condition on grade, beside its tenancy: the change that holds."""

STANDS = sa.and_(override_table.c.ended_at.is_(None), override_table.c.until >= TODAY)
"""Condition on grade_override: it holds on `:colour_day`."""

COLOUR: Any = sa.func.coalesce(
    sa.cast(override_table.c.colour, sa.String),
    sa.cast(grade_table.c.colour, sa.String),
    Colour.GREY.value,
)
"""The colour that holds, as text, in a query joined by `with_colour`."""


def with_colour(query: Any) -> Any:
    """Join the latest computed colour and what a person set to a query that knows the tenancy."""
    own = grade_table.c.tenancy_id == tenancy_table.c.id
    set_here = override_table.c.tenancy_id == tenancy_table.c.id
    return query.outerjoin(grade_table, sa.and_(own, IS_LATEST)).outerjoin(
        override_table, sa.and_(set_here, STANDS)
    )


def at(now: datetime) -> dict[str, object]:
    """Return the parameters of every query joined by `with_colour`."""
    return {"colour_day": day_of(now)}


_OF_SHOPS = with_colour(
    sa.select(tenancy_table.c.id, COLOUR.label("colour")).select_from(tenancy_table)
).where(tenancy_table.c.id.in_(sa.bindparam("tenancies", expanding=True)))


def colours(session: Session, tenancy_ids: Collection[str], now: datetime) -> dict[str, Colour]:
    """Return the colour that holds at `now` for every tenancy asked for, in one statement."""
    found = {
        row.id: Colour(row.colour)
        for row in session.execute(_OF_SHOPS, {"tenancies": list(tenancy_ids), **at(now)})
    }
    return {each: found.get(each, Colour.GREY) for each in tenancy_ids}

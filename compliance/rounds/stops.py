"""A patroller's round: the shops within reach, those that need a visit most first.

Overdue findings come first, then doors nobody has ever visited, then what was seen longest ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL
from compliance.findings import queries as findings
from compliance.findings.queries import finding_table
from compliance.grades import publishing, standing
from compliance.grades.rules import Colour, Rules
from compliance.merchants.shops import (
    OPEN,
    SHOPS,
    Shop,
    tenancy_table,
    within,
)
from compliance.patrols.kinds import VISITS
from compliance.patrols.models import Patrol
from compliance.red_list import queries as red_list
from compliance.rounds.rhythm import days_between

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_VISIT = sa.select(sa.func.max(_patrol.c.received_at)).where(
    _patrol.c.tenancy_id == tenancy_table.c.id, _patrol.c.kind.in_(VISITS)
)


class Need(StrEnum):
    """Which shops of the round to show."""

    ALL = "all"
    DUE = "due"
    NEVER = "never"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Stop:
    """One shop of a round: when it was last seen, its findings that have not ended, its colour."""

    shop: Shop
    last_visit: datetime | None
    open: int
    overdue: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class Round:
    """One page of a round and the counts of the whole."""

    stops: Sequence[Stop]
    found: int
    counts: dict[Need, int]


def round_of(
    session: Session,
    viewer: Viewer,
    now: datetime,
    *,
    text: str = "",
    need: Need = Need.ALL,
    page: int = 1,
    size: int = 30,
) -> Round:
    """Return a page of the shops that `viewer` may patrol; `text` is part of a name or number."""
    whole = _stops(viewer, now).subquery()
    rules = publishing.in_force(session, now.astimezone(LOCAL).date()).rules
    conditions = _conditions(whole, now, _due(whole, now, viewer, rules))
    counts = sa.select(*(sa.func.count(sa.case((each, 1))) for each in conditions.values()))
    wanted = sa.select(whole).where(conditions[need], _matches(whole, text))
    order = (whole.c.overdue.desc(), whole.c.last_visit.nulls_first(), whole.c.number)
    rows = session.execute(wanted.order_by(*order).limit(size).offset((page - 1) * size))
    stops = [_stop(row) for row in rows]
    found = session.execute(sa.select(sa.func.count()).select_from(wanted.subquery()))
    told = session.execute(counts.select_from(whole)).one()
    return Round(stops, found.scalar_one(), dict(zip(conditions, told, strict=True)))


def next_stop(session: Session, viewer: Viewer, now: datetime, after: Shop) -> Stop | None:
    """Return the next door down the lane that was not seen today, or None when all were."""
    whole = _stops(viewer, now).subquery()
    today = datetime.combine(now.astimezone(LOCAL).date(), time(), tzinfo=LOCAL)
    order = (sa.case((whole.c.number > after.number, 0), else_=1), whole.c.number)
    query = (
        sa.select(whole)
        .where(
            whole.c.lane_id == after.lane_id,
            whole.c.tenancy_id != after.tenancy_id,
            whole.c.door != "",
            sa.or_(whole.c.last_visit.is_(None), whole.c.last_visit < today),
        )
        .order_by(*order)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return _stop(row) if row else None


def _stop(row: Any) -> Stop:
    shop = Shop(*row[:-6])
    return Stop(shop, row.last_visit, row.open, row.overdue, Colour(row.colour))


def _stops(viewer: Viewer, now: datetime) -> Any:
    own = finding_table.c.tenancy_id == tenancy_table.c.id
    count = sa.select(sa.func.count()).select_from(finding_table)
    whole = SHOPS.add_columns(
        _VISIT.where(_patrol.c.role == viewer.role.value).scalar_subquery().label("ours"),
        _VISIT.scalar_subquery().label("last_visit"),
        count.where(own, findings.OPEN).scalar_subquery().label("open"),
        count.where(own, findings.overdue(now)).scalar_subquery().label("overdue"),
        standing.COLOUR.label("colour"),
        red_list.on_list(tenancy_table.c.id).label("on_red_list"),
    ).where(OPEN, within(viewer, Action.PATROL_LOG))
    return standing.with_colour(whole).params(standing.at(now) | red_list.at(now))


def _due(whole: sa.Subquery, now: datetime, viewer: Viewer, rules: Rules) -> sa.ColumnElement[bool]:
    """Return the condition that one's own side should come by again."""
    late = (
        sa.and_(
            whole.c.colour == colour.value,
            whole.c.on_red_list == on_red_list,
            whole.c.ours
            < now
            - timedelta(days=days_between(viewer.role, colour, rules, on_red_list=on_red_list)),
        )
        for colour, on_red_list in product(Colour, (False, True))
    )
    return sa.or_(whole.c.ours.is_(None), *late)


def _conditions(
    whole: sa.Subquery, now: datetime, due: sa.ColumnElement[bool]
) -> dict[Need, sa.ColumnElement[bool]]:
    never = whole.c.last_visit.is_(None)
    return {
        Need.ALL: sa.true(),
        Need.DUE: due,
        Need.NEVER: never,
        Need.OPEN: whole.c.open > 0,
        Need.OVERDUE: whole.c.overdue > 0,
    }


def _matches(whole: sa.Subquery, text: str) -> sa.ColumnElement[bool]:
    if not text:
        return sa.true()
    columns = (whole.c.name, whole.c.number, whole.c.address, whole.c.lane)
    return sa.or_(*(column.icontains(text, autoescape=True) for column in columns))

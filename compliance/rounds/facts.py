"""What is known of the shops of a round, each kind of fact in one statement over the whole reach.

No statement names the shops one by one, so their number has no limit and the plan stays the same.
Times are those at which the server received a visit: the clock of a phone proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL
from compliance.findings import queries as findings
from compliance.findings.lifecycle import CLOCK_RUNS, FindingState
from compliance.findings.models import FindingEvent
from compliance.findings.queries import finding_table
from compliance.grades import standing
from compliance.grades.rules import Colour
from compliance.merchants.models import CodeState
from compliance.merchants.shops import (
    OPEN,
    SHOPS,
    Shop,
    code_table,
    merchant_table,
    premises_table,
    tenancy_table,
    within,
)
from compliance.patrols.kinds import VISITS
from compliance.patrols.models import ItemResult, Patrol, PatrolItem, PatrolKind

FREQUENT_WITHIN = timedelta(days=180)
FREQUENT = 12
"""How far back a person's usual faults are counted, and how many of them are named."""

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_item = PatrolItem.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Stop:
    """A shop with its colour, the initials of its name in pinyin and its visits.

    `seen` by anybody, `ours` by anybody of the viewer's role, `by_me` by the viewer; `inspections`
    are those of this calendar year in Beijing.
    """

    shop: Shop
    initials: str
    seen: datetime | None
    ours: datetime | None
    by_me: datetime | None
    inspections: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding that has not ended; `due_at` while it is the shop's turn, else None."""

    id: str
    code: str
    state: FindingState
    due_at: datetime | None
    opened_at: datetime
    photo: bool


def stops(session: Session, viewer: Viewer, now: datetime) -> list[Stop]:
    """Return the open shops that `viewer` may patrol, by number."""
    new_year = datetime(now.astimezone(LOCAL).year, 1, 1, tzinfo=LOCAL)
    inspected = (
        sa.select(sa.func.count())
        .select_from(_patrol)
        .where(
            _patrol.c.tenancy_id == tenancy_table.c.id,
            _patrol.c.received_at >= new_year,
            _patrol.c.kind == PatrolKind.INSPECTION,
        )
        .scalar_subquery()
    )
    query = (
        SHOPS.add_columns(
            merchant_table.c.words,
            _last().label("seen"),
            _last(_patrol.c.role == viewer.role.value).label("ours"),
            _last(_patrol.c.account_id == viewer.account_id).label("by_me"),
            inspected.label("inspections"),
            standing.COLOUR.label("colour"),
        )
        .where(OPEN, within(viewer, Action.PATROL_LOG))
        .order_by(premises_table.c.number)
    )
    rows = session.execute(standing.with_colour(query), standing.at(now))
    return [
        Stop(
            Shop(*row[:-6]),
            _initials(row.words),
            row.seen,
            row.ours,
            row.by_me,
            row.inspections,
            Colour(row.colour),
        )
        for row in rows
    ]


def _last(*conditions: Any) -> Any:
    """Return when a shop was visited last: the first row backwards, however long its history is."""
    return (
        sa.select(_patrol.c.received_at)
        .where(_patrol.c.tenancy_id == tenancy_table.c.id, _patrol.c.kind.in_(VISITS), *conditions)
        .order_by(_patrol.c.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _initials(words: str) -> str:
    """Return the initials out of what a search looks through (`merchants.finding.words_of`)."""
    return words.rsplit("|", 2)[1]


def withdrawn(session: Session, viewer: Viewer) -> dict[str, list[str]]:
    """Return premises → door codes taken back, for the open shops of the reach."""
    query = (
        sa.select(code_table.c.premises_id, code_table.c.token)
        .join(premises_table, premises_table.c.id == code_table.c.premises_id)
        .join(tenancy_table, tenancy_table.c.premises_id == premises_table.c.id)
        .where(OPEN, code_table.c.state == CodeState.WITHDRAWN, within(viewer, Action.PATROL_LOG))
        .order_by(code_table.c.token)
    )
    found: dict[str, list[str]] = {}
    for premises_id, token in session.execute(query):
        found.setdefault(premises_id, []).append(token)
    return found


def open_findings(session: Session, viewer: Viewer) -> dict[str, list[OpenFinding]]:
    """Return tenancy → its findings that have not ended, the oldest first."""
    mine = finding_table.c
    query = (
        sa.select(
            mine.tenancy_id, mine.id, mine.code, mine.state, mine.due_at, mine.opened_at,
            _event.c.photos,
        )
        .join(_event, sa.and_(_event.c.finding_id == mine.id, _event.c.number == 1))
        .join(tenancy_table, tenancy_table.c.id == mine.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(OPEN, findings.OPEN, within(viewer, Action.PATROL_LOG))
        .order_by(mine.opened_at, mine.id)
    )  # fmt: skip
    found: dict[str, list[OpenFinding]] = {}
    for row in session.execute(query):
        due = row.due_at if row.state in CLOCK_RUNS else None
        each = OpenFinding(row.id, row.code, row.state, due, row.opened_at, bool(row.photos))
        found.setdefault(row.tenancy_id, []).append(each)
    return found


def frequent(session: Session, viewer: Viewer, now: datetime) -> Sequence[str]:
    """Return the codes of the faults that the viewer has found most often lately, most first."""
    count = sa.func.count()
    query = (
        sa.select(_item.c.code)
        .join(_patrol, _patrol.c.id == _item.c.patrol_id)
        .where(
            _patrol.c.account_id == viewer.account_id,
            _patrol.c.received_at >= now - FREQUENT_WITHIN,
            _item.c.result == ItemResult.FAULT,
        )
        .group_by(_item.c.code)
        .order_by(count.desc(), _item.c.code)
        .limit(FREQUENT)
    )
    return session.execute(query).scalars().all()

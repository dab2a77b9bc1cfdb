"""Coverage: how many of 5 × tenancies slots are filled, by township, lane and kind.

Counted in the database by two grouped statements, whatever the number of shops.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL
from compliance.coverage import conditions
from compliance.coverage.conditions import STANDINGS, VISITED, patrol_table
from compliance.coverage.slots import PERIOD, SLOTS, Mark, Slot, marks
from compliance.findings import queries as findings
from compliance.merchants.shops import (
    OPEN,
    lane_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)
from compliance.notices import slots as notice_slots
from compliance.notices.kinds import FILLS_A_SLOT, Standing
from compliance.patrols.kinds import VISITS


@dataclass(slots=True)
class Area:
    """A lane, a township or all of what somebody sees: its tenancies, its slots by standing."""

    code: str
    name: str
    name_en: str = ""
    tenancies: int = 0
    standings: Counter[tuple[Slot, Standing]] = field(default_factory=Counter)
    lanes: "list[Area]" = field(default_factory=list)

    @property
    def total(self) -> int:
        return SLOTS * self.tenancies

    @property
    def filled(self) -> int:
        return sum(self.by_slot.values())

    @property
    def by_slot(self) -> dict[Slot, int]:
        """How many tenancies have each slot filled."""
        return {
            slot: sum(self.standings[slot, standing] for standing in FILLS_A_SLOT) for slot in Slot
        }

    @property
    def by_standing(self) -> Counter[Standing]:
        """How many of the four notices stand how."""
        counted: Counter[Standing] = Counter()
        for (slot, standing), count in self.standings.items():
            if slot is not Slot.LEDGER:
                counted[standing] += count
        return counted


@dataclass(frozen=True, slots=True)
class Day:
    """How many visits were received on one day."""

    at: date
    value: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What somebody sees at one moment: all of it, and by township with its lanes."""

    at: datetime
    whole: Area
    townships: Sequence[Area]
    findings: Mapping[str, int]
    """How many findings stand in each worklist, `open` and `overdue` among them."""
    visits: Sequence[Day]
    """Patrols and inspections of each of the last thirty days."""


_BY_LANE = (
    sa.select(
        township_table.c.code,
        township_table.c.name,
        township_table.c.name_en,
        lane_table.c.id.label("lane_id"),
        lane_table.c.name.label("lane"),
        sa.func.count().label("tenancies"),
        sa.func.sum(sa.case((VISITED, 1), else_=0)).label("visited"),
    )
    .select_from(tenancy_table)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
    .where(OPEN)
    .group_by(township_table.c.code, lane_table.c.id)
    .order_by(township_table.c.code, lane_table.c.name)
)
_BY_STANDING = (
    sa.select(
        premises_table.c.lane_id,
        STANDINGS.c.kind,
        STANDINGS.c.standing,
        sa.func.count().label("tenancies"),
    )
    .select_from(STANDINGS)
    .join(tenancy_table, tenancy_table.c.id == STANDINGS.c.tenancy_id)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .where(OPEN, STANDINGS.c.place == 1)
    .group_by(premises_table.c.lane_id, STANDINGS.c.kind, STANDINGS.c.standing)
)


def coverage(session: Session, viewer: Viewer, now: datetime) -> Coverage:
    """Return the coverage of what `viewer` may see, as it is at `now`."""
    reach = within(viewer, Action.COVERAGE_READ)
    given = conditions.at(now)
    whole = Area("", "")
    townships: dict[str, Area] = {}
    lanes: dict[str, Area] = {}
    for row in session.execute(_BY_LANE.where(reach), given):
        lane = lanes[row.lane_id] = Area(row.lane_id, row.lane, tenancies=row.tenancies)
        seen = {Standing.ACTIVE: row.visited, Standing.MISSING: row.tenancies - row.visited}
        lane.standings.update({(Slot.LEDGER, standing): n for standing, n in seen.items()})
        place = townships.setdefault(row.code, Area(row.code, row.name, row.name_en))
        place.lanes.append(lane)
    for row in session.execute(_BY_STANDING.where(reach), given):
        counted = lanes[row.lane_id].standings
        counted[Slot(row.kind), Standing(row.standing)] += row.tenancies
    for lane in lanes.values():
        _add_missing(lane)
    for place in townships.values():
        _sum_up(place, place.lanes)
    _sum_up(whole, townships.values())
    return Coverage(
        now,
        whole,
        list(townships.values()),
        findings.counts(session, reach, now),
        _visits_by_day(session, reach, now),
    )


def _visits_by_day(session: Session, reach: sa.ColumnElement[bool], now: datetime) -> Sequence[Day]:
    """Count by the calendar day in Beijing, which the two databases name in different words."""
    today = conditions.day_of(now)
    days = [today - timedelta(days=back) for back in range(PERIOD.days)]
    received = patrol_table.c.received_at
    midnights = [datetime.combine(day, time(), LOCAL) for day in days]
    day = sa.case(*((received >= start, place) for place, start in enumerate(midnights)))
    query = (
        sa.select(day.label("place"), sa.func.count())
        .select_from(patrol_table)
        .join(tenancy_table, tenancy_table.c.id == patrol_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(reach, patrol_table.c.kind.in_(VISITS), received >= midnights[-1])
        .group_by(sa.text("place"))
    )
    counted = {place: count for place, count in session.execute(query)}  # noqa: C416 (no mapping)
    return [Day(day, counted.get(place, 0)) for place, day in enumerate(days)][::-1]


def _add_missing(lane: Area) -> None:
    """Count as missing the notices that no row of the database tells of."""
    told: Counter[Slot] = Counter()
    for (slot, _), count in lane.standings.items():
        told[slot] += count
    for slot in Slot:
        lane.standings[slot, Standing.MISSING] += lane.tenancies - told[slot]


def _sum_up(area: Area, parts: Iterable[Area]) -> None:
    for part in parts:
        area.tenancies += part.tenancies
        area.standings.update(part.standings)


_LAST_VISITS = (
    sa.select(patrol_table.c.tenancy_id, sa.func.max(patrol_table.c.received_at).label("at"))
    .where(
        patrol_table.c.tenancy_id.in_(sa.bindparam("tenancies", expanding=True)),
        patrol_table.c.kind.in_(VISITS),
    )
    .group_by(patrol_table.c.tenancy_id)
)


def marks_of(
    session: Session, tenancy_ids: Iterable[str], now: datetime
) -> dict[str, tuple[Mark, ...]]:
    """Return the five slots of every tenancy asked for, in two statements."""
    wanted = list(tenancy_ids)
    notices = notice_slots.slots(session, wanted, conditions.day_of(now))
    visits = {
        row.tenancy_id: row.at for row in session.execute(_LAST_VISITS, {"tenancies": wanted})
    }
    return {each: marks(notices[each], visits.get(each), now) for each in wanted}

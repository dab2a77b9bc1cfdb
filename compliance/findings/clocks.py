"""The time to put something right: given at the start, and moved when a clock stood still.

A pause (approved closure, declared weather) or a new calendar moves every deadline that is running,
each with an event, an entry in the shop's ledger and a message, so that a moved deadline is never a
surprise. None is moved into the past.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import LOCAL, Act
from compliance.catalogue import service as catalogue
from compliance.catalogue.models import CheckItem, LimitKind
from compliance.catalogue.workdays import Calendar, Day, Pause, Pauses, counting, due_at
from compliance.findings import messages
from compliance.findings.lifecycle import CLOCK_RUNS, Entry
from compliance.findings.models import Finding, FindingEvent
from compliance.ledger import service as ledger
from compliance.merchants.shops import premises_table, tenancy_table
from compliance.pauses import service as pauses

CLOCK_MOVED = "clock_moved"
"""The step of the event that notes a moved deadline; it is nobody's step."""

LOOKS_BACK = timedelta(days=400)
"""Pauses that ended longer ago do not touch what is running."""

BY_BASIS: dict[str, LimitKind] = {
    "due.hours": LimitKind.HOURS,
    "due.working_days": LimitKind.WORKING_DAYS,
    "due.ordered": LimitKind.WORKING_DAYS,
    "due.extended": LimitKind.WORKING_DAYS,
    "due.now": LimitKind.NOW,
    "due.snow": LimitKind.SNOW,
}
"""By which rule a running deadline was computed; a listing ends on its day whatever happens."""


@dataclass(frozen=True, slots=True)
class Time:
    """Until when, by which rule, counted from when and how many: what a finding keeps of it."""

    due_at: datetime | None = None
    due_basis: str = ""
    due_from: datetime | None = None
    due_value: int = 0


NO_TIME = Time()


class Timed(Protocol):
    """What a finding knows of its deadline: its row, or what a page knows of it."""

    @property
    def tenancy_id(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_basis(self) -> str: ...
    @property
    def due_from(self) -> datetime | None: ...
    @property
    def due_value(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a deadline came about: its rule, from when it counts, and what was counted.

    `days` are those of a time in working days; for other rules `held` says when the clock stood
    still meanwhile.
    """

    due_at: datetime
    basis: str
    start: datetime
    value: int
    days: list[Day]
    held: list[Pause]


def given(
    session: Session, tenancy_id: str, item: CheckItem, start: datetime, calendar: Calendar
) -> Time:
    """Return the time that an item of the checklist gives from `start` on."""
    held = pauses.of_shop(session, tenancy_id, start)
    due, basis = due_at(item.limit_kind, item.limit_value, start, calendar, held)
    return Time(due, basis, start if due else None, item.limit_value)


def working_days(
    session: Session, tenancy_id: str, days: int, start: datetime, calendar: Calendar, basis: str
) -> Time:
    """Return the time of so many working days from `start` on, by the rule `basis`."""
    held = pauses.of_shop(session, tenancy_id, start)
    due, _ = due_at(LimitKind.WORKING_DAYS, days, start, calendar, held)
    return Time(due, basis, start, days)


def extended(
    session: Session, finding: Finding, days: int, now: datetime, calendar: Calendar
) -> Time:
    """Return a running time made longer by working days; one that is over begins anew now.

    Working days are added to those given before and counted from the same start, so that a pause
    declared later still counts; hours end on the last of the days after their own end.
    """
    start, total = max(now, finding.due_at or now), days
    of_days = BY_BASIS.get(finding.due_basis) is LimitKind.WORKING_DAYS
    if of_days and finding.due_from is not None and start != now:
        start, total = finding.due_from, finding.due_value + days
    return working_days(session, finding.tenancy_id, total, start, calendar, "due.extended")


def keep(finding: Finding, time: Time) -> None:
    """Write a time into a finding."""
    finding.due_at, finding.due_basis = time.due_at, time.due_basis
    finding.due_from, finding.due_value = time.due_from, time.due_value


def computed(session: Session, finding: Timed, calendar: Calendar) -> list[Day]:
    """Return the days of a running deadline, each with whether it counted: how it was computed."""
    kind = BY_BASIS.get(finding.due_basis)
    if kind is not LimitKind.WORKING_DAYS or finding.due_from is None:
        return []
    held = pauses.of_shop(session, finding.tenancy_id, finding.due_from)
    start = finding.due_from.astimezone(LOCAL).date()
    return list(counting(start, finding.due_value, calendar, held))


def reckoning(session: Session, finding: Timed, calendar: Calendar) -> Reckoning | None:
    """Return how the deadline of a finding was computed; None where there is none."""
    due, start = finding.due_at, finding.due_from
    if due is None or start is None:
        return None
    held = pauses.of_shop(session, finding.tenancy_id, start)
    return Reckoning(
        due,
        finding.due_basis,
        start,
        finding.due_value,
        computed(session, finding, calendar),
        sorted((each for each in held if each.begins < due), key=lambda each: each.begins),
    )


def move(session: Session, act: Act, where: sa.ColumnElement[bool]) -> int:
    """Compute the running deadlines of `where` anew and return how many moved."""
    calendar = catalogue.calendar(session)
    running = session.exec(
        select(Finding)
        .join(tenancy_table, tenancy_table.c.id == Finding.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(
            col(Finding.state).in_(CLOCK_RUNS),
            col(Finding.due_from).is_not(None),
            col(Finding.due_basis).in_(BY_BASIS),
            where,
        )
        .order_by(col(Finding.id))
        .with_for_update(of=Finding)
        .execution_options(populate_existing=True)
    ).all()
    held = {
        finding.tenancy_id: pauses.of_shop(session, finding.tenancy_id, act.at - LOOKS_BACK)
        for finding in running
    }
    return sum(_moved(session, act, each, calendar, held[each.tenancy_id]) for each in running)


def _moved(session: Session, act: Act, finding: Finding, calendar: Calendar, held: Pauses) -> bool:
    """Give a finding its new deadline, if that has changed and is not over already."""
    if finding.due_from is None or finding.due_at is None:
        return False
    kind, value = BY_BASIS[finding.due_basis], finding.due_value
    due, _ = due_at(kind, value, finding.due_from, calendar, held)
    if due is None or due == finding.due_at or due < act.at:
        return False
    before, finding.due_at = finding.due_at, due
    finding.version += 1
    detail: dict[str, object] = {"from": before.isoformat(), "due_at": due.isoformat()}
    session.add(finding)
    session.add(
        FindingEvent(
            finding_id=finding.id,
            number=finding.version,
            step=CLOCK_MOVED,
            state=finding.state,
            at=act.at,
            account_id=act.actor.account_id,
            role=act.actor.role,
            words="",
            detail=detail,
        )
    )
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(finding.tenancy_id),
        kind=Entry.CLOCK_MOVED.value,
        ref=finding.id,
        fact={"code": finding.code, "version": finding.version, **detail},
    )
    item = session.get_one(CheckItem, (finding.edition, finding.code))
    messages.tell(
        session,
        act,
        tenancy_id=finding.tenancy_id,
        template="finding.clock_moved",
        dedup_key=f"finding:{finding.id}:{finding.version}",
        item=item.name,
        due_at=due,
    )
    return True

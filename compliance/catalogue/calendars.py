"""The working-day calendar of a year as the desk brings it: the State Council's arrangement.

A list has one line for each day that differs from its weekday: the day, whether it is worked, and
the name of the festival. A year is replaced whole, so that nothing provisional stays behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.catalogue.models import CalendarDay
from compliance.errors import InvalidInput
from compliance.ledger import service as ledger

DAY, WORKING, NAME = ("日期", "day", "date"), ("上班", "working"), ("名称", "节日", "name")
YES = frozenset({"是", "上班", "班", "1", "true", "yes", "y"})
NO = frozenset({"否", "休", "放假", "0", "false", "no", "n"})
MOST_DAYS = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a day off, or a weekend day that is worked."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class YearList:
    """A list that was read: its year and lines in order, or what is wrong by row number."""

    year: int = 0
    lines: Sequence[Line] = ()
    faults: Mapping[int, str] = field(default_factory=dict)


def read(rows: Sequence[tuple[int, Sequence[object]]]) -> YearList:
    """Return the year in a table of (row number, cells) whose first row names the columns.

    Raises InvalidInput `calendar.columns` when a column is missing; faults of single rows, and a
    list of two years, are told in `faults`.
    """
    head = [str(cell or "").strip().lower() for cell in rows[0][1]] if rows else []
    places = [next((head.index(n) for n in names if n in head), -1) for names in (DAY, WORKING)]
    if -1 in places:
        raise InvalidInput("calendar.columns")
    named = next((head.index(n) for n in NAME if n in head), -1)
    found: dict[int, Line] = {}
    faults: dict[int, str] = {}
    for number, row in rows[1:]:
        cells = [*row, *[""] * (len(head) - len(row))]
        if not any(str(cell or "").strip() for cell in cells):
            continue
        try:
            found[number] = _line(cells, places, named)
        except ValueError as fault:
            faults[number] = str(fault)
    years = {line.day.year for line in found.values()}
    faults |= dict(_contradictions(found, years))
    if len(found) > MOST_DAYS or not (found or faults):
        raise InvalidInput("calendar.columns")
    lines = sorted(found.values(), key=lambda line: line.day)
    return YearList(min(years, default=0), lines, faults)


def _line(cells: Sequence[object], places: Sequence[int], named: int) -> Line:
    day, said = cells[places[0]], str(cells[places[1]] or "").strip().lower()
    said = said.removesuffix(".0")
    if not isinstance(day, date):
        try:
            day = date.fromisoformat(str(day or "").strip().replace("/", "-")[:10])
        except ValueError:
            raise ValueError("calendar.not_a_day") from None
    if said not in YES | NO:
        raise ValueError("calendar.yes_or_no")
    name = str(cells[named] or "").strip()[:40] if named >= 0 else ""
    return Line(date(day.year, day.month, day.day), said in YES, name)


def _contradictions(found: Mapping[int, Line], years: set[int]) -> Iterator[tuple[int, str]]:
    seen: set[date] = set()
    first = min(years, default=0)
    for number, line in found.items():
        if line.day.year != first:
            yield number, "calendar.two_years"
        elif line.day in seen:
            yield number, "calendar.twice"
        elif line.working == (line.day.weekday() < 5):
            yield number, "calendar.as_usual"
        seen.add(line.day)


def replace(session: Session, act: Act, viewer: Viewer | None, given: YearList) -> None:
    """Put a list in the place of its year; `viewer` is None for the command line.

    Raises InvalidInput `calendar.faulty` for a list with faults.
    """
    if viewer is not None:
        require(viewer, Action.CALENDAR_KEEP)
    if given.faults:
        raise InvalidInput("calendar.faulty")
    first, last = date(given.year, 1, 1), date(given.year, 12, 31)
    session.execute(sa.delete(CalendarDay).where(col(CalendarDay.day).between(first, last)))
    session.add_all(
        CalendarDay(day=line.day, working=line.working, name=line.name) for line in given.lines
    )
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="calendar.replaced",
        ref=str(given.year),
        fact={
            "year": given.year,
            "off": [line.day.isoformat() for line in given.lines if not line.working],
            "worked": [line.day.isoformat() for line in given.lines if line.working],
        },
    )
    session.flush()


def years(session: Session) -> Mapping[int, Sequence[CalendarDay]]:
    """Return what differs from the week, by year, newest first."""
    found: dict[int, list[CalendarDay]] = {}
    for row in session.exec(select(CalendarDay).order_by(col(CalendarDay.day))):
        found.setdefault(row.day.year, []).append(row)
    return dict(sorted(found.items(), reverse=True))

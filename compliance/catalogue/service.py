"""The checklist and the calendar as the database holds them: seeding, and reading them whole.

Both are small and change once a year, so whoever needs them often reads them once and keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar
from chinese_calendar import constants
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.catalogue import items_2026
from compliance.catalogue.models import CalendarDay, CheckItem, Heading
from compliance.catalogue.workdays import Calendar
from compliance.errors import NotFound

YEARS = (2025, 2026, 2027)
"""Years whose holidays are stored as soon as the library knows the yearly arrangement."""

BY_LAW = {
    "元旦": [date(2027, 1, 1)],
    "春节": [date(2027, 2, day) for day in (5, 8, 9, 10)],
    "清明节": [date(2027, 4, 5)],
    "劳动节": [date(2027, 5, 3), date(2027, 5, 4)],
    "端午节": [date(2027, 6, 9)],
    "中秋节": [date(2027, 9, 15)],
    "国庆节": [date(2027, 10, 1), date(2027, 10, 4), date(2027, 10, 5)],
}
"""Weekdays off in 2027 by 《全国年节及纪念日放假办法》 (2024) and the lunar calendar alone: New
Year's Eve is 5 February; a festival on a weekend is made up on the next working day (art. 6)."""

HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One edition of the checklist, code → item in the checklist's order; never changed."""

    edition: str
    items: Mapping[str, CheckItem]

    def find(self, code: str) -> CheckItem | None:
        return self.items.get(code)

    def headings(self) -> dict[Heading, list[CheckItem]]:
        """Return the items by the block they stand in."""
        found: dict[Heading, list[CheckItem]] = {}
        for item in self.items.values():
            found.setdefault(item.heading, []).append(item)
        return found


def seed(session: Session, act: Act) -> None:
    """Store the edition of 2026 and the holidays of YEARS that have none yet.

    What somebody brought in for a year (`calendars.replace`) is left alone.
    """
    known = set(session.exec(select(CheckItem.code).where(CheckItem.edition == items_2026.EDITION)))
    for position, row in enumerate(items_2026.ROWS, 1):
        if row.code not in known:
            session.add(_item(position, row))
    stored = {day.year for day in session.exec(select(col(CalendarDay.day)))}
    session.add_all(day for day in holidays() if day.day.year not in stored)
    session.flush()


def _item(position: int, row: items_2026.Row) -> CheckItem:
    heading = items_2026.HEADINGS[row.code[0]]
    limit_kind, limit_value = row.limit
    return CheckItem(
        edition=items_2026.EDITION,
        code=row.code,
        effective_from=items_2026.EFFECTIVE_FROM,
        heading=heading,
        position=position,
        name=row.name,
        name_en=row.name_en,
        severity=row.severity,
        limit_kind=limit_kind,
        limit_value=limit_value,
        basis=row.basis,
        fine=row.fine,
        officer_only=heading is Heading.WASTE,
        covenant_only=heading is Heading.NOTICES,
    )


def holidays() -> list[CalendarDay]:
    """Return the days of YEARS that differ from their weekday, as far as they are arranged."""
    names = {**constants.holidays, **constants.workdays}
    arranged = [
        CalendarDay(day=day, working=working, name=HOLIDAYS.get(names[day], names[day]))
        for day in sorted(names)
        if day.year in YEARS
        if (working := chinese_calendar.is_workday(day)) != (day.weekday() < 5)
    ]
    known = {row.day.year for row in arranged}
    return arranged + [row for row in by_law() if row.day.year not in known]


def by_law() -> list[CalendarDay]:
    """Return the days off that the law alone gives for years without an arrangement yet."""
    return [
        CalendarDay(day=day, working=False, name=name, provisional=True)
        for name, days in BY_LAW.items()
        for day in days
    ]


def items(session: Session, edition: str) -> list[CheckItem]:
    """Return an edition's items in the checklist's order, free of the session."""
    found = list(
        session.exec(
            select(CheckItem).where(CheckItem.edition == edition).order_by(col(CheckItem.position))
        )
    )
    for item in found:
        session.expunge(item)
    return found


def edition_on(session: Session, day: date) -> str:
    """Return the edition in force on `day`, for days before the first edition that one.

    Raises NotFound `catalogue.empty` on a database without any.
    """
    begun = col(CheckItem.effective_from)
    editions = session.exec(select(col(CheckItem.edition), begun).distinct().order_by(begun)).all()
    if not editions:
        raise NotFound("catalogue.empty")
    in_force = [edition for edition, start in editions if start <= day]
    return in_force[-1] if in_force else editions[0][0]


def catalogue(session: Session, edition: str) -> Catalogue:
    """Return one edition as a lookup; raise NotFound `catalogue.empty` for an unknown one."""
    found = items(session, edition)
    if not found:
        raise NotFound("catalogue.empty")
    return Catalogue(edition, {item.code: item for item in found})


def calendar(session: Session) -> Calendar:
    """Return every stored exception of the working week."""
    return Calendar({row.day: row.working for row in session.exec(select(CalendarDay))})

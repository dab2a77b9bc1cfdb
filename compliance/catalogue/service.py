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
    """Store the edition of 2026 and the holidays of YEARS, as far as they are missing."""
    known = set(session.exec(select(CheckItem.code).where(CheckItem.edition == items_2026.EDITION)))
    for position, row in enumerate(items_2026.ROWS, 1):
        if row.code not in known:
            session.add(_item(position, row))
    stored = set(session.exec(select(col(CalendarDay.day))))
    session.add_all(day for day in holidays() if day.day not in stored)
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
    return [
        CalendarDay(day=day, working=working, name=HOLIDAYS.get(names[day], names[day]))
        for day in sorted(names)
        if day.year in YEARS
        if (working := chinese_calendar.is_workday(day)) != (day.weekday() < 5)
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

"""The checklist in force and the calendar, read once an hour instead of once a patrol."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from compliance.act import LOCAL
from compliance.catalogue import service
from compliance.catalogue.service import Catalogue
from compliance.catalogue.workdays import Calendar

if TYPE_CHECKING:
    from merchants_app.context import Context

FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a fault is measured by on one day."""

    catalogue: Catalogue
    calendar: Calendar


def read(session: Session, at: datetime) -> Rules:
    """Return the rules in force at an instant."""
    edition = service.edition_on(session, at.astimezone(LOCAL).date())
    return Rules(service.catalogue(session, edition), service.calendar(session))


class Rulebook:
    """Keeps the rules of the day; an edition that begins at midnight is noticed at midnight.

    Those of the days before are kept with them, for records that arrive late.
    """

    def __init__(self) -> None:
        self._rules: Rules | None = None
        self._read_at = datetime.min.replace(tzinfo=LOCAL)
        self._earlier: dict[date, Rules] = {}

    async def today(self, context: "Context") -> Rules:
        """Return the rules in force now."""
        now = context.clock().astimezone(LOCAL)
        kept, since = self._rules, self._read_at
        if kept is not None and since.date() == now.date() and now - since < FRESH:
            return kept
        found = await context.database.read(lambda session: read(session, now))
        self._rules, self._read_at, self._earlier = found, now, {}
        return found

    async def on(self, context: "Context", at: datetime) -> Rules:
        """Return the edition in force at `at`, today or days ago, and the calendar of today."""
        today, local = await self.today(context), at.astimezone(LOCAL)
        if local.date() >= self._read_at.date():
            return today
        if local.date() not in self._earlier:
            then = await context.database.read(lambda session: read(session, local))
            self._earlier[local.date()] = replace(today, catalogue=then.catalogue)
        return self._earlier[local.date()]

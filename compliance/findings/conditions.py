"""What a step asks for beyond a place in the table: reasons, proof, the right moment (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from compliance.accounts.permissions import Place, Viewer, reaches
from compliance.act import LOCAL
from compliance.catalogue.workdays import Calendar, add_working_days, end_of
from compliance.errors import InvalidInput, RuleBroken
from compliance.findings.lifecycle import (
    ASKS_OVERDUE,
    CLOCK_RUNS,
    LONGEST_LISTING,
    NEEDS_WORDS,
    OBJECTION_DAYS,
    FindingState,
    Step,
    is_overdue,
    possible_steps,
    who,
)
from compliance.findings.models import Agency

MOST_PHOTOS = 6
LONGEST_WORDS = 1000
TAKES_DAYS = frozenset({Step.ORDER, Step.LIST})


class FindingLike(Protocol):
    """What the conditions look at in a finding: its row, or what a page knows of it."""

    @property
    def state(self) -> FindingState: ...
    @property
    def covenant_only(self) -> bool: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def moved_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a step: words, photos by their SHA-256, and what the step decides."""

    words: str = ""
    photos: tuple[str, ...] = ()
    to: Agency | None = None
    days: int | None = None

    def detail(self) -> dict[str, object]:
        """Return what was decided besides the words, without what was left out."""
        decided = {"to": self.to and self.to.value, "days": self.days}
        return {name: value for name, value in decided.items() if value is not None}


def working_days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """Return the end, in Beijing, of the last of `days` working days after `start`."""
    return end_of(add_working_days(start.astimezone(LOCAL).date(), days, calendar))


def end_of_listing(now: datetime, days: int) -> datetime:
    """Return when a listing comes down by itself."""
    return now + timedelta(days=days)


def objection_until(finding: FindingLike, calendar: Calendar) -> datetime:
    """Return the last instant to object: working days after the opening, or after the listing."""
    listed = finding.state is FindingState.ON_IMPROVEMENT_LIST
    start = finding.moved_at if listed else finding.opened_at
    return working_days_after(start, OBJECTION_DAYS, calendar)


def check_given(step: Step, given: Given) -> None:
    """Raise InvalidInput for what `step` needs and does not get, or gets too much of."""
    if step in NEEDS_WORDS and not given.words.strip():
        raise InvalidInput("finding.words_required", fields={"words": "finding.words_required"})
    if step is Step.CLAIM and not (given.words.strip() or given.photos):
        raise InvalidInput("finding.proof_required", fields={"words": "finding.proof_required"})
    if len(given.words) > LONGEST_WORDS:
        raise InvalidInput("finding.words_too_long", fields={"words": "finding.words_too_long"})
    if len(given.photos) > MOST_PHOTOS:
        raise InvalidInput("finding.too_many_photos", fields={"photo": "finding.too_many_photos"})
    if step is Step.DISPATCH and given.to is None:
        raise InvalidInput("finding.agency_required", fields={"to": "finding.agency_required"})
    if step in TAKES_DAYS and not 1 <= (given.days or 0) <= LONGEST_LISTING:
        raise InvalidInput(
            "finding.days_required",
            fields={"days": "finding.days_required"},
            most=LONGEST_LISTING,
        )


def check_moment(finding: FindingLike, step: Step, now: datetime, calendar: Calendar) -> None:
    """Raise RuleBroken when it is too late to object, or too early to take a finding further.

    What only the covenant knows goes to the association, what the law knows to the team.
    """
    if step is Step.OBJECT and now > objection_until(finding, calendar):
        raise RuleBroken("finding.objection_late", days=OBJECTION_DAYS)
    if step not in ASKS_OVERDUE or finding.state not in CLOCK_RUNS:
        return
    if step is Step.SEND_TO_ASSOCIATION and not finding.covenant_only:
        raise RuleBroken("finding.not_covenant")
    if step is Step.REFER and finding.covenant_only:
        raise RuleBroken("finding.covenant_only")
    if not is_overdue(finding.state, finding.due_at, now):
        raise RuleBroken("finding.not_overdue")


def open_steps(
    viewer: Viewer, finding: FindingLike, place: Place, now: datetime, calendar: Calendar
) -> Iterator[Step]:
    """Yield the steps that `viewer` may take now: what a page offers."""
    for step in possible_steps(finding.state):
        if not reaches(viewer, who(finding.state, step), place):
            continue
        try:
            check_moment(finding, step, now, calendar)
        except RuleBroken:
            continue
        yield step

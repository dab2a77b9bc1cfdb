"""What a step asks for beyond a place in the table: reasons, proof, the right moment (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypedDict

from compliance.accounts.permissions import Place, Viewer, reaches
from compliance.act import LOCAL
from compliance.catalogue.workdays import Calendar, add_working_days, end_of
from compliance.errors import InvalidInput, RuleBroken
from compliance.findings.lifecycle import (
    ANSWERS,
    ASKS_OVERDUE,
    CLOCK_RUNS,
    LONGEST_EXTENSION,
    LONGEST_LISTING,
    NEEDS_WORDS,
    OBJECTION_DAYS,
    OFFICIAL,
    REOPEN_WITHIN,
    REOPENS_AFTER,
    FindingState,
    Step,
    is_overdue,
    possible_steps,
    who,
)
from compliance.findings.models import Agency

MOST_PHOTOS = 6
LONGEST_WORDS = 1000
LONGEST_REPLY = 300
LONGEST_DOCUMENT = 64
MOST_FEN = 100_000_000
"""A million yuan: no fine of the checklist comes near it, a slip of the hand does."""

MOST_DAYS: dict[Step, int] = {
    Step.ORDER: LONGEST_LISTING,
    Step.LIST: LONGEST_LISTING,
    Step.ASK_TIME: LONGEST_EXTENSION,
    Step.GRANT_TIME: LONGEST_EXTENSION,
}


class FindingLike(Protocol):
    """What the conditions look at in a finding: its row, or what a page knows of it."""

    @property
    def state(self) -> FindingState: ...
    @property
    def covenant_only(self) -> bool: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def ended_by(self) -> str: ...
    @property
    def asked(self) -> str: ...


class Decided(TypedDict, total=False):
    """What a step decides besides words and photos: the fields of `Given` after those two."""

    to: Agency | None
    days: int | None
    into: str | None
    patrol: str | None
    document: str | None
    dated: date | None
    fen: int | None
    hearing: bool | None


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a step: words, photos by their SHA-256, and what the step decides.

    `into` is the finding that a duplicate is merged into, `patrol` the visit whose sighting is
    split off. `document`, `dated` and `fen` (a fine) are those of the official system's paper,
    `hearing` says whether the shop wishes to be heard.
    """

    words: str = ""
    photos: tuple[str, ...] = ()
    to: Agency | None = None
    days: int | None = None
    into: str | None = None
    patrol: str | None = None
    document: str | None = None
    dated: date | None = None
    fen: int | None = None
    hearing: bool | None = None

    def detail(self) -> dict[str, object]:
        """Return what was decided besides the words, without what was left out."""
        decided = {
            "to": self.to and self.to.value,
            "days": self.days,
            "into": self.into,
            "patrol": self.patrol,
            "document": self.document and self.document.strip(),
            "dated": self.dated and self.dated.isoformat(),
            "fen": self.fen,
            "hearing": self.hearing,
        }
        return {name: value for name, value in decided.items() if value is not None}


def working_days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """Return the end, in Beijing, of the last of `days` working days after `start`."""
    return end_of(add_working_days(start.astimezone(LOCAL).date(), days, calendar))


def end_of_listing(now: datetime, days: int) -> datetime:
    """Return when a listing comes down by itself."""
    return now + timedelta(days=days)


def objection_until(finding: FindingLike, calendar: Calendar) -> datetime:
    """Return the last instant to object; what the association decided has its own re-review."""
    return working_days_after(finding.opened_at, OBJECTION_DAYS, calendar)


def check_given(step: Step, given: Given, today: date) -> None:
    """Raise InvalidInput for all that `step` needs and does not get, or gets too much of."""
    faults = list(_missing(step, given, today))
    if not faults:
        return
    numbers = {name: most for _, _, limits in faults for name, most in limits.items()}
    fields = {field: code for field, code, _ in reversed(faults)}  # of two at a field the first
    raise InvalidInput(faults[0][1], fields=fields, **numbers)


Fault = tuple[str, str, dict[str, int]]


def _missing(step: Step, given: Given, today: date) -> Iterator[Fault]:
    """Yield the field, the code and the numbers of its words for everything that is wrong."""
    words, longest = given.words.strip(), LONGEST_REPLY if step is Step.REPLY else LONGEST_WORDS
    if step in NEEDS_WORDS and not words:
        yield "words", "finding.words_required", {}
    if step is Step.CLAIM and not (words or given.photos):
        yield "words", "finding.proof_required", {}
    if len(words) > longest:
        yield "words", "finding.words_too_long", {"most_words": longest}
    if len(given.photos) > MOST_PHOTOS:
        yield "photo", "finding.too_many_photos", {"most_photos": MOST_PHOTOS}
    if step is Step.DISPATCH and given.to is None:
        yield "to", "finding.agency_required", {}
    if step is Step.MERGE and given.into is None:
        yield "into", "finding.which_required", {}
    if step is Step.SPLIT and given.patrol is None:
        yield "patrol", "finding.which_required", {}
    if step in MOST_DAYS and not 1 <= (given.days or 0) <= MOST_DAYS[step]:
        yield "days", "finding.days_required", {"most_days": MOST_DAYS[step]}
    if step in OFFICIAL:
        yield from _missing_of_paper(given, today)


def _missing_of_paper(given: Given, today: date) -> Iterator[Fault]:
    document = (given.document or "").strip()
    if not document or len(document) > LONGEST_DOCUMENT:
        yield "document", "finding.document_required", {"most_signs": LONGEST_DOCUMENT}
    if given.dated is None or given.dated > today:
        yield "dated", "finding.dated_required", {}
    if given.fen is not None and not 0 <= given.fen <= MOST_FEN:
        yield "fen", "finding.fen_wrong", {}


def check_moment(finding: FindingLike, step: Step, now: datetime, calendar: Calendar) -> None:
    """Raise RuleBroken when it is too late for a step, or too early to take a finding further.

    What only the covenant knows goes to the association, what the law knows to the team. More time
    is given to who asked for it, and only where time runs.
    """
    if step is Step.OBJECT and now > objection_until(finding, calendar):
        raise RuleBroken("finding.objection_late", days=OBJECTION_DAYS)
    if step is Step.ASK_TIME and finding.due_at is None:
        raise RuleBroken("finding.no_deadline")
    if step in ANSWERS[Step.ASK_TIME] and finding.asked != Step.ASK_TIME:
        raise RuleBroken("finding.nothing_asked")
    if step is Step.REOPEN:
        _check_reopening(finding, now)
    if step in ASKS_OVERDUE and finding.state in CLOCK_RUNS:
        _check_overdue(finding, step, now)


def _check_reopening(finding: FindingLike, now: datetime) -> None:
    if finding.ended_by not in REOPENS_AFTER:
        raise RuleBroken("finding.decided")
    if finding.ended_at is not None and now > finding.ended_at + REOPEN_WITHIN:
        raise RuleBroken("finding.reopen_late", days=REOPEN_WITHIN.days)


def _check_overdue(finding: FindingLike, step: Step, now: datetime) -> None:
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

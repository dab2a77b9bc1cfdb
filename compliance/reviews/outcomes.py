"""What the association may decide, and by when (pure).

The covenant's article 9 knows few measures, none of them money and none of them a penalty: talk,
internal criticism, a listing that ends. Article 10: before a measure the shop is heard; it may ask
once that others decide again.
"""

from datetime import datetime
from enum import StrEnum

from compliance.catalogue.workdays import Calendar
from compliance.errors import InvalidInput, RuleBroken
from compliance.findings.conditions import working_days_after
from compliance.findings.lifecycle import LONGEST_LISTING, Step


class ReviewReason(StrEnum):
    """Why a finding lies before the association."""

    DISPUTED = "disputed"
    OVERDUE = "overdue"
    APPEAL = "appeal"


class Outcome(StrEnum):
    """What a review ends with; each value is the step it takes on the finding."""

    UPHOLD = "uphold"
    REVOKE = "revoke"
    MEDIATE = "mediate"
    TALK = "talk"
    CRITICISE = "criticise"
    LIST = "list"
    DISMISS = "dismiss"
    REFER = "refer"
    WITHDRAWN = "withdraw_objection"

    @property
    def step(self) -> Step:
        return Step(self.value)


OUTCOMES: dict[ReviewReason, tuple[Outcome, ...]] = {
    ReviewReason.DISPUTED: (Outcome.REVOKE, Outcome.UPHOLD),
    ReviewReason.OVERDUE: (
        Outcome.DISMISS,
        Outcome.MEDIATE,
        Outcome.TALK,
        Outcome.CRITICISE,
        Outcome.LIST,
        Outcome.REFER,
    ),
    ReviewReason.APPEAL: (Outcome.REVOKE, Outcome.DISMISS, Outcome.UPHOLD),
}
"""What a reviewer may choose, the mildest for the shop first; `withdrawn` is the merchant's own."""

ANSWER_DAYS: dict[ReviewReason, int] = {
    ReviewReason.DISPUTED: 5,
    ReviewReason.OVERDUE: 10,
    ReviewReason.APPEAL: 5,
}
"""Working days until the association has answered."""

HEARING_DAYS = 3
"""Working days a shop has to speak before something against it is decided."""

APPEAL_DAYS = 5
"""Working days in which a shop may ask for the one re-review."""

REMIND_DAYS = 2
"""Working days before the answer is due, members who have not voted are reminded."""

AGAINST = frozenset({Outcome.UPHOLD, Outcome.TALK, Outcome.CRITICISE, Outcome.LIST, Outcome.REFER})
"""Outcomes to the shop's disadvantage: it is heard first, and may ask for a re-review."""

SHORTEST_GROUNDS = 10


def answer_due(reason: ReviewReason, opened_at: datetime, calendar: Calendar) -> datetime:
    """Return by when a review must be decided."""
    return working_days_after(opened_at, ANSWER_DAYS[reason], calendar)


def heard_by(opened_at: datetime, calendar: Calendar) -> datetime:
    """Return until when a shop that says nothing is waited for."""
    return working_days_after(opened_at, HEARING_DAYS, calendar)


def appeal_until(decided_at: datetime, calendar: Calendar) -> datetime:
    """Return the last instant to ask for a re-review."""
    return working_days_after(decided_at, APPEAL_DAYS, calendar)


def check(options: tuple[Outcome, ...], outcome: Outcome, grounds: str, days: int | None) -> None:
    """Raise InvalidInput when the outcome is not offered, the grounds too thin, the days missing.

    A listing says for how many days, 30 at most; nothing else takes any.
    """
    if outcome not in options:
        raise InvalidInput("review.outcome", fields={"outcome": "review.outcome"})
    if len(grounds.strip()) < SHORTEST_GROUNDS:
        raise InvalidInput(
            "review.grounds", fields={"grounds": "review.grounds"}, least=SHORTEST_GROUNDS
        )
    if outcome is Outcome.LIST and not 1 <= (days or 0) <= LONGEST_LISTING:
        raise InvalidInput(
            "finding.days_required",
            fields={"days": "finding.days_required"},
            most_days=LONGEST_LISTING,
        )


def check_heard(outcome: Outcome, *, spoken: bool, until: datetime, now: datetime) -> None:
    """Raise RuleBroken `review.not_heard` before a decision on which the shop was not heard."""
    if outcome in AGAINST and not spoken and now <= until:
        raise RuleBroken("review.not_heard", days=HEARING_DAYS)

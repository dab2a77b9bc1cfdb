"""What the association may decide, and by when (pure).

The covenant's article 9 knows four measures, none of them money and none of them a penalty: talk,
internal criticism, a listing that ends. Article 10: before criticism or listing the shop is heard.
"""

from datetime import datetime
from enum import StrEnum

from compliance.catalogue.workdays import Calendar
from compliance.errors import InvalidInput, RuleBroken
from compliance.findings.conditions import working_days_after
from compliance.findings.lifecycle import Step


class ReviewReason(StrEnum):
    """Why a finding lies before the association."""

    DISPUTED = "disputed"
    OVERDUE = "overdue"


class Outcome(StrEnum):
    """What a review ends with; each value is the step it takes on the finding."""

    UPHOLD = "uphold"
    REVOKE = "revoke"
    MEDIATE = "mediate"
    CRITICISE = "criticise"
    LIST = "list"
    DISMISS = "dismiss"
    REFER = "refer"
    WITHDRAWN = "withdraw_objection"

    @property
    def step(self) -> Step:
        return Step(self.value)


OUTCOMES: dict[ReviewReason, tuple[Outcome, ...]] = {
    ReviewReason.DISPUTED: (Outcome.UPHOLD, Outcome.REVOKE),
    ReviewReason.OVERDUE: (
        Outcome.MEDIATE,
        Outcome.CRITICISE,
        Outcome.LIST,
        Outcome.DISMISS,
        Outcome.REFER,
    ),
}
"""What a reviewer may choose; `withdrawn` is the merchant's own way to end a review."""

ANSWER_DAYS: dict[ReviewReason, int] = {ReviewReason.DISPUTED: 5, ReviewReason.OVERDUE: 10}
"""Working days until the association has answered."""

HEARING_DAYS = 3
"""Working days a shop has to speak before a measure against it is decided."""

NEEDS_HEARING = frozenset({Outcome.CRITICISE, Outcome.LIST})
SHORTEST_GROUNDS = 10


def answer_due(reason: ReviewReason, opened_at: datetime, calendar: Calendar) -> datetime:
    """Return by when a review must be decided."""
    return working_days_after(opened_at, ANSWER_DAYS[reason], calendar)


def heard_by(opened_at: datetime, calendar: Calendar) -> datetime:
    """Return until when a shop that says nothing is waited for."""
    return working_days_after(opened_at, HEARING_DAYS, calendar)


def check(reason: ReviewReason, outcome: Outcome, grounds: str) -> None:
    """Raise InvalidInput when the outcome is not for this review or the grounds are too thin."""
    if outcome not in OUTCOMES[reason]:
        raise InvalidInput("review.outcome", fields={"outcome": "review.outcome"})
    if len(grounds.strip()) < SHORTEST_GROUNDS:
        raise InvalidInput(
            "review.grounds", fields={"grounds": "review.grounds"}, least=SHORTEST_GROUNDS
        )


def check_heard(outcome: Outcome, *, spoken: bool, until: datetime, now: datetime) -> None:
    """Raise RuleBroken `review.not_heard` before a measure on which the shop has not been heard."""
    if outcome in NEEDS_HEARING and not spoken and now <= until:
        raise RuleBroken("review.not_heard", days=HEARING_DAYS)

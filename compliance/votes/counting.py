"""What a vote comes to (pure): who may vote, when enough took part, when a covenant is adopted.

Whole numbers only, so that no rounding decides. “以上” includes the figure itself (民法典 1259),
“过半数” does not. However a majority is counted, a covenant also needs more than half of everybody
on the roll: it is the rule of a whole street, and the paper says how many agreed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from compliance.ledger import chain


class Choice(StrEnum):
    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Way(StrEnum):
    """How a vote was cast: with a code sent to the phone, or on paper before a witness."""

    PHONE = "phone"
    PAPER = "paper"


class Ratio(StrEnum):
    """How large a part has to agree."""

    MORE_THAN_HALF = "more_than_half"
    TWO_THIRDS = "two_thirds"
    THREE_QUARTERS = "three_quarters"


class Base(StrEnum):
    """Of whom that part is taken: of everybody on the roll, or of those who took part."""

    ELIGIBLE = "eligible"
    VOTING = "voting"


class Stage(StrEnum):
    """Where a vote stands; the last four are ends."""

    PREPARED = "prepared"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    NO_QUORUM = "no_quorum"
    WITHDRAWN = "withdrawn"


PENDING = frozenset({Stage.SCHEDULED, Stage.RUNNING})

SHORTEST, LONGEST = timedelta(days=3), timedelta(days=60)
"""How long a vote lasts: time to read for everybody, and an end in sight."""

LEAST_QUORUM = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed before the first vote: `quorum` in per cent of the roll."""

    quorum: int
    ratio: Ratio
    base: Base


@dataclass(frozen=True, slots=True)
class Tally:
    """How many shops stand on the roll, and what those said whose vote counts."""

    eligible: int
    yes: int = 0
    no: int = 0
    abstain: int = 0

    @property
    def cast(self) -> int:
        return self.yes + self.no + self.abstain


def quorum_met(tally: Tally, terms: Terms) -> bool:
    """Return whether enough of the roll took part; an empty roll never does."""
    return tally.eligible > 0 and 100 * tally.cast >= terms.quorum * tally.eligible


def carried(tally: Tally, terms: Terms) -> bool:
    """Return whether enough agreed."""
    base = tally.eligible if terms.base is Base.ELIGIBLE else tally.cast
    enough = {
        Ratio.MORE_THAN_HALF: 2 * tally.yes > base,
        Ratio.TWO_THIRDS: 3 * tally.yes >= 2 * base,
        Ratio.THREE_QUARTERS: 4 * tally.yes >= 3 * base,
    }[terms.ratio]
    return enough and 2 * tally.yes > tally.eligible


def result(tally: Tally, terms: Terms) -> Stage:
    """Return how a vote ends."""
    if not quorum_met(tally, terms):
        return Stage.NO_QUORUM
    return Stage.ADOPTED if carried(tally, terms) else Stage.NOT_ADOPTED


class Reminder(IntEnum):
    """The two steps at which those who have not voted are reminded."""

    NONE = 0
    HALFWAY = 1
    LAST_DAY = 2


def reminder_due(opened_at: datetime, closes_at: datetime, now: datetime) -> Reminder:
    """Return the step that has been reached; after a pause only the latest is worth sending."""
    if now >= closes_at:
        return Reminder.NONE
    if now >= closes_at - timedelta(days=1):
        return Reminder.LAST_DAY
    halfway = opened_at + (closes_at - opened_at) / 2
    return Reminder.HALFWAY if now >= halfway else Reminder.NONE


def roll_hash(vote_id: str, shops: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256, in hex, of the roll: (door number, tenancy) of every shop, in order."""
    roll = [{"number": number, "tenancy": tenancy} for number, tenancy in sorted(shops)]
    return hashlib.sha256(chain.canonical({"vote": vote_id, "roll": roll})).hexdigest()

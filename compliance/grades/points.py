"""The sum behind a colour, line by line (pure): each point names the entry it comes from.

A shop starts with 100. What was found wrong and was the shop's own doing takes points away for as
long as it is open, and for the window after it was found; weeks in which it checked itself give
some back; a notice that has run out costs until it is renewed. What a third party did, what was
revoked or linked to another as a duplicate never counts; what is disputed counts nothing until it
is decided. A new shop is grey whatever was seen: nobody knows it yet.

Amounts are whole hundredths of a point and rounded in the shop's favour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from compliance.act import LOCAL
from compliance.findings.lifecycle import ENDED, FindingState, is_overdue
from compliance.findings.models import Cause
from compliance.grades.rules import DEFAULT, Colour, Rules

POINT = 100
"""Hundredths in a point."""

FULL = 100 * POINT
MONTH = timedelta(days=30)
SERIOUS = 3
"""From this severity on a finding makes the shop red while it is open."""


class PointRule(StrEnum):
    """Which rule a line follows."""

    FINDING = "finding"
    SELF_CHECK = "self_check"
    RED_LIST = "red_list"
    NOTICE_EXPIRED = "notice_expired"


class Factor(StrEnum):
    """What makes a line more, less or nothing."""

    ON_SPOT = "on_spot"
    IN_TIME = "in_time"
    OVERDUE = "overdue"
    REPEATED = "repeated"
    ON_HOLD = "on_hold"
    BEYOND_MOST = "beyond_most"


class Ground(StrEnum):
    """On what ground a colour stands."""

    NEW = "new"
    SERIOUS = "serious"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding as the sum sees it; `claimed_at` is when the shop last said it was put right.

    `went_further` says that it was sent on because its time had passed.
    """

    id: str
    code: str
    severity: int
    state: FindingState
    opened_at: datetime
    due_at: datetime | None = None
    ended_at: datetime | None = None
    claimed_at: datetime | None = None
    fixed_on_spot: bool = False
    went_further: bool = False
    counted: bool = True
    cause: Cause = Cause.MERCHANT

    @property
    def is_the_shops(self) -> bool:
        """Whether it stands on the shop's record as its own doing."""
        return (
            self.counted and self.cause is Cause.MERCHANT and self.state is not FindingState.REVOKED
        )

    @property
    def is_on_hold(self) -> bool:
        return self.state is FindingState.DISPUTED

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """A check that the shop made of itself."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RanOut:
    """A notice whose last day has passed, none of its kind in its place."""

    id: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class RedTerm:
    """A time that the shop stood on the red list, or will stand there until."""

    id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the sum of one shop is made of."""

    opened_on: date
    faults: Sequence[Fault] = ()
    self_checks: Sequence[SelfCheck] = ()
    ran_out: Sequence[RanOut] = ()
    red_terms: Sequence[RedTerm] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum: `amount` in hundredths, `ref` the entry, `subject` its code or kind.

    It counts until `until`; None says as long as it is not put right.
    """

    rule: PointRule
    ref: str
    subject: str
    on: date
    amount: int
    factors: tuple[Factor, ...] = ()
    until: datetime | None = None

    def plain(self) -> dict[str, object]:
        """Return the line as it is kept and written into the ledger."""
        return {
            "rule": self.rule.value,
            "ref": self.ref,
            "subject": self.subject,
            "on": self.on.isoformat(),
            "amount": self.amount,
            "factors": [each.value for each in self.factors],
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """A shop's points (hundredths, 0 to 10,000), the lines they come from, the colour they make."""

    colour: Colour
    ground: Ground
    points: int
    lines: tuple[Line, ...]


def total(facts: Facts, now: datetime, rules: Rules = DEFAULT) -> Sum:
    """Return the sum of one shop at `now`; the order of its facts does not matter."""
    lines = (
        *_of_faults(facts.faults, now, rules),
        *_of_self_checks(facts.self_checks, now, rules),
        *_of_red_list(facts.red_terms, now, rules),
        *_of_notices(facts.ran_out, rules),
    )
    points = min(max(FULL + sum(line.amount for line in lines), 0), FULL)
    ground = _ground(facts, now, rules)
    return Sum(_colour(ground, points, rules), ground, points, lines)


def _ground(facts: Facts, now: datetime, rules: Rules) -> Ground:
    if now.astimezone(LOCAL).date() < facts.opened_on + timedelta(days=rules.new_days):
        return Ground.NEW
    serious = (
        fault.is_the_shops and fault.is_open and not fault.is_on_hold and fault.severity >= SERIOUS
        for fault in facts.faults
    )
    return Ground.SERIOUS if any(serious) else Ground.POINTS


def _colour(ground: Ground, points: int, rules: Rules) -> Colour:
    if ground is Ground.NEW:
        return Colour.GREY
    if ground is Ground.SERIOUS or points < rules.yellow_from * POINT:
        return Colour.RED
    return Colour.GREEN if points >= rules.green_from * POINT else Colour.YELLOW


def _of_faults(faults: Iterable[Fault], now: datetime, rules: Rules) -> list[Line]:
    window = timedelta(days=rules.window_days)
    own = sorted(
        (fault for fault in faults if fault.is_the_shops), key=lambda f: (f.opened_at, f.id)
    )
    seen = [fault for fault in own if not fault.is_on_hold]
    lines = []
    for fault in own:
        if not fault.is_open and fault.opened_at + window <= now:
            continue
        before = fault.opened_at - window
        repeated = any(
            other.code == fault.code and before < other.opened_at < fault.opened_at
            for other in seen
        )
        factors = _factors(fault, now, repeated=repeated)
        amount = rules.severity(fault.severity) * POINT
        for factor in factors:
            share = 0 if factor is Factor.ON_HOLD else getattr(rules, factor.value)
            amount = amount * share // 100
        until = None if fault.is_open else fault.opened_at + window
        on = fault.opened_at.astimezone(LOCAL).date()
        lines.append(Line(PointRule.FINDING, fault.id, fault.code, on, -amount, factors, until))
    return lines


def _factors(fault: Fault, now: datetime, *, repeated: bool) -> tuple[Factor, ...]:
    """Return what makes a finding more or less: how it was put right, and whether it came again."""
    if fault.is_on_hold:
        return (Factor.ON_HOLD,)
    again = (Factor.REPEATED,) if repeated else ()
    if fault.fixed_on_spot:
        return (Factor.ON_SPOT, *again)
    if _was_late(fault, now):
        return (Factor.OVERDUE, *again)
    return again if fault.is_open else (Factor.IN_TIME, *again)


def _was_late(fault: Fault, now: datetime) -> bool:
    """Return whether its time passed: it was sent on for that, or put right after it, or not yet.

    What counts is when the shop said so, not when somebody came to look.
    """
    if fault.went_further or is_overdue(fault.state, fault.due_at, now):
        return True
    done = fault.claimed_at if fault.state is FindingState.CLAIMED else None
    if fault.state is FindingState.CLOSED:
        done = fault.claimed_at or fault.ended_at
    return done is not None and fault.due_at is not None and done > fault.due_at


def _of_self_checks(checks: Iterable[SelfCheck], now: datetime, rules: Rules) -> list[Line]:
    """Count a calendar week once, by its latest check; the latest weeks count, up to the most."""
    window = timedelta(days=rules.window_days)
    by_week: dict[tuple[int, int], SelfCheck] = {}
    for check in sorted(checks, key=lambda check: (check.at, check.id)):
        if check.at + window > now:
            year, week, _ = check.at.astimezone(LOCAL).isocalendar()
            by_week[year, week] = check
    left, lines = rules.self_check_most * POINT, []
    for check in reversed(by_week.values()):
        amount = min(rules.self_check * POINT, left)
        left -= amount
        factors = (Factor.BEYOND_MOST,) if amount < rules.self_check * POINT else ()
        on = check.at.astimezone(LOCAL).date()
        until = check.at + window
        lines.append(Line(PointRule.SELF_CHECK, check.id, "", on, amount, factors, until))
    return lines


def _of_red_list(terms: Iterable[RedTerm], now: datetime, rules: Rules) -> list[Line]:
    """Count every thirty days that a shop has stood on the list, for the window after them."""
    window, lines = timedelta(days=rules.window_days), []
    for term in sorted(terms, key=lambda term: (term.since, term.id)):
        full = term.since + MONTH
        while full <= min(now, term.until):
            if full + window > now:
                on, gain = full.astimezone(LOCAL).date(), rules.red_list_month * POINT
                lines.append(Line(PointRule.RED_LIST, term.id, "", on, gain, until=full + window))
            full += MONTH
    return lines


def _of_notices(ran_out: Iterable[RanOut], rules: Rules) -> list[Line]:
    return [
        Line(PointRule.NOTICE_EXPIRED, each.id, each.kind, each.on, -rules.notice_expired * POINT)
        for each in sorted(ran_out, key=lambda each: (each.on, each.kind, each.id))
    ]

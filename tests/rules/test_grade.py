"""The sum behind a colour: shops computed by hand, and what must hold of every shop."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import InvalidInput
from compliance.findings.lifecycle import ENDED, FindingState
from compliance.findings.models import Cause
from compliance.grades.points import (
    Factor,
    Facts,
    Fault,
    Ground,
    PointRule,
    RanOut,
    RedTerm,
    SelfCheck,
    total,
)
from compliance.grades.rules import DEFAULT, Colour, Rules, check, inspection_cap, visit_every

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 09:00 in Beijing."""

OLD = date(2025, 1, 1)
S = FindingState


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def fault(days: float = 10, severity: int = 1, state: S = S.REMINDED, **named) -> Fault:
    """Return a finding opened so many days ago; without more it is open and in its time."""
    named.setdefault("id", f"{days}")
    named.setdefault("code", "O02")
    named.setdefault("due_at", NOW + timedelta(days=1))
    return Fault(severity=severity, state=state, opened_at=ago(days), **named)


def closed(days: float = 10, severity: int = 1, *, late: bool = False, **named) -> Fault:
    """Return a finding put right one day after it was opened, in time unless it was late."""
    due = ago(days - 0.5) if late else ago(days - 2)
    named = {"due_at": due, "ended_at": ago(days - 1)} | named
    return fault(days, severity, S.CLOSED, **named)


def on_spot(days: float = 10, severity: int = 1, **named) -> Fault:
    return closed(days, severity, ended_at=ago(days), due_at=None, fixed_on_spot=True, **named)


def checks(*days: float) -> list[SelfCheck]:
    return [SelfCheck(f"check-{each}", ago(each)) for each in days]


def ran_out(*kinds: str) -> list[RanOut]:
    return [RanOut(f"notice-{kind}", kind, date(2026, 11, 1)) for kind in kinds]


BY_HAND = [
    # what happened, faults, self-checks, notices run out, points, colour
    ("nothing", [], [], [], 10_000, "green"),
    ("open, severity 1", [fault()], [], [], 9_800, "green"),
    ("open, severity 2", [fault(severity=2)], [], [], 9_500, "green"),
    ("open, severity 3: 88, red", [fault(severity=3)], [], [], 8_800, "red"),
    ("severity 3, put right in time", [closed(severity=3)], [], [], 9_400, "green"),
    ("severity 3, put right late", [closed(severity=3, late=True)], [], [], 8_200, "yellow"),
    ("severity 3, disputed", [fault(severity=3, state=S.DISPUTED)], [], [], 10_000, "green"),
    ("severity 3, a third party's", [fault(severity=3, cause=Cause.THIRD_PARTY)], [], [], 10_000, "green"),
    ("severity 3, cause not known", [fault(severity=3, cause=Cause.UNKNOWN)], [], [], 10_000, "green"),
    ("severity 3, revoked", [fault(severity=3, state=S.REVOKED)], [], [], 10_000, "green"),
    ("severity 3, a duplicate", [fault(severity=3, counted=False)], [], [], 10_000, "green"),
    ("fixed on the spot", [on_spot(severity=2)], [], [], 9_850, "green"),
    ("put right in time", [closed(severity=2)], [], [], 9_750, "green"),
    ("claimed in time, seen late", [closed(claimed_at=ago(9.6), late=True)], [], [], 9_900, "green"),
    ("claimed, not seen yet", [fault(state=S.CLAIMED, claimed_at=ago(1))], [], [], 9_800, "green"),
    ("claimed after its time", [fault(state=S.CLAIMED, claimed_at=ago(1), due_at=ago(2))], [], [], 9_700, "green"),
    ("overdue and open", [fault(severity=2, due_at=ago(1))], [], [], 9_250, "green"),
    ("with the association", [fault(state=S.IN_REVIEW, went_further=True)], [], [], 9_700, "green"),
    ("criticised, then put right in the new time", [closed(went_further=True)], [], [], 9_700, "green"),
    ("the same twice, in time", [closed(30), closed(10)], [], [], 9_750, "green"),
    ("the same twice, on the spot: 0.60 + 0.90", [on_spot(30), on_spot(10)], [], [], 9_850, "green"),
    ("the same twice, late: 3.00 + 4.50", [closed(30, late=True), closed(10, late=True)], [], [], 9_250, "green"),
    ("two different ones", [closed(30), closed(10, code="H01")], [], [], 9_800, "green"),
    ("the first one disputed", [fault(30, state=S.DISPUTED), closed(10)], [], [], 9_900, "green"),
    ("two at one moment are no repetition", [closed(10), closed(10, id="b")], [], [], 9_800, "green"),
    ("out of the window", [closed(90, severity=2)], [], [], 10_000, "green"),
    ("just inside the window", [closed(89.9, severity=2)], [], [], 9_750, "green"),
    ("open for longer than the window", [fault(120, severity=2, due_at=ago(110))], [], [], 9_250, "green"),
    ("the first is out of the window, the second repeats it", [closed(95), closed(10)], [], [], 9_850, "green"),
    ("the first is more than a window before", [closed(101), closed(10)], [], [], 9_900, "green"),
    ("15 points: green", [fault(n, severity=2, code=f"O0{n}") for n in (1, 2, 3)], [], [], 8_500, "green"),
    ("15.60 points: yellow", [*(fault(n, severity=2, code=f"O0{n}") for n in (1, 2, 3)), on_spot(code="H01")], [], [], 8_440, "yellow"),
    ("40 points: yellow", [fault(n, severity=2, code=f"C{n}") for n in range(1, 9)], [], [], 6_000, "yellow"),
    ("40.60 points: red", [*(fault(n, severity=2, code=f"C{n}") for n in range(1, 9)), on_spot(code="H01")], [], [], 5_940, "red"),
    ("never below nothing", [fault(n, severity=2, code=f"C{n}", due_at=ago(0.5)) for n in range(1, 20)], [], [], 0, "red"),
    ("notices run out", [], [], ran_out("pledge", "covenant"), 9_400, "green"),
    ("all four run out, and one finding", [fault(severity=2)], [], ran_out("a", "b", "c", "d"), 8_300, "yellow"),
    ("self-checks do not lift above 100", [], checks(1, 8, 15), [], 10_000, "green"),
    ("three weeks of self-checks", [fault(severity=2)], checks(1, 8, 15), [], 9_800, "green"),
    ("twice in one week is once", [fault(severity=2)], checks(8, 9, 10), [], 9_600, "green"),
    ("eight weeks at most", [fault(severity=2), fault(9, 2, code="H02")], checks(*range(1, 85, 7)), [], 9_800, "green"),
    ("a self-check out of the window", [fault(severity=2)], checks(90), [], 9_500, "green"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("faults", "self_checks", "expired", "points", "colour"),
    [row[1:] for row in BY_HAND],
    ids=[row[0] for row in BY_HAND],
)
def test_a_shop_computed_by_hand(faults, self_checks, expired, points, colour):
    found = total(Facts(OLD, faults, self_checks, expired), NOW)

    assert (found.points, found.colour) == (points, Colour(colour))


@pytest.mark.parametrize(
    ("days", "colour", "ground"), [(29, "grey", "new"), (30, "red", "serious")]
)
def test_a_new_shop_is_grey_for_thirty_days_whatever_was_seen(days, colour, ground):
    opened = date(2026, 11, 23) - timedelta(days=days)

    found = total(Facts(opened, [fault(severity=3)]), NOW)

    assert (found.colour, found.ground) == (Colour(colour), Ground(ground))


def test_every_line_names_its_entry_its_factors_and_how_long_it_counts():
    late, again, held = closed(30, 2, late=True), fault(10, 2), fault(5, state=S.DISPUTED)
    notice = ran_out("pledge")[0]
    check_of_week = SelfCheck("check", ago(3))

    lines = total(Facts(OLD, [held, again, late], [check_of_week], [notice]), NOW).lines

    window = timedelta(days=90)
    assert [(each.rule, each.ref, each.amount, each.factors, each.until) for each in lines] == [
        (PointRule.FINDING, late.id, -750, (Factor.OVERDUE,), late.opened_at + window),
        (PointRule.FINDING, again.id, -750, (Factor.REPEATED,), None),
        (PointRule.FINDING, held.id, 0, (Factor.ON_HOLD,), None),
        (PointRule.SELF_CHECK, "check", 100, (), ago(3) + window),
        (PointRule.NOTICE_EXPIRED, notice.id, -300, (), None),
    ]


FAULTS = st.builds(
    lambda number, days, code, severity, state, late, spot: fault(
        days,
        severity,
        state,
        id=f"{number:06}",
        code=code,
        due_at=ago(days - 3) if late else None,
        ended_at=ago(days - 4) if state in ENDED else None,
        fixed_on_spot=spot,
    ),
    st.integers(0, 10**6),
    st.integers(0, 200),
    st.sampled_from(["O02", "H01", "W01"]),
    st.integers(1, 3),
    st.sampled_from(list(FindingState)),
    st.booleans(),
    st.booleans(),
)
MANY = st.lists(FAULTS, max_size=12, unique_by=lambda each: each.id)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(faults: list[Fault], chance: random.Random):
    mixed = chance.sample(faults, len(faults))

    assert total(Facts(OLD, mixed), NOW) == total(Facts(OLD, faults), NOW)


@given(MANY, FAULTS)
def test_one_more_finding_never_raises_and_an_objection_never_lowers(faults, more):
    before = total(Facts(OLD, faults), NOW)
    worse = total(Facts(OLD, [*faults, more]), NOW)
    disputed = replace(more, state=S.DISPUTED)
    held = total(Facts(OLD, [*faults, disputed]), NOW)

    assert worse.points <= before.points == held.points
    assert worse.points == max(10_000 + sum(line.amount for line in worse.lines), 0)


def test_the_colour_says_how_often_a_street_patrol_comes_and_how_many_inspections_are_borne():
    assert [visit_every(each) for each in Colour] == [30, 7, 2, 7]
    assert [inspection_cap(each) for each in Colour] == [2, 4, 6, 2]


def test_rules_by_which_the_worse_would_fare_better_are_refused():
    check(DEFAULT)

    with pytest.raises(InvalidInput) as refused:
        check(Rules(severity_2=1, green_from=60, visit_red=9, cap_red=1))
    assert set(refused.value.fields) == {"severity_2", "green_from", "visit_yellow", "cap_red"}


def test_each_full_month_on_the_red_list_gives_three_points_for_the_window_after_it():
    listed = RedTerm("listing", ago(70), ago(-20))
    shop = Facts(date(2024, 1, 1), [Fault("f", "O05", 3, S.CLOSED, ago(50))], red_terms=[listed])

    gained = [
        (line.on, line.amount) for line in total(shop, NOW).lines if line.rule is PointRule.RED_LIST
    ]

    assert [amount for _, amount in gained] == [300, 300]
    assert [on for on, _ in gained] == [ago(40).date(), ago(10).date()]
    ended = replace(shop, red_terms=[RedTerm("listing", ago(70), ago(45))])
    assert all(line.rule is not PointRule.RED_LIST for line in total(ended, NOW).lines)

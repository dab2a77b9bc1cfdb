"""When a covenant is adopted: a table of votes, the steps of reminders, the hash of a roll."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compliance.votes.counting import (
    Base,
    Ratio,
    Reminder,
    Stage,
    Tally,
    Terms,
    reminder_due,
    result,
    roll_hash,
)

OPENED = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
CLOSES = OPENED + timedelta(days=8)


@pytest.mark.parametrize(
    ("eligible", "said", "quorum", "ratio", "base", "expected"),
    [
        (30, (20, 0, 0), 50, Ratio.TWO_THIRDS, Base.ELIGIBLE, Stage.ADOPTED),
        (30, (19, 0, 0), 50, Ratio.TWO_THIRDS, Base.ELIGIBLE, Stage.NOT_ADOPTED),
        (30, (16, 5, 0), 50, Ratio.MORE_THAN_HALF, Base.ELIGIBLE, Stage.ADOPTED),
        (30, (15, 5, 0), 50, Ratio.MORE_THAN_HALF, Base.ELIGIBLE, Stage.NOT_ADOPTED),
        (30, (15, 5, 0), 50, Ratio.MORE_THAN_HALF, Base.VOTING, Stage.NOT_ADOPTED),
        (30, (16, 8, 0), 50, Ratio.TWO_THIRDS, Base.VOTING, Stage.ADOPTED),
        (30, (16, 5, 4), 50, Ratio.TWO_THIRDS, Base.VOTING, Stage.NOT_ADOPTED),
        (30, (21, 7, 0), 50, Ratio.THREE_QUARTERS, Base.VOTING, Stage.ADOPTED),
        (30, (20, 0, 0), 70, Ratio.MORE_THAN_HALF, Base.ELIGIBLE, Stage.NO_QUORUM),
        (30, (20, 0, 1), 70, Ratio.MORE_THAN_HALF, Base.ELIGIBLE, Stage.ADOPTED),
        (31, (15, 0, 0), 50, Ratio.MORE_THAN_HALF, Base.VOTING, Stage.NO_QUORUM),
        (1, (1, 0, 0), 100, Ratio.THREE_QUARTERS, Base.ELIGIBLE, Stage.ADOPTED),
        (0, (0, 0, 0), 50, Ratio.MORE_THAN_HALF, Base.ELIGIBLE, Stage.NO_QUORUM),
    ],
)
def test_how_a_vote_ends(eligible, said, quorum, ratio, base, expected):
    assert result(Tally(eligible, *said), Terms(quorum, ratio, base)) is expected


@given(
    said=some.tuples(*[some.integers(0, 40)] * 3),
    silent=some.integers(0, 40),
    quorum=some.integers(50, 100),
    ratio=some.sampled_from(Ratio),
    base=some.sampled_from(Base),
)
def test_an_adopted_covenant_always_has_more_than_half_of_the_roll(
    said, silent, quorum, ratio, base
):
    tally = Tally(sum(said) + silent, *said)

    if result(tally, Terms(quorum, ratio, base)) is Stage.ADOPTED:
        assert 2 * tally.yes > tally.eligible
        assert 100 * tally.cast >= quorum * tally.eligible


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (0, Reminder.NONE),
        (3.9, Reminder.NONE),
        (4, Reminder.HALFWAY),
        (6.9, Reminder.HALFWAY),
        (7, Reminder.LAST_DAY),
        (7.9, Reminder.LAST_DAY),
        (8, Reminder.NONE),
    ],
)
def test_those_who_have_not_voted_are_reminded_halfway_and_on_the_last_day(days, step):
    assert reminder_due(OPENED, CLOSES, OPENED + timedelta(days=days)) is step


def test_the_hash_of_a_roll_tells_any_other_roll_apart():
    roll = [("MTG-DY00002-1", "b" * 32), ("MTG-DY00001-2", "a" * 32)]

    assert roll_hash("v", roll) == roll_hash("v", reversed(roll))
    assert roll_hash("v", roll) != roll_hash("v", roll[:1])
    assert roll_hash("v", roll) != roll_hash("w", roll)

"""States of a notice: which verb leads where, and what a notice is worth on a day."""

from datetime import date, timedelta

import pytest

from compliance.errors import RuleBroken
from compliance.notices.kinds import (
    ENDED,
    EXPIRING_DAYS,
    FILLS_A_SLOT,
    MOVES,
    NEEDS_A_NEW_ONE,
    NoticeKind,
    NoticeState,
    Standing,
    next_change,
    next_state,
    standing,
)

VERBS = (
    "view",
    "sign",
    "refuse",
    "reconsider",
    "serve",
    "accept",
    "return",
    "supersede",
    "revoke",
)

ALLOWED = {
    "sent": {
        "view": "viewed",
        "sign": "signed",
        "refuse": "refused",
        "serve": "served_unsigned",
        "supersede": "superseded",
        "revoke": "revoked",
    },
    "viewed": {
        "sign": "signed",
        "refuse": "refused",
        "serve": "served_unsigned",
        "supersede": "superseded",
        "revoke": "revoked",
    },
    "refused": {
        "sign": "signed",
        "reconsider": "viewed",
        "serve": "served_unsigned",
        "supersede": "superseded",
        "revoke": "revoked",
    },
    "served_unsigned": {"sign": "signed", "supersede": "superseded", "revoke": "revoked"},
    "submitted": {
        "accept": "signed",
        "return": "returned",
        "supersede": "superseded",
        "revoke": "revoked",
    },
    "returned": {"supersede": "superseded", "revoke": "revoked"},
    "signed": {"supersede": "superseded", "revoke": "revoked"},
    "superseded": {},
    "revoked": {},
}

FROM, TO = date(2026, 3, 1), date(2027, 2, 28)


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_pair_of_state_and_verb_is_decided(state, verb):
    expected = ALLOWED[state.value].get(verb)

    if expected is None:
        with pytest.raises(RuleBroken) as refusal:
            next_state(state, verb)
        assert refusal.value.code == "notice.not_now"
    else:
        assert next_state(state, verb).value == expected


def test_there_is_no_move_beyond_these_verbs():
    assert {verb for _, verb in MOVES} == set(VERBS)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_stays_ended(state):
    assert not [verb for verb in VERBS if (state, verb) in MOVES]


@pytest.mark.parametrize(
    ("state", "day", "current", "expected"),
    [
        ("signed", FROM - timedelta(days=1), True, "signed"),
        ("signed", FROM, True, "active"),
        ("signed", TO - timedelta(days=31), True, "active"),
        ("signed", TO - timedelta(days=30), True, "expiring"),
        ("signed", TO, True, "expiring"),
        ("signed", TO + timedelta(days=1), True, "expired"),
        ("signed", FROM, False, "outdated"),
        ("signed", TO + timedelta(days=1), False, "expired"),
        ("served_unsigned", FROM, True, "served_unsigned"),
        ("served_unsigned", FROM, False, "outdated"),
        ("served_unsigned", TO + timedelta(days=1), True, "expired"),
        ("sent", FROM, True, "sent"),
        ("sent", FROM, False, "outdated"),
        ("sent", TO + timedelta(days=1), True, "expired"),
        ("viewed", FROM, True, "viewed"),
        ("refused", FROM, True, "refused"),
        ("superseded", TO + timedelta(days=1), False, "superseded"),
        ("revoked", FROM, True, "revoked"),
    ],
)
def test_a_notice_is_worth_what_dates_and_text_make_it(state, day, current, expected):
    found = standing(NoticeKind.PLEDGE, NoticeState(state), FROM, TO, day, current=current)

    assert found is Standing(expected)


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_warning_begins_as_early_as_the_kind_asks(kind):
    first = TO - timedelta(days=EXPIRING_DAYS[kind])

    assert standing(kind, NoticeState.SIGNED, FROM, TO, first) is Standing.EXPIRING
    day_before = first - timedelta(days=1)
    assert standing(kind, NoticeState.SIGNED, FROM, TO, day_before) is Standing.ACTIVE


def test_only_what_binds_today_fills_a_slot():
    assert {each.value for each in FILLS_A_SLOT} == {"active", "expiring", "served_unsigned"}
    assert not FILLS_A_SLOT & NEEDS_A_NEW_ONE


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (FROM - timedelta(days=9), FROM),
        (FROM, TO - timedelta(days=30)),
        (TO - timedelta(days=30), TO + timedelta(days=1)),
        (TO, TO + timedelta(days=1)),
        (TO + timedelta(days=1), None),
    ],
)
def test_the_next_change_is_the_next_day_on_which_the_standing_differs(today, expected):
    assert next_change(NoticeKind.PLEDGE, FROM, TO, today) == expected

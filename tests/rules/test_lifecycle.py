"""A finding's life: the whole table, pair by pair, and what a step asks for."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from compliance.accounts.permissions import TABLE, Action, Place, Role, Viewer
from compliance.catalogue.workdays import Calendar
from compliance.errors import InvalidInput, RuleBroken
from compliance.findings import lifecycle
from compliance.findings.conditions import (
    Given,
    check_given,
    check_moment,
    objection_until,
    open_steps,
)
from compliance.findings.lifecycle import (
    BEGINNINGS,
    ENDED,
    IN_QUEUE,
    STEPS,
    WHO,
    FindingState,
    Start,
    Step,
    is_overdue,
    next_state,
    possible_steps,
    shown_state,
    start_of,
    who,
)
from compliance.findings.models import Agency, Cause, Finding

S, T = FindingState, Step
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WEEK = Calendar()

# Written down a second time, by hand: what people may do in each state, and where it leads.
EXPECTED = {
    S.REMINDED: {
        T.CLAIM: S.CLAIMED,
        T.OBJECT: S.DISPUTED,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
        T.REFER: S.REFERRED,
        T.DISPATCH: S.DISPATCHED,
    },
    S.THIRD_PARTY: {T.DISPATCH: S.DISPATCHED, T.RESOLVE: S.CLOSED},
    S.DISPATCHED: {T.RESOLVE: S.CLOSED},
    S.CLAIMED: {T.PASS: S.CLOSED, T.FAIL: S.REMINDED, T.OBJECT: S.DISPUTED},
    S.DISPUTED: {
        T.STATE_CASE: S.DISPUTED,
        T.WITHDRAW_OBJECTION: S.REMINDED,
        T.UPHOLD: S.REMINDED,
        T.REVOKE: S.REVOKED,
    },
    S.IN_REVIEW: {
        T.STATE_CASE: S.IN_REVIEW,
        T.MEDIATE: S.CLOSED,
        T.CRITICISE: S.REMINDED,
        T.LIST: S.ON_IMPROVEMENT_LIST,
        T.DISMISS: S.CLOSED,
        T.REFER: S.REFERRED,
    },
    S.ON_IMPROVEMENT_LIST: {
        T.CLAIM: S.CLAIMED,
        T.OBJECT: S.DISPUTED,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
    },
    S.REFERRED: {
        T.ORDER: S.ORDERED,
        T.SEND_BACK: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.DISPATCH: S.DISPATCHED,
        T.PASS: S.CLOSED,
    },
    S.ORDERED: {T.PASS: S.CLOSED, T.FAIL: S.ORDERED},
    S.CLOSED: {},
    S.REVOKED: {},
}


@pytest.mark.parametrize(("state", "step"), list(product(S, T)))
def test_every_pair_of_state_and_step_leads_where_the_process_says_or_nowhere(state, step):
    if step in EXPECTED[state]:
        assert next_state(state, step) is EXPECTED[state][step]
        return

    with pytest.raises(RuleBroken) as refusal:
        next_state(state, step)
    assert refusal.value.code == "finding.step_not_possible"


def test_what_has_ended_stays_ended():
    assert not [step for state in ENDED for step in possible_steps(state)]


@pytest.mark.parametrize("state", sorted(set(S) - ENDED))
def test_whatever_is_open_can_come_to_an_end(state):
    reached, border = {state}, {state}
    while border:
        border = {next_state(at, step) for at in border for step in possible_steps(at)} - reached
        reached |= border

    assert reached & ENDED


def test_the_ledger_has_a_name_for_the_opening_and_every_step():
    assert {entry.name for entry in lifecycle.Entry} == {"OPENED", *(step.name for step in T)}


def test_every_state_is_reached_from_a_beginning():
    reached = set(BEGINNINGS.values())
    for _ in S:
        reached |= {after for (before, _), after in STEPS.items() if before in reached}

    assert reached == set(S)


def test_every_step_has_somebody_whose_it_is():
    assert set(WHO) == set(T)
    assert {step for _, step in STEPS} == set(T)
    for state, step in STEPS:
        assert [role for role in Role if who(state, step) in TABLE[role]]


def test_no_merchant_ends_a_finding_and_no_official_speaks_for_one():
    ending = {who(*pair) for pair, after in STEPS.items() if after in ENDED}
    merchants_own = {Action.FINDING_ANSWER, Action.FINDING_OBJECT}

    assert not ending & set(TABLE[Role.MERCHANT])
    for role in set(Role) - {Role.MERCHANT}:
        assert not merchants_own & set(TABLE[role])


def test_only_the_association_decides_what_lies_before_it_and_only_the_team_what_is_referred():
    for state, step in STEPS:
        decides = step not in {T.STATE_CASE, T.WITHDRAW_OBJECTION}
        if state in IN_QUEUE and decides:
            assert who(state, step) is Action.REVIEW_DECIDE
        if state in {S.REFERRED, S.ORDERED} and step is not T.OBJECT:
            assert who(state, step) is Action.FINDING_ENFORCE


@pytest.mark.parametrize("ended_by", [T.UPHOLD, T.WITHDRAW_OBJECTION])
@pytest.mark.parametrize(
    ("disputed_from", "after"),
    [
        (S.REMINDED, S.REMINDED),
        (S.CLAIMED, S.REMINDED),
        (S.REFERRED, S.REFERRED),
        (S.ON_IMPROVEMENT_LIST, S.ON_IMPROVEMENT_LIST),
    ],
)
def test_an_objection_only_interrupts_what_lay_with_others(ended_by, disputed_from, after):
    assert next_state(S.DISPUTED, ended_by, disputed_from) is after
    assert next_state(S.DISPUTED, T.REVOKE, disputed_from) is S.REVOKED


@pytest.mark.parametrize(
    ("seen", "start", "state"),
    [
        ({"severity": 1}, Start.ORDINARY, S.REMINDED),
        ({"severity": 2}, Start.ORDINARY, S.REMINDED),
        ({"severity": 3}, Start.SERIOUS, S.REFERRED),
        ({"severity": 3, "fixed_on_spot": True}, Start.FIXED_ON_SPOT, S.CLOSED),
        ({"severity": 3, "third_party": True}, Start.THIRD_PARTY, S.THIRD_PARTY),
        ({"severity": 1, "repeated": True}, Start.REPEATED, S.REFERRED),
        ({"severity": 1, "repeated": True, "fixed_on_spot": True}, Start.REPEATED, S.REFERRED),
        ({"severity": 1, "repeated": True, "third_party": True}, Start.THIRD_PARTY, S.THIRD_PARTY),
    ],
)
def test_how_a_fault_begins_follows_from_what_was_seen(seen, start, state):
    given = {"fixed_on_spot": False, "third_party": False} | seen

    assert start_of(**given) is start
    assert BEGINNINGS[start] is state


def test_overdue_follows_from_the_clock_and_only_on_the_merchants_turn():
    due = MONDAY + timedelta(hours=2)
    late = due + timedelta(seconds=1)

    assert not is_overdue(S.REMINDED, due, due)
    assert is_overdue(S.REMINDED, due, late)
    assert not is_overdue(S.CLAIMED, due, late)
    assert not is_overdue(S.DISPUTED, due, late)
    assert not is_overdue(S.REMINDED, None, late)
    assert shown_state(S.REMINDED, due, late) == "overdue"
    assert shown_state(S.CLOSED, due, late) == "closed"


def finding(state: FindingState = S.REMINDED, **named: object) -> Finding:
    """Return a finding as far as the conditions look at it."""
    facts = {
        "state": state,
        "cause": Cause.MERCHANT,
        "opened_at": MONDAY,
        "moved_at": MONDAY,
        "due_at": MONDAY + timedelta(hours=2),
        "covenant_only": False,
    }
    return Finding(**(facts | named))


def refusal_of(finding: Finding, step: Step, given: Given, now: datetime = MONDAY) -> str | None:
    try:
        check_moment(finding, step, now, WEEK)
        check_given(step, given)
    except (RuleBroken, InvalidInput) as refusal:
        return refusal.code
    return None


def test_an_objection_has_three_working_days_from_the_opening():
    friday = finding(opened_at=MONDAY + timedelta(days=4))
    wednesday_night = datetime(2026, 12, 2, 15, 59, 59, tzinfo=UTC)

    assert objection_until(friday, WEEK) == wednesday_night
    words = Given("不是我家的")
    assert refusal_of(friday, T.OBJECT, words, wednesday_night) is None
    too_late = wednesday_night + timedelta(seconds=1)
    assert refusal_of(friday, T.OBJECT, words, too_late) == "finding.objection_late"


def test_against_a_listing_the_three_days_begin_with_the_listing():
    listed = finding(S.ON_IMPROVEMENT_LIST, moved_at=MONDAY + timedelta(days=30))

    assert refusal_of(listed, T.OBJECT, Given("请复评"), MONDAY + timedelta(days=31)) is None


@pytest.mark.parametrize("step", sorted(lifecycle.NEEDS_WORDS))
def test_whatever_somebody_else_has_to_live_with_is_explained(step):
    late = MONDAY + timedelta(days=1)

    assert refusal_of(finding(), step, Given("  "), late) == "finding.words_required"


def test_a_claim_needs_words_or_a_photo():
    assert refusal_of(finding(), T.CLAIM, Given()) == "finding.proof_required"
    assert refusal_of(finding(), T.CLAIM, Given("扫干净了")) is None
    assert refusal_of(finding(), T.CLAIM, Given(photos=("0" * 64,))) is None


def test_what_is_sent_on_must_be_overdue_and_lie_with_the_right_side():
    late, early, why = MONDAY + timedelta(days=1), MONDAY, Given("到期未改")
    covenant, legal = finding(covenant_only=True), finding()

    assert refusal_of(covenant, T.SEND_TO_ASSOCIATION, Given(), late) is None
    assert refusal_of(covenant, T.SEND_TO_ASSOCIATION, Given(), early) == "finding.not_overdue"
    assert refusal_of(legal, T.SEND_TO_ASSOCIATION, Given(), late) == "finding.not_covenant"
    assert refusal_of(legal, T.REFER, why, late) is None
    assert refusal_of(legal, T.REFER, why, early) == "finding.not_overdue"
    assert refusal_of(covenant, T.REFER, why, late) == "finding.covenant_only"


@pytest.mark.parametrize("step", [T.ORDER, T.LIST])
@pytest.mark.parametrize("days", [None, 0, -1, 31])
def test_an_order_and_a_listing_last_one_to_thirty_days(step, days):
    assert refusal_of(finding(S.REFERRED), step, Given("…", days=days)) == "finding.days_required"
    assert refusal_of(finding(S.REFERRED), step, Given("…", days=30)) is None


def test_a_dispatch_names_who_can_put_it_right():
    assert refusal_of(finding(), T.DISPATCH, Given()) == "finding.agency_required"
    assert refusal_of(finding(), T.DISPATCH, Given(to=Agency.HOTLINE)) is None


def test_words_and_photos_are_bounded():
    assert refusal_of(finding(), T.CLAIM, Given("长" * 1001)) == "finding.words_too_long"
    photos = tuple(f"{n:064x}" for n in range(7))
    assert refusal_of(finding(), T.CLAIM, Given(photos=photos)) == "finding.too_many_photos"


def test_a_page_offers_what_this_person_may_do_at_this_moment():
    here = Place(township="t", lane="l", tenancy="s")
    merchant = Viewer("m", Role.MERCHANT, tenancies=frozenset({"s"}))
    chief = Viewer("c", Role.LANE_CHIEF, lanes=frozenset({"l"}))
    stranger = Viewer("x", Role.LANE_CHIEF, lanes=frozenset({"other"}))
    late = MONDAY + timedelta(days=9)

    def offered(viewer: Viewer, now: datetime) -> set[Step]:
        return set(open_steps(viewer, finding(), here, now, WEEK))

    assert offered(merchant, MONDAY) == {T.CLAIM, T.OBJECT}
    assert offered(merchant, late) == {T.CLAIM}
    assert offered(chief, MONDAY) == {T.PASS, T.DISPATCH}
    assert offered(chief, late) == {T.PASS, T.DISPATCH, T.REFER}
    assert offered(stranger, late) == set()

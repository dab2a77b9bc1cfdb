"""A finding's life: the whole table, pair by pair, and what a step asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.accounts.permissions import TABLE, Action, Role
from compliance.catalogue.workdays import Calendar
from compliance.errors import RuleBroken
from compliance.findings import lifecycle
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

S, T = FindingState, Step
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = MONDAY.date()
WEEK = Calendar()

# Written down a second time, by hand: what people may do in each state, and where it leads.
EXPECTED = {
    S.REMINDED: {
        T.CLAIM: S.CLAIMED,
        T.ASK_TIME: S.REMINDED,
        T.GRANT_TIME: S.REMINDED,
        T.REFUSE_TIME: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.APPEAL: S.DISPUTED,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
        T.REFER: S.REFERRED,
        T.DISPATCH: S.DISPATCHED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.REMINDED,
    },
    S.THIRD_PARTY: {
        T.DISPATCH: S.DISPATCHED,
        T.RESOLVE: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.THIRD_PARTY,
    },
    S.DISPATCHED: {
        T.RESOLVE: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.DISPATCHED,
    },
    S.CLAIMED: {
        T.PASS: S.CLOSED,
        T.FAIL: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.APPEAL: S.DISPUTED,
        T.ASK_RECHECK: S.CLAIMED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.CLAIMED,
    },
    S.DISPUTED: {
        T.STATE_CASE: S.DISPUTED,
        T.WITHDRAW_OBJECTION: S.REMINDED,
        T.UPHOLD: S.REMINDED,
        T.DISMISS: S.CLOSED,
        T.REVOKE: S.REVOKED,
        T.SPLIT: S.DISPUTED,
    },
    S.IN_REVIEW: {
        T.STATE_CASE: S.IN_REVIEW,
        T.MEDIATE: S.CLOSED,
        T.TALK: S.REMINDED,
        T.CRITICISE: S.REMINDED,
        T.LIST: S.ON_IMPROVEMENT_LIST,
        T.DISMISS: S.CLOSED,
        T.REFER: S.REFERRED,
        T.SPLIT: S.IN_REVIEW,
    },
    S.ON_IMPROVEMENT_LIST: {
        T.CLAIM: S.CLAIMED,
        T.APPEAL: S.DISPUTED,
        T.ASK_RECHECK: S.ON_IMPROVEMENT_LIST,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.ON_IMPROVEMENT_LIST,
    },
    S.REFERRED: {
        T.ACCEPT: S.SCREENED,
        T.SEND_BACK: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.APPEAL: S.DISPUTED,
        T.DISPATCH: S.DISPATCHED,
        T.PASS: S.CLOSED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.REFERRED,
    },
    S.SCREENED: {
        T.ORDER: S.ORDERED,
        T.FILE_CASE: S.CASE_FILED,
        T.SEND_BACK: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.APPEAL: S.DISPUTED,
        T.DISPATCH: S.DISPATCHED,
        T.PASS: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
        T.SPLIT: S.SCREENED,
    },
    S.ORDERED: {
        T.PASS: S.CLOSED,
        T.FAIL: S.ORDERED,
        T.ASK_TIME: S.ORDERED,
        T.GRANT_TIME: S.ORDERED,
        T.REFUSE_TIME: S.ORDERED,
        T.ASK_RECHECK: S.ORDERED,
        T.FILE_CASE: S.CASE_FILED,
        T.SPLIT: S.ORDERED,
    },
    S.CASE_FILED: {
        T.NOTIFY: S.NOTIFIED,
        T.SPARE: S.CLOSED,
        T.DROP: S.CLOSED,
        T.SPLIT: S.CASE_FILED,
    },
    S.NOTIFIED: {
        T.DEFEND: S.NOTIFIED,
        T.PENALISE: S.PENALISED,
        T.SPARE: S.CLOSED,
        T.DROP: S.CLOSED,
        T.SPLIT: S.NOTIFIED,
    },
    S.PENALISED: {T.PERFORM: S.CLOSED, T.CONTEST: S.CONTESTED, T.SPLIT: S.PENALISED},
    S.CONTESTED: {
        T.CONFIRM: S.PENALISED,
        T.ALTER: S.PENALISED,
        T.ANNUL: S.REVOKED,
        T.SPLIT: S.CONTESTED,
    },
    S.CLOSED: {T.REOPEN: S.REMINDED},
    S.UNRESOLVED: {T.REOPEN: S.REMINDED},
    S.REVOKED: {},
}
EVERYWHERE = T.REPLY
"""The shop may say its own side at any time: it moves nothing."""

MERCHANT = {T.CLAIM, T.ASK_TIME, T.ASK_RECHECK, T.STATE_CASE, T.REPLY, T.DEFEND} | {
    *(T.OBJECT, T.APPEAL, T.WITHDRAW_OBJECTION),
}
ASSOCIATION = {T.UPHOLD, T.REVOKE, T.MEDIATE, T.TALK, T.CRITICISE, T.LIST, T.DISMISS}
ON_FOOT = {Role.LANE_CHIEF, Role.ENFORCEMENT_OFFICER}
DESKS = {Role.TOWNSHIP_DESK, Role.DISTRICT_DESK}
TEAMS_STATES = {S.REFERRED, S.SCREENED, S.ORDERED, S.CASE_FILED, S.NOTIFIED, S.PENALISED}


def allowed(state: FindingState, step: Step) -> set[Role]:
    """Return who may take a step of the table: written down by hand as well."""
    if step in MERCHANT:
        return {Role.MERCHANT}
    if step in ASSOCIATION or (state, step) == (S.IN_REVIEW, T.REFER):
        return {Role.ASSOCIATION_REVIEWER}
    if step is T.SPLIT or step is T.REOPEN:
        return ON_FOOT | DESKS
    if state in TEAMS_STATES | {S.CONTESTED}:
        return {Role.ENFORCEMENT_OFFICER}
    if step in {T.PASS, T.FAIL, T.GRANT_TIME, T.REFUSE_TIME}:
        return ON_FOOT
    return ON_FOOT | DESKS


@pytest.mark.parametrize("state", list(S))
def test_every_step_leads_where_the_process_says_for_those_it_is_for_or_nowhere(state):
    expected = EXPECTED[state] | {EVERYWHERE: state}

    for step in T:
        if step not in expected:
            with pytest.raises(RuleBroken) as refusal:
                next_state(state, step)
            assert refusal.value.code == "finding.step_not_possible"
            continue
        assert next_state(state, step) is expected[step]
        may = {role for role in Role if who(state, step) in TABLE[role]}
        assert (step, may) == (step, allowed(state, step))


def test_what_has_ended_is_opened_again_or_stays_ended():
    for state in sorted(ENDED):
        assert set(possible_steps(state)) <= {T.REOPEN, T.REPLY}
    assert set(possible_steps(S.REVOKED)) == {T.REPLY}


@pytest.mark.parametrize("state", sorted(set(S) - ENDED))
def test_whatever_is_open_can_come_to_an_end(state):
    reached, border = {state}, {state}
    while border:
        border = {next_state(at, step) for at in border for step in possible_steps(at)} - reached
        reached |= border

    assert reached & ENDED


def test_the_ledger_has_a_name_for_the_opening_another_sighting_and_every_step():
    names = {"OPENED", "SEEN_AGAIN", "CLOCK_MOVED", *(step.name for step in T)}

    assert {entry.name for entry in lifecycle.Entry} == names


def test_every_state_is_reached_from_a_beginning():
    reached = set(BEGINNINGS.values())
    for _ in S:
        reached |= {after for (before, _), after in STEPS.items() if before in reached}

    assert reached == set(S)


def test_every_step_has_somebody_whose_it_is():
    assert set(WHO) == set(T)
    assert {step for _, step in STEPS} == set(T)


def test_splitting_moves_nothing_and_merging_ends_what_is_nobodys_decision():
    for state in sorted(set(S) - ENDED):
        assert next_state(state, T.SPLIT) is state
    merged = {state for state, step in STEPS if step is T.MERGE}
    assert merged == set(S) - ENDED - IN_QUEUE - lifecycle.WITH_AUTHORITY - {S.ORDERED}
    assert T.MERGE in lifecycle.NOT_COUNTED


def test_no_merchant_ends_a_finding_and_no_official_speaks_for_one():
    ending = {who(*pair) for pair, after in STEPS.items() if after in ENDED - {pair[0]}}
    merchants_own = {Action.FINDING_ANSWER, Action.FINDING_OBJECT}

    assert not ending & set(TABLE[Role.MERCHANT])
    for role in set(Role) - {Role.MERCHANT}:
        assert not merchants_own & set(TABLE[role])


@pytest.mark.parametrize("ended_by", [T.UPHOLD, T.WITHDRAW_OBJECTION])
@pytest.mark.parametrize(
    ("disputed_from", "after"),
    [
        (S.REMINDED, S.REMINDED),
        (S.CLAIMED, S.REMINDED),
        (S.REFERRED, S.REFERRED),
        (S.SCREENED, S.SCREENED),
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

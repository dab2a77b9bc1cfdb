"""What a step asks for beyond its place in the table: words, proof, papers, the right moment."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.accounts.permissions import Place, Role, Viewer
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
from compliance.findings.lifecycle import FindingState, Step, next_state
from compliance.findings.models import Agency, Cause, Finding

S, T = FindingState, Step
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = MONDAY.date()
WEEK = Calendar()


def finding(state: FindingState = S.REMINDED, **named: object) -> Finding:
    """Return a finding as far as the conditions look at it."""
    facts = {
        "state": state,
        "cause": Cause.MERCHANT,
        "opened_at": MONDAY,
        "moved_at": MONDAY,
        "due_at": MONDAY + timedelta(hours=2),
        "covenant_only": False,
        "asked": "",
        "ended_by": "",
        "ended_at": None,
    }
    return Finding(**(facts | named))


def refusal_of(finding: Finding, step: Step, given: Given, now: datetime = MONDAY) -> str | None:
    try:
        check_moment(finding, step, now, WEEK)
        check_given(step, given, TODAY)
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


@pytest.mark.parametrize("step", sorted(lifecycle.NEEDS_WORDS))
def test_whatever_somebody_else_has_to_live_with_is_explained(step):
    late = MONDAY + timedelta(days=1)
    known = {"asked": "ask_time", "ended_by": "pass", "ended_at": MONDAY}

    assert refusal_of(finding(**known), step, Given("  "), late) == "finding.words_required"


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


@pytest.mark.parametrize(
    ("step", "most"), [(T.ORDER, 30), (T.LIST, 30), (T.ASK_TIME, 15), (T.GRANT_TIME, 15)]
)
def test_what_takes_days_takes_no_more_than_it_may(step, most):
    asked = finding(asked="ask_time")
    for days in (None, 0, -1, most + 1):
        assert refusal_of(asked, step, Given("…", days=days)) == "finding.days_required"
    assert refusal_of(asked, step, Given("…", days=most)) is None


def test_only_who_asked_for_time_is_answered_and_only_where_time_runs():
    yes, no = Given("好", days=2), Given("不行")

    assert refusal_of(finding(), T.GRANT_TIME, yes) == "finding.nothing_asked"
    assert refusal_of(finding(asked="ask_recheck"), T.REFUSE_TIME, no) == "finding.nothing_asked"
    assert refusal_of(finding(asked="ask_time"), T.REFUSE_TIME, no) is None
    assert refusal_of(finding(due_at=None), T.ASK_TIME, yes) == "finding.no_deadline"


@pytest.mark.parametrize("ended_by", ["opened", *sorted(T)])
def test_only_what_somebody_saw_is_opened_again_and_only_for_thirty_days(ended_by):
    closed = finding(S.CLOSED, ended_by=ended_by, ended_at=MONDAY)
    last = MONDAY + timedelta(days=30)
    why = Given("又堆上了")

    if ended_by not in {"opened", "pass", "resolve", "give_up"}:
        assert refusal_of(closed, T.REOPEN, why) == "finding.decided"
        return
    assert refusal_of(closed, T.REOPEN, why, last) is None
    assert refusal_of(closed, T.REOPEN, why, last + timedelta(seconds=1)) == "finding.reopen_late"


def test_what_a_third_party_did_is_opened_again_as_a_third_partys():
    assert next_state(S.CLOSED, T.REOPEN, S.THIRD_PARTY) is S.THIRD_PARTY
    assert next_state(S.UNRESOLVED, T.REOPEN) is S.REMINDED


@pytest.mark.parametrize("step", sorted(lifecycle.OFFICIAL))
def test_what_the_authority_decided_names_its_paper_and_the_day(step):
    paper = {"words": "…", "document": "京门样罚〔2026〕3号", "dated": TODAY}
    late = finding(S.PENALISED)

    assert refusal_of(late, step, Given(**paper)) is None
    assert refusal_of(late, step, Given(**paper | {"document": " "})) == "finding.document_required"
    tomorrow = TODAY + timedelta(days=1)
    assert refusal_of(late, step, Given(**paper | {"dated": tomorrow})) == "finding.dated_required"
    assert refusal_of(late, step, Given(**paper | {"fen": -1})) == "finding.fen_wrong"


def test_everything_that_is_wrong_is_named_at_once_each_at_its_field():
    with pytest.raises(InvalidInput) as refusal:
        check_given(T.PENALISE, Given(), TODAY)

    assert sorted(refusal.value.fields) == ["dated", "document", "words"]


def test_a_dispatch_names_who_can_put_it_right():
    assert refusal_of(finding(), T.DISPATCH, Given()) == "finding.agency_required"
    assert refusal_of(finding(), T.DISPATCH, Given(to=Agency.HOTLINE)) is None


def test_a_merge_and_a_split_say_which():
    assert refusal_of(finding(), T.MERGE, Given("同一个")) == "finding.which_required"
    assert refusal_of(finding(), T.SPLIT, Given("另一个")) == "finding.which_required"
    assert refusal_of(finding(), T.MERGE, Given("同一个", into="f")) is None
    assert refusal_of(finding(), T.SPLIT, Given("另一个", patrol="p")) is None


def test_words_and_photos_are_bounded():
    assert refusal_of(finding(), T.REPLY, Given("长" * 301)) == "finding.words_too_long"
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

    always = {T.CLAIM, T.ASK_TIME, T.APPEAL, T.REPLY}
    assert offered(merchant, MONDAY) == always | {T.OBJECT}
    assert offered(merchant, late) == always
    told_apart = {T.MERGE, T.SPLIT}
    assert offered(chief, MONDAY) == {T.PASS, T.DISPATCH, T.GIVE_UP} | told_apart
    assert offered(chief, late) == {T.PASS, T.DISPATCH, T.REFER, T.GIVE_UP} | told_apart
    assert offered(stranger, late) == set()

"""Which open finding a fault is another sighting of, if of any."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.findings.lifecycle import ENDED, FindingState
from compliance.findings.models import Cause
from compliance.findings.seen_again import Known, which

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)


def known(name="f", *, code="O02", cause=Cause.MERCHANT, state="reminded", opened=NINE, ended=None):
    return Known(name, code, cause, FindingState(state), opened, ended)


def found(*there, code="O02", cause=Cause.MERCHANT, seen_at=NOON, named=None):
    same = which(there, code=code, cause=cause, seen_at=seen_at, named=named)
    return same and same.id


@pytest.mark.parametrize("state", sorted(set(FindingState) - ENDED))
def test_whatever_has_not_ended_is_seen_again_whosever_turn_it_is(state):
    cause = Cause.THIRD_PARTY if state in {"third_party", "dispatched"} else Cause.MERCHANT

    assert found(known(state=state, cause=cause), cause=cause) == "f"


def test_another_item_is_another_fault():
    assert found(known(code="O04")) is None
    assert found() is None


def test_what_others_did_and_what_the_shop_did_are_two_faults_unless_the_patroller_names_one():
    others = known("theirs", cause=Cause.THIRD_PARTY, state="dispatched")

    assert found(others) is None
    assert found(others, known("own"), cause=Cause.THIRD_PARTY) == "theirs"
    assert found(others, known("own"), cause=Cause.UNKNOWN) == "own"
    assert found(others, named="theirs") == "theirs"


def test_a_record_made_before_the_end_belongs_to_the_finding_it_saw():
    ended = known(state="closed", ended=NOON)

    assert found(ended, seen_at=NOON - timedelta(minutes=1)) == "f"
    assert found(ended, seen_at=NINE - timedelta(minutes=1)) == "f"
    assert found(ended, seen_at=NOON) is None


def test_what_was_put_right_on_the_spot_never_stood_open():
    assert found(known(state="closed", ended=NINE), seen_at=NINE - timedelta(minutes=5)) is None


def test_of_several_the_open_one_then_the_oldest():
    ended = known("ended", opened=NINE - timedelta(days=1), state="closed", ended=NOON)
    old, young = known("old"), known("young", opened=NOON)

    assert found(young, old, ended, seen_at=NINE) == "old"
    assert found(young, old, named="young") == "young"


def test_a_name_that_is_out_of_date_is_no_reason_to_lose_a_record():
    gone = known("gone", state="closed", ended=NINE + timedelta(hours=1))

    assert found(gone, known("open"), named="gone") == "open"
    assert found(known("other", code="H01"), known("open"), named="other") == "open"
    assert found(gone, named="gone") is None

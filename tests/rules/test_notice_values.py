"""Values of notices: what must be there, what must fit together, what nobody outside may read."""

from datetime import date

import pytest

from compliance.errors import InvalidInput
from compliance.notices import texts_2026
from compliance.notices.suggesting import issuer_of
from compliance.notices.terms import last_day
from compliance.notices.values import (
    ContractValues,
    CovenantValues,
    PledgeValues,
    StatementValues,
    Stream,
    complete,
)

CONTRACT = {
    "party_a": "样例饺子馆",
    "hauler_name": "京西洁运有限公司(样例)",
    "hauler_permit_no": "京门环许2026-001",
    "permit_valid_to": date(2027, 6, 30),
    "service_address": "月季园路1号",
    "streams": [Stream.KITCHEN, Stream.OTHER],
    "bin_list": "厨余桶1只",
    "mediator_name": "大峪街道人民调解委员会",
    "valid_from": date(2026, 7, 1),
    "valid_to": date(2027, 6, 30),
}
COVENANT = {
    "street_name": "月季园路",
    "association_name": "月季园路商户联合会",
    "scope_desc": "月季园路沿街",
    "adopted_on": date(2026, 11, 1),
    "effective_on": date(2026, 11, 23),
    "eligible": 30,
    "yes": 24,
    "enforcement_team_name": "大峪街道综合行政执法队",
}


def refusal_of(model, given, *, catering=False):
    with pytest.raises(InvalidInput) as refusal:
        complete(model, given, catering=catering)
    return refusal.value


def test_a_contract_may_last_as_long_as_the_permit_and_no_longer():
    assert complete(ContractValues, CONTRACT, catering=False).valid_to == date(2027, 6, 30)

    refusal = refusal_of(ContractValues, CONTRACT | {"valid_to": date(2027, 7, 1)})

    assert refusal.code == "notice.permit_ends_first"
    assert refusal.fields == {"valid_to": "notice.permit_ends_first"}


def test_who_serves_food_has_kitchen_waste_collected():
    without = CONTRACT | {"streams": [Stream.OTHER]}

    assert complete(ContractValues, without, catering=False)
    assert refusal_of(ContractValues, without, catering=True).code == "notice.kitchen_missing"


def test_all_faults_are_named_at_once():
    wrong = CONTRACT | {"valid_to": date(2027, 7, 1), "streams": [Stream.OTHER]}

    assert refusal_of(ContractValues, wrong, catering=True).fields == {
        "valid_to": "notice.permit_ends_first",
        "streams": "notice.kitchen_missing",
    }


@pytest.mark.parametrize("name", ["hauler_permit_no", "permit_valid_to", "streams", "bin_list"])
def test_a_missing_value_is_named(name):
    given = {key: value for key, value in CONTRACT.items() if key != name}

    assert refusal_of(ContractValues, given).fields == {name: "notice.value_missing"}


def test_a_value_nobody_knows_is_refused():
    refusal = refusal_of(ContractValues, CONTRACT | {"bank_account": "1"})

    assert refusal.fields == {"bank_account": "notice.value_impossible"}


@pytest.mark.parametrize(
    ("votes", "carried"),
    [
        ({"yes": 16}, True),
        ({"yes": 15}, False),
        ({"yes": 20, "no": 6, "abstain": 4}, True),
        ({"yes": 20, "no": 6, "abstain": 5}, False),
    ],
)
def test_a_covenant_needs_more_than_half_of_the_shops(votes, carried):
    given = COVENANT | votes

    if carried:
        assert complete(CovenantValues, given, catering=False)
    else:
        assert refusal_of(CovenantValues, given).code == "notice.not_carried"


def test_a_covenant_holds_for_its_years():
    values = complete(CovenantValues, COVENANT, catering=False)

    assert values.term == (date(2026, 11, 23), date(2028, 11, 22))


def test_the_defaults_are_those_of_the_house():
    covenant = complete(CovenantValues, COVENANT, catering=False)
    fields = StatementValues.model_fields

    assert (covenant.sign_fix_days, covenant.watch_days) == (3, 30)
    assert (covenant.panel_min, covenant.appeal_days) == (3, 5)
    assert (fields["objection_days"].default, fields["reply_days"].default) == (3, 5)
    assert PledgeValues.model_fields["complaint_reply_hours"].default == 24


@pytest.mark.parametrize(
    ("first", "years", "expected"),
    [
        (date(2026, 11, 23), 1, date(2027, 11, 22)),
        (date(2026, 1, 1), 2, date(2027, 12, 31)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2027, 3, 1), 1, date(2028, 2, 29)),
    ],
)
def test_a_term_of_years_ends_the_day_before(first, years, expected):
    assert last_day(first, years) == expected


@pytest.mark.parametrize(
    ("township", "issuer"),
    [
        ("大峪街道", "北京市门头沟区人民政府大峪街道办事处"),
        ("军庄镇", "北京市门头沟区军庄镇人民政府"),
    ],
)
def test_a_statement_comes_from_the_authority_in_its_own_name(township, issuer):
    assert issuer_of(township) == issuer


def test_prices_and_accounts_are_private_and_named_in_the_text():
    assert {"price_basis", "payment_method"} <= ContractValues.PRIVATE
    for name in ContractValues.PRIVATE:
        assert f"{{{name}}}" in texts_2026.WASTE_CONTRACT.body
    assert not ContractValues.PRIVATE & set(ContractValues.PUBLIC_FACTS)

"""What the next notice takes over from the former one, kind by kind."""

from datetime import date

import pytest

from compliance.notices.carrying import carried
from compliance.notices.kinds import NoticeKind

TODAY = date(2026, 12, 1)
CONTRACT = NoticeKind.WASTE_CONTRACT


@pytest.mark.parametrize(
    ("kind", "former", "suggested", "kept"),
    [
        # set for this shop, unknown to the register
        (NoticeKind.PLEDGE, {"clean_times": 5}, {}, {"clean_times": 5}),
        # the register has been corrected since
        (NoticeKind.PLEDGE, {"shop_name": "旧名"}, {"shop_name": "新名"}, {}),
        # the register knows nothing of it
        (NoticeKind.RESPONSIBILITY_STATEMENT, {"frontage_m": 6.5}, {}, {"frontage_m": 6.5}),
        # settled by the street, whatever would be suggested
        (
            NoticeKind.COVENANT,
            {"scope_desc": "全街"},
            {"scope_desc": "沿街"},
            {"scope_desc": "全街"},
        ),
        # numbers, versions, days and votes are the notice's own
        (NoticeKind.PLEDGE, {"number": "CN-1", "version": "2026.1", "rule_version": "v"}, {}, {}),
        (NoticeKind.PLEDGE, {"signed_on": "2026-01-01", "valid_to": "2026-12-31"}, {}, {}),
        (
            NoticeKind.COVENANT,
            {"adopted_on": "2026-01-01", "eligible": 9, "yes": 8, "no": 0},
            {},
            {},
        ),
        # what was empty stays empty
        (NoticeKind.RESPONSIBILITY_STATEMENT, {"frontage_m": None, "zone_map_ref": ""}, {}, {}),
    ],
)
def test_what_is_carried_over(kind, former, suggested, kept):
    assert carried(kind, former, suggested, TODAY) == kept


@pytest.mark.parametrize(
    ("last", "kept"), [("2027-05-31", "2027-05-31"), ("2026-12-01", None), ("2026-11-30", None)]
)
def test_a_waste_contract_keeps_its_last_day_while_it_lies_ahead(last, kept):
    terms = {"hauler_name": "甲公司", "valid_to": last}

    assert carried(CONTRACT, terms, {"hauler_name": "甲公司"}, TODAY).get("valid_to") == kept


def test_a_contract_with_another_hauler_carries_nothing():
    terms = {"hauler_name": "甲公司", "bin_list": "三只桶", "valid_to": "2027-05-31"}

    assert carried(CONTRACT, terms, {"hauler_name": "乙公司"}, TODAY) == {}

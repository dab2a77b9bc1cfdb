"""A list is read as desks keep it: every row comes to an outcome, good ones never wait."""

from collections import Counter
from itertools import permutations

import pytest

from compliance.errors import InvalidInput
from compliance.merchants.importing import parse
from merchants_app.tables import read_tables
from tests import lists
from tests.lists import line, read, sheet, shop

SIMPLE = ("商户名称", "统一社会信用代码", "经营地址", "街巷")


def codes(of):
    return [problem.code for problem in of.problems]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("form", ["xlsx", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_desks_list_comes_out_as_it_must(form, seed):
    made = lists.merchant_list(shops=60, seed=seed)
    data = made.xlsx() if form == "xlsx" else made.csv(form)
    parsed = parse(read_tables(data, f"list.{form[:4]}"), lists.gazetteer(), create_lanes=True)

    assert parsed.counts == made.counts
    assert Counter(problem.code for problem in parsed.problems) == made.reasons
    assert parsed.new_lanes == ()
    assert parsed.failed


def test_the_same_list_as_workbook_and_as_text_file_gives_the_same_rows():
    made = lists.merchant_list()
    workbook, text = (
        parse(read_tables(data, "a"), lists.gazetteer()) for data in (made.xlsx(), made.csv())
    )

    assert list(workbook.taken) == list(text.taken)


def test_good_rows_are_taken_beside_bad_ones_and_each_is_named_where_it_stands():
    parsed = read(shop(number=1), shop(number=2, 商户名称=""), shop(number=3))

    assert [each.outcome for each in parsed.lines] == ["good", "refused", "good"]
    assert [merchant.name[:6] for merchant in parsed.taken] == ["京西样例1号", "京西样例3号"]
    (problem,) = parsed.problems
    assert (problem.sheet, problem.row, problem.column) == ("大峪街道", 3, "商户名称")


def test_an_unknown_lane_is_created_once_when_asked():
    rows = [
        shop(number=n, 街巷=name) for n, name in enumerate(["新路", " 新路", "新　路", "又一路"])
    ]
    parsed = read(*rows, create_lanes=True)

    assert parsed.new_lanes == (("110109001000", "新路"), ("110109001000", "又一路"))
    assert parsed.counts == {"good": 4}


def test_no_lane_is_created_for_a_row_that_is_refused():
    assert read(shop(街巷="新路", 商户名称=""), create_lanes=True).new_lanes == ()


def test_nothing_is_no_name_for_a_lane():
    assert codes(read(shop(街巷="无"), create_lanes=True).lines[0]) == ["import.lane_missing"]


def test_a_lane_known_in_another_township_is_unknown_here():
    assert codes(line(街巷="中门寺街"))[0].startswith("import.lane_")


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"序号": "1附", "联系电话": "无", "备注": "重复"},
        {"商户名称": " 京西样例1号ＸＸ "},
        {"统一社会信用代码": " " + lists.credit_code(1).lower()},
    ],
)
def test_the_same_line_again_is_recognised_by_code_name_and_address(again):
    first = shop(商户名称="京西样例1号XX")
    second = shop(**{"商户名称": "京西样例1号XX", **again})
    parsed = read(first, shop(number=2), second)

    assert [each.outcome for each in parsed.lines] == ["good", "good", "repeated"]
    (problem,) = parsed.problems
    assert (problem.code, problem.params["first_row"]) == ("import.repeated", 2)
    assert len(list(parsed.taken)) == 2
    assert not parsed.failed


@pytest.mark.parametrize("header", ["商户名称", "统一社会信用代码", "经营地址"])
def test_a_line_that_differs_in_code_name_or_address_is_another(header):
    other = shop(number=2)[lists.HEADERS.index(header)]

    assert read(shop(), shop(**{header: other})).counts == {"good": 2}


def test_a_line_mended_further_down_is_taken_although_it_was_refused_above():
    assert read(shop(联系电话="无"), shop()).counts == {"refused": 1, "good": 1}


def test_the_row_key_is_stable_and_tells_lines_apart():
    keys = [merchant.row_key for merchant in read(shop(), shop(number=2)).taken]

    assert keys == [merchant.row_key for merchant in read(shop(), shop(number=2)).taken]
    assert len(set(keys)) == 2
    assert all(len(key) == 32 for key in keys)


def test_columns_may_stand_in_any_order():
    picked = [lists.HEADERS.index(header) for header in (*SIMPLE, "所属镇街")]
    whole = shop()
    for order in permutations(picked):
        parsed = read([whole[at] for at in order], headers=[lists.HEADERS[at] for at in order])
        (merchant,) = parsed.taken
        assert (merchant.name, merchant.uscc, merchant.address) == (whole[1], whole[2], whole[5])


def test_english_headers_are_read():
    headers = [
        *("No.", "Shop name", "USCC *", "Operator", "Mobile", "Address", "Township", "Lane"),
        *("Category", "Area (m2)", "Frontage_m", "lng", "lat", "Waste hauler", "Contract until"),
        "Remarks",
    ]
    parsed = read(shop(), headers=headers)

    assert list(parsed.taken) == list(read(shop()).taken)
    assert parsed.ignored_columns == ()


def test_headers_may_carry_marks_breaks_and_units():
    headers = [f"*{header[:2]}\n{header[2:]}（必填）：" for header in lists.HEADERS]

    assert list(read(shop(), headers=headers).taken) == list(read(shop()).taken)


def test_where_a_list_has_two_columns_of_a_kind_the_better_one_counts():
    headers = (*SIMPLE, "注册地址", "所属镇街")
    row = ["某店", lists.credit_code(1), "月季园路1号", "月季园路", "别处1号", "大峪街道"]
    parsed = read(row, headers=headers)

    assert next(parsed.taken).address == "月季园路1号"
    assert parsed.ignored_columns == (("大峪街道", "注册地址"),)
    assert next(read(row[::-1], headers=headers[::-1]).taken).address == "月季园路1号"


def test_titles_above_and_totals_and_footers_below_are_no_shops():
    rows = [
        ["门头沟区大峪街道沿街商户底册"],
        ["单位：大峪街道", "", "日期：2026-03-01"],
        [],
        lists.HEADERS,
        ["小计："],
        shop(number=1),
        ["", None, ""],
        [2, *[""] * 15],
        lists.HEADERS,
        shop(number=2),
        ["合 计", "2 户"],
        ["合计：2户"],
        ["填表人：张样例", "", "审核：李样例"],
    ]
    parsed = parse([sheet(*rows)], lists.gazetteer())

    assert [each.row for each in parsed.lines] == [6, 10]
    assert parsed.counts == {"good": 2}


def test_a_shop_named_like_a_total_is_a_shop():
    assert read(shop(序号="", 商户名称="合计面馆")).counts == {"good": 1}


def test_sheets_without_a_list_are_left_aside_and_named():
    parsed = parse(
        [
            sheet(["填表说明"], ["每镇街一张表"], name="说明"),
            sheet(lists.HEADERS, shop()),
            sheet(["镇街", "街巷", "户数"], ["大峪街道", "月季园路", 1], name="汇总"),
        ],
        lists.gazetteer(),
    )

    assert parsed.ignored_sheets == ("说明", "汇总")
    assert parsed.counts == {"good": 1}


def test_a_file_without_a_header_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        parse([sheet(["随便"], [1, 2, 3])], lists.gazetteer())
    assert refusal.value.code == "import.no_header"


def test_a_header_without_shops_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        read(["合计", "0 户"])
    assert refusal.value.code == "import.no_rows"


def test_a_missing_column_is_named_in_both_languages():
    with pytest.raises(InvalidInput) as refusal:
        read(["某店", "某路1号", "13800001234"], headers=["商户名称", "经营地址", "联系电话"])
    assert refusal.value.code == "import.columns_missing"
    assert refusal.value.params["value"] == "统一社会信用代码 (uscc)、街巷 (lane)"


def test_a_sheet_that_lacks_a_column_does_not_hold_up_the_others():
    bad = sheet(["商户名称", "经营地址", "联系电话"], ["某店", "某路1号", "13800001234"], name="二")
    parsed = parse([bad, sheet(lists.HEADERS, shop())], lists.gazetteer())

    assert parsed.counts == {"good": 1}
    assert [problem.code for problem in parsed.problems] == ["import.columns_missing"]
    assert parsed.failed


def test_the_township_may_come_from_the_name_of_the_sheet():
    row = ["某店", lists.credit_code(1), "月季园路1号", "月季园路"]

    assert next(read(row, headers=SIMPLE).taken).township_code == "110109001000"
    with pytest.raises(InvalidInput) as refusal:
        read(row, headers=SIMPLE, name="Sheet1")
    assert refusal.value.params["value"] == "所属镇街 (township)"


def test_an_empty_township_is_that_of_the_sheet_or_missing():
    assert next(read(shop(所属镇街="")).taken).township_code == "110109001000"
    missing = read(shop(所属镇街=""), name="Sheet1").lines[0]
    assert codes(missing) == ["import.township_missing"]

"""A cell is read in any shape it is kept in; what is wrong with it is named by a stable code."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.merchants.categories import Category, category_of
from compliance.merchants.gazetteer import Gazetteer, KnownTownship
from compliance.merchants.identifiers import UsccStatus
from compliance.merchants.importing import Outcome, parse
from compliance.merchants.positions import Crs, gcj_from_wgs, to_wgs84
from merchants_app.words import known
from tests import lists
from tests.lists import line, read, sheet, shop


def codes(of):
    return [problem.code for problem in of.problems]


def test_all_problems_of_a_row_are_told_at_once():
    refused = line(商户名称="", 联系电话="无", 统一社会信用代码="", 所属镇街="门城镇")

    assert refused.outcome is Outcome.REFUSED
    assert refused.merchant is None
    assert set(codes(refused)) == {
        "import.name_missing",
        "import.phone_invalid",
        "import.uscc_missing",
        "import.township_unknown",
    }


def test_a_row_that_is_only_warned_of_is_taken():
    taken = line(统一社会信用代码="92110109MA00XT0140")

    assert taken.outcome is Outcome.WARNED
    assert taken.merchant.uscc == "92110109MA00XT0140"
    assert taken.merchant.uscc_status is UsccStatus.FAILED


@pytest.mark.parametrize(
    ("changed", "code", "outcome"),
    [
        ({"商户名称": " 　"}, "import.name_missing", "refused"),
        ({"商户名称": "店" * 81}, "import.too_long", "refused"),
        ({"经营地址": ""}, "import.address_missing", "refused"),
        ({"统一社会信用代码": ""}, "import.uscc_missing", "warned"),
        ({"统一社会信用代码": "9211O109MA00XT014F"}, "import.uscc_misread", "warned"),
        ({"统一社会信用代码": "92110109MA00XT0140"}, "import.uscc_check_digit", "warned"),
        ({"统一社会信用代码": "92110109MA00XT014"}, "import.uscc_length", "refused"),
        ({"统一社会信用代码": 9.2110109600012e17}, "import.number_rounded", "refused"),
        ({"统一社会信用代码": "9.2110109600012E+17"}, "import.number_rounded", "refused"),
        ({"所属镇街": "门城镇"}, "import.township_unknown", "refused"),
        ({"街巷": ""}, "import.lane_missing", "refused"),
        ({"街巷": "月季圆路"}, "import.lane_misspelt", "refused"),
        ({"街巷": "全新大道"}, "import.lane_unknown", "refused"),
        ({"联系电话": ""}, "import.phone_missing", "warned"),
        ({"联系电话": "无"}, "import.phone_invalid", "refused"),
        ({"联系电话": "/"}, "import.phone_invalid", "refused"),
        ({"联系电话": 1380000123.0}, "import.phone_invalid", "refused"),
        ({"联系电话": "13800001234/69842233"}, "import.phone_several", "warned"),
        ({"经营类别": "航天"}, "import.category_unknown", "warned"),
        ({"经营面积(㎡)": "很大"}, "import.number_unreadable", "warned"),
        ({"临街长度(米)": -3.0}, "import.number_unreadable", "warned"),
        ({"临街长度(米)": True}, "import.number_unreadable", "warned"),
        ({"收运合同到期日": "2027年13月5日"}, "import.date_impossible", "refused"),
        ({"收运合同到期日": "2027-02-29"}, "import.date_impossible", "refused"),
        ({"收运合同到期日": "长期"}, "import.date_impossible", "refused"),
        ({"收运合同到期日": "8/11/27"}, "import.date_impossible", "refused"),
        ({"经度": 11.6, "纬度": 399.2}, "import.position_impossible", "refused"),
        ({"经度": "东边", "纬度": 39.9}, "import.position_impossible", "refused"),
        ({"经度": "", "纬度": 39.9}, "import.position_impossible", "refused"),
        ({"经度": 116.4, "纬度": 39.9}, "import.position_impossible", "refused"),
        ({"经度": 1e308, "纬度": float("inf")}, "import.position_impossible", "refused"),
        ({"经度": 39.9, "纬度": 116.1}, "import.position_swapped", "refused"),
        ({"备注": "长" * 201}, "import.cut", "warned"),
    ],
)
def test_a_fault_has_its_code_and_its_consequence(changed, code, outcome):
    found = line(**changed)

    assert (codes(found), found.outcome) == ([code], outcome)


def test_every_code_of_a_problem_is_put_into_words():
    told = {problem.code for problem in parse_all_faults().problems}

    assert len(told) > 15
    assert not [code for code in told for lang in ("zh", "en") if not known(lang, code)]


def parse_all_faults():
    made = lists.merchant_list()
    rows = [row for rows in made.rows.values() for row in rows]
    rows += [shop(number=900, 街巷="月季圆路"), shop(number=901, 街巷="全新大道"), shop(街巷="")]
    rows += [shop(number=902, 联系电话=""), shop(number=903, 经度=39.9, 纬度=116.1)]
    rows += [shop(number=904, 经营类别="航天"), shop(number=905, 备注="长" * 201)]
    rows += [shop(number=906, 商户名称="店" * 81), shop(number=907, 经营地址="")]
    return read(*rows)


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.text("0123456789０１-/.年月日E+°省", max_size=20),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=20))
def test_whatever_stands_in_a_row_it_comes_to_an_outcome(cells):
    parsed = read(shop(), cells, create_lanes=True)

    assert parsed.lines[0].outcome is Outcome.GOOD
    assert all((each.merchant is None) == (each.outcome != "warned") for each in parsed.lines[1:])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(lists.HEADERS[1:]), ANYTHING)
def test_whatever_stands_in_a_cell_its_row_is_taken_or_told_why_not(header, cell):
    (each,) = read(shop(**{header: cell}), create_lanes=True).lines

    assert (each.merchant is None) == (each.outcome is Outcome.REFUSED)
    assert bool(each.problems) == (each.outcome is not Outcome.GOOD)


def test_a_misspelt_lane_is_refused_with_the_nearest_name():
    (problem,) = line(街巷="月季圆路").problems

    assert problem.params["near"] == "月季园路"


@pytest.mark.parametrize(
    "written",
    [
        "大峪街道",
        " 大 峪 街道",
        "大峪",
        "大峪街道办事处",
        "门头沟区大峪街道",
        "北京市门头沟区大峪街道",
        "110109001000",
        110109001000.0,
        "110109001",
    ],
)
def test_a_township_is_known_by_all_its_names(written):
    assert next(read(shop(所属镇街=written)).taken).township_code == "110109001000"


@pytest.mark.parametrize(
    "written", ["王平镇", "王平地区", "王平", "王平地区(王平镇)", "王平地区办事处"]
)
def test_a_town_listed_as_an_area_is_the_same_town(written):
    assert lists.gazetteer().township(written) == "110109005000"


@pytest.mark.parametrize("written", ["", "门城镇", "北京市", "门头沟区", "镇", "110108001000"])
def test_what_is_no_township_here_is_unknown(written):
    assert lists.gazetteer().township(written) is None


def test_a_short_name_that_two_townships_share_names_neither():
    gazetteer = Gazetteer(
        [KnownTownship("110109001000", "大峪街道"), KnownTownship("110109002000", "大峪镇")]
    )

    assert gazetteer.township("大峪") is None
    assert gazetteer.township("大峪镇") == "110109002000"


@pytest.mark.parametrize(
    "written",
    [
        "2027-08-11",
        "2027/8/11",
        "2027.8.11",
        "2027年8月11日",
        " 2027 年 08 月 11 号 ",
        "２０２７－０８－１１",
        "20270811",
        20270811.0,
        "2027-08-11 00:00:00",
        "2027-08-11T12:30",
        46610.0,
        "46610",
        date(2027, 8, 11),
        datetime.fromisoformat("2027-08-11T09:30:00"),
    ],
)
def test_a_date_is_read_in_any_usual_shape(written):
    assert next(read(shop(收运合同到期日=written)).taken).contract_until == date(2027, 8, 11)


@pytest.mark.parametrize("nothing", ["", "无", "/", "—", None, "暂无"])
def test_what_is_told_to_be_nothing_is_nothing(nothing):
    told = ("经营者", "经营面积(㎡)", "经度", "纬度", "垃圾收运单位", "收运合同到期日", "备注")
    found = read(shop(**dict.fromkeys(told, nothing))).lines[0]

    assert found.outcome is Outcome.GOOD
    merchant = found.merchant
    assert (merchant.operator, merchant.hauler, merchant.note) == ("", "", "")
    assert (merchant.area_m2, merchant.lat, merchant.contract_until) == (None, None, None)
    assert merchant.given_crs is None


@pytest.mark.parametrize("phone", [13800001234.0, 13800001234, "138-0000 1234", "＋86 13800001234"])
def test_a_phone_may_be_a_number_or_text(phone):
    assert next(read(shop(联系电话=phone)).taken).phone == "13800001234"


def test_of_several_phones_the_mobile_one_is_kept():
    assert line(联系电话="69842233、13800001234").merchant.phone == "13800001234"


@pytest.mark.parametrize(
    ("area", "read_as"), [("86", 86), ("1,200㎡", 1200), ("约 86.5 平方米", 86.5)]
)
def test_a_number_may_carry_its_unit(area, read_as):
    assert line(**{"经营面积(㎡)": area}).merchant.area_m2 == read_as


def test_names_lose_stray_and_hidden_characters_and_nothing_else():
    merchant = line(
        商户名称=" \u200bＡＢＣ　Coffee\n(门头沟店)\u202e ",
        经营者="欧 阳　明",
        经营地址="大峪 街１２号",
    ).merchant

    assert merchant.name == "ＡＢＣ Coffee (门头沟店)"
    assert merchant.operator == "欧阳明"
    assert merchant.address == "大峪街12号"


def test_a_rare_character_of_a_name_stays_what_it_is():
    assert line(商户名称="𬭎㙍鱻店", 经营者="张𪚥").merchant.name == "𬭎㙍鱻店"


@pytest.mark.parametrize("spelt", ['="92110109MA00XT014F"', "'92110109MA00XT014F"])
def test_marks_that_keep_a_code_text_in_a_spreadsheet_are_dropped(spelt):
    assert line(统一社会信用代码=spelt).merchant.uscc == "92110109MA00XT014F"


GIVEN = {"GCJ": (39.94047, 116.10146), "BD": (39.946117, 116.108063), "WGS": (39.93907, 116.09513)}


def near(merchant):
    return (merchant.lat, merchant.lng) == pytest.approx((39.93907, 116.09513), abs=0.00002)


@pytest.mark.parametrize(
    ("system", "longitude", "latitude", "crs"),
    [
        ("WGS", "经度", "纬度", "WGS84"),
        ("WGS", "GPS经度", "GPS纬度", "WGS84"),
        ("GCJ", "经度(GCJ-02)", "纬度(GCJ-02)", "GCJ02"),
        ("GCJ", "高德经度", "高德纬度", "GCJ02"),
        ("GCJ", "lng_gcj02", "lat_gcj02", "GCJ02"),
        ("BD", "经度（百度）", "纬度（百度）", "BD09"),
        ("BD", "BD-09 lng", "BD-09 lat", "BD09"),
    ],
)
def test_a_header_may_name_the_coordinate_system(system, longitude, latitude, crs):
    headers = list(lists.HEADERS)
    headers[11:13] = [longitude, latitude]
    lat, lng = GIVEN[system]
    (merchant,) = read(shop(经度=lng, 纬度=lat), headers=headers).taken

    assert near(merchant)
    assert merchant.given_crs == crs


def test_a_column_may_name_the_coordinate_system_row_by_row():
    rows = []
    for number, (system, (lat, lng)) in enumerate(GIVEN.items()):
        name = {"GCJ": "GCJ-02", "BD": "百度", "WGS": ""}[system]
        rows.append([*shop(number=number, 经度=lng, 纬度=lat), name])
    parsed = read(*rows, [*shop(number=9), "月球"], headers=[*lists.HEADERS, "坐标系"])

    assert all(near(merchant) for merchant in parsed.taken)
    assert codes(parsed.lines[-1]) == ["import.crs_unknown"]


@pytest.mark.parametrize(
    ("note", "crs"),
    [
        ("经纬度用 GCJ-02。", Crs.GCJ02),
        ("坐标为百度坐标", Crs.BD09),
        ("经纬度用 WGS-84，不要用 GCJ-02。", Crs.WGS84),
        ("请在高德地图上看路线", Crs.WGS84),
    ],
)
def test_notes_may_name_the_coordinate_system_of_the_file(note, crs):
    notes = sheet([note], name="填表说明")
    parsed = parse([notes, sheet(lists.HEADERS, shop())], lists.gazetteer())
    above = parse([sheet([note], lists.HEADERS, shop())], lists.gazetteer())

    assert next(parsed.taken).given_crs is crs
    assert next(above.taken).given_crs is crs


@pytest.mark.parametrize("point", [(39.80, 115.42), (39.93907, 116.09513), (40.19, 116.19)])
def test_shifting_there_and_back_ends_at_the_same_point(point):
    assert to_wgs84(gcj_from_wgs(point), Crs.GCJ02) == pytest.approx(point, abs=0.000001)


def test_the_shift_in_the_district_is_the_published_one():
    assert gcj_from_wgs((39.93907, 116.09513)) == pytest.approx((39.94047, 116.10146), abs=0.00001)


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("餐饮", Category.CATERING),
        ("餐饮服务", Category.CATERING),
        ("catering", Category.CATERING),
        ("Meat seafood", Category.MEAT_SEAFOOD),
        ("手机通讯", Category.ELECTRONICS),
        ("汽车美容", Category.CAR_REPAIR),
        ("洗衣", Category.LAUNDRY),
        ("小卖部", Category.CONVENIENCE),
        ("其他", Category.OTHER),
        ("航天", None),
    ],
)
def test_the_words_for_a_trade_come_to_its_code(written, category):
    assert category_of(written) is category


def test_every_trade_has_a_word_in_both_languages():
    keys = [f"category.{category.value}" for category in Category]

    assert not [key for key in keys for lang in ("zh", "en") if not known(lang, key)]

"""A list at the desk: uploaded, shown with its problems, confirmed, stored, told of."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.merchants import listing
from compliance.merchants.listing import Wanted
from merchants_app.tables import read_tables
from tests.browsing import Browser
from tests.factories import DAYU, World
from tests.lists import merchant_list


@pytest.fixture
def district(world: World, client: TestClient) -> Browser:
    return Browser(world, client, world.viewer(Role.DISTRICT_DESK))


def upload(browser: Browser, data: bytes, name: str = "大峪底册.xlsx", **typed: str):
    """Send a file; return the answer."""
    browser.open("/imports/new")
    sent = {"form_token": browser.viewer.csrf, "lanes": "yes"} | typed
    return browser.client.post("/imports/new", data=sent, files={"file": (name, data)})


def shops(world: World, browser: Browser):
    return world.read(listing.every, browser.viewer, Wanted())


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_list_goes_in_after_it_was_shown_and_confirmed(world: World, district, form: str):
    given = merchant_list()
    data = given.xlsx() if form == "xlsx" else given.csv()
    taken = given.counts["good"] + given.counts["warned"]

    answer = upload(district, data, f"底册.{form}")
    shown = district.open(answer.headers["location"])
    before = shops(world, district)
    done = district.send()

    assert answer.status_code == 303
    assert f"收入 {taken} 户" in shown
    assert shown.count("须改正") == given.counts["refused"]
    assert before == []
    assert len(shops(world, district)) == taken
    assert f"新增 {taken} 户" in done


def test_the_same_list_again_says_that_nothing_is_new(world: World, district):
    data = merchant_list().xlsx()
    district.open(upload(district, data).headers["location"])
    district.send()
    stored = shops(world, district)

    again = district.open(upload(district, data).headers["location"])

    assert "没有要收的" in again
    assert "收入 " not in again
    assert shops(world, district) == stored


def test_the_result_can_be_looked_at_again_because_the_ledger_tells_it(district):
    district.open(upload(district, merchant_list().xlsx()).headers["location"])
    done = district.send()

    again = district.open(district.path)

    assert "大峪街道" in again
    assert done.split("<main")[1] == again.split("<main")[1]


def test_the_problems_come_as_a_spreadsheet_too(district):
    given = merchant_list()
    target = upload(district, given.xlsx()).headers["location"]
    district.open(target)

    path, _, query = target.partition("?")
    answer = district.client.get(f"{path}/problems.xlsx?{query}")

    (sheet,) = read_tables(answer.content, "problems.xlsx")
    assert [str(cell) for cell in sheet.rows[1][1]][:5] == ["工作表", "行", "列", "值", "原因"]
    assert len(sheet.rows) - 2 == sum(given.reasons.values())


def test_an_unknown_lane_is_refused_with_a_hint_unless_it_is_to_be_made(world, district):
    world.shop(lane="月季圆路")
    target = upload(district, merchant_list(dirt={}).xlsx(), lanes="").headers["location"]

    shown = district.open(target)

    assert "是否应为“月季圆路”" in shown
    assert "没有要收的" in shown


def test_a_desk_takes_only_rows_of_its_own_township(world: World, client: TestClient):
    desk = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))
    given = merchant_list(dirt={})

    shown = desk.open(upload(desk, given.xlsx()).headers["location"])
    desk.send()

    own = len(given.rows["大峪街道"])
    assert f"收入 {own} 户" in shown
    assert "不在您负责的镇街" in shown
    assert {shop.township_code for shop in shops(world, desk)} == {DAYU}
    assert len(shops(world, desk)) == own


def test_nobody_else_opens_an_uploaded_list(world: World, client: TestClient, district):
    target = upload(district, merchant_list().xlsx()).headers["location"]

    other = Browser(world, client, world.viewer(Role.DISTRICT_DESK))

    other.open(target, status=404)
    other.open(target.replace("?", "/problems.xlsx?"), status=404)
    other.open(target.replace("?", "/result?"), status=404)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件"),
        (b"\xd0\xcf\x11\xe0 old excel", ".xls"),
        ("只有,一些,字\n1,2,3\n".encode(), "没有找到表头"),
    ],
    ids=["empty", "old excel", "no header"],
)
def test_a_file_that_is_no_list_is_refused_in_words(district, data: bytes, words: str):
    answer = upload(district, data)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text

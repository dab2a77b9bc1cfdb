"""Colours through HTTP without scripts: own sum, the list, a colour set by hand, rules by version."""

import io
import re
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from compliance.accounts.permissions import Role
from compliance.findings.lifecycle import Step
from compliance.grades import service
from tests.browsing import Browser
from tests.colours import set_colour
from tests.factories import World
from tests.people import Street


@pytest.fixture
def street(world: World) -> Street:
    """A shop of forty days with a serious finding, and a slight one put right in time."""
    made = Street(world)
    world.clock.forward(days=40)
    made.fault("H04")
    slight = made.fault("H06")
    world.clock.forward(hours=1)
    made.step(slight.id, Step.PASS, by=made.chief)
    world.write(service.settle, [made.shop.tenancy_id])
    return made


def text_of(page: str) -> str:
    """Return the words of a page's main part, spaces and tags taken out."""
    main = page.partition("<main")[2]
    return re.sub(r"<[^>]+>|\s", "", main)


def test_a_shop_sees_each_point_with_its_entry_and_nobody_else_does(
    world: World, client: TestClient, street: Street
):
    here = f"/grades/{street.shop.tenancy_id}"
    shop = Browser(world, client, street.merchant)

    home = text_of(shop.open("/shop"))
    own = shop.open(here)

    assert "颜色红色87/100分" in home
    assert "有一件严重问题（三级）还没了结" in text_of(own)
    assert "期限内改好×0.5" in text_of(own)
    assert "算到了结为止−12" in text_of(own)
    assert "合计87" in text_of(own)
    assert own.count('href="/findings/') == 2
    client.cookies.clear()
    for public in (f"/q/{street.shop.door}", f"/api/v1/door/{street.shop.door}"):
        shown = client.get(public).text
        assert "门店颜色" not in shown
        assert "grade" not in shown
    other = Browser(world, client, Street(world, lane="向阳路").merchant)
    assert other.open(here, 404)
    Browser(world, client, street.reviewer).open(here, 403)


def test_the_desk_lists_by_colour_and_takes_the_list_home(
    world: World, client: TestClient, street: Street
):
    fresh = Street(world, name="新开的样例店")
    desk = Browser(world, client, street.desk)

    every, red = desk.open("/grades"), desk.open("/grades?colour=red&sort=-name")
    assert every.index(street.shop.name) < every.index(fresh.shop.name)
    assert street.shop.name in red
    assert fresh.shop.name not in red
    assert "有未了结的严重问题；问题−13" in text_of(red)

    file = client.get("/grades.xlsx?colour=red").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [row[4:11] for row in rows[2:]] == [["红色", "红色", "", 87, -13, 0, 0]]
    Browser(world, client, street.chief).open(f"/grades/{street.shop.tenancy_id}/override", 403)


def test_a_colour_set_by_hand_is_explained_seen_by_the_shop_and_taken_back(
    world: World, client: TestClient, street: Street
):
    here = f"/grades/{street.shop.tenancy_id}"
    until = (world.act().day + timedelta(days=30)).isoformat()
    desk = Browser(world, client, street.desk)

    desk.open(f"{here}/override")
    desk.send(colour="yellow", until="2030-01-01", reason="门前修路", status=422)
    assert "最多 90 天" in desk.text
    desk.send(colour="yellow", until=until, reason="", status=422)
    desk.send(colour="yellow", until=until, reason="门前修路")
    assert "颜色已设定" in desk.text

    shop = Browser(world, client, street.merchant)
    assert "设定为黄色，到" in text_of(shop.open(here))
    assert "门前修路" in shop.text
    assert "按记录算是红色" in text_of(shop.text)

    desk = Browser(world, client, street.desk)
    desk.open(here)
    desk.send()
    assert "人工设定已撤下" in desk.text
    desk.open(f"{here}/override")
    set_colour(street, street.shop)
    desk.send(colour="red", until=until, reason="另一个人看的", status=409)
    assert "别人刚改过" in desk.text


def test_new_rules_are_shown_with_their_effect_before_they_are_published(
    world: World, client: TestClient, street: Street
):
    district = Browser(world, client, world.viewer(Role.DISTRICT_DESK))
    district.open("/grades/rules/new")

    district.send(severity_1="30", status=422)
    assert "不能比情况好的更宽" in district.text
    district.send(severity_1="", status=422)
    district.send(severity_1="2", new_days="50", status=200)
    district.send(new_days="60", reason="新店多给一个月", status=200)
    assert "1 家店里有 1 家变颜色" in district.text
    assert "1家原是红色" in text_of(district.text)
    district.send(reason="", status=422)
    district.send(reason="新店多给一个月")

    assert "新规则已发布" in district.text
    assert "还没到施行日期" in district.text
    Browser(world, client, street.merchant).open("/grades/rules")
    Browser(world, client, street.desk).open("/grades/rules/new", 403)

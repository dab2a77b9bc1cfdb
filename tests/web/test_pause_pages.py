"""Pauses and the calendar through the pages: declared, ended, a year brought in, refusals told."""

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.findings.models import Finding
from compliance.pauses.models import ClockPause
from tests.factories import World
from tests.people import Street
from tests.plain_browser import Browser

LIST = "日期,上班,名称\n2027-01-01,否,元旦\n2027-01-03,是,元旦\n"


@pytest.fixture
def street(world: World) -> Street:
    return Street(world, name="甲样例店")


@pytest.fixture
def desk(street: Street, client: TestClient) -> Browser:
    return Browser(street.world, client, street.desk)


def closure(street: Street, **named: str) -> dict[str, str]:
    given = {
        "cause": "closure",
        "number": street.shop.number.lower(),
        "begins_at": "2026-11-24T00:00",
        "ends_at": "2026-11-26T00:00",
        "reason": "装修停业，已登记",
    }
    return given | named


def test_a_shop_that_closes_gets_its_days_back(desk, street, world: World):
    finding = street.fault("A02").id

    desk.post("/pauses", closure(street))

    due = world.read(lambda s: s.get_one(Finding, finding)).due_at
    assert due.isoformat() == "2026-11-30T15:59:59+00:00"
    page = desk.get("/pauses")
    assert "甲样例店" in page
    assert "还没开始" in page
    pause = world.read(lambda s: s.exec(select(ClockPause.id)).one())
    desk.post("/pauses", closure(street, begins_at="2026-11-23T08:00", ends_at=""))
    running = next(
        each.id
        for each in world.read(lambda s: s.exec(select(ClockPause)).all())
        if each.id != pause
    )
    assert "正在暂停" in desk.get("/pauses")
    desk.post(f"/pauses/{running}/end", {"confirmed": "yes"})
    world.clock.forward(minutes=1)
    assert "已结束" in desk.get("/pauses")


def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_lost(desk, street):
    page = desk.post("/pauses", closure(street, number="MTG-DY99999-9"), status=422)
    assert "没有这个门牌编号的店" in page
    assert "装修停业，已登记" in page
    page = desk.post("/pauses", closure(street, cause="weather", number=""), status=422)
    assert "请选择哪里" in page


def test_the_district_brings_in_a_year_and_a_township_may_only_look(street, client, world: World):
    desk = Browser(world, client, world.viewer(Role.DISTRICT_DESK))
    token = {"form_token": desk.viewer.csrf}
    assert "只按法律推算" in desk.get("/calendar")
    wrong = client.post("/calendar", data=token, files={"file": ("y.csv", LIST + "x,否,\n")})
    assert wrong.status_code == 422
    assert "第 4 行" in wrong.text

    right = client.post("/calendar", data=token, files={"file": ("y.csv", LIST)})

    assert right.headers["location"] == "/calendar?moved=0"
    page = desk.get("/calendar")
    assert "2027-01-03" in page
    assert "只按法律推算" not in page
    chief = Browser(world, client, street.desk)
    chief.get("/calendar")
    chief.post("/calendar", status=403)

"""The desk's lists of care through HTTP: filtered, sorted, whole for printing, as a spreadsheet."""

from datetime import timedelta

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.notices import haulers, service
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice
from compliance.notices.watching import Care
from merchants_app.tables import XLSX, read_tables
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.plain_browser import Browser
from tests.sittings import sign_all

PLEDGE = NoticeKind.PLEDGE


@pytest.fixture
def street(world: World) -> Street:
    """A street on which two shops have pledges that end in ten and in twenty days."""
    made = Street(world, name="甲样例店")
    other = world.shop("乙样例店", lane="向阳路", phone="13800000001")
    for shop, left in ((made.shop, 20), (other, 10)):
        last = world.act().day + timedelta(days=left)
        world.write(service.issue, shop, PLEDGE, {"valid_to": last})
        sign_all(world, shop)
    return made


@pytest.fixture
def desk(street: Street, client: TestClient) -> Browser:
    return Browser(street.world, client, street.desk)


def test_every_list_opens_in_both_languages(desk):
    for care in Care:
        for lang in ("zh", "en"):
            page = desk.get(f"/notices?care={care}&lang={lang}")
            assert not {f"care.{care}", f"care_hint.{care}"} & set(
                page.replace("<", ">").split(">")
            )


def test_a_list_is_narrowed_and_sorted_by_its_address(desk, street):
    both = desk.get("/notices?care=expiring_30")
    assert both.index("乙样例店") < both.index("甲样例店")
    falling = desk.get("/notices?care=expiring_30&sort=-valid_to")
    assert falling.index("甲样例店") < falling.index("乙样例店")
    lane = desk.get(f"/notices?care=expiring_30&township={DAYU}&lane={street.shop.lane_id}")
    assert "甲样例店" in lane
    assert "乙样例店" not in lane
    assert "甲样例店" not in desk.get("/notices?care=expiring_7")
    assert "甲样例店" not in desk.get(f"/notices?care=expiring_30&township={LONGQUAN}")
    assert "甲样例店" not in desk.get("/notices?care=expiring_30&kind=covenant")
    for nonsense in ("care=soon", "sort=phone", "page=0", "kind=ledger"):
        desk.get(f"/notices?{nonsense}", status=422)


def test_the_spreadsheet_holds_the_list_in_its_order_and_no_other_township(desk, client, street):
    answer = client.get("/notices.xlsx?care=expiring_30&sort=-valid_to")

    assert answer.headers["content-type"] == XLSX
    (sheet,) = read_tables(answer.content, "out.xlsx")
    rows = [list(row) for _, row in sheet.rows]
    assert rows[1][:4] == ["店名", "门牌编号", "公示", "编号"]
    assert [row[0] for row in rows[2:]] == ["甲样例店", "乙样例店"]
    assert rows[2][1] == street.shop.number
    far = Browser(
        street.world, client, street.world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    )
    assert far.viewer
    (empty,) = read_tables(client.get("/notices.xlsx?care=expiring_30").content, "out.xlsx")
    assert len(empty.rows) == 2


def test_a_list_leads_to_new_ones_for_its_shops(desk, street):
    page = desk.get(f"/notices?care=expiring_30&township={DAYU}&kind=pledge")
    address = f"/notices/issue-missing?township={DAYU}&kind=pledge&days=30"
    assert address.replace("&", "&amp;") in page
    form = desk.get(address)
    assert "60 天内到期 2 份" in form
    assert 'value="30" selected' in form

    done = desk.post(address, {"kinds": ["pledge"], "renew": "30"}, status=200)

    assert "已发出 2 份" in done
    assert "甲样例店" not in desk.get("/notices?care=expiring_30")
    assert "甲样例店" in desk.get("/notices?care=waiting")
    pledges = street.world.read(lambda s: s.exec(select(Notice)).all())
    assert len(pledges) == 4
    again = desk.post(address, {"kinds": ["pledge"], "renew": "30"}, status=200)
    assert "没有能发出的" in again


def test_an_auditor_reads_the_lists_and_is_offered_nothing_to_do(street, client):
    auditor = Browser(street.world, client, street.world.viewer(Role.AUDITOR))

    page = auditor.get("/notices?care=expiring_30")

    assert "甲样例店" in page
    assert "/notices/issue-missing" not in page
    assert "/haulers" not in page


def test_a_merchant_gets_the_own_notices_only_as_a_spreadsheet_too(street, client):
    Browser(street.world, client, street.merchant)

    (sheet,) = read_tables(client.get("/notices.xlsx?care=expiring_30").content, "out.xlsx")

    assert [row[0] for _, row in sheet.rows[2:]] == ["甲样例店"]


def test_permits_have_columns_of_their_own(desk, street, client):
    world = street.world
    last = world.act().day + timedelta(days=100)
    hauler = world.write(haulers.register, street.shop.hauler_name, "证", last, "")
    world.write(service.issue, street.shop, NoticeKind.WASTE_CONTRACT, {"valid_to": last})
    world.clock.forward(minutes=5)
    sign_all(world, street.shop)
    world.write(haulers.renew, hauler.id, "证", last - timedelta(days=1), "")

    page = desk.get("/notices?care=permit_first&sort=permit")

    assert street.shop.hauler_name in page
    (sheet,) = read_tables(client.get("/notices.xlsx?care=permit_first").content, "out.xlsx")
    assert list(sheet.rows[1][1])[-2:] == ["收运单位", "许可证有效期至"]
    assert list(sheet.rows[2][1])[-2] == street.shop.hauler_name

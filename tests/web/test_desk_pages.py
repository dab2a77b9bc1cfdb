"""The desk's day: finding a shop, its file, phones, codes, tenants, plates, and the overview."""

import re

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from compliance.accounts.permissions import Role
from compliance.ledger import service as ledger
from compliance.merchants import shops
from tests.browsing import Browser
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.sittings import issue_all, merchant_of, sign_all
from tests.visits import body, log


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


@pytest.fixture
def desk(street: Street, client: TestClient) -> Browser:
    return Browser(street.world, client, street.desk)


def kinds(street: Street) -> list[str]:
    return [entry["kind"] for entry in street.entries()]


def test_the_list_finds_a_shop_by_part_of_its_name_and_leads_to_its_file(street, desk):
    street.world.shop("别家药房", lane="向阳路")

    found = desk.open("/merchants?q=jiaoziguan")

    assert street.shop.name in found
    assert "别家药房" not in found
    assert f'href="/merchants/{street.shop.tenancy_id}"' in found


def test_a_list_of_what_is_missing_says_whose_it_is(street, desk):
    shop = street.shop
    bare = street.world.shop("缺承诺书的店", lane="向阳路")
    issue_all(street.world, shop)
    sign_all(street.world, shop)

    found = desk.open(f"/merchants?missing=pledge&township={DAYU}")

    assert bare.name in found
    assert shop.name not in found


def test_an_address_that_asks_for_nonsense_is_refused(desk):
    desk.open("/merchants?status=asleep", status=422)
    desk.open("/merchants?sort=phone", status=422)
    desk.open("/merchants?page=0", status=422)


def test_the_file_shows_slots_findings_visits_and_hides_the_phone(street, desk):
    shop = street.shop
    issue_all(street.world, shop)
    street.fault("O02")
    log(street.world, street.chief, body(street.world, shop))

    text = desk.open(f"/merchants/{shop.tenancy_id}")

    assert shop.number in text
    assert "138****0000" in text
    assert shop.phone not in text
    assert 'href="/findings/' in text
    assert 'href="/patrols/' in text
    assert f"/notices/issue?tenancy={shop.tenancy_id}" in text


def test_the_whole_phone_is_shown_once_a_reason_is_given_and_recorded(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}/phone/reveal"
    desk.open(path)

    refused = desk.send(status=422, reason="")
    shown = desk.send(status=200, reason="台风预警，通知加固招牌")

    assert street.shop.phone not in refused
    assert street.shop.phone in shown
    assert kinds(street) == ["phone.revealed"]


def test_a_phone_is_changed_with_a_word_on_how_the_person_was_checked(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}/phone"
    desk.open(path)

    unchecked = desk.send(status=422, phone="13900000009")
    landline = desk.send(status=422, phone="010-69840000", checked="当面核对")
    after = desk.send(phone="139 0000 0009", checked="当面核对")

    assert 'href="#checked"' in unchecked
    assert "11 位手机号" in landline
    assert "139****0009" in after
    assert kinds(street) == ["phone.changed"]


def test_a_new_tenant_moves_in_and_the_code_leads_to_it(street, desk):
    desk.open(f"/merchants/{street.shop.tenancy_id}/hand-over")

    refused = desk.send(status=422, category="drinks", uscc="123")
    after = desk.send(name="新来的奶茶店", category="drinks", uscc="92110109MA00XT022A")

    assert "有误" in refused
    assert "新来的奶茶店" in after
    assert street.shop.name in after, "who was there before"
    now = street.world.read(shops.by_token, street.shop.door)
    assert (now.name, now.number) == ("新来的奶茶店", street.shop.number)


def test_a_shop_closes_and_is_gone_from_the_list_but_not_from_the_files(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}"
    desk.open(f"{path}/close")

    after = desk.send()

    assert "已闭店" in after
    assert street.shop.name not in desk.open("/merchants")
    assert street.shop.name in desk.open("/merchants?status=closed")


def test_a_shop_is_registered_with_a_lane_that_is_new(street, desk):
    desk.open("/merchants/new")
    shop = {
        "township": DAYU,
        "lane": "新修的路",
        "address": "北京市门头沟区大峪街道新修的路1号",
        "name": "新开的面馆",
        "category": "catering",
    }

    asked = desk.send(status=422, **shop)
    after = desk.send(**shop, make_lane="yes")

    assert "没有这条街巷" in asked
    assert "新开的面馆" in after
    assert "店铺已登记" in after


def test_a_code_is_replaced_and_the_old_one_says_so(street, desk, client):
    desk.open(f"/merchants/{street.shop.tenancy_id}/code")

    after = desk.send(do="reissue", reason="门牌丢失")
    client.cookies.clear()
    old = client.get(f"/q/{street.shop.door}")

    new = street.world.read(shops.by_tenancy, street.shop.tenancy_id).door
    assert "新门码已启用" in after
    assert old.status_code == 410
    assert "已经收回" in old.text
    assert client.get(f"/q/{new}").status_code == 200


def test_pressing_twice_replaces_the_code_once(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}/code"
    desk.open(path)
    sent = {"form_token": desk.viewer.csrf, "do": "reissue", "reason": "门牌丢失"}
    sent["door"] = street.shop.door

    first = desk.client.post(path, data=sent)
    second = desk.client.post(path, data=sent)

    assert (first.status_code, second.status_code) == (303, 409)
    assert kinds(street) == ["code.reissued"]


def test_the_overview_counts_and_leads_on(street, desk):
    issue_all(street.world, street.shop)
    sign_all(street.world, street.shop)

    text = desk.open("/coverage")

    assert ">4</strong>" in text
    assert "/ 5</span>" in text
    assert f"/merchants?missing=ledger&township={DAYU}" in text


@pytest.mark.parametrize("sort", ["name", "-filled", "tenancies", "-ledger", "nonsense"])
def test_the_overview_of_the_district_sorts_and_opens_a_township(street, client, sort):
    street.world.shop(township=LONGQUAN, lane="中门寺街")
    district = Browser(street.world, client, street.world.viewer(Role.DISTRICT_DESK))

    whole = district.open(f"/coverage?sort={sort}")
    part = district.open(f"/coverage?township={LONGQUAN}&sort={sort}")

    assert f"/coverage?township={DAYU}" in whole
    assert "中门寺街" in part
    assert "月季园路" not in part


def test_another_townships_overview_does_not_exist(desk):
    desk.open(f"/coverage?township={LONGQUAN}", status=404)


def test_a_lane_chief_sees_own_shops_and_may_change_a_phone_but_not_look_at_it(street, client):
    chief = Browser(street.world, client, street.chief)
    path = f"/merchants/{street.shop.tenancy_id}"

    text = chief.open(path)

    assert f"{path}/phone" in text
    assert "reveal" not in text
    chief.open(f"{path}/phone")
    chief.open(f"{path}/phone/reveal", status=403)
    chief.open(f"{path}/code", status=403)


def test_a_merchants_home_leads_to_the_one_thing_to_do_next(street, client):
    world, shop = street.world, street.shop
    merchant = Browser(world, client, merchant_of(world, shop))
    idle = merchant.open("/shop")
    issue_all(world, shop)
    to_sign = merchant.open("/shop")
    sign_all(world, shop)
    street.fault("O02")
    to_mend = merchant.open("/shop")

    assert "没有要您办的事" in idle
    assert "有 4 份公示待签署" in to_sign
    assert 'href="/notices/sign"' in to_sign
    assert "有 1 个问题要处理" in to_mend
    assert shop.number in to_mend


def test_a_merchant_has_no_desk(street, client):
    merchant = merchant_of(street.world, street.shop)
    browser = Browser(street.world, client, merchant)

    assert client.get("/merchants").headers["location"] == "/shop"
    assert client.get(f"/merchants/{street.shop.tenancy_id}").headers["location"] == "/shop"
    for path in ("/codes", "/imports/new", "/merchants/new"):
        browser.open(path, status=403)


def test_every_page_of_the_desk_speaks_english(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}"
    for page in (
        "/merchants",
        "/merchants/new",
        path,
        f"{path}/phone",
        f"{path}/phone/reveal",
        f"{path}/hand-over",
        f"{path}/close",
        f"{path}/code",
        "/codes",
        "/coverage",
        "/imports/new",
    ):
        heading = desk.open(f"{page}?lang=en").split("<h1")[1].split("</h1>")[0]
        own = heading.replace(street.shop.name, "").replace(street.shop.address, "")
        assert not re.search("[\u4e00-\u9fff]", own), heading


def test_everything_done_at_the_desk_leaves_the_ledger_whole(street, desk):
    path = f"/merchants/{street.shop.tenancy_id}"
    desk.open(f"{path}/phone")
    desk.send(phone="13900000009", checked="当面核对")
    desk.open(f"{path}/code")
    desk.send(do="withdraw", reason="被人覆盖")
    desk.open(f"{path}/hand-over")
    desk.send(name="新来的奶茶店", category="drinks")

    assert kinds(street) == ["phone.changed", "code.withdrawn", "tenancy.closed"]

    def verify(session: Session) -> list:
        return ledger.verify(session)[1]

    assert street.world.read(verify) == []

"""Seen again, as people meet it: both sightings side by side, one fault or two, the shop's digits."""

import re
import secrets

import pytest
from litestar.testing import TestClient

from compliance.findings.lifecycle import FindingState, Step
from tests.browsing import Browser
from tests.factories import World
from tests.people import Street
from tests.visits import body, fault, log, store_photo

PHOTOS = ("1" * 64, "2" * 64)


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


@pytest.fixture
def twice(world: World, street: Street) -> tuple[str, str]:
    """One fault that the lane chief and then the officer saw; the ids of finding and second visit."""
    for viewer, photo in zip((street.chief, street.officer), PHOTOS, strict=True):
        store_photo(world, viewer, photo)
    first = fault("O02", note="两箱货", photos=[PHOTOS[0]])
    (opened,) = log(world, street.chief, body(world, street.shop, first)).findings
    world.clock.forward(minutes=5)
    street.step(opened.id, Step.CLAIM, by=street.merchant, words="搬走了")
    world.clock.forward(minutes=5)
    second = fault("O02", note="货又出来了", photos=[PHOTOS[1]])
    far = {"lat": street.shop.lat + 0.02, "lng": street.shop.lng, "accuracy_m": 9, "crs": "WGS84"}
    patrol_id = secrets.token_hex(16)
    log(world, street.officer, body(world, street.shop, second, position=far), patrol_id)
    return opened.id, patrol_id


def test_both_sightings_stand_side_by_side_with_evidence_for_those_who_weigh_it(
    world: World, client: TestClient, street: Street, twice
):
    finding_id, patrol_id = twice

    desk = Browser(world, client, street.desk).open(f"/findings/{finding_id}")
    shop = Browser(world, client, street.merchant).open(f"/findings/{finding_id}")

    for page in (desk, shop):
        assert page.index("最早看到") < page.index("货又出来了")
        for photo in PHOTOS:
            assert f'src="/photos/{photo}"' in page
    assert "店铺报告改好以后，又有人看到" in desk
    assert "手机位置离门前较远" in desk
    assert f"/patrols/{patrol_id}" in desk
    for hidden in ("手机位置离门前较远", "取证情况", "这是另一个问题"):
        assert hidden not in shop
    recheck = Browser(world, client, street.chief).open(f"/findings/{finding_id}/recheck")
    assert "货又出来了" in recheck
    record = Browser(world, client, street.desk).open(f"/patrols/{patrol_id}")
    assert "又一次看到" in record
    assert "2.2 公里" in record


def test_one_sighting_is_split_off_and_the_two_are_merged_again(
    world: World, client: TestClient, street: Street, twice
):
    finding_id, patrol_id = twice
    desk = Browser(world, client, street.desk)
    desk.open(f"/findings/{finding_id}/split?patrol={patrol_id}")

    assert "写下" in desk.send(status=422, patrol=patrol_id)
    assert "已另立一条" in desk.send(patrol=patrol_id, words="左边另外一堆")

    page = desk.open(f"/findings/{finding_id}")
    (own,) = set(re.findall(r'href="/findings/([0-9a-f]{32})">已认定为另一个问题', page))
    assert street.view(own).recorded_by == street.officer.account_id
    desk.open(f"/findings/{own}/merge")
    assert "请选一条" in desk.send(status=422, words="看过，同一堆")
    assert "已并成一条" in desk.send(into=finding_id, words="看过，同一堆")
    assert street.view(own).state is FindingState.CLOSED
    assert not street.view(own).counted
    assert "货又出来了" in desk.open(f"/findings/{finding_id}")


def test_a_shop_shows_its_digits_and_the_patrollers_record_is_confirmed_by_them(
    world: World, client: TestClient, street: Street
):
    page = Browser(world, client, street.merchant).open("/shop")
    digits = "".join(re.search(r"presence__digits[^>]*>(\d{3}) (\d{3})<", page).groups())
    chief = world.sign_in(client, street.chief)
    patrol_id = secrets.token_hex(16)

    sent = body(world, street.shop, merchant_code=digits)
    headers = {"x-form-token": chief.csrf}
    answer = client.put(f"/api/v1/patrols/{patrol_id}", json=sent, headers=headers)

    assert (answer.status_code, answer.json()["warnings"]) == (201, [])
    page = Browser(world, client, street.desk).open(f"/patrols/{patrol_id}")
    assert "对上了，当时商户在场" in page

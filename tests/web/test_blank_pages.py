"""Blank plates from order to door, as a desk and a lane chief do it without scripts."""

import pytest
from litestar.testing import TestClient

import qr
from compliance.accounts.permissions import Role
from compliance.merchants import blanks, codes, shops
from compliance.merchants.shops import Shop
from tests.browsing import Browser
from tests.factories import DAYU, LONGQUAN, World


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shop()


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


@pytest.fixture
def chief(world: World, shop: Shop):
    return world.viewer(Role.LANE_CHIEF, ("lane", shop.lane_id))


@pytest.fixture
def token(world: World, desk) -> str:
    return made(world, desk, 1)[0]


def made(world: World, desk, count: int) -> list[str]:
    batch_id = world.write(blanks.order, desk, by=desk, township=DAYU, count=count)
    return [plate.token for plate in world.read(blanks.plates, batch_id)]


def door_of(world: World, shop: Shop) -> str:
    return world.read(shops.by_tenancy, shop.tenancy_id).door


def test_a_desk_orders_a_batch_and_downloads_plates_that_read(client, world, desk, shop):
    browser = Browser(world, client, desk)
    browser.open("/blanks")
    browser.send(count="3", lane=shop.lane_id)

    assert "KB-DY00001" in browser.text
    assert "月季园路" in browser.text
    plates = world.read(blanks.plates, browser.path.rpartition("/")[2])
    urls = [qr.door_url(world.context.settings.base_url, plate.token) for plate in plates]
    for query in ("layout=outdoor", "layout=indoor", "layout=label&label=70x37"):
        answer = client.get(f"{browser.path}/plates.pdf?{query}")

        assert answer.headers["content-type"] == "application/pdf", query
        qr.verify_codes(answer.content, urls)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("gross", "看不懂这个尺寸"),
        ("300x300", "超出了纸边"),
        ("70x37,reads=1", "只能在 0.4 米内扫"),
    ],
)
def test_a_label_that_cannot_be_is_refused_in_words(client, world, desk, label, said):
    browser = Browser(world, client, desk)
    browser.open("/blanks")
    browser.send(count="1", lane="")

    browser.open(f"{browser.path}/plates.pdf?layout=label&label={label}", 422)

    assert said in browser.text


def test_the_public_is_told_that_the_code_is_not_in_use_yet(client: TestClient, token):
    for address in (f"/q/{token}", f"/Q/{token}", f"/q/{token.lower()}"):
        page = client.get(address)

        assert page.status_code == 404
        assert "此码尚未启用" in page.text
        assert f"/sign-in?next=/q/{token}" in page.text.replace(token.lower(), token)
    told = client.get(f"/api/v1/door/{token}")
    assert (told.status_code, told.json()["code"]) == (404, "door.unbound")


def test_people_of_other_places_are_told_the_same(client, world, token, shop):
    far = world.shop(township=LONGQUAN)
    for role, place in (
        (Role.LANE_CHIEF, ("lane", far.lane_id)),
        (Role.TOWNSHIP_DESK, ("township", LONGQUAN)),
        (Role.MERCHANT, ("tenancy", shop.tenancy_id)),
    ):
        world.sign_in(client, world.viewer(role, place))
        page = client.get(f"/q/{token}")

        assert page.status_code == 404
        assert "此码尚未启用" in page.text


def test_who_hangs_it_scans_chooses_and_confirms_and_the_code_works_at_once(
    client, world, token, shop, chief
):
    client.get(f"/q/{shop.door}")  # the old code's page is kept in memory
    browser = Browser(world, client, chief)
    assert client.get(f"/q/{token}").headers["location"] == f"/blanks/bind/{token}"

    browser.open(f"/blanks/bind/{token}")
    assert f"/blanks/bind/{token}/{shop.tenancy_id}" in browser.text
    browser.open(f"/blanks/bind/{token}/{shop.tenancy_id}?lat=39.93907&lng=116.09513&accuracy_m=9")
    assert "旧码作废" in browser.text
    assert "约 0 米" in browser.text
    browser.send()

    assert "已绑定到 京西样例饺子馆" in browser.text
    assert door_of(world, shop) == token
    client.cookies.clear()
    assert client.get(f"/q/{shop.door}").status_code == 410
    for _ in range(2):
        assert client.get(f"/q/{token}").status_code == 200


def test_a_shop_without_a_code_needs_one_tap(client, world, token, shop, desk, chief):
    world.write(codes.withdraw, desk, shop.tenancy_id, by=desk, door=shop.door, reason="丢失")
    browser = Browser(world, client, chief)
    browser.open(f"/blanks/bind/{token}")
    assert "还没有码" in browser.text

    browser.open(f"/blanks/bind/{token}/{shop.tenancy_id}")
    assert "旧码" not in browser.text
    browser.send()

    assert door_of(world, shop) == token


def test_pressing_twice_shows_the_same_receipt(client, world, token, shop, chief):
    browser = Browser(world, client, chief)
    browser.open(f"/blanks/bind/{token}/{shop.tenancy_id}")
    first = browser.send()
    world.clock.forward(seconds=60)

    again = client.post(
        f"/blanks/bind/{token}/{shop.tenancy_id}",
        data={"form_token": browser.viewer.csrf, "door": shop.door},
    )

    assert again.headers["location"] == browser.path
    assert browser.open(browser.path) == first
    assert client.get(f"/blanks/bind/{token}").headers["location"] == browser.path


def test_who_was_slower_is_told_where_the_plate_hangs(client, world, token, shop, chief):
    other = world.shop("近邻样例书店")
    browser = Browser(world, client, chief)
    browser.open(f"/blanks/bind/{token}/{other.tenancy_id}")
    csrf = browser.viewer.csrf
    client.post(
        f"/blanks/bind/{token}/{shop.tenancy_id}", data={"form_token": csrf, "door": shop.door}
    )

    browser.send(status=409)

    assert f"已经挂在 {shop.name}（{shop.number}）" in browser.text
    assert door_of(world, other) == other.door


def test_a_position_that_cannot_be_is_no_position(client, world, token, shop, chief):
    browser = Browser(world, client, chief)

    for where in ("lat=nan&lng=116", "lat=999&lng=116", "lat=x&lng=y"):
        browser.open(f"/blanks/bind/{token}?{where}")
        browser.open(f"/blanks/bind/{token}/{shop.tenancy_id}?{where}")
        assert "您离这个门口" not in browser.text


def test_a_serial_leads_to_the_plate_as_a_door_number_to_its_door(client, world, token, shop):
    answer = client.get("/find?number=kb dy00001 " + serial(world, token)[-1])

    assert answer.headers["location"] == f"/q/{token}"


def serial(world: World, token: str) -> str:
    table = shops.plate_table
    query = table.select().where(table.c.token == token)
    return world.read(lambda session: session.execute(query).one().serial)


def test_a_lost_batch_is_withdrawn_and_its_codes_say_so(client, world, desk, shop):
    browser = Browser(world, client, desk)
    browser.open("/blanks")
    browser.send(count="2", lane="")
    batch = browser.path
    tokens = [plate.token for plate in world.read(blanks.plates, batch.rpartition("/")[2])]

    browser.send(status=422, reason="")
    browser.send(reason="整包丢失")

    assert "没绑定的 2 块已作废" in browser.text
    browser.open(f"{batch}/plates.pdf?layout=outdoor", 409)
    browser.open(f"/blanks/bind/{tokens[0]}", 409)
    client.cookies.clear()
    assert client.get(f"/q/{tokens[0]}").status_code == 410


def test_another_township_neither_sees_nor_withdraws_a_batch(client, world, desk):
    batch_id = world.write(blanks.order, desk, by=desk, township=DAYU, count=1)
    browser = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)))

    assert "KB-DY" not in browser.open("/blanks")
    browser.open(f"/blanks/{batch_id}", 404)
    browser.open(f"/blanks/{batch_id}/plates.pdf", 404)

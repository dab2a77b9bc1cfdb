"""The door: the same address for everybody, and what each who scans it is shown."""

from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.ledger import service as ledger
from tests.clock import Clock
from tests.factories import LONGQUAN, World


def test_the_public_reads_without_signing_in_in_any_letter_case(client: TestClient, world: World):
    shop = world.shop("京西样例饺子馆")

    for address in (f"/q/{shop.door}", f"/q/{shop.door.lower()}", f"/Q/{shop.door}"):
        page = client.get(address)

        assert page.status_code == 200
        assert "京西样例饺子馆" in page.text
        assert shop.number in page.text


def test_the_public_face_tells_nothing_of_people(client: TestClient, world: World):
    shop = world.shop(phone="13812345678")

    for address in (f"/q/{shop.door}", f"/api/v1/door/{shop.door}"):
        told = client.get(address).text

        assert "13812345678" not in told
        assert "1381234" not in told
        assert shop.operator_name not in told


def test_an_unchanged_page_costs_no_bytes(client: TestClient, world: World):
    shop = world.shop()
    first = client.get(f"/q/{shop.door}")

    again = client.get(f"/q/{shop.door}", headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""


def test_a_write_of_this_process_shows_at_once(client: TestClient, world: World):
    shop = world.shop()
    before = client.get(f"/q/{shop.door}").headers["etag"]

    world.write(ledger.append, subject=ledger.tenancy_subject(shop.tenancy_id), kind="test.done")

    assert client.get(f"/q/{shop.door}").headers["etag"] != before


def test_a_write_of_another_process_shows_within_a_second(
    client: TestClient, world: World, clock: Clock
):
    shop = world.shop()
    before = client.get(f"/q/{shop.door}").headers["etag"]
    listeners = world.context.database.listeners[:]
    world.context.database.listeners.clear()
    world.write(ledger.append, subject=ledger.tenancy_subject(shop.tenancy_id), kind="test.done")
    world.context.database.listeners.extend(listeners)

    clock.forward(seconds=1.1)

    assert client.get(f"/q/{shop.door}").headers["etag"] != before


def test_languages_and_type_sizes_are_kept_apart(client: TestClient, world: World):
    shop = world.shop()

    chinese = client.get(f"/q/{shop.door}")
    english = client.get(f"/q/{shop.door}?lang=en")
    remembered = client.get(f"/q/{shop.door}")

    assert 'lang="zh-CN"' in chinese.text
    assert 'lang="en"' in english.text
    assert remembered.text == english.text.replace("?lang=en", "")


def test_each_who_scans_is_led_to_the_own_face(client: TestClient, world: World):
    shop = world.shop()
    faces = {
        (Role.LANE_CHIEF, ("lane", shop.lane_id)): f"/patrols/door/{shop.door}",
        (Role.ENFORCEMENT_OFFICER, ("township", shop.township_code)): f"/patrols/door/{shop.door}",
        (Role.MERCHANT, ("tenancy", shop.tenancy_id)): "/shop",
        (Role.ASSOCIATION_REVIEWER, ("township", shop.township_code)): (
            f"/merchants/{shop.tenancy_id}"
        ),
        (Role.TOWNSHIP_DESK, ("township", shop.township_code)): f"/merchants/{shop.tenancy_id}",
    }
    for (role, place), target in faces.items():
        world.sign_in(client, world.viewer(role, place))

        assert client.get(f"/q/{shop.door}").headers["location"] == target
        assert client.get(f"/q/{shop.door}?public=1").status_code == 200


def test_who_has_nothing_to_do_with_the_shop_sees_the_public_face(client: TestClient, world: World):
    shop, other = world.shop(), world.shop(township=LONGQUAN)
    world.sign_in(client, world.viewer(Role.LANE_CHIEF, ("lane", other.lane_id)))

    assert client.get(f"/q/{shop.door}").status_code == 200


def test_an_unknown_code_is_told_as_such(client: TestClient):
    page = client.get("/q/0000000000000000")

    assert page.status_code == 404
    assert "不是门头沟区“门前”平台发出的" in page.text


def test_a_door_number_leads_to_the_door(client: TestClient, world: World):
    shop = world.shop()

    assert client.get(f"/find?number={shop.number.lower()}").headers["location"] == (
        f"/q/{shop.door}"
    )
    assert client.get("/find?number=MTG-DY99999-0").status_code in {404, 422}


def test_the_short_way_answers_exactly_as_the_long_way(client: TestClient, world: World):
    shop = world.shop()
    own = {"x-request-id", "content-length"}

    long_way = client.get(f"/q/{shop.door}")
    short_way = client.get(f"/q/{shop.door}")

    assert "x-request-id" in long_way.headers
    assert "x-request-id" not in short_way.headers
    assert short_way.content == long_way.content
    assert {name: value for name, value in short_way.headers.items() if name not in own} == {
        name: value for name, value in long_way.headers.items() if name not in own
    }

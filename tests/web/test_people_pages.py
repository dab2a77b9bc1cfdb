"""The desk makes and closes staff accounts, within its own reach."""

from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from tests.factories import DAYU, LONGQUAN, World


def make(client: TestClient, csrf: str, **fields) -> object:
    data = {"form_token": csrf, "name": "chief", "display_name": "李样例", **fields}
    return client.post("/accounts/new", data=data)


def test_a_new_lane_chief_can_sign_in_with_the_password_shown_once(
    client: TestClient, world: World
):
    shop = world.shop()
    desk = world.sign_in(client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))

    made = make(client, desk.csrf, role="lane_chief", lanes=shop.lane_id)
    password = made.text.split('<strong class="tabular">')[2].split("<")[0]
    client.cookies.clear()
    entered = client.post("/sign-in", data={"name": "chief", "password": password})

    assert entered.headers["location"] == "/patrols"


def test_a_township_makes_field_roles_in_its_own_township_only(client: TestClient, world: World):
    far = world.shop(township=LONGQUAN, lane="琉璃渠大街")
    desk = world.sign_in(client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))

    elsewhere = make(client, desk.csrf, role="lane_chief", lanes=far.lane_id)
    higher = make(client, desk.csrf, role="district_desk")
    nowhere = make(client, desk.csrf, role="lane_chief")

    assert [each.status_code for each in (elsewhere, higher, nowhere)] == [422] * 3


def test_closing_an_account_ends_its_sessions_at_once(client: TestClient, world: World):
    chief = world.viewer(Role.LANE_CHIEF, ("lane", world.shop().lane_id))
    world.sign_in(client, chief)
    chiefs_cookie = client.cookies["sid"]
    desk = world.sign_in(client, world.viewer(Role.DISTRICT_DESK))

    closed = client.post(f"/accounts/{chief.account_id}/close", data={"form_token": desk.csrf})
    client.cookies.set("sid", chiefs_cookie)

    assert closed.status_code == 303
    assert client.get("/findings").headers["location"].startswith("/sign-in")


def test_nobody_closes_the_own_account(client: TestClient, world: World):
    desk = world.sign_in(client, world.viewer(Role.DISTRICT_DESK))

    closed = client.post(f"/accounts/{desk.account_id}/close", data={"form_token": desk.csrf})

    assert closed.status_code == 404

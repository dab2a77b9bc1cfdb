"""Signing in: staff by password, merchants by door and phone, and what an attacker is told."""

import json
from pathlib import Path

from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from merchants_app.context import Context
from merchants_app.messenger import File
from merchants_app.worker import deliver_due
from tests.clock import Clock
from tests.factories import World


def deliver(client: TestClient, context: Context) -> list[dict[str, str]]:
    """Deliver what is queued and return every message carried so far."""
    file: Path = context.settings.data_dir / "outbox.jsonl"
    client.blocking_portal.call(deliver_due, context, File(file))
    return [json.loads(line) for line in file.read_text().splitlines()]


def code_in(message: dict[str, str]) -> str:
    return message["text"].split("验证码 ")[1][:6]


def test_staff_sign_in_and_sign_out(client: TestClient, world: World):
    world.account(Role.DISTRICT_DESK, name="district", password="a long password")

    entered = client.post("/sign-in", data={"name": "district", "password": "a long password"})
    secret = client.cookies["sid"]
    page = client.get("/accounts")
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    left = client.post("/sign-out", data={"form_token": token})
    client.cookies.set("sid", secret)

    assert entered.status_code == 303
    assert entered.headers["location"] == "/coverage"
    assert page.status_code == 200
    assert left.status_code == 303
    assert client.get("/accounts").headers["location"] == "/sign-in?next=/accounts"


def test_a_planted_cookie_is_never_adopted(client: TestClient, world: World):
    world.account(Role.DISTRICT_DESK, name="district", password="a long password")
    client.cookies.set("sid", "attacker-chosen")

    client.post("/sign-in", data={"name": "district", "password": "a long password"})

    client.cookies.clear()
    client.cookies.set("sid", "attacker-chosen")
    assert client.get("/accounts").headers["location"] == "/sign-in?next=/accounts"


def test_an_unknown_name_and_a_wrong_password_look_alike(client: TestClient, world: World):
    world.account(Role.DISTRICT_DESK, name="district", password="a long password")

    known = client.post("/sign-in", data={"name": "district", "password": "wrong"})
    unknown = client.post("/sign-in", data={"name": "nobody", "password": "wrong"})

    assert known.status_code == unknown.status_code == 422
    assert known.text.replace("district", "") == unknown.text.replace("nobody", "")


def test_next_never_leads_away(client: TestClient, world: World):
    world.account(Role.DISTRICT_DESK, name="district", password="a long password")
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        client.cookies.clear()

        entered = client.post(
            "/sign-in", data={"name": "district", "password": "a long password", "next": target}
        )

        assert entered.headers["location"] == "/coverage"


def test_a_form_from_elsewhere_is_refused(client: TestClient, world: World):
    viewer = world.sign_in(client, world.viewer(Role.DISTRICT_DESK))
    data = {"form_token": viewer.csrf}

    cross = client.post("/sign-out", data=data, headers={"sec-fetch-site": "cross-site"})
    sibling = client.post("/sign-out", data=data, headers={"sec-fetch-site": "same-site"})
    without = client.post("/sign-out", data={})
    wrong = client.post("/sign-out", data={"form_token": "f" * 32})

    assert [each.status_code for each in (cross, sibling, without, wrong)] == [403] * 4


def test_a_merchant_enters_by_door_and_phone(client: TestClient, world: World, context: Context):
    shop = world.shop(phone="13812345678")

    page = client.get(f"/q/{shop.door}/sign-in")
    sent = client.post(f"/q/{shop.door}/sign-in/code")
    message = deliver(client, context)[-1]
    wrong = client.post(f"/q/{shop.door}/sign-in", data={"code": "000000"})
    entered = client.post(f"/q/{shop.door}/sign-in", data={"code": code_in(message)})
    client.cookies.delete("sid")
    again = client.post(f"/q/{shop.door}/sign-in", data={"code": code_in(message)})

    assert "138****5678" in page.text
    assert "13812345678" not in page.text
    assert sent.status_code == 303
    assert message["phone"] == "13812345678"
    assert wrong.status_code == 422
    assert entered.headers["location"] == "/shops"
    assert again.status_code == 422


def test_a_code_serves_only_the_browser_that_asked(
    client: TestClient, world: World, context: Context
):
    shop = world.shop()
    client.post(f"/q/{shop.door}/sign-in/code")
    code = code_in(deliver(client, context)[-1])
    client.cookies.clear()

    stolen = client.post(f"/q/{shop.door}/sign-in", data={"code": code})

    assert stolen.status_code == 422


def test_five_wrong_tries_end_a_code(client: TestClient, world: World, context: Context):
    shop = world.shop()
    client.post(f"/q/{shop.door}/sign-in/code")
    code = code_in(deliver(client, context)[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        client.post(f"/q/{shop.door}/sign-in", data={"code": wrong})

    late = client.post(f"/q/{shop.door}/sign-in", data={"code": code})

    assert late.status_code == 422


def test_codes_per_phone_are_limited(client: TestClient, world: World, clock: Clock):
    shop = world.shop()

    first = client.post(f"/q/{shop.door}/sign-in/code")
    second = client.post(f"/q/{shop.door}/sign-in/code")
    clock.forward(minutes=1, seconds=1)
    third = client.post(f"/q/{shop.door}/sign-in/code")

    assert [each.status_code for each in (first, second, third)] == [303, 429, 303]

"""POST /api/v1/round: what the phone takes along, by difference, small enough for a bad signal."""

import json
from random import Random

import pytest

from compliance.accounts.permissions import Role
from compliance.merchants import storing
from compliance.merchants.importing import parse
from compliance.merchants.shops import OPEN, SHOPS, listed
from compliance.places import service as places
from merchants_app.demo import names
from merchants_app.tables import read_tables
from tests.factories import World
from tests.lists import merchant_list
from tests.visits import body, chief_of, fault, log

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def take(client, viewer, known=None, edition="", content=None):
    asked = json.dumps({"known": known or {}, "edition": edition})
    return client.post(
        "/api/v1/round",
        content=content if content is not None else asked,
        headers={"x-form-token": viewer.csrf, "accept": "application/json"},
    )


def test_the_phone_gets_the_whole_round_and_then_only_what_is_new(client, world: World):
    shop, other = world.shop(), world.shop("旁边样例店")
    chief = world.sign_in(client, chief_of(world, shop, name="chief"))

    first = take(client, chief).json()
    assert {each["n"] for each in first["shops"]} == {shop.number, other.number}
    assert first["me"]["account"] == chief.account_id
    assert (first["me"]["name"], first["me"]["kinds"]) == ("chief", ["patrol"])
    assert first["host"] == "http://testserver.local"
    assert {"code", "name", "name_en", "limit_kind", "limit_value"} < set(first["catalogue"][0])
    assert first["lanes"] == [{"id": shop.lane_id, "name": shop.lane}]

    log(world, chief, body(world, other, fault("O02")))
    known = {each["n"]: each["mark"] for each in first["shops"]} | {"MTG-GONE": "0" * 12}
    second = take(client, chief, known, first["edition"]).json()
    assert [each["n"] for each in second["shops"]] == [other.number]
    assert (second["gone"], second["catalogue"]) == (["MTG-GONE"], None)
    assert second["frequent"] == ["O02"]


def test_500_shops_of_a_demonstration_come_in_under_100_kilobytes(client, world: World):
    chance, wanted = Random(1), merchant_list(shops=500, dirt={})
    for rows in wanted.rows.values():
        for row in rows:
            words = chance.choice(chance.choice(names.TRADES).words)
            row[1] = f"{chance.choice(names.SURNAMES)}{chance.choice(names.CORES)}{words}{row[0]}"

    def store(session, act):
        sheets = read_tables(wanted.xlsx(), "merchants.xlsx")
        parsed = parse(sheets, storing.gazetteer_of(session), create_lanes=True)
        storing.store(session, act, parsed, file_hash="0" * 64)
        return [("township", each.code) for each in places.townships(session)]

    officer = world.viewer(Role.ENFORCEMENT_OFFICER, *world.write(store))
    for shop in chance.sample(world.read(listed, SHOPS.where(OPEN)), 100):
        world.clock.forward(seconds=chance.randrange(30, 300))
        log(world, officer, body(world, shop, fault("O02"), fault("H01"), position=None))
    answer = take(client, world.sign_in(client, officer))

    told = answer.json()
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 100_000
    assert len(told["shops"]) == 500
    assert sum(len(each["open"]) for each in told["shops"]) == 200


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"known": 1}', b'{"known": {"a": 1}}', b'{"other": 1}', b"\xff"]
)
def test_a_question_that_is_none_is_refused(client, world: World, content):
    chief = world.sign_in(client, chief_of(world, world.shop()))
    answer = take(client, chief, content=content)

    assert (answer.status_code, answer.json()["code"]) == (422, "form.invalid")


def test_who_does_not_patrol_has_no_round(client, world: World):
    viewer = world.sign_in(client, world.viewer(Role.DISTRICT_DESK))

    assert take(client, viewer).status_code == 403

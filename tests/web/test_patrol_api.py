"""PUT /api/v1/patrols/{id} as the contract has it, for programs and for browsers."""

import base64
import hashlib
import json
import secrets

import pytest

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Role
from compliance.ledger import chain
from merchants_app.access import TOKEN_HEADER
from tests.factories import World
from tests.visits import body, chief_of, fault, log


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(world: World, shop):
    return chief_of(world, shop)


@pytest.fixture
def bearer(world: World, chief):
    """Headers of a program that acts for the lane chief."""

    def issue(session, act):
        account = session.get_one(Account, chief.account_id)
        return sessions.issue_token(session, act, account, "phone", 30)

    return {"authorization": f"Bearer {world.write(issue)}"}


def put(client, sent, headers, patrol_id=None, **named):
    address = f"/api/v1/patrols/{patrol_id or secrets.token_hex(16)}"
    content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return client.put(address, content=content, headers=headers, **named)


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_record_is_answered_with_201_and_a_receipt_that_can_be_recomputed(
    client, world, shop, bearer
):
    sent = body(world, shop, fault("O02", note="占道"), note="…")

    answer = put(client, sent, bearer)

    assert answer.status_code == 201
    told = answer.json()
    receipt = told["receipt"]
    entry = unpadded(receipt["entry"])
    assert hashlib.sha256(b"\x00" + entry).hexdigest() == receipt["entry_hash"]
    committed = chain.commitment(bytes.fromhex(receipt["salt"]), chain.canonical_body(sent))
    assert json.loads(entry)["commitment"] == committed
    assert (receipt["merchant"], receipt["seq"]) == (shop.number, 1)
    assert receipt["received_at"] == "2026-11-23T09:00:00.000+08:00"
    (finding,) = told["findings"]
    assert set(finding) == {"id", "code", "state", "due_at"}
    assert (finding["code"], finding["state"]) == ("O02", "reminded")
    assert finding["due_at"] == "2026-11-23T13:00:00.000+08:00"
    assert told["warnings"] == []
    assert told["replayed"] is False


def test_the_same_content_again_is_201_with_the_same_receipt(client, world, shop, bearer):
    sent, patrol_id = body(world, shop, fault("O02")), secrets.token_hex(16)
    first = put(client, sent, bearer, patrol_id).json()
    world.clock.forward(minutes=7)

    again = put(client, json.dumps(sent, indent=2).encode(), bearer, patrol_id.upper())

    assert again.status_code == 201
    assert again.json() == {**first, "replayed": True}


def test_other_content_is_409(client, world, shop, bearer):
    patrol_id = secrets.token_hex(16)
    put(client, body(world, shop), bearer, patrol_id)

    refused = put(client, body(world, shop, note="x"), bearer, patrol_id)

    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "patrol.other_content"


def test_unknown_withdrawn_and_foreign_doors(client, world, shop, bearer):
    elsewhere = world.shop(lane="双峪路")
    sent = body(world, shop)

    assert put(client, {**sent, "door": "0" * 16}, bearer).status_code == 404
    assert put(client, {**sent, "door": "no door"}, bearer).status_code == 404
    assert put(client, body(world, elsewhere), bearer).status_code == 404
    statement = f"UPDATE door_code SET state='withdrawn' WHERE token='{shop.door}'"
    world.write(lambda session, _act: session.connection().exec_driver_sql(statement))
    assert put(client, sent, bearer).status_code == 410


def test_what_does_not_fit_is_named_by_field(client, world, shop, bearer):
    sent = body(world, shop, fault("O02", cause="weather"), surprise=1)

    refused = put(client, {**sent, "note": "x" * 501}, bearer)

    assert refused.status_code == 422
    assert refused.json()["code"] == "patrol.invalid"
    faults = {each["field"]: each for each in refused.json()["errors"]}
    assert set(faults) == {"items.0.cause", "note", "surprise"}
    assert all(each["detail"] and each["code"] for each in faults.values())


def test_what_is_not_json_is_refused(client, bearer):
    refused = put(client, b"{", bearer)

    assert (refused.status_code, refused.json()["code"]) == (422, "patrol.not_json")


def test_a_record_without_end_is_not_read(client, bearer):
    assert put(client, b" " * (600 * 1024), bearer).status_code == 413


def test_an_id_is_thirty_two_hex_digits(client, world, shop, bearer):
    for patrol_id in ("1", "g" * 32, "a" * 33):
        refused = put(client, body(world, shop), bearer, patrol_id)
        assert (refused.status_code, refused.json()["code"]) == (422, "patrol.bad_id")


def test_nobody_logs_without_an_account(client, world, shop):
    assert put(client, body(world, shop), {}).status_code == 401
    assert put(client, body(world, shop), {"authorization": "Bearer x"}).status_code == 401


def test_the_desk_logs_nothing(client, world, shop):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", shop.township_code))
    token = {TOKEN_HEADER: world.sign_in(client, desk).csrf}

    assert put(client, body(world, shop), token).status_code == 403


def test_a_browser_shows_its_form_token(client, world, shop, chief):
    token = {TOKEN_HEADER: world.sign_in(client, chief).csrf}
    sent = body(world, shop)

    assert put(client, sent, {}).status_code == 403
    assert put(client, sent, {**token, "sec-fetch-site": "cross-site"}).status_code == 403
    assert put(client, sent, token).status_code == 201


def test_warnings_are_told_in_the_asked_language(client, world, shop, bearer):
    sent = {**body(world, shop), "position": None}

    chinese = put(client, sent, bearer).json()["warnings"]
    english = put(client, sent, bearer, params={"lang": "en"}).json()["warnings"]

    assert [each["code"] for each in chinese + english] == ["no_position"] * 2
    assert not chinese[0]["detail"].isascii()
    assert english[0]["detail"].isascii()
    assert "doubt." not in chinese[0]["detail"] + english[0]["detail"]


def test_the_schema_tells_what_a_record_may_be(client, world, chief):
    world.sign_in(client, chief)

    paths = client.get("/schema/openapi.json").json()["paths"]

    body_of = paths["/api/v1/patrols/{patrol_id}"]["put"]["requestBody"]["content"]
    record = body_of["application/json"]["schema"]
    assert record["required"] == ["door", "kind", "observed_at"]
    assert record["properties"]["items"]["items"]["properties"]["note"]["maxLength"] == 500
    assert "$ref" not in json.dumps(record)
    photo = paths["/api/v1/photos/{sha256}"]["put"]["requestBody"]["content"]
    assert photo["application/octet-stream"]["schema"]["format"] == "binary"


def test_the_own_record_comes_back_as_it_was_sent_and_nobody_elses(
    client, world, shop, chief, bearer
):
    sent, patrol_id = body(world, shop, fault("O02", note="占道"), note="…"), secrets.token_hex(16)
    first = put(client, sent, bearer, patrol_id).json()
    again = body(world, shop, fault("O02"))
    put(client, again, bearer, later := secrets.token_hex(16))

    def fetch(name):
        return client.get(f"/api/v1/patrols/{name}", headers=bearer)

    own = fetch(patrol_id.upper()).json()
    assert own["body"] == sent
    assert own["receipt"] == first["receipt"]
    assert own["findings"] == first["findings"]
    assert own["shop"] == {"number": shop.number, "name": shop.name}
    (seen,) = fetch(later).json()["again"]
    assert seen == {"id": first["findings"][0]["id"], "code": "O02", "state": "reminded"}
    colleague = chief_of(world, shop)
    log(world, colleague, sent, foreign := secrets.token_hex(16))
    for name in (foreign, "0" * 32):
        assert (fetch(name).status_code, fetch(name).json()["code"]) == (404, "patrol.unknown")
    put(client, {**sent, "note": "x"}, bearer, foreign)
    assert put(client, sent, bearer, foreign).json()["code"] == "patrol.other_content"


def test_a_phone_that_is_not_the_patrollers_own_is_refused(client, world, shop, bearer):
    origin = {"device": "d" * 32, "order": 1, "scan": "camera"}

    refused = put(client, body(world, shop, origin=origin), bearer)

    assert (refused.status_code, refused.json()["code"]) == (403, "device.unknown")


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"code": "O02", "result": "ok", "separate": True}, "items.0.again"),
        (fault("O02", again="a" * 32, separate=True), "items.0.separate"),
        (fault("O02", again="nonsense"), "items.0.again"),
    ],
)
def test_only_a_fault_is_seen_again_or_another_one(client, world, shop, bearer, item, field):
    refused = put(client, body(world, shop, item), bearer)

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]

"""How phones make themselves known, are revoked, hand over what they hold, and say farewell."""

import base64
import hashlib
import json
import secrets

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.devices import service as devices
from compliance.devices.models import Device, DeviceLife, RevokeReason
from compliance.errors import NotAllowed
from compliance.ledger.models import LedgerEntry
from compliance.quarantine.models import SealedItem
from merchants_app import queue_keys
from merchants_app.access import TOKEN_HEADER
from tests.factories import DAYU, World
from tests.phones import Phone
from tests.visits import body, chief_of

JSON = {"accept": "application/json"}

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What no statement of a database decides is tried on one."""


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(world: World, shop):
    return chief_of(world, shop)


@pytest.fixture
def phone(world: World, chief):
    return Phone(world, chief)


def enrol(client, world, phone, viewer=None, **changed):
    token = world.sign_in(client, viewer or phone.viewer).csrf
    return client.put(
        f"/api/v1/devices/{phone.id}",
        json={**phone.enrolment(), **changed},
        headers={TOKEN_HEADER: token, **JSON},
    )


def hand_over(client, phone, name, manifest, sealed):
    return client.put(
        f"/api/v1/devices/{phone.id}/sealed/{name}",
        content=sealed,
        headers={"menqian-manifest": manifest, **JSON},
    )


def revoke(world, phone, by=None):
    by = by or phone.viewer
    world.write(devices.revoke, by, phone.id, RevokeReason.LOST, by=by)


def test_a_phone_is_known_by_its_keys_and_by_them_alone(client, world, phone, shop):
    first = enrol(client, world, phone)
    again = enrol(client, world, phone, name="换个名字")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == {"state": "active", "server_time": "2026-11-23T09:00:00.000+08:00"}
    assert world.read(lambda s: s.get(Device, phone.id)).name == "换个名字"
    stranger = Phone(world, phone.viewer, phone.id)
    for wrong in (
        enrol(client, world, phone, signing_key=stranger.public),
        enrol(client, world, phone, content_key=stranger.wrapped()),
        enrol(client, world, phone, chief_of(world, shop)),
    ):
        assert (wrong.status_code, wrong.json()["code"]) == (409, "device.other_content")


@ONE_DATABASE
def test_a_key_that_could_never_be_opened_here_is_refused_at_once(client, world, phone):
    other = phone.wrapped().split(".")
    short = enrol(client, world, phone, content_key=phone.wrapped(b"\x00" * 16))
    broken = enrol(client, world, phone, content_key=".".join([other[0], "AAAA", *other[2:]]))
    off_curve = enrol(client, world, phone, signing_key={**phone.public, "x": "A" * 43})

    assert [each.status_code for each in (short, broken, off_curve)] == [422] * 3
    assert short.json()["code"] == broken.json()["code"] == "device.content_key"
    assert off_curve.json()["code"] == "device.signing_key"
    assert client.get("/api/v1/devices/key", headers=JSON).json() == {
        "kid": queue_keys.held(world.context.settings).current,
        "jwk": queue_keys.held(world.context.settings).public,
    }
    assert not world.read(lambda s: s.exec(select(Device)).all())


def test_only_patrollers_enrol_and_only_live_phones_of_ones_own_log(client, world, phone, shop):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    assert enrol(client, world, phone, desk).status_code == 403
    enrol(client, world, phone)

    world.read(devices.require_alive, phone.viewer.account_id, phone.id)
    for account, device in ((desk.account_id, phone.id), (phone.viewer.account_id, "0" * 32)):
        with pytest.raises(NotAllowed) as refused:
            world.read(devices.require_alive, account, device)
        assert refused.value.code == "device.unknown"
    revoke(world, phone, desk)
    with pytest.raises(NotAllowed) as refused:
        world.read(devices.require_alive, phone.viewer.account_id, phone.id)
    assert refused.value.code == "device.revoked"


def test_revoking_ends_every_session_seen_on_the_phone_and_no_other(client, world, phone):
    elsewhere = world.sign_in(client, phone.viewer)
    other_cookie = client.cookies["sid"]
    enrol(client, world, phone)
    enrolled_by = client.cookies["sid"]
    world.clock.forward(minutes=5)
    world.sign_in(client, phone.viewer)
    state = client.get(f"/api/v1/devices/{phone.id}", headers=JSON).json()
    assert state["state"] == "active"
    heard = world.read(lambda s: s.get(Device, phone.id)).last_contact_at
    assert heard == world.clock()

    revoke(world, phone)

    assert elsewhere.session_key
    for cookie, alive in (
        (client.cookies["sid"], False),
        (enrolled_by, False),
        (other_cookie, True),
    ):
        client.cookies.clear()
        client.cookies.set("sid", cookie)
        assert (client.get("/patrols").status_code == 200) is alive
    client.cookies.clear()
    assert client.get(f"/api/v1/devices/{phone.id}", headers=JSON).json()["state"] == "revoked"
    assert client.get(f"/api/v1/devices/{'0' * 32}", headers=JSON).status_code == 404


def test_a_revoked_phone_hands_over_once_and_says_farewell(client, world, phone, shop):
    phone.enrol()
    phone.photo(b"not even a picture")
    phone.record(body(world, shop), shop)
    early = client.put(f"/api/v1/devices/{phone.id}/wiped", content=phone.farewell(), headers=JSON)
    assert (early.status_code, early.json()["code"]) == (409, "device.not_revoked")
    revoke(world, phone)

    for item in [*phone.photos, *phone.records, *phone.records]:
        answer = hand_over(client, phone, *item)
        assert answer.status_code == 201
        assert answer.json() == {"name": item[0], "sha256": hashlib.sha256(item[2]).hexdigest()}
    gone = client.put(f"/api/v1/devices/{phone.id}/wiped", content=phone.farewell(), headers=JSON)

    assert (gone.status_code, gone.json()["state"]) == (200, "wiped")
    kept = world.read(lambda s: s.exec(select(SealedItem)).all())
    assert {item.name for item in kept} == {phone.photos[0][0], phone.records[0][0]}
    assert world.context.sealed(phone.id).has(*(item.sealed_sha256 for item in kept))
    told = world.read(lambda s: s.exec(select(LedgerEntry.kind, LedgerEntry.content)).all())
    assert [kind for kind, _ in told if kind.startswith("device.")] == [
        "device.enrolled",
        "device.revoked",
        "device.wiped",
    ]
    assert not [content for _, content in told if "样例手机".encode() in bytes(content)]


@ONE_DATABASE
def test_nothing_nested_too_deep_breaks_the_reading_of_it(client, world, phone):
    head = base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("=")
    refused = enrol(client, world, phone, content_key=f"{head}.a.b.c.d")
    enrol(client, world, phone)
    client.cookies.clear()
    deep = base64.urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=")
    unsigned = hand_over(client, phone, secrets.token_hex(16), f"{deep}.e30.AAAA", b"x")
    token = {TOKEN_HEADER: world.sign_in(client, phone.viewer).csrf, **JSON}

    assert refused.json()["code"] == "device.content_key"
    assert unsigned.json()["code"] == "quarantine.signature"
    for raw in (b"[" * 5000, b'{"known": {"\\ud800": "x"}}'):
        assert client.post("/api/v1/round", content=raw, headers=token).status_code == 422


@ONE_DATABASE
def test_what_the_phone_did_not_sign_is_not_taken(client, world, phone, shop):
    phone.enrol()
    stranger = Phone(world, phone.viewer, phone.id)
    name, manifest, sealed = (phone.record(body(world, shop)), *phone.records[0][1:])
    forged = stranger.seal("patrol", name, b"{}", 1)
    elsewhere = phone.signed({**json.loads(b"{}"), "v": 1})
    unsigned = f"{manifest.rsplit('.', 1)[0]}."

    def code(*args):
        answer = hand_over(client, phone, *args)
        return answer.status_code, answer.json()["code"]

    assert code(name, *forged) == (422, "quarantine.signature")
    assert code(name, unsigned, sealed) == (422, "quarantine.signature")
    assert code(name, elsewhere, sealed) == (422, "quarantine.manifest")
    assert code(secrets.token_hex(16), manifest, sealed) == (422, "quarantine.manifest")
    assert code(name, manifest, sealed + b"x") == (422, "quarantine.damaged")
    assert hand_over(client, phone, name, manifest, sealed).status_code == 201
    assert code(name, *phone.seal("patrol", name, b"{}", 1)) == (409, "quarantine.other_content")
    refused = client.put(
        f"/api/v1/devices/{phone.id}/wiped", content=stranger.farewell(), headers=JSON
    )
    assert refused.json()["code"] == "quarantine.signature"


def test_closing_an_account_revokes_its_phones(client, world, phone):
    phone.enrol()
    desk = world.viewer(Role.DISTRICT_DESK)
    token = world.sign_in(client, desk).csrf

    done = client.post(f"/accounts/{phone.viewer.account_id}/close", data={"form_token": token})

    assert done.status_code == 303
    device = world.read(lambda s: s.get(Device, phone.id))
    assert (device.life, device.revoked_why) == (DeviceLife.REVOKED, "account_closed")

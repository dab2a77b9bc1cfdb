"""The desk and what lost phones handed over: seen, accepted into the ledger, or not; phones' page."""

import asyncio
import json
import secrets

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.devices import service as devices
from compliance.devices.models import Device, RevokeReason
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.patrols.models import Patrol
from compliance.quarantine import service
from compliance.quarantine.models import SealedFate, SealedItem
from merchants_app import quarantined
from merchants_app.access import TOKEN_HEADER
from merchants_app.worker import FALLS_DUE
from tests.browsing import Browser
from tests.factories import DAYU, LONGQUAN, World
from tests.phones import Phone
from tests.suspects import report, suspect
from tests.visits import body, chief_of, fault, log, picture, sha256

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What no statement of a database decides is tried on one."""


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def phone(world: World, shop):
    made = Phone(world, chief_of(world, shop))
    made.enrol()
    return made


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


def sealed(world, client, phone, shop, **told):
    """Seal a visit with two photos, revoke the phone, hand all over; return the id of the visit."""
    photos = [phone.photo(picture(colour)) for colour in ("teal", "navy")]
    sent = body(
        world, shop, fault("O02", note="占道", photos=photos[:1]), photos=photos[1:], **told
    )
    name = phone.record(sent, shop)
    world.clock.forward(minutes=5)
    chief = phone.viewer
    world.write(devices.revoke, chief, phone.id, RevokeReason.STOLEN, by=chief)
    hand_over(client, phone)
    return name


def hand_over(client, phone, refused=""):
    for item, manifest, data in [*phone.photos, *phone.records]:
        answer = client.put(
            f"/api/v1/devices/{phone.id}/sealed/{item}",
            content=data,
            headers={
                "menqian-manifest": manifest,
                "menqian-refused": refused,
                "accept": "application/json",
            },
        )
        assert answer.status_code == 201


def decide(world, browser, name, verb, status=303, **typed):
    """Press one of the two buttons of a record's page; return the page that follows."""
    item = item_of(world, name)
    browser.open(f"/quarantine/{item.id}")
    assert f'action="/quarantine/{item.id}/{verb}"' in browser.text
    sent = {"form_token": browser.viewer.csrf, **typed}
    answer = browser.client.post(f"/quarantine/{item.id}/{verb}", data=sent)
    assert answer.status_code == status, answer.text
    return browser.open(answer.headers["location"]) if status == 303 else answer.text


def item_of(world, name):
    query = select(SealedItem).where(SealedItem.name == name)
    return world.read(lambda s: s.exec(query).one())


def entries(world, kind):
    query = select(LedgerEntry).where(LedgerEntry.kind == kind)
    return world.read(lambda s: s.exec(query).all())


def test_the_desk_reads_a_sealed_record_and_takes_it_into_the_ledger_as_its_owners(
    client, world, phone, shop, desk
):
    name = sealed(world, client, phone, shop)
    browser = Browser(world, client, desk)
    assert "第 1 号" in browser.open("/quarantine")
    item = item_of(world, name)
    read = browser.open(f"/quarantine/{item.id}")

    assert shop.name in read
    assert "占道" in read
    assert "停用以后才封存" not in read
    shown = client.get(f"/quarantine/{item.id}/photos/{phone.photos[0][0]}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content != picture("teal")
    assert not world.read(lambda s: s.get(Patrol, name))
    done = decide(world, browser, name, "accept")

    patrol = world.read(lambda s: s.get(Patrol, name))
    assert f"{shop.number} / {patrol.entry_seq}" in done
    assert patrol.account_id == phone.viewer.account_id
    assert "quarantined" in patrol.doubts
    logged, taken = (
        json.loads(entries(world, kind)[0].content)
        for kind in ("patrol.logged", "quarantine.accepted")
    )
    assert (logged["actor"]["id"], taken["actor"]["id"]) == (
        phone.viewer.account_id,
        desk.account_id,
    )
    assert (taken["subject"], taken["ref"]) == (logged["subject"], name)
    fates = world.read(lambda s: s.exec(select(SealedItem.state)).all())
    assert fates == [SealedFate.ACCEPTED] * 3
    assert not world.read(ledger.verify)[1]
    token = {"form_token": world.sign_in(client, desk).csrf}
    again = client.post(f"/quarantine/{item.id}/accept", data=token)
    assert "已经决定过了" in again.text
    assert len(entries(world, "patrol.logged")) == 1


def test_a_record_made_after_the_phone_was_lost_is_marked_and_kept_out_with_a_reason(
    client, world, phone, shop, desk
):
    phone.record(body(world, shop), shop)
    phone.records.clear()
    later = world.clock.forward(hours=2)
    name = sealed(world, client, phone, shop, observed_at="2026-11-23T12:00:00+08:00")
    item = item_of(world, name)
    browser = Browser(world, client, desk)

    read = browser.open(f"/quarantine/{item.id}")
    short = decide(world, browser, name, "reject", 422, reason="不")
    done = decide(world, browser, name, "reject", reason="手机被盗以后记的，不是本人")

    assert later < world.clock()
    assert "看到的时间在停用以后" in read
    assert "缺号" in read
    assert "请写明为什么不收" in short
    assert "手机被盗以后记的" in done
    assert not world.read(lambda s: s.get(Patrol, name))
    (entry,) = entries(world, "quarantine.rejected")
    assert "本人".encode() not in bytes(entry.content)
    assert not world.read(ledger.verify)[1]


@ONE_DATABASE
def test_what_cannot_be_opened_or_read_is_shown_as_such_and_kept(client, world, phone, shop, desk):
    name = secrets.token_hex(16)
    other = Phone(world, phone.viewer, phone.id)
    other.signing = phone.signing
    other.record(body(world, shop), shop)
    phone.record("{", shop)
    phone.records += [*other.records, (name, *phone.seal("patrol", name, b"[]", 3))]
    hand_over(client, phone)
    browser = Browser(world, client, desk)

    for (each, *_), why in zip(
        phone.records,
        ("patrol.not_json", "quarantine.cannot_open", "quarantine.not_a_record"),
        strict=True,
    ):
        item = item_of(world, each)
        shown = browser.open(f"/quarantine/{item.id}")
        assert why in shown
        assert "手机没有停用" in shown
        assert "/accept" not in shown
        token = {"form_token": world.sign_in(client, desk).csrf}
        assert client.post(f"/quarantine/{item.id}/accept", data=token).status_code == 422
        assert item_of(world, each).state is SealedFate.WAITING


@ONE_DATABASE
def test_a_record_that_is_in_the_ledger_already_changes_nothing_there(
    client, world, phone, shop, desk
):
    told = {"device": phone.id, "order": 1, "scan": "camera"}
    report(world, phone.viewer, {**suspect(world, shop), "origin": told}, "1" * 32)
    phone.count = 1
    sent = body(world, shop)
    name = phone.record(sent, shop)
    log(world, phone.viewer, sent, name)
    hand_over(client, phone)
    browser = Browser(world, client, desk)

    read = browser.open(f"/quarantine/{item_of(world, name).id}")
    decide(world, browser, name, "accept")

    assert "这条记录已经在台账里" in read
    assert "缺号" not in read
    assert len(entries(world, "patrol.logged")) == 1
    assert json.loads(entries(world, "quarantine.accepted")[0].content)["fact"]["already_there"]


def test_only_the_desk_of_the_owner_decides(client, world, phone, shop):
    name = sealed(world, client, phone, shop)
    item = item_of(world, name)
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    both = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN), ("township", DAYU))
    district = world.viewer(Role.DISTRICT_DESK)

    def asked(viewer):
        world.sign_in(client, viewer)
        address = f"/quarantine/{item.id}"
        return [
            client.get(each).status_code
            for each in (address, f"{address}/photos/{phone.photos[0][0]}")
        ]

    assert asked(far) == [404, 404]
    assert asked(phone.viewer) == [403, 403]
    assert asked(both) == asked(district) == [200, 200]


@ONE_DATABASE
def test_sealed_bytes_go_long_after_the_decision_and_never_before(client, world, phone, shop, desk):
    name = sealed(world, client, phone, shop)
    waiting = Phone(world, phone.viewer)
    waiting.enrol()
    kept = waiting.record(body(world, shop), shop)
    hand_over(client, waiting)
    browser = Browser(world, client, desk)
    decide(world, browser, name, "accept")
    first, second = world.context.sealed(phone.id), world.context.sealed(waiting.id)

    def clear():
        assert quarantined.clear_quarantine in FALLS_DUE.values()
        asyncio.run(quarantined.clear_quarantine(world.context))

    world.clock.forward(days=29)
    clear()
    assert first.has(item_of(world, name).sealed_sha256)
    world.clock.forward(days=2)
    clear()
    assert not first.has(item_of(world, name).sealed_sha256)
    assert second.has(item_of(world, kept).sealed_sha256)
    hand_over(client, phone)
    assert not first.has(item_of(world, name).sealed_sha256)
    world.sign_in(client, desk)
    assert "封存的内容已经清除" in client.get(f"/quarantine/{item_of(world, name).id}").text
    world.clock.forward(days=150)
    clear()
    assert second.has(item_of(world, kept).sealed_sha256)
    assert item_of(world, kept).state is SealedFate.REJECTED
    world.sign_in(client, desk)
    assert "满 180 天没有决定" in client.get(f"/quarantine/{item_of(world, kept).id}").text
    assert len(entries(world, "quarantine.rejected")) == 1
    world.clock.forward(days=31)
    clear()
    assert not second.has(item_of(world, kept).sealed_sha256)


@ONE_DATABASE
def test_nobody_throws_evidence_away_by_handing_its_bytes_over(client, world, phone, shop, desk):
    data, name = picture("teal"), secrets.token_hex(16)
    token = world.sign_in(client, phone.viewer).csrf
    sent = {TOKEN_HEADER: token, "accept": "application/json"}
    assert client.put(f"/api/v1/photos/{sha256(data)}", content=data, headers=sent).is_success
    manifest, _ = phone.seal("patrol", name, b"", 1, sealed_sha256=sha256(data))
    phone.records.append((name, manifest, data))
    client.cookies.clear()
    hand_over(client, phone)
    world.write(service.reject, desk, item_of(world, name).id, [], "打不开的内容", by=desk)
    world.clock.forward(days=31)

    asyncio.run(quarantined.clear_quarantine(world.context))

    assert item_of(world, name).cleared_at
    assert not world.context.sealed(phone.id).has(sha256(data))
    assert world.context.blobs.has(sha256(data))


@ONE_DATABASE
def test_no_time_a_phone_signs_takes_the_page_from_the_desk(client, world, phone, shop, desk):
    for at in ("9999-12-31T23:00:00+00:00", "0001-01-01T00:00:00+14:00"):
        phone.record(body(world, shop), shop, sealed_at=at)
    hand_over(client, phone)
    browser = Browser(world, client, desk)

    assert "第 2 号" in browser.open("/quarantine")
    first, second = (browser.open(f"/quarantine/{item_of(world, n).id}") for n, *_ in phone.records)
    assert "手机的钟比收到的时间还快" in first
    assert "封存三天多以后才交来" in second


@ONE_DATABASE
def test_a_record_may_not_speak_for_another_phone(client, world, phone, shop, desk):
    told = {"device": "d" * 32, "order": 2**31 - 1, "scan": "camera"}
    name = phone.record(body(world, shop, origin=told), shop)
    hand_over(client, phone)
    browser = Browser(world, client, desk)

    item = item_of(world, name)
    assert "quarantine.other_device" in browser.open(f"/quarantine/{item.id}")
    token = {"form_token": browser.viewer.csrf}
    assert client.post(f"/quarantine/{item.id}/accept", data=token).status_code == 422
    assert not world.read(lambda s: s.get(Patrol, name))


@ONE_DATABASE
def test_a_refused_record_is_handed_over_and_taken_by_whoever_answers_for_its_owner(
    client, world, phone, shop, desk
):
    elsewhere, far = world.shop(lane="双峪路"), world.shop(township=LONGQUAN, lane="中门寺街")
    records = [body(world, each) for each in (elsewhere, far)]
    first, second = (phone.record(each) for each in records)
    token = {TOKEN_HEADER: world.sign_in(client, phone.viewer).csrf, "accept": "application/json"}
    refused = client.put(f"/api/v1/patrols/{first}", json=records[0], headers=token)
    client.cookies.clear()
    hand_over(client, phone, refused=refused.json()["code"])
    world.clock.forward(days=10)
    browser = Browser(world, client, desk)

    read = browser.open(f"/quarantine/{item_of(world, first).id}")
    done = decide(world, browser, first, "accept")
    decide(world, browser, second, "accept", 422)

    assert (refused.status_code, refused.json()["code"]) == (404, "account.out_of_reach")
    assert "手机发送时没有收下的原因" in read
    assert refused.json()["detail"] in read
    assert "手机没有停用" in read
    patrol = world.read(lambda s: s.get(Patrol, first))
    assert f"{elsewhere.number} / {patrol.entry_seq}" in done
    assert patrol.doubts == ["quarantined"]
    assert not world.read(lambda s: s.get(Patrol, second))


def test_no_more_is_kept_than_there_is_room_for(client, world, phone, shop, monkeypatch):
    monkeypatch.setattr(service, "MOST_OF_A_DEVICE", 1)
    first, second = phone.record(body(world, shop), shop), phone.record(body(world, shop), shop)

    def put(name, manifest, data):
        headers = {"menqian-manifest": manifest, "accept": "application/json"}
        return client.put(
            f"/api/v1/devices/{phone.id}/sealed/{name}", content=data, headers=headers
        )

    assert put(*phone.records[0]).status_code == 201
    full = put(*phone.records[1])
    assert (full.status_code, full.json()["code"]) == (507, "quarantine.full")
    assert put(*phone.records[0]).status_code == 201
    assert (first, second) == tuple(name for name, _, _ in phone.records)


def test_a_patroller_revokes_an_own_phone_and_the_desk_those_of_its_people(
    client, world, phone, shop, desk
):
    world.clock.forward(minutes=1)
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    colleague = chief_of(world, shop)
    for viewer in (far, colleague):
        world.sign_in(client, viewer)
        assert "样例手机" not in client.get("/devices").text
        assert client.get(f"/devices/{phone.id}/revoke").status_code == 404
    at_desk = Browser(world, client, desk)
    assert "样例手机" in at_desk.open("/devices")
    mine = Browser(world, client, phone.viewer)
    mine.open(f"/devices/{phone.id}/revoke")

    without = mine.send(status=422)
    listed = mine.send(reason="lost")

    assert "请先改正" in without
    assert "已停用" in listed
    assert world.read(lambda s: s.get(Device, phone.id)).revoked_at == world.clock()

"""`menqian import queue`: an exported queue enters the ledger exactly once, in the device's order."""

import json
import secrets

import pytest
from sqlmodel import col, select

from compliance.devices import service as devices
from compliance.devices.models import RevokeReason
from compliance.patrols.models import Patrol, PatrolPhoto
from compliance.quarantine.models import SealedItem
from compliance.suspect_codes.models import SuspectCode
from merchants_app import queue_import, queue_keys
from merchants_app.commands import serving
from merchants_app.queue_import import QueueOutcome
from merchants_app.settings import BadSettings
from tests.factories import World
from tests.phones import Phone
from tests.visits import body, chief_of, fault, ok, picture

IMPORTED, THERE = QueueOutcome.IMPORTED, QueueOutcome.ALREADY_THERE
QUARANTINED, REFUSED = QueueOutcome.QUARANTINED, QueueOutcome.REFUSED

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


def filled(world, phone, shop):
    """Seal two visits with photos, and a report of a suspect code."""
    photos = [phone.photo(picture(colour)) for colour in ("teal", "navy")]
    for sent in (fault("O02", photos=photos[:1]), ok("O01")):
        phone.record(body(world, shop, sent, photos=photos[1:], origin=origin(phone)), shop)
    report = {
        "content": "https://example.net/pay",
        "verdict": "foreign",
        "seen_at": world.clock().isoformat(),
        "origin": origin(phone),
    }
    phone.record(report, shop, kind="suspect_code")
    return phone


def origin(phone):
    return {"device": phone.id, "order": phone.count + 1, "scan": "camera"}


def imported(world, file, *, dry=False):
    return queue_import.run(world.context, file, dry=dry)


def outcomes(found):
    return [told.outcome for told in found]


def visits(world):
    query = select(Patrol).order_by(col(Patrol.device_order))
    return world.read(lambda s: s.exec(query).all())


def test_an_export_is_logged_once_as_its_owners_in_order(world, phone, shop, tmp_path):
    lines = filled(world, phone, shop).lines()
    file = tmp_path / "queue.jsonl"
    file.write_text("\n".join([*lines[:3], *reversed(lines[3:])]), encoding="utf-8")

    would = imported(world, file, dry=True)
    assert not visits(world)
    first = imported(world, file)
    again = imported(world, file)

    assert outcomes(would) == outcomes(first) == [IMPORTED] * 5
    assert outcomes(again) == outcomes(imported(world, file, dry=True)) == [THERE] * 5
    assert [told.shown for told in first] == [told.shown for told in again]
    logged = visits(world)
    by_entry = sorted(logged, key=lambda each: each.entry_seq)
    assert [each.id for each in by_entry] == [name for name, _, _ in phone.records[:2]]
    assert {each.account_id for each in logged} == {phone.viewer.account_id}
    used = world.read(lambda s: s.exec(select(PatrolPhoto.sha256)).all())
    assert sorted(used) == sorted([name for name, _, _ in phone.photos] + [phone.photos[1][0]])
    assert world.read(lambda s: s.get(SuspectCode, phone.records[2][0])) is not None


@ONE_DATABASE
def test_what_is_damaged_or_forged_is_named_and_the_rest_goes_in(world, phone, shop, tmp_path):
    lines = filled(world, phone, shop).lines()
    stranger = Phone(world, phone.viewer, phone.id)
    stranger.record(body(world, shop), shop)
    other = json.loads(lines[4])
    other["data"] = json.loads(lines[5])["data"]
    file = tmp_path / "queue.jsonl"
    damaged = ["{", *lines[1:4], lines[4][:-40], json.dumps(other), stranger.lines()[1], lines[5]]
    file.write_text("\n".join(damaged), encoding="utf-8")

    found = imported(world, file)

    refused = {told.line: told.refusal.code for told in found if told.refusal}
    assert refused == {
        1: "queue.damaged_line",
        5: "queue.damaged_line",
        6: "quarantine.damaged",
        7: "quarantine.signature",
    }
    assert outcomes(told for told in found if not told.refusal) == [IMPORTED] * 4
    assert [each.id for each in visits(world)] == [phone.records[0][0]]


@ONE_DATABASE
def test_no_line_however_deep_or_long_keeps_the_others_back(
    world, phone, shop, tmp_path, monkeypatch
):
    phone.record(body(world, shop), shop)
    head, record = phone.lines()
    strange = json.dumps({**json.loads(head), "content_key": "\ud800"})
    monkeypatch.setattr(queue_import, "LONGEST_LINE", 50_000)
    file = tmp_path / "queue.jsonl"
    file.write_text("\n".join([strange, "[" * 40_000, "x" * 60_000, record]), encoding="utf-8")

    found = imported(world, file)

    assert outcomes(found) == [REFUSED] * 3 + [IMPORTED]
    assert {told.refusal.code for told in found if told.refusal} == {"queue.damaged_line"}


@ONE_DATABASE
def test_a_record_that_the_rules_refuse_is_told_with_its_reason(world, phone, shop, tmp_path):
    elsewhere = world.shop(lane="双峪路")
    phone.record(body(world, elsewhere), elsewhere)
    phone.record(body(world, shop, photos=["a" * 64]), shop)
    phone.record(body(world, shop, surprise=1), shop)
    phone.record("no json", shop)
    name = secrets.token_hex(16)
    phone.records.append((name, *phone.seal("patrol", name, b"no record", 9)))
    phone.record(body(world, shop), shop)

    found = imported(world, phone.export(tmp_path / "queue.jsonl"))

    assert [told.refusal.code if told.refusal else "" for told in found] == [
        "account.out_of_reach",
        "patrol.photo_missing",
        "patrol.invalid",
        "patrol.not_json",
        "",
        "quarantine.not_a_record",
    ]
    assert len(visits(world)) == 1


@ONE_DATABASE
def test_what_a_revoked_phone_wrote_goes_to_quarantine(world, phone, shop, tmp_path):
    file = filled(world, phone, shop).export(tmp_path / "queue.jsonl")
    chief = phone.viewer
    world.write(devices.revoke, chief, phone.id, RevokeReason.STOLEN, by=chief)

    assert outcomes(imported(world, file, dry=True)) == [QUARANTINED] * 5
    assert not world.read(lambda s: s.exec(select(SealedItem)).all())
    assert outcomes(imported(world, file)) == outcomes(imported(world, file)) == [QUARANTINED] * 5

    assert not visits(world)
    assert len(world.read(lambda s: s.exec(select(SealedItem)).all())) == 5


def test_the_command_says_line_by_line_what_came_of_it(run, world, phone, shop, tmp_path):
    file = filled(world, phone, shop).export(tmp_path / "queue.jsonl")
    assert run("import", "queue", file, "--dry-run").startswith(
        "第 4 行 · 巡查 · 本机第 1 号 · 已入账"
    )

    said = run("import", "queue", file, "--lang", "en").splitlines()

    assert said[0] == f"row 4 · Patrol · no. 1 of this phone · imported {shop.number} / 1"
    assert said[-1].startswith("records: imported 3, already there 0")
    with file.open("a") as end:
        end.write("x\n")
    again = run("import", "queue", file, status=1)
    assert "[queue.damaged_line]" in again
    assert len(visits(world)) == 2


@ONE_DATABASE
def test_a_newer_key_opens_what_was_sealed_for_the_former_one(world, phone, tmp_path):
    settings = world.context.settings
    former = (settings.data_dir / queue_keys.KEPT).read_bytes()
    fresh = queue_keys.held(settings.model_copy(update={"data_dir": tmp_path / "new"}))
    new = (tmp_path / "new" / queue_keys.KEPT).read_bytes()
    file = tmp_path / "keys.pem"
    given = settings.model_copy(update={"queue_key": file})

    file.write_bytes(new)
    file.chmod(0o640)
    told = serving.faults(given)
    file.write_bytes(new + former)
    file.chmod(0o600)

    assert [each for each in told if "1 phones sealed" in each]
    assert [each for each in told if "chmod 600" in each]
    assert not [each for each in serving.faults(given) if "queue" in each]
    held = queue_keys.held(given)
    assert held.current == fresh.current
    assert set(held.by_id) == {fresh.current, queue_keys.held(settings).current}
    file.write_text("no key")
    with pytest.raises(BadSettings, match="MENQIAN_QUEUE_KEY"):
        queue_keys.held(given)

"""The file a phone writes when it cannot send: the command brings it in beside a running server."""

import asyncio

import pytest
from sqlmodel import col, select

from compliance.accounts.permissions import Role
from compliance.devices import service as devices
from compliance.devices.models import RevokeReason
from compliance.patrols.models import Patrol, PatrolPhoto
from compliance.quarantine import queries
from compliance.quarantine.queries import Pile
from compliance.suspect_codes.models import SuspectCode
from merchants_app import quarantined
from tests.browser.phone import record_of
from tests.factories import DAYU
from tests.visits import fault, picture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def visits(world):
    query = select(Patrol.id).order_by(col(Patrol.device_order))
    return world.read(lambda s: list(s.exec(query).all()))


def test_an_exported_queue_is_imported_once_and_the_phone_then_learns_that_it_arrived(
    house, phone, world, shop, tmp_path
):
    phone.enrol()
    phone.browser.set_offline(True)
    seen = phone.keep_photo(picture())
    body = {"items": [fault("O02", note="占道", photos=[seen])]}
    phone.add(record_of(shop, world, 1, body=body, photos=[seen]))
    phone.add(record_of(shop, world, 2))
    report = {
        "content": "https://pay.example.net/x",
        "verdict": "foreign",
        "seen_at": world.clock().isoformat(),
        "shop": shop.number,
    }
    suspect = record_of(shop, world, 3, kind="suspect_code")
    phone.add({**suspect, "kind": "suspect_code", "body": report})
    file = tmp_path / "queue.jsonl"
    text = phone.do("return (await queue.exportFile()).file.text()")
    file.write_text(text, encoding="utf-8")

    would = house.command("import", "queue", str(file), "--dry-run", "--lang", "en")
    first = house.command("import", "queue", str(file), "--lang", "en")
    again = house.command("import", "queue", str(file), "--lang", "en")

    for said in (would, first):
        assert "records: imported 3, already there 0" in said
        assert "photos: imported 1, already there 0" in said
    assert "records: imported 0, already there 3" in again
    assert visits(world) == [f"{number:032x}" for number in (1, 2)]
    assert world.read(lambda s: list(s.exec(select(PatrolPhoto.sha256)).all())) == [seen]
    assert world.read(lambda s: s.get(SuspectCode, f"{3:032x}")) is not None
    phone.browser.set_offline(False)
    phone.flush()
    assert phone.states() == ["ledger"] * 3
    assert len(visits(world)) == 2


def test_what_a_revoked_phone_hands_over_is_read_by_the_desk_and_taken_in(
    house, phone, world, shop
):
    device = phone.enrol()["device"]
    phone.browser.set_offline(True)
    seen = phone.keep_photo(picture())
    body = {"items": [fault("O02", note="占道", photos=[seen])]}
    phone.add(record_of(shop, world, 1, body=body, photos=[seen]))
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(devices.revoke, desk, device, RevokeReason.LOST, by=desk)
    phone.browser.set_offline(False)
    phone.flush()

    (held,) = world.read(queries.listed, desk, Pile.RECORDS, 1, 10).held
    inside = asyncio.run_coroutine_threadsafe(
        quarantined.look(house.context, held), house.loop
    ).result(30)
    taken = asyncio.run_coroutine_threadsafe(
        quarantined.accept(house.context, world.act(desk), desk, held.item.id), house.loop
    ).result(30)

    assert inside.fault == ""
    assert inside.visit.items[0].note == "占道"
    assert not taken.replayed
    patrol = world.read(lambda s: s.get(Patrol, f"{1:032x}"))
    assert (patrol.device, patrol.device_order) == (device, 1)
    assert "quarantined" in patrol.doubts

"""A phone that is revoked in a storm: what it kept reaches quarantine once, and nothing stays on it.

Its patroller has signed out before, so the vault is locked and no session is there: what is unsent
is neither lost nor readable, and is handed over as it is, proved by the device's own key.
"""

import random
from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from compliance.accounts.permissions import Role
from compliance.devices import service as devices
from compliance.devices.models import Device, DeviceLife, RevokeReason
from compliance.patrols.models import Patrol
from compliance.quarantine.models import SealedItem
from tests.factories import DAYU, World
from tests.faults import calls, phones
from tests.faults.cutting import REFUSE, Wire
from tests.faults.phones import Phone, forms_of
from tests.faults.weather import EveryTenth, OneTenth

PASSWORD = "a long password"
SECRET = "老井台边的石榴花"


@dataclass(frozen=True)
class Storm:
    """How many records with how many photos are handed over, and in what weather."""

    records: int
    photos: int
    weather: type[EveryTenth]
    seed: int = 20261123


STORMS = [
    pytest.param("sqlite", Storm(3, 2, OneTenth), id="short"),
    pytest.param("sqlite", Storm(30, 3, EveryTenth), id="long-sqlite", marks=pytest.mark.faults),
    pytest.param(
        "postgresql", Storm(30, 3, EveryTenth), id="long-postgresql", marks=pytest.mark.faults
    ),
]


@pytest.mark.parametrize(("database_url", "storm"), STORMS, indirect=["database_url"])
def test_a_revoked_phone_hands_over_through_any_storm_and_keeps_nothing(
    world: World, wire: Wire, phone: Phone, storm: Storm
):
    chance = random.Random(storm.seed)
    shop = world.shop()
    world.account(Role.LANE_CHIEF, ("lane", shop.lane_id), name="chief", password=PASSWORD)
    device = phone.enrol("chief", PASSWORD)
    wire.fate = lambda _asked: REFUSE
    made = [
        phones.record(shop, chance, note=f"{SECRET}{n}", photos=storm.photos)
        for n in range(storm.records)
    ]
    for each in made:
        phone.do(calls.ADD, each)
    sign_out_with_no_signal(phone)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(devices.revoke, desk, device, RevokeReason.LOST, by=desk)

    wire.fate = storm.weather()
    phone.begin(calls.LEAVE)
    phone.page.wait_for_timeout(chance.uniform(200, 600))
    phone.restart()
    phone.open()
    left = phone.do(calls.LEAVE)

    assert left == []
    assert phone.do("() => vault.list()") == []
    kept = world.read(
        lambda s: s.exec(select(SealedItem).where(col(SealedItem.device_id) == device)).all()
    )
    records = sorted((each for each in kept if each.number), key=lambda each: each.number)
    assert [each.name for each in records] == [each["id"] for each in made]
    assert len(kept) == storm.records * (1 + storm.photos)
    assert world.context.sealed(device).has(*(each.sealed_sha256 for each in kept))
    assert world.read(lambda s: s.exec(select(Patrol)).all()) == []
    assert world.read(lambda s: s.get_one(Device, device).life) is DeviceLife.WIPED
    phone.switch_off()
    assert not phone.holds(*forms_of(SECRET))


def sign_out_with_no_signal(phone: Phone) -> None:
    """Lock the vault and take the session away: the queue shows nothing, and loses nothing."""
    before = phone.do(calls.LEFT)
    phone.do("() => vault.lock()")
    phone.context.clear_cookies()
    phone.restart()
    phone.open()

    assert phone.do("() => queue.list()") == []
    assert phone.do(calls.LEFT) == before
    phone.do("() => queue.flush()")
    assert phone.do(calls.LEFT) == before

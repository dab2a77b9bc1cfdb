"""Many phones at once, and a server that is killed and started again: nothing lost, nothing doubled.

Every phone has its own patroller and its own storage, and presses on for as long as anything waits.
The server dies by SIGKILL in the middle of whatever it is doing, again and again.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from compliance.accounts.permissions import Role
from compliance.merchants.shops import Shop
from tests import provision
from tests.factories import World
from tests.faults import calls, phones
from tests.faults.cutting import REFUSE, Wire
from tests.faults.logbook import assert_each_once_in_order, assert_nothing_else
from tests.faults.phones import App
from tests.faults.program import Program
from tests.faults.weather import Gusts

PASSWORD = "a long password"


@dataclass(frozen=True)
class Storm:
    """How many phones with how much each, and how often the server dies; a seed for the rest."""

    devices: int
    records: int
    photos: int
    kills: int
    seed: int = 20261123


SHORT = Storm(devices=3, records=4, photos=2, kills=2)
LONG = Storm(devices=8, records=25, photos=3, kills=12)

STORMS = [
    pytest.param("postgresql", SHORT, id="short"),
    pytest.param("sqlite", LONG, id="long-sqlite", marks=pytest.mark.faults),
    pytest.param("postgresql", LONG, id="long-postgresql", marks=pytest.mark.faults),
]


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**provision.browser_options(tmp_path))
        yield launched
        launched.close()


@pytest.mark.parametrize(("database_url", "storm"), STORMS, indirect=["database_url"])
def test_however_often_the_server_dies_each_record_of_each_phone_is_there_once(
    world: World, wire: Wire, program: Program, chromium: Browser, storm: Storm
):
    chance = random.Random(storm.seed)
    shops = [world.shop(f"京西样例{n}号店") for n in range(6)]
    lane = ("lane", shops[0].lane_id)
    apps: dict[str, App] = {}
    for number in range(storm.devices):
        name = f"chief-{number}"
        world.account(Role.LANE_CHIEF, lane, name=name, password=PASSWORD)
        app = App(chromium.new_context(locale="zh-CN"), wire.address)
        apps[app.enrol(name, PASSWORD)] = app
    wire.fate = lambda _asked: REFUSE
    made = {device: keep_all(app, shops, storm, chance) for device, app in apps.items()}

    wire.fate = Gusts(storm.seed)
    for app in apps.values():
        app.begin(calls.DRAIN, {"seconds": 3600, "pause": 0.3})
    die_often(program, wire, storm, chance)
    for number, app in enumerate(apps.values()):
        app.end()
        app.send(f"chief-{number}", PASSWORD)  # who was locked out meanwhile comes back

    for device, app in apps.items():
        assert app.do(calls.STATES) == ["ledger"]
        assert app.ids() == made[device]
        assert_each_once_in_order(world, device, made[device])
    records = storm.devices * storm.records
    assert_nothing_else(world, records, records * storm.photos)
    print(storm, dict(wire.met))  # noqa: T201 (the figures of the long tier)


def keep_all(app: App, shops: list[Shop], storm: Storm, chance: random.Random) -> list[str]:
    """Make the records of one phone with no network; return their ids in its order."""
    for number in range(storm.records):
        shop, fault = chance.choice(shops), chance.choice(["", "", "O02", "H01"])
        told = phones.record(shop, chance, note=f"第{number}", photos=storm.photos, fault=fault)
        app.do(calls.ADD, told)
    return app.ids()


def die_often(program: Program, wire: Wire, storm: Storm, chance: random.Random) -> None:
    """Kill the server and start it again, each time when a few more uploads have begun."""
    share = storm.devices * storm.records * (storm.photos + 1) // (storm.kills + 1)
    for _ in range(storm.kills):
        enough = wire.uploads + chance.randint(1, share)
        while wire.uploads < enough:
            time.sleep(0.001)
        program.kill()
        program.start()

"""One patroller's phone in the worst of weather: each record in the ledger once, in its order.

The round begins with no network. The tab crashes, the browser is killed and started again, the
storage fills up; then the network comes back and is cut at every tenth of every upload, answers are
lost after the server has committed, and a captive portal says 200 to what never arrived.
"""

import base64
import random
from dataclasses import dataclass

import pytest

from compliance.accounts.permissions import Role
from tests.factories import World
from tests.faults import calls, phones
from tests.faults.cutting import REFUSE, Wire
from tests.faults.logbook import assert_each_once_in_order, assert_nothing_else
from tests.faults.phones import Phone, forms_of
from tests.faults.weather import EveryTenth, OneTenth

PASSWORD = "a long password"
SECRET = "槐树根下第三块砖"
"""Stands in every note, and nowhere else: what is sealed shows it nowhere."""


@dataclass(frozen=True)
class Storm:
    """How hard it blows, and for how long at most without a blow while sending; a seed."""

    records: int
    photos: int
    crashes: int
    kills: int
    weather: type[EveryTenth]
    longest_ms: int
    seed: int = 20261123


SHORT = Storm(records=8, photos=3, crashes=1, kills=1, weather=OneTenth, longest_ms=1_500)
LONG = Storm(records=200, photos=3, crashes=12, kills=4, weather=EveryTenth, longest_ms=30_000)


STORMS = [
    pytest.param("sqlite", SHORT, id="short"),
    pytest.param("sqlite", LONG, id="long-sqlite", marks=pytest.mark.faults),
    pytest.param("postgresql", LONG, id="long-postgresql", marks=pytest.mark.faults),
]


@pytest.mark.parametrize(("database_url", "storm"), STORMS, indirect=["database_url"])
def test_whatever_fails_each_record_is_in_the_ledger_once_and_in_order(
    world: World, wire: Wire, phone: Phone, storm: Storm
):
    chance = random.Random(storm.seed)
    shops = [world.shop(f"京西样例{n}号店") for n in range(5)]
    lane = ("lane", shops[0].lane_id)
    world.account(Role.LANE_CHIEF, lane, name="chief", password=PASSWORD)
    device = phone.enrol("chief", PASSWORD)
    phone.do(calls.TAKE_ALONG)
    wire.fate = lambda _asked: REFUSE
    told = [
        phones.record(chance.choice(shops), chance, note=f"{SECRET}{n}", photos=storm.photos)
        for n in range(storm.records)
    ]

    keep_all(phone, told, storm, chance)
    phone.keep_by_hand(shops[0].name)
    made = phone.ids()
    made += keep_one_more_when_full(phone, chance.choice(shops), chance)
    leaves_no_trace(phone, told[0])
    phone.switch_on()
    phone.open()
    phone.unlock()
    wire.fate = storm.weather()
    send_all(phone, storm, chance)

    assert made[:-2] == [each["id"] for each in told]
    assert phone.ids() == made
    assert phone.do(calls.STATES) == ["ledger"]
    assert phone.do(calls.LEFT) == {"contents": 0, "photos": 0, "drafts": 0}
    assert_each_once_in_order(world, device, made)
    assert_nothing_else(world, len(made), storm.records * storm.photos)
    leaves_no_trace(phone, told[0])
    print(storm, dict(wire.met))  # noqa: T201 (the figures of the long tier)


def keep_all(phone: Phone, told: list[dict], storm: Storm, chance: random.Random) -> None:
    """Make the records with no network, through crashes and kills.

    What was said to be kept is there afterwards; what was under way is there whole or not at all.
    """
    blows = ["crash"] * storm.crashes + ["restart"] * storm.kills
    struck = dict(zip(chance.sample(range(1, len(told)), len(blows)), blows, strict=True))
    kept: list[str] = []
    for place, each in enumerate(told):
        if blow := struck.get(place):
            phone.begin(calls.ADD, each)
            getattr(phone, blow)()
            phone.open()
            phone.unlock()
            there = phone.ids()
            assert there in (kept, [*kept, each["id"]])
            assert phone.do(calls.UNREADABLE) == []
        order = phone.do(calls.ADD, each)  # once more does no harm
        kept.append(each["id"])
        assert order == len(kept)


def leaves_no_trace(phone: Phone, record: dict) -> None:
    """Look for a note and a photo in all that the browser has written; what is not sealed is found."""
    control = "石缝里的车前草"
    phone.page.evaluate(calls.WRITE_OPENLY, control)
    phone.switch_off()
    photo = base64.b64decode(record["pictures"][0])
    assert phone.holds(*forms_of(control))
    assert not phone.holds(*forms_of(SECRET), photo[-64:])


def keep_one_more_when_full(phone: Phone, shop, chance: random.Random) -> list[str]:
    """Fill the storage: a photo is refused in words, a record still has room; return its id."""
    before, used = phone.ids(), phone.used()
    phone.restart()
    phone.limit(used + phones.ROOM)
    phone.open()
    phone.unlock()
    assert phone.page.evaluate(calls.FILL) > 0
    photo = phones.record(shop, chance, note=SECRET, photos=1)
    last = phones.record(shop, chance, note=SECRET, photos=0)

    assert phone.do(calls.REFUSAL, photo) == "no_space"
    assert phone.do(calls.ADD, last) == len(before) + 1

    phone.page.evaluate(calls.EMPTY)
    phone.limit(None)
    assert phone.ids() == [*before, last["id"]]
    return [last["id"]]


def send_all(phone: Phone, storm: Storm, chance: random.Random) -> None:
    """Send in the storm, with the tab crashing and the browser killed in the middle of it."""
    for blow in [*["crash"] * max(1, storm.crashes // 4), "restart"]:
        phone.begin(calls.DRAIN, {"seconds": 60, "pause": 0})
        phone.page.wait_for_timeout(chance.uniform(300, storm.longest_ms))
        getattr(phone, blow)()
        phone.open()
        phone.unlock()
    phone.send("chief", PASSWORD)

"""The round on a phone: kept sealed, current by difference, at hand with no network."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Error

from compliance.accounts.permissions import Viewer
from compliance.merchants import codes
from compliance.merchants import service as merchants
from compliance.merchants.shops import Shop
from tests.browser.phone import Phone, forms_of, record_of
from tests.draws import plan
from tests.factories import World
from tests.people import Street
from tests.visits import body, chief_of, fault, log

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOW = "2026-11-23T09:00:00+08:00"


def ask(phone: Phone, script: str, given=None):
    """Run a script with the page's own `round`."""
    return phone.do(f"const {{round}} = await import(url); {script}", given)


def numbers(phone: Phone, script: str, given=None) -> list[str]:
    return ask(phone, f"return ({script}).map((each) => each.n);", given)


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


@pytest.fixture
def shop(street: Street) -> Shop:
    return street.shop


def test_a_round_is_kept_sealed_and_works_with_no_network_until_the_next_difference(
    phone: Phone, world: World, street: Street, chief: Viewer
):
    shop, lane = street.shop, street.shop.lane
    pharmacy = world.shop("龙泉样例药房", lane=lane)
    closing = world.shop("京西样例书店", lane=lane)
    street.fault("O02")
    phone.enrol()
    ask(phone, "await round.refresh();")
    everything = [shop.number, pharmacy.number, closing.number]
    assert sorted(numbers(phone, "round.shops()")) == sorted(everything)

    phone.browser.set_offline(True)
    found = {
        "yf": [pharmacy.number],
        "lqylyf": [pharmacy.number],
        "书 店": [closing.number],
        shop.number.replace("-", "").lower(): [shop.number],
        shop.address[-3:]: [shop.number],
        "没有的店": [],
        "": [],
    }
    for text, wanted in found.items():
        assert numbers(phone, "round.find(given)", text) == wanted, text
    for token in (shop.door.lower(), shop.door.upper()):
        told = ask(phone, "return round.byToken(given);", token)
        assert (told["standing"], told["shop"]["n"]) == ("current", shop.number)
    assert ask(phone, "return round.byToken('0000000000000000');") is None

    noted = record_of(pharmacy, world, 1, body={"items": [fault("H01", photos=["a" * 64])]})
    ask(phone, "await round.note(given); await round.note(given);", noted)
    told = ask(phone, "return round.byNumber(given);", pharmacy.number)
    assert told["seen"] == told["by_me"] == told["ours"] == noted["body"]["observed_at"]
    assert [(each["code"], each["id"], each["here"]) for each in told["open"]] == [
        ("H01", None, True)
    ]
    with pytest.raises(Error, match="offline"):
        ask(phone, "await round.refresh();")

    phone.browser.set_offline(False)
    phone.restart().sign_in(world, chief).open()
    assert ask(phone, "return round.shops();") == []
    phone.unlock(chief.account_id)
    phone.page.wait_for_load_state("networkidle")  # The app refreshes by itself when opened.
    assert ask(phone, "return (await round.load()).me.account;") == chief.account_id
    assert len(ask(phone, "return round.byNumber(given).open;", pharmacy.number)) == 1
    for told in ("样例药房", pharmacy.number, pharmacy.door, "月季园路"):
        assert not any(form in phone.written() for form in forms_of(told)), told

    world.clock.forward(minutes=5)
    log(world, chief, body(world, pharmacy, fault("H01")))
    world.write(merchants.close, street.desk, closing.tenancy_id, by=street.desk)
    named = {"door": shop.door, "reason": "牌子掉了"}
    new = world.write(codes.reissue, street.desk, shop.tenancy_id, by=street.desk, **named)
    told = ask(phone, "return round.refresh();")
    assert (told["added"], told["gone"]) == ([], [closing.number])
    assert sorted(told["changed"]) == sorted([shop.number, pharmacy.number])
    standings = [
        ask(phone, "return round.byToken(given)?.standing;", token)
        for token in (shop.door, new, closing.door)
    ]
    assert standings == ["withdrawn", "current", None]
    (known,) = ask(phone, "return round.byNumber(given).open;", pharmacy.number)
    assert (known["code"], known.get("here"), len(known["id"])) == ("H01", None, 32)
    assert ask(phone, "return round.refresh();") == {"added": [], "changed": [], "gone": []}


def test_somebody_elses_round_is_not_put_into_an_open_vault(
    phone: Phone, world: World, chief: Viewer, shop: Shop
):
    phone.enrol()
    ask(phone, "await round.refresh();")
    world.shop("别人的样例店", lane="新桥大街")
    other = chief_of(world, world.shop("又一家样例店", lane="新桥大街"))
    phone.sign_in(world, other)
    with pytest.raises(Error, match="other_account"):
        ask(phone, "net.forgetMe(); await round.refresh();")

    assert numbers(phone, "round.shops()") == [shop.number]
    phone.do("vault.lock();")
    assert ask(phone, "return [round.shops(), round.state()];") == [[], None]


def ago(**span: float) -> str:
    return (datetime.fromisoformat(NOW) - timedelta(**span)).isoformat()


def stop(**named):
    """Return a shop as the phone has it, visited by nobody yet."""
    usual = {"n": "MTG-DY00001", "seen": None, "ours": None, "by_me": None, "every": 7}
    return usual | {"insp": 0, "cap": 2, "open": []} | named


def visited(**span: float):
    """Return when one's own side came last, as the phone has it."""
    return {"seen": ago(**span), "ours": ago(**span)}


OVERDUE = {"id": "a" * 32, "code": "O02", "state": "reminded", "due_at": ago(hours=1)}
WAITING = {"id": "b" * 32, "code": "H01", "state": "claimed", "due_at": None}
LATER = {"id": "c" * 32, "code": "H02", "state": "reminded", "due_at": ago(hours=-1)}

NEEDS = [
    (stop(), (0, 0, True, True, None, None)),
    (stop(**visited(days=6, hours=23)), (0, 0, False, False, 6, 1)),
    (stop(**visited(days=7, seconds=1)), (0, 0, False, True, 7, 0)),
    (stop(seen=ago(days=1)), (0, 0, False, True, None, None)),
    (stop(**visited(days=1), open=[OVERDUE, WAITING, LATER]), (1, 3, False, False, 1, 6)),
    (stop(**visited(hours=-1)), (0, 0, False, False, 0, 7)),
]

WARNINGS = [
    ("patrol", stop(), []),
    ("patrol", stop(**visited(days=3, hours=11)), ["too_soon"]),
    ("patrol", stop(**visited(days=3, hours=13)), []),
    ("patrol", stop(**visited(days=14), every=30), ["too_soon"]),
    ("patrol", stop(**visited(hours=23), every=1), ["too_soon"]),
    ("patrol", stop(**visited(hours=25), every=1), []),
    ("patrol", stop(**visited(days=1), open=[OVERDUE]), []),
    ("patrol", stop(**visited(days=1), open=[WAITING]), []),
    ("patrol", stop(**visited(days=1), open=[LATER]), ["too_soon"]),
    ("patrol", stop(**visited(hours=7), by_me=ago(hours=7)), ["seen_by_you_recently"]),
    ("patrol", stop(**visited(hours=9), by_me=ago(hours=9)), ["too_soon"]),
    ("patrol", stop(insp=2), []),
    ("inspection", stop(), ["no_plan"]),
    ("inspection", stop(insp=1), ["last_allowed", "no_plan"]),
    ("inspection", stop(insp=2), ["cap_reached", "no_plan"]),
    ("inspection", stop(insp=9), ["cap_reached", "no_plan"]),
]


def test_what_a_shop_needs_and_what_to_mind_there_follows_from_its_rhythm(
    phone: Phone, world: World
):
    names = "overdue open never due days left".split()
    told = ask(phone, "return given[0].map((each) => round.need(each, given[1]));", [
        [each for each, _ in NEEDS], NOW,
    ])  # fmt: skip
    assert told == [dict(zip(names, wanted, strict=True)) for _, wanted in NEEDS]

    script = "return given[0].map(([kind, shop]) => round.warnings(shop, kind, given[1]));"
    told = ask(phone, script, [[[kind, each] for kind, each, _ in WARNINGS], NOW])
    assert told == [wanted for _, _, wanted in WARNINGS]


def test_shops_are_sorted_by_need_by_nearness_and_by_lane(
    phone: Phone, world: World, street: Street, chief: Viewer
):
    seen, never, overdue = street.shop, world.shop("没去过样例店"), world.shop("逾期样例店")
    for shop in (seen, overdue):
        log(world, chief, body(world, shop, *([fault("H01")] if shop is overdue else [])))
    world.clock.forward(days=1)
    phone.sign_in(world, chief).open().enrol()
    ask(phone, "await round.refresh();")
    now = world.clock().isoformat()

    def order(by, position=None):
        given = {"by": by, "position": position, "now": now}
        return numbers(phone, "round.sorted(given.by, given)", given)

    assert order("need") == [overdue.number, never.number, seen.number]
    assert order("lane") == [seen.number, never.number, overdue.number]
    assert order("near") == order("lane")
    north = {"lat": seen.lat + 0.001, "lng": seen.lng}
    (away,) = ask(
        phone,
        "return [round.sorted('near', given)[0].away];",
        {"position": north, "now": now},
    )
    assert 108 <= away <= 114


def test_the_cap_is_told_before_it_is_broken_by_the_plan_that_is_chosen(
    phone: Phone, world: World, street: Street
):
    first = plan(world, street.desk, cap=1)
    second = plan(world, street.desk)
    phone.sign_in(world, street.officer).open().enrol()
    ask(phone, "await round.refresh();")
    script = "return round.warnings(given[0], 'inspection', given[1], given[2]);"

    assert ask(phone, script, [stop(insp=0), NOW, first.ref]) == ["last_allowed"]
    assert ask(phone, script, [stop(insp=1), NOW, first.ref]) == ["cap_reached"]
    assert ask(phone, script, [stop(insp=0), NOW, second.ref]) == []

"""What is noted of a visit when it arrives, and what people are told of it who weigh it."""

import secrets
from datetime import timedelta

import pytest

from compliance.patrols import merchant_codes, testimony
from compliance.patrols.evidence import NOTHING_AROUND, Around
from compliance.patrols.models import Patrol
from compliance.patrols.presence import Doubt
from tests.factories import World
from tests.visits import PHOTO, body, chief_of, log, store_photo

DEVICE = "d" * 32


def origin(order, **named):
    return {"device": DEVICE, "order": order, "scan": "camera", **named}


def told(world, patrol_id):
    """Return the evidence of a visit as pages show it."""
    return world.read(
        lambda session: testimony.of_visit(session, session.get_one(Patrol, patrol_id))
    )


def send(world, viewer, shop, *, around=NOTHING_AROUND, **named):
    """Log a record without points; return its id and the doubts answered."""
    patrol_id = secrets.token_hex(16)
    logged = log(world, viewer, body(world, shop, **named), patrol_id, around=around)
    return patrol_id, logged.warnings


def test_what_the_phone_tells_of_itself_is_kept_beside_the_record(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    scanned_at = world.clock() - timedelta(minutes=2)
    seen_at = world.clock() + timedelta(seconds=40)
    world.clock.forward(hours=3)

    name, doubts = send(
        world,
        chief,
        shop,
        observed_at=seen_at.isoformat(),
        origin=origin(1, scanned_at=scanned_at.isoformat(), clock_offset_ms=40_000, app="1.4"),
    )

    found = told(world, name)
    assert doubts == ()
    assert (found.scan, found.scanned_at, found.order) == ("camera", scanned_at, 1)
    assert (found.clock_offset, found.took) == (timedelta(seconds=40), timedelta(hours=3))
    assert (found.confirmed, found.region, found.missing, found.way_m) == (None, "", [], None)
    assert (found.day.records, found.day.doubted) == (1, 0)


def test_a_record_missing_before_it_is_a_doubt_and_is_named_until_it_comes(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    sent = [send(world, chief, shop, origin=origin(order)) for order in (1, 2, 5, 6, 4)]

    assert [doubts for _, doubts in sent] == [(), (), ("order_gap",), (), ()]
    assert told(world, sent[2][0]).missing == [3]
    assert told(world, sent[1][0]).missing == []


def test_the_way_from_the_visit_before_and_the_record_of_an_old_photo_are_named(world: World):
    here, there = world.shop(), world.shop()
    chief = chief_of(world, here)  # both doors stand in one lane
    store_photo(world, chief)
    first, _ = send(world, chief, here, photos=[PHOTO])
    world.clock.forward(minutes=4)

    second, doubts = send(world, chief, there, photos=[PHOTO])

    found = told(world, second)
    assert doubts == ("photo_seen_before",)
    assert found.photo_in == first
    assert (found.way_m, found.way_took) == (0, timedelta(minutes=4))
    assert (found.day.records, found.day.doubted, found.day.stands_out) == (2, 1, False)


@pytest.mark.parametrize("hours", [0, 9])
def test_digits_from_the_merchants_phone_are_checked_by_the_time_of_the_visit(world: World, hours):
    shop = world.shop()
    chief, around = chief_of(world, shop), Around(key=b"k" * 32)
    code = merchant_codes.code_at(around.key, shop.tenancy_id, world.clock())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    seen_at = world.clock().isoformat()
    world.clock.forward(hours=hours)

    def shown(digits):
        return send(world, chief, shop, around=around, observed_at=seen_at, merchant_code=digits)

    right, none = shown(code)
    other, doubts = shown(wrong)

    assert (told(world, right).confirmed, none) == ("yes", ())
    assert (told(world, other).confirmed, doubts) == ("wrong", ("merchant_code_wrong",))


def test_of_the_network_only_the_region_is_kept(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)

    near, none = send(world, chief, shop, around=Around(region="北京"))
    far, doubts = send(world, chief, shop, around=Around(region="上海", away=True))

    assert (told(world, near).region, none) == ("北京", ())
    assert (told(world, far).region, doubts) == ("上海", ("network_away",))


def test_whoever_hands_a_record_over_may_add_a_doubt_that_the_receipt_repeats(world: World):
    shop = world.shop()
    chief, patrol_id = chief_of(world, shop), secrets.token_hex(16)
    sent = body(world, shop)
    around = Around(doubts=(Doubt.QUARANTINED,))

    first = log(world, chief, sent, patrol_id, around=around)

    assert first.warnings == ("quarantined",)
    assert log(world, chief, sent, patrol_id).warnings == ("quarantined",)

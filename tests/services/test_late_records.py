"""Records that come late: the world has moved on since, and a phone's clock decides nothing."""

import asyncio
import json
import secrets
from datetime import timedelta

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.catalogue.models import CheckItem
from compliance.errors import ComplianceError
from compliance.findings.lifecycle import Step
from compliance.merchants import codes
from compliance.merchants import service as merchants
from compliance.merchants.categories import Category
from compliance.merchants.service import Business
from compliance.patrols.models import Patrol
from merchants_app import visits
from tests.factories import DAYU, World
from tests.people import Street
from tests.visits import body, chief_of, fault, log

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What no statement of a database decides is tried on one."""

NEXT = Business("样例奶茶店", Category.DRINKS, "92110109MA00XT022A", "李样例", "13900000002")


def code_of(call, *args, **named):
    with pytest.raises(ComplianceError) as refused:
        call(*args, **named)
    return refused.value.code


def send(world, viewer, sent):
    """Log a record as it arrives at the door of the platform, by the rules of its day."""
    act, raw = world.act(viewer), json.dumps(sent).encode()
    return asyncio.run(visits.log(world.context, viewer, act, secrets.token_hex(16), raw))


def tenancy_of(world, logged):
    query = select(Patrol.tenancy_id).where(Patrol.entry_hash == logged.receipt.entry_hash)
    return world.read(lambda s: s.exec(query).one())


def test_a_visit_counts_for_the_shop_and_the_code_of_its_own_time(world: World):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    old = world.shop()
    chief = chief_of(world, old)
    world.clock.forward(days=2)
    seen = body(world, old, fault("O02"))
    world.clock.forward(minutes=30)
    new = world.write(merchants.hand_over, desk, old.tenancy_id, NEXT, by=desk)
    same_day = log(world, chief, seen)
    later = log(world, chief, body(world, new, fault("O02")))
    given = {"door": old.door, "reason": "门牌破损"}
    world.write(codes.reissue, desk, new.tenancy_id, by=desk, **given)
    world.clock.forward(days=6)

    evening = log(world, chief, {**seen, "items": [fault("O03")]})
    withdrawn = code_of(log, world, chief, body(world, old))
    world.clock.forward(days=2)

    assert [tenancy_of(world, each) for each in (same_day, later, evening)] == [
        old.tenancy_id,
        new.tenancy_id,
        old.tenancy_id,
    ]
    assert ["door_changed" in each.warnings for each in (same_day, later, evening)] == [
        True,
        False,
        True,
    ]
    assert len(same_day.findings) == len(later.findings) == len(evening.findings) == 1
    assert withdrawn == code_of(log, world, chief, seen) == "door.withdrawn"


@ONE_DATABASE
def test_a_shop_that_left_an_empty_door_still_has_the_visit_before(world: World):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    shop = world.shop()
    chief = chief_of(world, shop)
    world.clock.forward(days=1)
    seen = body(world, shop)
    world.clock.forward(hours=3)
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    world.clock.forward(days=1)

    logged = log(world, chief, seen)

    assert tenancy_of(world, logged) == shop.tenancy_id
    assert "door_changed" in logged.warnings
    assert code_of(log, world, chief, body(world, shop)) == "door.vacant"


@ONE_DATABASE
@pytest.mark.parametrize(
    "wrong", [{"observed_at": "1970-01-01T00:03:00+00:00"}, {"clock_offset_ms": 10**12}, {}]
)
def test_no_wrong_clock_lets_a_fault_vanish_in_a_finding_that_has_ended(world: World, wrong):
    street = Street(world)
    chief = street.chief
    (ended,) = log(world, chief, body(world, street.shop, fault("O02"))).findings
    world.clock.forward(hours=1)
    street.step(ended.id, Step.PASS, by=chief)
    world.clock.forward(days=8)
    sent = body(world, street.shop, fault("O02"))
    if "clock_offset_ms" in wrong:
        sent["origin"] = {"device": "d" * 32, "order": 1, "scan": "camera", **wrong}
    else:
        sent |= wrong or {"observed_at": (world.clock() - timedelta(days=8, hours=1)).isoformat()}

    logged = log(world, chief, sent)

    assert (len(logged.findings), logged.again) == (1, ())
    assert {"sent_late", "clock_skew"} & set(logged.warnings)


@ONE_DATABASE
def test_a_visit_is_judged_by_the_checklist_of_its_day(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    seen = body(world, shop, fault("O02"))
    world.write(edition_without, "O02", (world.clock() + timedelta(days=1)).date())
    world.clock.forward(days=1, hours=2)

    logged = send(world, chief, seen)
    refused = code_of(send, world, chief, body(world, shop, fault("O02")))
    taken = send(world, chief, body(world, shop, fault("O03")))

    editions = dict(world.read(lambda s: s.exec(select(Patrol.id, Patrol.edition)).all()))
    assert sorted(editions.values()) == ["2027", "v2026"]
    assert [each.code for each in logged.findings] == ["O02"]
    assert refused == "patrol.invalid"
    assert len(taken.findings) == 1


def edition_without(session, act, code, day):
    """Bring in an edition of the checklist, in force from `day`, that has all points but one."""
    for item in session.exec(select(CheckItem).where(CheckItem.code != code)).all():
        session.add(CheckItem(**item.model_dump() | {"edition": "2027", "effective_from": day}))

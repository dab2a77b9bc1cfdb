"""Shops change hands: the code stays, the old tenancy ends, the new one starts clean."""

import json

import pytest

from compliance.accounts import merchants as merchant_accounts
from compliance.accounts import sessions
from compliance.coverage.service import marks_of
from compliance.errors import Conflict, InvalidInput, NotFound
from compliance.ledger import service as ledger
from compliance.merchants import phones, service, shops
from compliance.merchants.categories import Category
from compliance.merchants.service import Business, Location
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.sittings import issue_all, sign_all

NEXT = Business("样例奶茶店", Category.DRINKS, "92110109MA00XT022A", "李样例", "13900000002")
PLACE = Location(DAYU, "月季园路", "北京市门头沟区大峪街道月季园路99号", 6.5)


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def hand_over(street: Street, business: Business = NEXT):
    tenancy = street.shop.tenancy_id
    return street.world.write(service.hand_over, street.desk, tenancy, business, by=street.desk)


def test_a_new_tenant_keeps_code_and_number_and_starts_clean(street: Street):
    world, old = street.world, street.shop
    issue_all(world, old)
    sign_all(world, old)
    street.fault("O02")

    new = hand_over(street)

    assert (new.door, new.number, new.address) == (old.door, old.number, old.address)
    assert new.tenancy_id != old.tenancy_id
    assert world.read(shops.by_token, old.door).name == "样例奶茶店"
    marks = world.read(marks_of, [new.tenancy_id], world.clock())[new.tenancy_id]
    assert not any(mark.filled for mark in marks)
    assert world.read(shops.by_tenancy, old.tenancy_id).closed_on == world.act().day


def test_both_chains_tell_of_the_change(street: Street):
    new = hand_over(street)

    heads = [street.entries()[-1], _entries(street.world, new.tenancy_id)[0]]

    assert [entry["kind"] for entry in heads] == ["tenancy.closed", "tenancy.opened"]
    assert heads[1]["fact"]["after"] == street.shop.tenancy_id
    assert street.world.read(ledger.verify)[1] == []


def test_the_old_merchant_is_signed_out_and_never_sees_the_new_shop(street: Street):
    world = street.world
    account = world.write(
        merchant_accounts.account_of_tenancy, street.shop.tenancy_id, street.shop.name
    )
    opened = world.write(sessions.open_session, account)

    new = hand_over(street)

    assert world.read(sessions.viewer_of_session, world.act(), opened.secret) is None
    with pytest.raises(NotFound):
        world.read(shops.seen_by, street.merchant, "shop.read", new.tenancy_id)


def test_a_shop_is_handed_over_once(street: Street):
    hand_over(street)

    with pytest.raises(Conflict, match=r"shop\.closed_already"):
        hand_over(street)


def test_a_closed_shop_leaves_its_door_empty_until_somebody_moves_in(street: Street):
    world, old = street.world, street.shop
    world.write(service.close, street.desk, old.tenancy_id, by=street.desk)

    with pytest.raises(NotFound, match=r"door\.vacant"):
        world.read(shops.by_token, old.door)
    with pytest.raises(Conflict, match=r"shop\.closed_already"):
        world.write(service.close, street.desk, old.tenancy_id, by=street.desk)
    assert hand_over(street).door == old.door


def test_a_shop_registered_by_hand_gets_number_and_code(street: Street):
    world = street.world

    shop = world.write(service.register, street.desk, NEXT, PLACE, by=street.desk)

    assert shop.number.startswith("MTG-DY")
    assert world.read(shops.by_token, shop.door) == shop
    assert (shop.phone, shop.frontage_m) == ("13900000002", 6.5)


@pytest.mark.parametrize(
    ("business", "place", "field", "code"),
    [
        (NEXT, Location(DAYU, "没有这条街", "1号"), "lane", "shop.lane_unknown"),
        (Business("店", Category.OTHER, uscc="123"), PLACE, "uscc", "shop.uscc_length"),
        (Business("店", Category.OTHER, phone="69840000"), PLACE, "phone", "phone.not_mobile"),
    ],
)
def test_what_cannot_be_registered_is_named_by_its_field(street, business, place, field, code):
    with pytest.raises(InvalidInput) as refused:
        street.world.write(service.register, street.desk, business, place)

    assert refused.value.fields == {field: code}


def test_the_same_shop_is_not_registered_twice(street: Street):
    world = street.world
    world.write(service.register, street.desk, NEXT, PLACE)

    with pytest.raises(Conflict, match=r"shop\.registered_already"):
        world.write(service.register, street.desk, NEXT, PLACE)


def test_a_desk_registers_in_its_own_township_only(street: Street):
    with pytest.raises(NotFound):
        street.world.write(
            service.register, street.desk, NEXT, Location(LONGQUAN, "中门寺街", "1号")
        )


def test_a_phone_is_changed_by_lane_chief_or_desk_and_its_number_stays_out_of_the_entry(street):
    world, shop = street.world, street.shop

    world.write(
        phones.change, street.chief, shop.tenancy_id, phone="139-0000 0003", checked="当面核对"
    )

    assert world.read(shops.by_tenancy, shop.tenancy_id).phone == "13900000003"
    (entry,) = street.entries()
    assert entry["kind"] == "phone.changed"
    assert "0003" not in json.dumps(entry)
    (stored,) = world.read(_bodies, shop.tenancy_id)
    assert json.loads(stored)["checked"] == "当面核对"


def test_the_number_already_on_file_changes_nothing(street: Street):
    world, shop = street.world, street.shop

    world.write(phones.change, street.desk, shop.tenancy_id, phone=shop.phone, checked="当面核对")

    assert street.entries() == []


def test_a_look_at_the_whole_number_is_recorded_with_its_reason(street: Street):
    shop = street.world.write(
        phones.reveal, street.desk, street.shop.tenancy_id, "台风预警", by=street.desk
    )

    assert shop.phone == "13800000000"
    (entry,) = street.entries()
    assert (entry["kind"], entry["actor"]["id"]) == ("phone.revealed", street.desk.account_id)


def _entries(world: World, tenancy_id: str):
    subject = ledger.tenancy_subject(tenancy_id)
    stored = world.read(lambda session: list(ledger.stored_entries(session, subject)))
    return [json.loads(entry.content) for entry in stored]


def _bodies(session, tenancy_id):
    subject = ledger.tenancy_subject(tenancy_id)
    return [entry.body for entry in ledger.stored_entries(session, subject)]

"""Blank plates: ordered by a desk, bound on the spot by one person, withdrawn when a batch is lost."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from compliance.accounts.permissions import Role
from compliance.errors import Conflict, InvalidInput, NotAllowed, NotFound
from compliance.ledger import service as ledger
from compliance.merchants import binding, blanks, codes, shops
from compliance.merchants.binding import Standing
from tests.factories import DAYU, LONGQUAN, World

AT_THE_DOOR = Standing((39.93907, 116.09513), 10)


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(world: World, shop):
    return world.viewer(Role.LANE_CHIEF, ("lane", shop.lane_id))


def order(world: World, desk, count=3, **named):
    return world.write(blanks.order, desk, by=desk, township=DAYU, count=count, **named)


def tokens(world: World, batch_id):
    return [plate.token for plate in world.read(blanks.plates, batch_id)]


def bind(world: World, viewer, token, shop, **named):
    given = {"door": shop.door} | named
    return world.write(binding.bind, viewer, token, shop.tenancy_id, by=viewer, **given)


def entries(world: World, subject):
    stored = world.read(lambda session: list(ledger.stored_entries(session, subject)))
    return [json.loads(entry.content) for entry in stored]


def kinds(world: World, subject):
    return [entry["kind"] for entry in entries(world, subject)]


def test_a_batch_has_serials_that_run_on_and_codes_that_lead_nowhere_yet(world, desk):
    first, second = order(world, desk, 2), order(world, desk, 1)

    serials = [p.serial for batch in (first, second) for p in world.read(blanks.plates, batch)]
    assert [serial[:10] for serial in serials] == ["KB-DY00001", "KB-DY00002", "KB-DY00003"]
    assert "blanks.ordered" in kinds(world, ledger.township_subject(DAYU))
    with pytest.raises(NotFound, match=r"door\.unbound"):
        world.read(shops.by_token, tokens(world, first)[0])


@pytest.mark.parametrize("count", [0, blanks.MOST + 1])
def test_nobody_orders_more_than_a_person_carries(world, desk, count):
    with pytest.raises(InvalidInput, match=r"blank\.count"):
        order(world, desk, count)


def test_a_desk_orders_for_its_own_lanes_only(world, desk, shop, chief):
    far = world.shop(township=LONGQUAN, lane="中门寺街")

    with pytest.raises(InvalidInput, match=r"blank\.lane_unknown"):
        order(world, desk, lane=far.lane_id)
    with pytest.raises(NotFound):
        world.write(blanks.order, desk, by=desk, township=LONGQUAN, count=1)
    with pytest.raises(NotAllowed):
        world.write(blanks.order, chief, by=chief, township=DAYU, count=1)


def test_a_bound_plate_is_the_shops_code_and_the_old_one_says_it_was_withdrawn(
    world, desk, shop, chief
):
    (token,) = tokens(world, order(world, desk, 1))

    done = bind(world, chief, token, shop, standing=AT_THE_DOOR)

    assert done.blank.replaced == shop.door
    assert world.read(shops.by_token, token).tenancy_id == shop.tenancy_id
    with pytest.raises(NotFound, match=r"door\.withdrawn"):
        world.read(shops.by_token, shop.door)
    history = world.read(codes.of_door, shop.premises_id)
    assert {code.token: code.state for code in history} == {shop.door: "withdrawn", token: "active"}
    assert kinds(world, ledger.tenancy_subject(shop.tenancy_id))[-1] == "code.bound"
    assert world.read(ledger.verify)[1] == []


def test_binding_again_gives_the_same_receipt_and_no_second_entry(world, desk, shop, chief):
    (token,) = tokens(world, order(world, desk, 1))
    first = bind(world, chief, token, shop)
    before = kinds(world, ledger.tenancy_subject(shop.tenancy_id))

    world.clock.forward(seconds=60)
    again = bind(world, chief, token, shop)

    assert again.blank == first.blank == world.read(binding.receipt, chief, token).blank
    assert kinds(world, ledger.tenancy_subject(shop.tenancy_id)) == before


def test_a_plate_that_hangs_elsewhere_says_where(world, desk, shop, chief):
    other = world.shop("近邻样例书店")
    (token,) = tokens(world, order(world, desk, 1))
    bind(world, chief, token, shop)

    with pytest.raises(Conflict, match=r"blank\.bound_elsewhere") as told:
        bind(world, chief, token, other)

    assert told.value.params == {"name": shop.name, "number": shop.number}
    assert world.read(shops.by_tenancy, other.tenancy_id).door == other.door


def test_of_many_who_bind_one_plate_to_different_shops_exactly_one_wins(world, desk, shop, chief):
    rivals = [shop, *(world.shop(f"样例{n}号店") for n in range(7))]
    (token,) = tokens(world, order(world, desk, 1))

    def press(each):
        try:
            return bind(world, chief, token, each)
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(press, rivals))

    losers = [each for each in answers if isinstance(each, str)]
    (winner,) = (each for each in answers if not isinstance(each, str))
    assert losers == ["blank.bound_elsewhere"] * 7
    assert world.read(shops.by_token, token).tenancy_id == winner.shop.tenancy_id
    doors = {each.tenancy_id: world.read(shops.by_tenancy, each.tenancy_id).door for each in rivals}
    assert doors == {
        each.tenancy_id: token if each.tenancy_id == winner.shop.tenancy_id else each.door
        for each in rivals
    }
    assert world.read(ledger.verify)[1] == []


def test_of_two_plates_for_one_shop_the_second_is_told_that_the_code_changed(
    world, desk, shop, chief
):
    pair = tokens(world, order(world, desk, 2))

    def press(token):
        try:
            return bind(world, chief, token, shop).blank.token
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as threads:
        answers = set(threads.map(press, pair))

    assert "door.code_changed" in answers
    assert world.read(shops.by_tenancy, shop.tenancy_id).door in answers & set(pair)


def test_shops_without_a_code_come_first_then_the_nearest(world, desk, shop, chief):
    near, bare = world.shop("近处样例店"), world.shop("没有码的样例店")
    world.write(codes.withdraw, desk, bare.tenancy_id, door=bare.door, reason="丢失")
    move(world, shop, 39.9500)
    move(world, bare, 39.9600)
    (token,) = tokens(world, order(world, desk, 1))
    blank = world.read(binding.blank_seen_by, chief, token)

    found, total = world.read(binding.choices, chief, blank, near=AT_THE_DOOR.point)

    assert [each.shop.name for each in found] == [bare.name, near.name, shop.name]
    assert [each.distance_m for each in found][1] == 0
    assert total == 3
    searched, _ = world.read(binding.choices, chief, blank, q="近处")
    assert [each.shop.name for each in searched] == [near.name]


def move(world: World, shop, lat):
    table = shops.premises_table
    place = table.update().where(table.c.id == shop.premises_id).values(lat=lat)
    world.write(lambda session, _act: session.execute(place))


def test_a_plate_is_for_its_township_and_its_lane(world, desk, shop, chief):
    next_lane = world.shop("隔壁样例店", lane="新桥大街")
    far_chief = world.viewer(Role.LANE_CHIEF, ("lane", next_lane.lane_id))
    (for_lane,) = tokens(world, order(world, desk, 1, lane=shop.lane_id))
    (for_all,) = tokens(world, order(world, desk, 1))

    with pytest.raises(InvalidInput, match=r"blank\.other_place"):
        bind(world, desk, for_lane, next_lane)
    with pytest.raises(NotFound, match=r"blank\.unknown"):
        bind(world, far_chief, for_lane, next_lane)
    with pytest.raises(NotFound, match=r"shop\.unknown"):
        bind(world, far_chief, for_all, shop)
    assert bind(world, far_chief, for_all, next_lane).shop.door == for_all


def test_who_may_bind_is_the_street_and_the_desk(world, desk, shop, chief):
    (token,) = tokens(world, order(world, desk, 1))
    officer = world.viewer(Role.ENFORCEMENT_OFFICER, ("township", DAYU))
    outsiders = [
        world.viewer(Role.LANE_CHIEF, ("lane", world.shop(township=LONGQUAN).lane_id)),
        world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)),
        world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id)),
    ]

    assert all(world.read(binding.may_bind, each, token) for each in (chief, officer, desk))
    assert not any(world.read(binding.may_bind, each, token) for each in outsiders)
    with pytest.raises(NotAllowed):
        bind(world, outsiders[2], token, shop)


def test_a_lost_batch_is_withdrawn_whole_and_what_hangs_stays_valid(world, desk, shop, chief):
    batch_id = order(world, desk, 3)
    hung, lost, _ = tokens(world, batch_id)
    bind(world, chief, hung, shop)

    left = world.write(blanks.withdraw, desk, batch_id, by=desk, reason="整包丢失")

    assert left == 2
    assert world.read(shops.by_token, hung).tenancy_id == shop.tenancy_id
    with pytest.raises(NotFound, match=r"door\.withdrawn"):
        world.read(shops.by_token, lost)
    with pytest.raises(Conflict, match=r"blank\.withdrawn"):
        bind(world, chief, lost, shop, door=hung)
    with pytest.raises(Conflict, match=r"blank\.batch_withdrawn"):
        world.write(blanks.withdraw, desk, batch_id, by=desk, reason="再按一次")
    assert "blanks.withdrawn" in kinds(world, ledger.township_subject(DAYU))


def test_where_the_person_stood_is_evidence_and_no_reason_to_refuse(world, desk, shop, chief):
    far_away = Standing((39.99, 116.09513), 10)
    first, second, third = tokens(world, order(world, desk, 3))

    bind(world, chief, first, shop, standing=AT_THE_DOOR)
    bind(world, chief, second, shop, door=first, standing=far_away)
    bind(world, chief, third, shop, door=second)

    subject = ledger.tenancy_subject(shop.tenancy_id)
    told = [entry["fact"].get("on_the_spot") for entry in entries(world, subject)[-3:]]
    assert told == [True, False, None]

"""Codes belong to doors: they outlive tenants, can be replaced, and say so when withdrawn."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from compliance.accounts.permissions import Role
from compliance.errors import Conflict, InvalidInput, NotAllowed, NotFound
from compliance.ledger import service as ledger
from compliance.merchants import codes, listing, shops
from compliance.merchants.listing import ShopStatus, Wanted
from tests.factories import DAYU, LONGQUAN, World


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


def reissue(world: World, desk, shop, **named):
    given = {"door": shop.door, "reason": "门牌丢失"} | named
    return world.write(codes.reissue, desk, shop.tenancy_id, by=desk, **given)


def test_a_new_code_leads_to_the_same_shop_and_the_old_one_says_it_was_withdrawn(world, desk):
    shop = world.shop()

    new = reissue(world, desk, shop)

    assert new != shop.door
    assert world.read(shops.by_token, new).tenancy_id == shop.tenancy_id
    assert world.read(shops.by_tenancy, shop.tenancy_id).number == shop.number
    with pytest.raises(NotFound, match=r"door\.withdrawn"):
        world.read(shops.by_token, shop.door)


def test_a_withdrawn_code_leaves_the_door_without_one_until_another_is_issued(world, desk):
    shop = world.shop()
    world.write(codes.withdraw, desk, shop.tenancy_id, door=shop.door, reason="被人覆盖")

    bare = world.read(listing.every, desk, Wanted(status=ShopStatus.NO_CODE))
    new = reissue(world, desk, shop, door="")

    assert [each.tenancy_id for each in bare] == [shop.tenancy_id]
    history = world.read(codes.of_door, shop.premises_id)
    assert {code.token: code.state for code in history} == {shop.door: "withdrawn", new: "active"}
    assert [code.reason for code in history if code.withdrawn_at] == ["被人覆盖"]


def test_every_change_of_a_code_is_in_the_shops_ledger(world, desk):
    shop = world.shop()
    new = reissue(world, desk, shop)
    world.write(codes.withdraw, desk, shop.tenancy_id, door=new, reason="损坏")

    subject = ledger.tenancy_subject(shop.tenancy_id)
    kinds = [row.kind for row in world.read(_entries, subject)]

    assert kinds[-2:] == ["code.reissued", "code.withdrawn"]
    assert world.read(ledger.verify)[1] == []


def test_a_second_press_of_the_button_changes_nothing(world, desk):
    shop = world.shop()
    new = reissue(world, desk, shop)

    with pytest.raises(Conflict, match=r"door\.code_changed"):
        reissue(world, desk, shop)

    assert world.read(shops.by_tenancy, shop.tenancy_id).door == new


def test_of_twenty_at_once_one_replaces_the_code(world, desk):
    shop = world.shop()

    def press(_number: int) -> str | None:
        try:
            return reissue(world, desk, shop)
        except Conflict:
            return None

    with ThreadPoolExecutor(20) as threads:
        made = [token for token in threads.map(press, range(20)) if token]

    assert len(made) == 1
    assert len(world.read(codes.of_door, shop.premises_id)) == 2
    assert world.read(shops.by_tenancy, shop.tenancy_id).door == made[0]


def test_a_reason_is_required(world, desk):
    shop = world.shop()

    with pytest.raises(InvalidInput) as refused:
        reissue(world, desk, shop, reason=" ")

    assert refused.value.fields == {"reason": "door.reason_missing"}
    assert world.read(shops.by_tenancy, shop.tenancy_id).door == shop.door


def test_only_a_desk_of_the_place_touches_a_code(world, desk):
    far = world.shop(township=LONGQUAN, lane="中门寺街")
    chief = world.viewer(Role.LANE_CHIEF, ("lane", far.lane_id))

    with pytest.raises(NotFound, match=r"shop\.unknown"):
        reissue(world, desk, far)
    with pytest.raises(NotAllowed):
        reissue(world, chief, far)


def _entries(session, subject):
    table = ledger._entry
    query = table.select().where(table.c.subject == subject).order_by(table.c.seq)
    return session.execute(query).all()

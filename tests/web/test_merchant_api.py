"""Shops and coverage for programs: by role, by cursor, without what the role may not see."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.merchants import service
from compliance.merchants.categories import Category
from compliance.merchants.service import Business
from tests.factories import DAYU, LONGQUAN, World
from tests.sittings import issue_all, sign_all


@pytest.fixture
def ask(client: TestClient, world: World):
    """Return a caller: address and viewer in, status and JSON out."""

    def call(viewer, path: str, **query: object):
        client.cookies.clear()
        if viewer is not None:
            world.sign_in(client, viewer)
        answer = client.get(f"/api/v1{path}", params=query, headers={"accept": "*/*"})
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


def test_a_shop_is_told_with_its_door_and_slots(world: World, ask, desk):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    status, told = ask(desk, f"/merchants/{shop.number}")

    assert status == 200
    assert told["door"] == shop.door
    assert told["filled"] == 4
    assert told["slots"]["pledge"] == "active"
    assert told["slots"]["ledger"] == "missing"
    assert told["position"]["crs"] == "WGS84"


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.TOWNSHIP_DESK, True),
        (Role.LANE_CHIEF, True),
        (Role.MERCHANT, True),
        (Role.ENFORCEMENT_OFFICER, False),
        (Role.ASSOCIATION_REVIEWER, False),
        (Role.AUDITOR, False),
    ],
)
def test_who_runs_a_shop_is_told_to_those_who_look_after_it(world: World, ask, role, seen):
    shop = world.shop()
    places = {
        Role.LANE_CHIEF: [("lane", shop.lane_id)],
        Role.MERCHANT: [("tenancy", shop.tenancy_id)],
        Role.AUDITOR: [],
    }
    viewer = world.viewer(role, *places.get(role, [("township", DAYU)]))

    status, told = ask(viewer, f"/merchants/{shop.number}")

    assert status == 200
    assert ("operator" in told) is seen
    assert shop.phone not in str(told)
    if seen:
        assert told["phone"] == "138****0000"


def test_every_shop_comes_once_over_all_pages(world: World, ask, desk):
    numbers = {world.shop(f"店{number}").number for number in range(7)}

    found, cursor = [], ""
    while cursor is not None:
        _, told = ask(desk, "/merchants", limit=3, cursor=cursor)
        found += [each["number"] for each in told["merchants"]]
        cursor = told["next"]

    assert sorted(found) == sorted(numbers)


def test_a_search_narrows_by_words_and_places(world: World, ask):
    world.shop("东边的面馆")
    far = world.shop("西边的面馆", township=LONGQUAN, lane="中门寺街")
    viewer = world.viewer(Role.DISTRICT_DESK)

    _, by_name = ask(viewer, "/merchants", q="xibian")
    _, by_place = ask(viewer, "/merchants", township=LONGQUAN)
    _, by_lane = ask(viewer, "/merchants", lane=far.lane)

    for told in (by_name, by_place, by_lane):
        assert [each["number"] for each in told["merchants"]] == [far.number]


def test_another_townships_shop_does_not_exist(world: World, ask, desk):
    far = world.shop(township=LONGQUAN, lane="中门寺街")

    there = ask(desk, f"/merchants/{far.number}")
    nowhere = ask(desk, "/merchants/MTG-LQ88888-8")

    assert there[0] == nowhere[0] == 404
    assert there[1]["code"] == nowhere[1]["code"] == "shop.unknown"
    assert ask(desk, "/merchants")[1]["merchants"] == []


def test_an_earlier_tenancy_is_told_by_its_id_at_its_own_door_only(world: World, ask, desk):
    old, other = world.shop(), world.shop("别家")
    new = world.write(service.hand_over, desk, old.tenancy_id, Business("新店", Category.OTHER))

    now = ask(desk, f"/merchants/{old.number}")[1]
    then = ask(desk, f"/merchants/{old.number}", tenancy=old.tenancy_id)[1]
    wrong = ask(desk, f"/merchants/{other.number}", tenancy=old.tenancy_id)

    assert (now["tenancy"], now["name"]) == (new.tenancy_id, "新店")
    assert (then["name"], then["closed_on"]) == (old.name, str(world.act().day))
    assert wrong[0] == 404


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 1000}, {"status": "x"}, {"colour": "red"}]
)
def test_what_cannot_be_asked_is_named(ask, desk, query):
    status, told = ask(desk, "/merchants", **query)

    assert status == 422
    assert [fault["field"] for fault in told["errors"]] == list(query)


def test_nobody_asks_without_an_account(ask):
    assert ask(None, "/merchants")[0] == 401
    assert ask(None, "/coverage")[0] == 401


def test_coverage_is_told_by_township_lane_and_kind(world: World, ask):
    shop = world.shop()
    world.shop("远", township=LONGQUAN, lane="中门寺街")
    issue_all(world, shop)
    sign_all(world, shop)

    status, told = ask(world.viewer(Role.DISTRICT_DESK), "/coverage")

    assert status == 200
    assert (told["tenancies"], told["slots"], told["filled"]) == (2, 10, 4)
    assert told["by_kind"]["covenant"] == 1
    assert told["by_kind"]["ledger"] == 0
    near, far = told["townships"]
    assert (near["code"], near["filled"], far["filled"]) == (DAYU, 4, 0)
    assert near["lanes"][0]["name"] == "月季园路"


def test_a_merchants_coverage_is_that_of_the_own_shop(world: World, ask):
    shop = world.shop()
    world.shop("别家")

    _, told = ask(world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id)), "/coverage")

    assert (told["tenancies"], told["slots"]) == (1, 5)

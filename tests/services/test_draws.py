"""Draws: frozen at the declaration, drawn by somebody else, told to those they fell to."""

import json

import pytest

from compliance.accounts.permissions import Role
from compliance.draws import queries, service
from compliance.draws.drawing import drawn, pool_hash, seed_of, sha256
from compliance.draws.models import DrawStage
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.grades import service as grades
from compliance.grades.rules import Colour
from compliance.ledger import service as ledger
from compliance.merchants import service as merchants
from tests.draws import asked, declare, draw_lots, officers, plan
from tests.factories import DAYU, LONGQUAN, World
from tests.visits import body, log


def desk_of(world: World, township: str = DAYU):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", township))


def witness_of(world: World, township: str = DAYU):
    return world.viewer(Role.ASSOCIATION_REVIEWER, ("township", township))


def entries(world: World, township: str = DAYU):
    subject = ledger.township_subject(township)
    stored = world.read(lambda session: list(ledger.stored_entries(session, subject)))
    found = [(json.loads(each.content), json.loads(each.body or b"null")) for each in stored]
    return [each for each in found if each[0]["kind"].startswith("draw.")]


def test_a_draw_is_what_its_ledger_entries_say(world: World):
    shops = [world.shop(f"样例店{n}") for n in range(9)]
    team = officers(world, 4)
    declared = declare(world, desk_of(world), shops=4, officers=2)
    late = world.shop("后来开的店")
    done = draw_lots(world, witness_of(world), declared)

    (first, frozen), (last, result) = entries(world)
    assert first["fact"]["pool"] == pool_hash([s.number for s in shops], frozen["officers"])
    assert first["fact"]["secret_hash"] == sha256(last["fact"]["secret"])
    assert (
        last["fact"]["seed"]
        == done.seed
        == seed_of(declared.declared_entry, last["fact"]["secret"], "20261123")
    )
    assert result["shops"] == drawn(done.seed, [s.number for s in shops], 4)
    assert late.number not in frozen["shops"]
    told = json.dumps([first, last])
    assert not any(viewer.display_name in told or "京A" in told for viewer in team)


def test_the_secret_is_not_in_the_ledger_before_the_draw(world: World):
    world.shop()
    declared = declare(world, desk_of(world))

    assert declared.secret not in json.dumps(entries(world))


def test_who_declares_does_not_draw_and_nobody_draws_twice(world: World):
    world.shop()
    desk, witness = desk_of(world), witness_of(world)
    declared = declare(world, desk)
    with pytest.raises(NotAllowed, match=r"draw\.own"):
        draw_lots(world, desk, declared)
    done = draw_lots(world, witness, declared)
    with pytest.raises(RuleBroken, match=r"draw\.over"):
        draw_lots(world, witness, declared, "99999999")
    with pytest.raises(RuleBroken, match=r"draw\.over"):
        world.write(service.call_off, desk, declared.id, "不抽了", by=desk)

    assert done.stage is DrawStage.DRAWN
    assert [each["kind"] for each, _ in entries(world)] == [service.DECLARED, service.DRAWN]


def test_a_draw_that_is_called_off_stays_to_be_seen_with_its_reason(world: World):
    world.shop()
    desk = desk_of(world)
    declared = declare(world, desk)
    with pytest.raises(InvalidInput, match=r"draw\.reason_missing"):
        world.write(service.call_off, desk, declared.id, " ", by=desk)
    world.write(service.call_off, desk, declared.id, "名单录错了", by=desk)

    (seen,) = world.read(queries.listed, witness_of(world))
    assert (seen.stage, seen.called_off_for) == (DrawStage.CALLED_OFF, "名单录错了")


def test_a_draw_asks_for_what_its_list_can_give(world: World):
    world.shop()
    desk = desk_of(world)
    officers(world, 1)
    past = world.act().day.replace(year=2025)
    with pytest.raises(InvalidInput) as refusal:
        declare(world, desk, shops=2, officers=2, due_on=past)

    assert refusal.value.fields == {
        "shops": "draw.too_few_shops",
        "officers": "draw.too_few_officers",
        "due_on": "draw.past",
    }


def test_the_pool_is_the_township_narrowed_by_lane_and_colour(world: World):
    here, there = world.shop(lane="月季园路"), world.shop(lane="新桥大街")
    far = world.shop(township=LONGQUAN, lane="琉璃渠大街")
    desk = world.viewer(Role.DISTRICT_DESK)
    red = {"colour": Colour.RED, "until": world.act().day, "reason": "样例"}
    world.write(grades.override, desk, there.tenancy_id, by=desk, **red)

    def pool(**named):
        found = world.write(lambda s, act: service.pool_of(s, act, asked(world, **named)))
        return {shop.number for shop in found}

    assert pool() == {here.number, there.number}
    assert pool(lane_ids=(here.lane_id,)) == {here.number}
    assert pool(colours=(Colour.RED,)) == {there.number}
    assert pool(colours=(Colour.RED,), lane_ids=(here.lane_id,)) == set()
    assert far.number not in pool()


def test_another_township_neither_sees_nor_draws(world: World):
    world.shop()
    declared = declare(world, desk_of(world))
    for stranger in (desk_of(world, LONGQUAN), witness_of(world, LONGQUAN)):
        with pytest.raises(NotFound, match=r"draw\.unknown"):
            world.read(queries.view, stranger, declared.id)
        with pytest.raises(NotFound, match=r"draw\.unknown"):
            draw_lots(world, stranger, declared)
        assert world.read(queries.listed, stranger) == []
    with pytest.raises(NotFound):
        declare(world, desk_of(world, LONGQUAN))


def test_a_drawn_shop_is_on_the_round_of_its_two_officers_alone(world: World):
    for number in range(6):
        world.shop(f"样例店{number}")
    team = officers(world, 5)
    desk = desk_of(world)
    declared = declare(world, desk, shops=4, officers=3, plan_id=plan(world, desk).id)
    draw_lots(world, witness_of(world), declared)
    view = world.read(queries.view, desk, declared.id)
    day = world.act().day

    for officer in team:
        own = world.read(queries.of_round, officer, day)
        certificate = next(
            each.certificate
            for each in world.read(service.pool_officers, declared.id)
            if each.account_id == officer.account_id
        )
        wanted = [lot.shop.number for lot in view.lots if certificate in lot.officers]
        assert [number for draw in own for number in draw.numbers] == wanted
        assert world.read(queries.of_round, officer, declared.due_on.replace(year=2027)) == []


def test_a_draw_without_officers_is_everybodys_within_reach(world: World):
    near, far = world.shop(lane="月季园路"), world.shop(lane="新桥大街")
    chief = world.viewer(Role.LANE_CHIEF, ("lane", near.lane_id))
    draw_lots(world, witness_of(world), declare(world, desk_of(world), shops=2))

    (own,) = world.read(queries.of_round, chief, world.act().day)
    assert own.numbers == (near.number,)
    assert far.number not in own.numbers


def test_a_draw_tells_where_somebody_has_been_since(world: World):
    shops = [world.shop(f"样例店{n}") for n in range(3)]
    chief = world.viewer(Role.LANE_CHIEF, ("lane", shops[0].lane_id))
    for shop in shops:
        log(world, chief, body(world, shop))
    world.clock.forward(minutes=5)
    desk = desk_of(world)
    declared = draw_lots(world, witness_of(world), declare(world, desk, shops=2))
    world.clock.forward(minutes=5)
    visited, waiting = [lot.shop for lot in world.read(queries.view, desk, declared.id).lots]
    log(world, chief, body(world, visited))
    world.write(merchants.close, desk, waiting.tenancy_id, by=desk)

    lots = world.read(queries.view, desk, declared.id).lots
    assert [(lot.visited_at is not None, lot.shop.closed_on is not None) for lot in lots] == [
        (True, False),
        (False, True),
    ]
    (own,) = world.read(queries.of_round, chief, world.act().day)
    assert own.numbers == (visited.number,)

"""The round taken along: what a shop is sent with, and that exactly what has changed comes again."""

import json
from dataclasses import replace

import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.findings.lifecycle import Step
from compliance.grades import service as grades
from compliance.grades.rules import Colour
from compliance.merchants import codes
from compliance.merchants import service as merchants
from compliance.merchants.models import Merchant, Premises
from compliance.places import service as places
from compliance.rounds import download
from compliance.rounds.download import Download, instant
from tests.draws import declare, draw_lots, plan
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.visits import body, chief_of, fault, log, ok, store_photo


def take(world: World, viewer, known=None) -> Download:
    return world.read(download.take, viewer, world.clock(), known or {})


def marks(taken: Download) -> dict[str, str]:
    return {shop["n"]: shop["mark"] for shop in taken.shops}


def inspection(world: World, shop, officer):
    return body(
        world,
        shop,
        kind="inspection",
        officers=["京A00001", "京A00002"],
        plan_ref="2026-1",
        credentials_shown=True,
    )


def test_whatever_changes_of_a_shop_comes_again_and_nothing_else_does(world: World):
    street = Street(world)
    shop, quiet = street.shop, world.shop("旁边样例店")
    officer = world.viewer(
        Role.ENFORCEMENT_OFFICER, ("township", DAYU), officer_certificate="京A00001"
    )
    finding = []

    def renamed(session, _act):
        merchant = session.exec(sa.select(Merchant).where(Merchant.name == shop.name)).scalar_one()
        merchant.name, merchant.words = "改名样例店", "改名样例店|gaiming|gm|"

    def moved(session, act):
        premises = session.get_one(Premises, shop.premises_id)
        premises.lane_id = places.add_lane(session, act, DAYU, "新桥大街").id

    def seen_at_fault():
        finding.append(street.fault("O02").id)

    red = {"colour": Colour.RED, "until": world.act().day, "reason": "样例"}
    reissue = {"door": shop.door, "reason": "牌子掉了"}
    deeds = {
        "a visit": lambda: log(world, street.chief, body(world, shop, ok("H01"))),
        "an inspection": lambda: log(world, officer, inspection(world, shop, officer)),
        "a finding": seen_at_fault,
        "a claim": lambda: street.step(finding[0], Step.CLAIM, by=street.merchant, words="改好了"),
        "a closing": lambda: street.step(finding[0], Step.PASS, by=street.chief),
        "a new code": lambda: world.write(
            codes.reissue, street.desk, shop.tenancy_id, by=street.desk, **reissue
        ),
        "a colour": lambda: world.write(
            grades.override, street.desk, shop.tenancy_id, by=street.desk, **red
        ),
        "a colour that has run out": lambda: world.clock.forward(days=1),
        "a name": lambda: world.write(renamed),
        "another lane": lambda: world.write(moved),
    }
    known = marks(take(world, officer))
    assert set(known) == {shop.number, quiet.number}
    for name, deed in deeds.items():
        world.clock.forward(minutes=10)
        deed()
        changed = take(world, officer, known)
        assert list(marks(changed)) == [shop.number], name
        known |= marks(changed)
        assert take(world, officer, known).shops == [], name


def test_a_shop_is_sent_with_what_a_patroller_needs_and_nothing_personal(world: World):
    street = Street(world)
    shop, chief = street.shop, street.chief
    mate = chief_of(world, shop)
    store_photo(world, mate)
    log(world, mate, body(world, shop, fault("O02", photos=["a" * 64])))
    first = world.clock()
    world.clock.forward(hours=2)
    log(world, chief, body(world, shop, ok("H01")))
    second = world.clock()
    new = world.write(
        codes.reissue, street.desk, shop.tenancy_id, by=street.desk, door=shop.door, reason="掉了"
    )

    (told,) = take(world, mate).shops
    (finding,) = told["open"]
    assert (told["seen"], told["by_me"]) == (instant(second), instant(first))
    assert (told["t"], told["w"], told["py"]) == (new, [shop.door], "jxyljzg")
    assert (told["every"], told["insp"], told["cap"], told["colour"]) == (7, 0, 2, "grey")
    assert (finding["code"], finding["state"], finding["photo"]) == ("O02", "reminded", True)
    assert finding["due_at"] > finding["opened_at"] == instant(first)
    whole = json.dumps(told, ensure_ascii=False)
    assert not any(each in whole for each in ("张样例", shop.phone, shop.uscc))


def test_one_visits_for_ones_own_side_by_the_colour_and_the_chief_every_week(world: World):
    street = Street(world)
    shop = street.shop
    red = {"colour": Colour.RED, "until": world.act().day, "reason": "样例"}
    world.write(grades.override, street.desk, shop.tenancy_id, by=street.desk, **red)
    log(world, street.chief, body(world, shop))

    (for_chief,) = take(world, street.chief).shops
    (for_team,) = take(world, street.officer).shops
    assert (for_chief["every"], for_chief["ours"]) == (7, instant(world.clock()))
    assert (for_team["every"], for_team["ours"], for_team["cap"]) == (2, None, 6)
    assert for_team["seen"] == for_chief["seen"]


def test_inspections_are_counted_from_new_year_in_beijing(world: World):
    shop = world.shop()
    officer = world.viewer(
        Role.ENFORCEMENT_OFFICER, ("township", DAYU), officer_certificate="京A00001"
    )
    log(world, officer, inspection(world, shop, officer))
    world.clock.at = world.clock().replace(month=12, day=31, hour=15, minute=59)
    assert take(world, officer).shops[0]["insp"] == 1
    world.clock.forward(minutes=1)

    assert take(world, officer).shops[0]["insp"] == 0


def test_a_shop_out_of_reach_is_gone(world: World):
    shop, other = world.shop(lane="月季园路"), world.shop(lane="新桥大街")
    far = world.shop(township=LONGQUAN, lane="琉璃渠大街")
    chief, desk = chief_of(world, shop, other), world.viewer(Role.DISTRICT_DESK)
    known = marks(take(world, chief))
    assert set(known) == {shop.number, other.number}
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    left = replace(chief, lanes=frozenset({shop.lane_id}))

    taken = take(world, left, known | {far.number: "0" * 12})
    assert taken.shops == []
    assert taken.gone == sorted([shop.number, other.number, far.number])


def test_lists_beside_the_shops_are_ones_own(world: World):
    street = Street(world)
    world.shop("另一条街的店", lane="新桥大街")
    running = plan(world, street.desk)
    plan(world, street.desk, ends_on=running.ends_on.replace(month=6, day=30))
    whole = world.viewer(Role.DISTRICT_DESK)
    everywhere = plan(world, whole, township="")
    plan(world, whole, township=LONGQUAN)
    draw_lots(world, street.reviewer, declare(world, street.desk, shops=2))
    for codes_seen in (["O02", "H01"], ["O02"]):
        log(world, street.officer, body(world, street.shop, *map(fault, codes_seen)))
        world.clock.forward(days=3)

    team, chief = take(world, street.officer), take(world, street.chief)
    assert {each.ref for each in team.plans} == {running.ref, everywhere.ref}
    assert (team.frequent, chief.frequent) == (["O02", "H01"], [])
    assert (len(team.draws[0].numbers), chief.draws[0].numbers) == (2, (street.shop.number,))
    assert (set(team.lanes.values()), chief.plans) == ({"月季园路", "新桥大街"}, [])
    world.clock.forward(days=180)
    assert take(world, street.officer).frequent == []
    assert take(world, street.officer).draws == []


def test_the_number_of_statements_does_not_grow_with_the_shops(world: World):
    street = Street(world)
    asked: list[str] = []
    engine = world.context.database._read_engine

    def count(*statement):
        if statement[2].startswith("SELECT"):
            asked.append(statement[2])

    def told() -> int:
        asked.clear()
        take(world, street.officer)
        return len(asked)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        with_one = told()
        for number in range(12):
            log(world, street.officer, body(world, world.shop(f"样例{number}"), fault("O02")))
        assert told() == with_one <= 9
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)

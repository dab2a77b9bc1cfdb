"""Colours over real rows: read in few statements, written once a change, set by people, by version."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.errors import ComplianceError
from compliance.findings.lifecycle import Step
from compliance.grades import publishing, service
from compliance.grades.points import Factor, Ground
from compliance.grades.rules import DEFAULT, Colour, Rules
from compliance.ledger import service as ledger
from compliance.notices import service as notices
from compliance.notices.kinds import NoticeKind
from compliance.reviews import service as reviews
from merchants_app.grading import grade
from tests.factories import LONGQUAN, World
from tests.people import Street
from tests.sittings import given, sign_all
from tests.visits import body, fault, log

GREEN, YELLOW, RED, GREY = Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY


@pytest.fixture
def street(world: World) -> Street:
    """A shop that has kept shop for forty days."""
    made = Street(world)
    world.clock.forward(days=40)
    return made


def sum_of(world: World, street: Street):
    tenancy = street.shop.tenancy_id
    return world.read(service.sums, [tenancy], world.clock())[tenancy]


def colour_of(world: World, street: Street) -> Colour:
    tenancy = street.shop.tenancy_id
    return world.read(service.colours, [tenancy], world.clock())[tenancy]


def settle(world: World, street: Street) -> int:
    return world.write(service.settle, [street.shop.tenancy_id])


def amounts(world: World, street: Street) -> list[tuple[str, int, tuple[Factor, ...]]]:
    found = sum_of(world, street)
    return sorted((line.subject, line.amount, line.factors) for line in found.lines)


def of_grades(street: Street) -> list[dict]:
    return [each for each in street.entries() if each["kind"].startswith("grade.")]


def test_what_was_found_and_how_it_ended_makes_the_sum(world: World, street: Street):
    street.fault("H01", fixed_on_spot=True)
    street.fault("O02", cause="third_party")
    in_time, late = street.fault("H02"), street.fault("H06")
    street.step(in_time.id, Step.CLAIM, by=street.merchant, words="已清走")
    for code, decided in (("H07", None), ("A01", Step.REVOKE)):
        told = street.fault(code)
        review = world.write(
            reviews.object_to, street.merchant, told.id, version=1, words="不是", by=street.merchant
        )
        if decided:
            street.decide(review.id, reviews.Outcome(decided.value))
    world.clock.forward(days=20)
    street.step(in_time.id, Step.PASS, by=street.chief)
    street.step(late.id, Step.PASS, by=street.chief)
    log(world, street.chief, body(world, street.shop, fault("H01", fixed_on_spot=True)))

    assert amounts(world, street) == [
        ("H01", -90, (Factor.ON_SPOT, Factor.REPEATED)),
        ("H01", -60, (Factor.ON_SPOT,)),
        ("H02", -250, (Factor.IN_TIME,)),
        ("H06", -300, (Factor.OVERDUE,)),
        ("H07", 0, (Factor.ON_HOLD,)),
    ]
    assert sum_of(world, street).points == 10_000 - 700


def test_self_checks_give_and_notices_that_ran_out_take_until_renewed(world: World, street: Street):
    shop, today = street.shop, world.clock().date()
    pledge = {"valid_to": today + timedelta(days=20)}
    world.write(notices.issue, shop, NoticeKind.PLEDGE, pledge)
    sign_all(world, shop)
    street.fault("H02")
    for _ in range(2):
        sent = body(world, shop, kind="self_check")
        log(world, street.merchant, sent)
        world.clock.forward(days=7)
    world.clock.forward(days=7)
    before = amounts(world, street)

    world.write(notices.issue, shop, NoticeKind.PLEDGE, given(NoticeKind.PLEDGE, today))
    assert amounts(world, street) == before
    sign_all(world, shop)

    assert before == [
        ("", 100, ()),
        ("", 100, ()),
        ("H02", -750, (Factor.OVERDUE,)),
        ("pledge", -300, ()),
    ]
    assert amounts(world, street) == [each for each in before if each[0] != "pledge"]


def test_a_change_is_written_once_with_its_reasons_however_many_work_at_it(
    world: World, street: Street
):
    fresh = world.shop("新开的样例店")
    serious = street.fault("H04")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: asyncio.run(grade(world.context)), range(6)))

    (row,) = world.read(service.history, street.shop.tenancy_id)
    (entry,) = of_grades(street)
    assert (row.colour, row.ground, row.points) == (RED, Ground.SERIOUS, 8_800)
    assert entry["fact"]["lines"] == row.lines
    assert [(line["ref"], line["amount"]) for line in row.lines] == [(serious.id, -1200)]
    assert colour_of(world, street) is RED
    assert world.read(service.history, fresh.tenancy_id) == []

    street.step(serious.id, Step.PASS, by=street.officer)
    asyncio.run(grade(world.context))
    asyncio.run(grade(world.context))
    assert [each["fact"]["colour"] for each in of_grades(street)] == ["red", "green"]
    assert world.read(ledger.verify)[1] == []


def test_the_number_of_statements_does_not_grow_with_the_shops(world: World, street: Street):
    shops = [street.shop.tenancy_id, *(world.shop(f"样例{n}").tenancy_id for n in range(12))]
    asked = []

    def count(*statement):
        asked.append(statement[2].startswith("SELECT"))

    def told(ids: list[str]) -> int:
        asked.clear()
        world.read(service.sums, ids, world.clock())
        world.read(service.colours, ids, world.clock())
        return sum(asked)

    sa.event.listen(world.context.database._read_engine, "before_cursor_execute", count)
    try:
        assert told(shops) == told(shops[:1]) <= 7
    finally:
        sa.event.remove(world.context.database._read_engine, "before_cursor_execute", count)


def test_a_person_sets_a_colour_with_a_reason_and_an_end_beside_the_computed_one(
    world: World, street: Street
):
    settle(world, street)
    today = world.act().day

    def set_to(colour=YELLOW, days=30, reason="街口施工，先多去看看", by=street.desk, seen=""):
        until = today + timedelta(days=days)
        return world.write(
            service.override,
            by,
            street.shop.tenancy_id,
            colour=colour,
            until=until,
            reason=reason,
            seen=seen,
            by=by,
        )

    def refused(code: str, **named) -> None:
        with pytest.raises(ComplianceError) as told:
            set_to(**named)
        assert told.value.code == code

    refused("grade.not_settable", colour=GREY)
    refused("grade.until_out_of_range", days=91)
    refused("grade.until_out_of_range", days=-1)
    refused("grade.reason_required", reason=" ")
    refused("account.not_allowed", by=street.chief)
    refused("shop.unknown", by=world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)))
    refused("grade.set_meanwhile", seen="0" * 32)

    first = set_to()
    refused("grade.set_meanwhile", colour=RED)
    second = set_to(RED, days=5, seen=first.id)
    assert colour_of(world, street) is RED
    assert sum_of(world, street).colour is GREEN

    for _ in range(2):
        args = (street.desk, street.shop.tenancy_id)
        world.write(service.end_override, *args, seen=second.id, by=street.desk)
    assert colour_of(world, street) is GREEN
    assert [each["kind"] for each in of_grades(street)] == [
        "grade.changed",
        "grade.overridden",
        "grade.overridden",
        "grade.override_ended",
    ]
    assert "施工" not in json.dumps(of_grades(street), ensure_ascii=False)

    set_to(YELLOW, days=5)
    world.clock.forward(days=5)
    assert colour_of(world, street) is YELLOW
    world.clock.forward(days=1)
    assert colour_of(world, street) is GREEN
    assert set_to(RED, days=50).computed == GREEN


def test_rules_are_published_by_version_shown_before_and_followed_from_their_day(
    world: World, street: Street
):
    district = world.viewer(Role.DISTRICT_DESK)
    street.fault("H02")
    settle(world, street)
    today = world.act().day
    strict = Rules(severity_2=20, severity_3=30)

    def publish(rules=strict, days=3, reason="区里会议定的", by=district):
        day = today + timedelta(days=days)
        return world.write(publishing.publish, by, rules, effective_from=day, reason=reason, by=by)

    for named, code in (
        ({"days": -1}, "grade.rules_in_the_past"),
        ({"rules": Rules(severity_1=6)}, "grade.rules_disorder"),
        ({"reason": " "}, "grade.reason_required"),
        ({"by": street.desk}, "account.not_allowed"),
    ):
        with pytest.raises(ComplianceError) as told:
            publish(**named)
        assert told.value.code == code

    shown = world.read(publishing.effect, world.clock(), today, strict)
    assert (shown.shops, shown.changed, dict(shown.moves)) == (1, 1, {(GREEN, YELLOW): 1})

    made = publish()
    assert (settle(world, street), colour_of(world, street)) == (0, GREEN)
    world.clock.forward(days=3)
    assert (settle(world, street), colour_of(world, street)) == (1, YELLOW)
    assert world.read(service.history, street.shop.tenancy_id)[0].rules_id == made.id
    assert world.read(publishing.in_force, today).rules == DEFAULT

    later = world.read(lambda s: list(ledger.stored_entries(s, ledger.DISTRICT_SUBJECT)))[-1]
    assert json.loads(later.content)["fact"]["rules"] == strict.model_dump()

"""Clocks that stand still: deadlines move with a reason, a record and a message, never silently."""

from datetime import datetime

import pytest
from sqlmodel import select

from compliance import reference
from compliance.accounts.permissions import Role
from compliance.act import LOCAL
from compliance.catalogue import calendars, service
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.findings import pausing
from compliance.findings.clocks import CLOCK_MOVED
from compliance.findings.models import Finding, FindingEvent
from compliance.findings.pausing import Wanted
from compliance.ledger import service as ledger
from compliance.notifications.models import OutboxMessage
from compliance.pauses.models import PauseArea, PauseCause
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street

CLOSURE, WEATHER = PauseCause.CLOSURE, PauseCause.WEATHER


def beijing(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def wanted(street, begins="2026-11-24 00:00", ends="2026-11-26 00:00", **named):
    given = {
        "area": PauseArea.TENANCY,
        "ref": street.shop.tenancy_id,
        "cause": CLOSURE,
        "begins_at": beijing(begins),
        "ends_at": beijing(ends) if ends else None,
        "reason": "装修停业，已登记",
    }
    return Wanted(**{**given, **named})


def due(world: World, finding_id: str) -> datetime:
    return world.read(lambda s: s.get_one(Finding, finding_id)).due_at


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def test_a_closure_moves_what_runs_and_ends_early_when_the_shop_opens_again(world, street):
    hours, days = street.fault("O02").id, street.fault("A02").id  # 4 hours, 3 working days
    world.clock.forward(minutes=30)
    before = {each: due(world, each) for each in (hours, days)}
    assert before[days] == beijing("2026-11-26 23:59:59")

    pause = world.write(pausing.declare, street.desk, wanted(street), by=street.desk)

    assert due(world, hours) == before[hours], "four hours are over before the shop closes"
    assert due(world, days) == beijing("2026-11-30 23:59:59")
    events = world.read(lambda s: s.exec(select(FindingEvent)).all())
    moved = [each for each in events if each.step == CLOCK_MOVED]
    assert [(each.finding_id, each.number) for each in moved] == [(days, 2)]
    told = world.read(lambda s: s.exec(select(OutboxMessage.template)).all())
    assert told.count("finding.clock_moved") == 1

    world.clock.forward(days=1)
    world.write(pausing.end, street.desk, pause.id, world.clock(), by=street.desk)

    assert due(world, days) == beijing("2026-11-27 23:59:59"), "one day was lost, not two"
    world.clock.forward(minutes=1)
    with pytest.raises(RuleBroken, match=r"pause\.over"):
        world.write(pausing.end, street.desk, pause.id, world.clock(), by=street.desk)
    kinds = [each.kind for each in world.read(ledger_of, street.shop.tenancy_id)]
    assert kinds.count("finding.clock_moved") == 2
    assert {"pause.declared", "pause.ended"} <= set(kinds)
    assert world.read(ledger.verify)[1] == []


def ledger_of(session, tenancy_id):
    subject = ledger.tenancy_subject(tenancy_id)
    return [
        each for each in session.execute(ledger._entry.select()).all() if each.subject == subject
    ]


def test_what_is_found_while_a_clock_stands_still_gets_its_time_afterwards(world, street):
    storm = {"area": PauseArea.DISTRICT, "ref": "", "cause": WEATHER}
    district = world.viewer(Role.DISTRICT_DESK)
    world.write(
        pausing.declare,
        district,
        wanted(street, "2026-11-23 08:00", "2026-11-24 12:00", **storm),
        by=district,
    )

    found = street.fault("O02")  # at nine, four hours

    assert found.due_at == beijing("2026-11-24 16:00:00")


def test_whose_area_it_is_decides_who_may_declare(world, street):
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    here = {"area": PauseArea.TOWNSHIP, "ref": DAYU, "cause": WEATHER}
    whole = {"area": PauseArea.DISTRICT, "ref": "", "cause": WEATHER}
    for viewer, area in ((far, {}), (far, here), (street.desk, whole)):
        with pytest.raises(NotFound):
            world.write(pausing.declare, viewer, wanted(street, **area), by=viewer)
    world.write(pausing.declare, street.desk, wanted(street, **here), by=street.desk)

    assert len(world.read(pausing.of_viewer, street.desk)) == 1
    assert not world.read(pausing.of_viewer, far)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"begins": "2026-10-01 00:00"}, "begins_at"),
        ({"ends": "2026-11-23 00:00"}, "ends_at"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused_by_field(world, street, given, field):
    with pytest.raises(InvalidInput) as refused:
        world.write(pausing.declare, street.desk, wanted(street, **given), by=street.desk)

    assert set(refused.value.fields) == {field}


def test_a_new_calendar_replaces_its_year_and_moves_deadlines(world, street):
    world.clock.forward(days=37)  # 30 December
    found = street.fault("A02").id  # 31 Dec, then 4 and 5 January: by law only New Year is off
    assert due(world, found) == beijing("2027-01-05 23:59:59")
    district = world.viewer(Role.DISTRICT_DESK)
    rows = [
        (1, ["日期", "上班", "名称"]),
        (2, ["2027-01-01", "否", "元旦"]),
        (3, ["2027-01-02", "是", "元旦"]),
        (4, ["2027/1/4".replace("/1/4", "/01/04"), "否", "元旦"]),
    ]

    def bring():
        return world.write(pausing.bring_calendar, district, calendars.read(rows), by=district)

    assert bring() == 0, "2 January works, 4 January does not: the same day"
    assert due(world, found) == beijing("2027-01-05 23:59:59")
    known = world.read(service.calendar).exceptions
    assert [day.isoformat() for day in known if day.year == 2027] == [
        "2027-01-01",
        "2027-01-02",
        "2027-01-04",
    ]
    rows[2] = (3, ["", "", ""])
    assert bring() == 1
    assert due(world, found) == beijing("2027-01-06 23:59:59")
    before = world.read(service.calendar)
    world.write(reference.load)
    assert world.read(service.calendar) == before, "a start leaves it alone"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["2027-02-30", "否", ""], "calendar.not_a_day"),
        (["2027-02-05", "也许", ""], "calendar.yes_or_no"),
        (["2028-02-07", "否", ""], "calendar.two_years"),
        (["2027-01-01", "否", ""], "calendar.twice"),
        (["2027-01-02", "否", ""], "calendar.as_usual"),
    ],
)
def test_a_row_at_fault_is_named_and_nothing_is_taken(row, fault):
    found = calendars.read([(1, ["日期", "上班"]), (2, ["2027-01-01", "否"]), (3, row)])

    assert found.faults == {3: fault}

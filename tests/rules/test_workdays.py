"""Working days and deadlines, checked by hand against the arrangement for 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.act import LOCAL
from compliance.catalogue import service
from compliance.catalogue.models import LimitKind
from compliance.catalogue.workdays import Calendar, Pause, add_working_days, counting, due_at
from tests.factories import World

CALENDAR = Calendar({day.day: day.working for day in service.holidays()})


def beijing(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        (date(2026, 1, 1), False, "New Year"),
        (date(2026, 1, 2), False, "Friday between New Year and the weekend"),
        (date(2026, 1, 4), True, "Sunday made up for New Year"),
        (date(2026, 2, 14), True, "Saturday made up before Spring Festival"),
        (date(2026, 2, 16), False, "first weekday of Spring Festival"),
        (date(2026, 2, 23), False, "last day of Spring Festival"),
        (date(2026, 2, 24), True, "first day after Spring Festival"),
        (date(2026, 2, 28), True, "Saturday made up after Spring Festival"),
        (date(2026, 5, 9), True, "Saturday made up for Labour Day"),
        (date(2026, 9, 20), True, "Sunday made up for National Day"),
        (date(2026, 9, 25), False, "Mid-autumn Festival"),
        (date(2026, 10, 1), False, "National Day"),
        (date(2026, 10, 7), False, "last day of National Day"),
        (date(2026, 10, 8), True, "first day after National Day"),
        (date(2026, 10, 10), True, "Saturday made up for National Day"),
        (date(2026, 11, 22), False, "an ordinary Sunday"),
        (date(2026, 11, 23), True, "an ordinary Monday"),
        (date(2031, 10, 1), True, "a Wednesday of a year not arranged yet"),
    ],
)
def test_working_days_of_2026(day, working, why):
    assert CALENDAR.is_working_day(day) is working, why


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 3, date(2026, 11, 26)),  # Monday → Thursday
        (date(2026, 11, 26), 3, date(2026, 12, 1)),  # over a weekend
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # seen on a Saturday
        (date(2026, 2, 13), 3, date(2026, 2, 25)),  # Saturday 14 works, then nine days off
        (date(2026, 2, 25), 3, date(2026, 2, 28)),  # Saturday 28 works
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # 8, 9, and Saturday 10 made up
        (date(2026, 9, 18), 2, date(2026, 9, 21)),  # Sunday 20 works
        (date(2026, 11, 23), 15, date(2026, 12, 14)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_the_day_itself_does_not_count(start, count, end):
    assert add_working_days(start, count, CALENDAR) == end


@pytest.mark.parametrize(
    ("kind", "value", "seen", "due", "basis"),
    [
        (LimitKind.HOURS, 4, "2026-11-23 09:31", "2026-11-23 13:31:00", "due.hours"),
        (LimitKind.HOURS, 24, "2026-11-21 22:00", "2026-11-22 22:00:00", "due.hours"),
        (LimitKind.WORKING_DAYS, 3, "2026-11-23 09:31", "2026-11-26 23:59:59", "due.working_days"),
        (LimitKind.WORKING_DAYS, 7, "2026-02-13 18:00", "2026-03-02 23:59:59", "due.working_days"),
        (LimitKind.NOW, 0, "2026-11-23 09:31", "2026-11-23 23:59:59", "due.now"),
        (LimitKind.NOW, 0, "2026-11-23 23:30", "2026-11-24 01:30:00", "due.now"),
        (LimitKind.SNOW, 0, "2026-11-23 19:00", "2026-11-24 10:00:00", "due.snow"),
        (LimitKind.SNOW, 0, "2026-11-24 02:00", "2026-11-24 10:00:00", "due.snow"),
        (LimitKind.SNOW, 0, "2026-11-24 09:59", "2026-11-24 10:00:00", "due.snow"),
        (LimitKind.SNOW, 0, "2026-11-24 11:00", "2026-11-24 23:59:59", "due.now"),
    ],
)
def test_deadlines(kind, value, seen, due, basis):
    assert due_at(kind, value, beijing(seen), CALENDAR) == (beijing(due), basis)


def test_what_is_referred_has_no_deadline():
    assert due_at(LimitKind.NONE, 0, beijing("2026-11-23 09:31"), CALENDAR) == (None, "due.none")


def test_the_day_is_the_day_in_beijing():
    late_sunday_in_london = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

    due, _ = due_at(LimitKind.WORKING_DAYS, 1, late_sunday_in_london, CALENDAR)

    assert due == beijing("2026-11-24 23:59:59")


@pytest.mark.parametrize("kind", [LimitKind.NOW, LimitKind.SNOW])
@pytest.mark.parametrize("hour", range(24))
def test_a_deadline_never_lies_before_what_it_is_for(kind, hour):
    start = beijing("2026-11-23 00:30") + timedelta(hours=hour)

    due, _ = due_at(kind, 0, start, CALENDAR)

    assert start < due <= start + timedelta(hours=24)


def test_the_database_holds_the_same_calendar(world: World):
    assert world.read(service.calendar) == CALENDAR


def test_holidays_have_their_chinese_names():
    names = {day.name for day in service.holidays()}

    assert names == set(service.HOLIDAYS.values())


CLOSED = [Pause(beijing("2026-11-24 00:00"), beijing("2026-11-26 00:00"))]
"""Two whole days, Tuesday and Wednesday."""

STORM = [Pause(beijing("2026-11-24 08:00"), beijing("2026-11-24 20:00"))]
TWICE = [
    Pause(beijing("2026-11-26 00:00"), beijing("2026-11-27 00:00")),
    Pause(beijing("2026-11-24 00:00"), beijing("2026-11-25 00:00")),
]
FESTIVAL = [Pause(beijing("2026-02-12 00:00"), beijing("2026-02-25 00:00"))]


@pytest.mark.parametrize(
    ("kind", "value", "seen", "pauses", "due"),
    [
        (LimitKind.HOURS, 4, "2026-11-23 09:31", CLOSED, "2026-11-23 13:31:00"),  # over before
        (LimitKind.HOURS, 24, "2026-11-23 22:00", CLOSED, "2026-11-26 22:00:00"),  # 2 h, then 22
        (LimitKind.HOURS, 2, "2026-11-23 22:00", CLOSED, "2026-11-26 00:00:00"),  # to the second
        (
            LimitKind.HOURS,
            4,
            "2026-11-24 12:00",
            CLOSED,
            "2026-11-26 04:00:00",
        ),  # seen while closed
        (LimitKind.HOURS, 4, "2026-11-26 00:00", CLOSED, "2026-11-26 04:00:00"),  # open again
        (LimitKind.HOURS, 4, "2026-11-24 06:00", STORM, "2026-11-24 22:00:00"),
        (LimitKind.HOURS, 30, "2026-11-23 20:00", TWICE, "2026-11-27 02:00:00"),  # 4 + 24 + 2
        (LimitKind.WORKING_DAYS, 3, "2026-11-23 09:31", CLOSED, "2026-11-30 23:59:59"),
        (LimitKind.WORKING_DAYS, 1, "2026-11-23 09:31", STORM, "2026-11-25 23:59:59"),
        (LimitKind.WORKING_DAYS, 3, "2026-11-23 09:31", TWICE, "2026-11-30 23:59:59"),  # 25 27 30
        (LimitKind.WORKING_DAYS, 1, "2026-11-25 09:31", CLOSED, "2026-11-26 23:59:59"),
        (LimitKind.WORKING_DAYS, 3, "2026-02-11 10:00", FESTIVAL, "2026-02-27 23:59:59"),  # 25–27
        (
            LimitKind.WORKING_DAYS,
            5,
            "2026-02-24 10:00",
            FESTIVAL,
            "2026-03-02 23:59:59",
        ),  # 28 works
        (LimitKind.WORKING_DAYS, 15, "2026-09-21 10:00", [], "2026-10-19 23:59:59"),  # 19, 20 off
        (LimitKind.WORKING_DAYS, 7, "2026-04-30 10:00", [], "2026-05-13 23:59:59"),  # 6 7 8 9 11–13
        (LimitKind.WORKING_DAYS, 2, "2026-12-31 18:00", [], "2027-01-05 23:59:59"),
        (LimitKind.NOW, 0, "2026-11-23 09:31", CLOSED, "2026-11-23 23:59:59"),
        (LimitKind.NOW, 0, "2026-11-24 09:00", CLOSED, "2026-11-26 23:59:59"),
        (LimitKind.NOW, 0, "2026-11-24 06:00", STORM, "2026-11-24 23:59:59"),
        (LimitKind.SNOW, 0, "2026-11-23 19:00", CLOSED, "2026-11-26 10:00:00"),
        (LimitKind.SNOW, 0, "2026-11-24 02:00", STORM, "2026-11-25 10:00:00"),
        (LimitKind.SNOW, 0, "2026-11-24 02:00", TWICE, "2026-11-25 10:00:00"),
    ],
)
def test_clocks_stand_still_in_pauses(kind, value, seen, pauses, due):
    found, _ = due_at(kind, value, beijing(seen), CALENDAR, pauses)

    assert found == beijing(due)


def test_a_pause_without_an_end_stops_the_clock():
    endless = [Pause(beijing("2026-11-24 00:00"))]

    for kind, value in ((LimitKind.HOURS, 24), (LimitKind.WORKING_DAYS, 3), (LimitKind.SNOW, 0)):
        due, _ = due_at(kind, value, beijing("2026-11-23 22:00"), CALENDAR, endless)
        assert due > beijing("2028-11-23 00:00")


def test_every_day_of_a_count_says_why():
    told = list(counting(date(2026, 11, 20), 3, CALENDAR, CLOSED))

    assert [(each.day.day, each.counted, each.why) for each in told] == [
        (21, False, "off"),
        (22, False, "off"),
        (23, True, ""),
        (24, False, "paused"),
        (25, False, "paused"),
        (26, True, ""),
        (27, True, ""),
    ]

"""The checklist of 2026: complete in both languages, and with the severities the process rests on."""

from compliance.catalogue import items_2026, service
from compliance.catalogue.models import Heading, LimitKind
from tests.factories import World

ROWS = {row.code: row for row in items_2026.ROWS}
CODES = {
    *(f"H{n:02}" for n in range(1, 9)),
    *(f"A{n:02}" for n in range(1, 11)),
    *(f"O{n:02}" for n in range(1, 11)),
    *(f"W{n:02}" for n in range(1, 7)),
    *(f"N{n:02}" for n in range(1, 5)),
}


def test_every_point_of_the_checklist_is_there_once():
    assert len(items_2026.ROWS) == len(CODES)
    assert set(ROWS) == CODES


def test_every_point_has_a_name_in_both_languages():
    assert all(row.name and not row.name.isascii() for row in ROWS.values())
    assert all(row.name_en and not _has_chinese(row.name_en) for row in ROWS.values())
    assert max(len(row.basis) for row in ROWS.values()) <= 160


def test_serious_points_are_those_that_go_to_enforcement_at_once():
    assert {code for code, row in ROWS.items() if row.severity == 3} == {
        "H04",
        "A08",
        "O05",
        "O06",
        "W01",
        "W02",
    }


def test_only_the_duty_towards_others_is_mere_advice_without_a_limit():
    assert [code for code, row in ROWS.items() if row.severity == 0] == ["O10"]
    assert [code for code, row in ROWS.items() if row.limit[0] is LimitKind.NONE] == ["A08", "O10"]


def test_limits_are_those_of_the_checklist():
    hours = {"H01": 2, "H02": 4, "H03": 24, "O01": 1, "O02": 4, "A05": 24, "A10": 24}
    days = {"A01": 7, "A02": 3, "A03": 15, "O03": 3, "W01": 7, "W03": 3, "N01": 7}

    assert {code: ROWS[code].limit for code in hours} == {
        code: (LimitKind.HOURS, n) for code, n in hours.items()
    }
    assert {code: ROWS[code].limit for code in days} == {
        code: (LimitKind.WORKING_DAYS, n) for code, n in days.items()
    }
    assert ROWS["H05"].limit[0] is LimitKind.SNOW
    assert ROWS["O05"].limit[0] is LimitKind.NOW


def test_waste_is_for_officers_and_notices_are_for_the_covenant(world: World):
    catalogue = world.read(service.catalogue, items_2026.EDITION)

    assert {i.code for i in catalogue.items.values() if i.officer_only} == {
        f"W{n:02}" for n in range(1, 7)
    }
    assert {i.code for i in catalogue.items.values() if i.covenant_only} == {
        f"N{n:02}" for n in range(1, 5)
    }


def test_the_catalogue_keeps_the_order_of_the_checklist_by_heading(world: World):
    headings = world.read(service.catalogue, items_2026.EDITION).headings()

    assert list(headings) == list(Heading)
    assert [item.code for items in headings.values() for item in items] == list(ROWS)


def test_seeding_again_changes_nothing(world: World):
    before = world.read(service.catalogue, items_2026.EDITION)
    days = world.read(service.calendar)

    world.write(service.seed)

    assert world.read(service.catalogue, items_2026.EDITION).items.keys() == before.items.keys()
    assert world.read(service.calendar) == days


def test_an_edition_is_in_force_from_its_first_day(world: World):
    first_day = items_2026.EFFECTIVE_FROM

    assert world.read(service.edition_on, first_day) == items_2026.EDITION


def _has_chinese(text):
    return any("\u4e00" <= each <= "\u9fff" for each in text)

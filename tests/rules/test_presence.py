"""Was somebody there: doubts are words for people, and the honest patroller gets none."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.merchants.positions import Crs, distance_m, gcj_from_wgs, to_wgs84
from compliance.patrols.payload import Scan
from compliance.patrols.presence import (
    Confirmed,
    Doubt,
    Sighting,
    Signs,
    distance_to_door,
    doubts,
    stands_out,
)

DOOR = (39.93907, 116.09513)
NEXT_DOOR = (39.93907, 116.09560)  # 40 m along the street
OTHER_TOWN = (39.96900, 115.98000)  # 10 km up the valley
NOW = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)


def north_of(point, metres):
    return point[0] + metres / 111_195, point[1]


def found(here, before=None, *, received=NOW, photo_seen=False, **signs):
    return doubts(here, before, received, photo_seen=photo_seen, signs=Signs(**signs))


def test_an_honest_visit_leaves_no_doubt():
    before = Sighting(NOW - timedelta(minutes=2), NEXT_DOOR, NEXT_DOOR, 15)

    assert found(Sighting(NOW, DOOR, north_of(DOOR, 20), 12), before) == []


@pytest.mark.parametrize(
    ("metres", "accuracy", "expected"),
    [
        (0, 0, []),
        (79, 0, []),
        (81, 0, [Doubt.FAR_FROM_DOOR]),
        (120, 45, []),
        (120, 30, [Doubt.FAR_FROM_DOOR]),
        (10, 101, [Doubt.INACCURATE]),
        (10, 100, []),
        (900, 150, [Doubt.INACCURATE, Doubt.FAR_FROM_DOOR]),
    ],
)
def test_distance_counts_less_what_the_phone_does_not_know(metres, accuracy, expected):
    assert found(Sighting(NOW, DOOR, north_of(DOOR, metres), accuracy)) == expected


def test_no_position_is_a_doubt_of_its_own():
    assert found(Sighting(NOW, DOOR)) == [Doubt.NO_POSITION]


def test_a_door_without_a_position_cannot_be_far():
    here = Sighting(NOW, None, DOOR, 10)

    assert found(here) == []
    assert distance_to_door(here) is None


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(0), []),
        (timedelta(hours=8), []),
        (timedelta(hours=25), [Doubt.SENT_LATE]),
        (timedelta(minutes=-4), []),
        (timedelta(minutes=-6), [Doubt.CLOCK_SKEW]),
    ],
)
def test_a_day_in_the_mountains_is_no_doubt_and_the_future_is(late, expected):
    assert found(Sighting(NOW, DOOR, DOOR, 5), received=NOW + late) == expected


@pytest.mark.parametrize(
    ("place", "seconds", "expected"),
    [
        (OTHER_TOWN, 60, [Doubt.TOO_FAST]),
        (OTHER_TOWN, 600, []),
        (OTHER_TOWN, 0, [Doubt.TOO_FAST]),
        (NEXT_DOOR, 6, []),
        (NEXT_DOOR, 4, [Doubt.HURRIED]),
        (DOOR, 0, []),
    ],
)
def test_nobody_is_in_two_towns_within_a_minute(place, seconds, expected):
    before = Sighting(NOW - timedelta(seconds=seconds), place)

    assert found(Sighting(NOW, DOOR, DOOR, 5), before) == expected


def test_speed_is_told_by_the_doors_even_when_the_phone_says_otherwise():
    at_home = Sighting(NOW - timedelta(seconds=30), OTHER_TOWN, DOOR, 5)

    assert Doubt.TOO_FAST in found(Sighting(NOW, DOOR, DOOR, 5), at_home)


def test_records_may_arrive_in_any_order():
    later = Sighting(NOW + timedelta(minutes=30), OTHER_TOWN)

    assert found(Sighting(NOW, DOOR, DOOR, 5), later) == []


def test_a_photo_used_before_is_a_doubt():
    assert found(Sighting(NOW, DOOR, DOOR, 5), photo_seen=True) == [Doubt.PHOTO_SEEN_BEFORE]


def test_a_shifted_position_is_brought_back_before_it_is_measured():
    shifted = gcj_from_wgs(DOOR)

    assert distance_m(shifted, DOOR) > 500
    assert distance_m(to_wgs84(shifted, Crs.GCJ02), DOOR) < 1


def test_distances_are_metres():
    assert distance_m(DOOR, DOOR) == 0
    assert distance_m(DOOR, north_of(DOOR, 1000)) == pytest.approx(1000, rel=0.001)


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"scan": Scan.CAMERA}, []),
        ({"scan": Scan.LINK}, []),
        ({"scan": Scan.TYPED}, [Doubt.NOT_SCANNED]),
        ({"scan": Scan.LIST}, [Doubt.NOT_SCANNED]),
        ({"scanned_at": NOW - timedelta(minutes=29)}, []),
        ({"scanned_at": NOW - timedelta(minutes=31)}, [Doubt.SCAN_APART]),
        ({"clock_offset": timedelta(minutes=4)}, []),
        ({"clock_offset": timedelta(minutes=-6)}, [Doubt.CLOCK_SKEW]),
        ({"gap": True}, [Doubt.ORDER_GAP]),
        ({"confirmed": Confirmed.YES}, []),
        ({"confirmed": Confirmed.WRONG}, [Doubt.MERCHANT_CODE_WRONG]),
        ({"away": True}, [Doubt.NETWORK_AWAY]),
    ],
)
def test_what_a_record_tells_of_itself_is_weighed_and_what_it_leaves_out_is_not(signs, expected):
    assert found(Sighting(NOW, DOOR, DOOR, 5), **signs) == expected


def test_a_phone_whose_clock_is_known_to_be_wrong_is_not_in_the_future_as_well():
    ahead = timedelta(minutes=3)
    here = Sighting(NOW + timedelta(minutes=7), DOOR, DOOR, 5)

    assert found(here) == [Doubt.CLOCK_SKEW]
    assert found(here, clock_offset=ahead) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Sighting(NOW - timedelta(minutes=3), NEXT_DOOR, DOOR, 5), [Doubt.SAME_POSITION]),
        (Sighting(NOW - timedelta(minutes=3), NEXT_DOOR, north_of(DOOR, 1), 5), []),
        (Sighting(NOW - timedelta(minutes=3), NEXT_DOOR, DOOR, 6), []),
        (Sighting(NOW - timedelta(seconds=30), NEXT_DOOR, DOOR, 5), []),
        (Sighting(NOW - timedelta(minutes=3), DOOR, DOOR, 5), []),
    ],
)
def test_a_position_that_never_moves_from_door_to_door_was_told_to_the_phone(before, expected):
    assert found(Sighting(NOW, DOOR, DOOR, 5), before) == expected


def test_one_doubt_is_a_narrow_lane_and_a_third_of_a_day_stands_out():
    doubted, clear = ["no_position"], []

    assert not stands_out([doubted, doubted])
    assert stands_out([doubted] * 3 + [clear] * 6)
    assert not stands_out([doubted] * 3 + [clear] * 7)

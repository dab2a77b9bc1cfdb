"""A lane is walked up one side and down the other, whatever its addresses leave out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.print_jobs.walking import Stop, house_number, walk

LANE = "双槐路"


def stops(*addresses, positions=()):
    found = []
    for number, address in enumerate(addresses):
        lat, lng = positions[number] if number < len(positions) else (None, None)
        found.append(Stop(address, number, f"北京市门头沟区大峪街道{LANE}{address}", lat, lng))
    return found


def route(*addresses, positions=()):
    return [stop.key for stop in walk(stops(*addresses, positions=positions), LANE)]


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("双槐路12号", 12),
        ("双槐路１２号", 12),
        ("双槐路十二号", 12),
        ("双槐路二十号", 20),
        ("双槐路一百零五号", 105),
        ("双槐路一二号", 12),
        ("双槐路12号院3号楼底商5号", 12),
        ("门头沟区3号地块双槐路8号", 8),
        ("双槐路12-3号", 12),
        ("甲9号双槐路口", 9),
    ],
)
def test_the_number_of_a_house_is_read_as_people_write_it(address, number):
    assert house_number(address, LANE).number == number


@pytest.mark.parametrize("address", ["双槐路", "双槐路口北侧", "商场首层A区"])
def test_an_address_without_a_number_has_none(address):
    assert house_number(address, LANE) is None


def test_odd_numbers_up_and_even_numbers_back():
    assert route("1号", "2号", "3号", "4号", "10号", "9号", "12号") == [
        "1号", "3号", "9号", "12号", "10号", "4号", "2号",
    ]  # fmt: skip


def test_a_lane_with_one_side_is_walked_once_and_upwards():
    assert route("10号", "2号", "8号") == ["2号", "8号", "10号"]


def test_shops_of_one_house_stand_in_their_natural_order():
    assert route("7号院12号楼", "7号院3号楼", "甲7号", "7号", "7-2号", "7号乙", "7-10号") == [
        "7号", "7-2号", "7-10号", "7号院3号楼", "7号院12号楼", "甲7号", "7号乙",
    ]  # fmt: skip


def test_a_shop_without_a_number_comes_after_its_nearest_neighbour():
    here = [(39.9, 116.10), (39.9, 116.11), (39.9, 116.12), (39.9, 116.111)]

    assert route("1号", "3号", "5号", "口上", positions=here) == ["1号", "3号", "口上", "5号"]


def test_where_addresses_say_nothing_the_lane_is_walked_along_its_axis():
    here = [(39.90 + step / 1000, 116.10 + step / 500) for step in (0, 3, 1, 4, 2)]

    assert route("甲店", "乙店", "丙店", "丁店", "戊店", positions=here) == [
        "甲店", "丙店", "戊店", "乙店", "丁店",
    ]  # fmt: skip


def test_shops_that_nothing_is_known_of_come_last_by_their_running_number():
    assert route("口上", "2号", "桥头", "1号") == ["1号", "2号", "口上", "桥头"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(1, 60)),
            st.one_of(st.none(), st.tuples(st.floats(39.8, 40.1), st.floats(116, 116.2))),
        ),
        max_size=25,
    )
)
def test_every_shop_is_passed_once_whatever_is_known(known):
    lane = [
        Stop(str(at), at, f"{LANE}{house}号" if house else LANE, *(where or (None, None)))
        for at, (house, where) in enumerate(known)
    ]

    walked = walk(lane, LANE)

    assert sorted(stop.running for stop in walked) == list(range(len(lane)))
    assert walk(list(reversed(lane)), LANE) == walked

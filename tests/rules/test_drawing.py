"""A draw follows from its seed alone, and the seed from two people and the ledger."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.draws import drawing
from compliance.errors import InvalidInput

NAMES = st.lists(st.text("ABC0123456789-", min_size=1, max_size=8), unique=True, max_size=40)


@given(NAMES, st.randoms(use_true_random=False), st.integers(0, 50))
def test_the_order_in_which_names_are_handed_over_does_not_matter(names, chance, wanted):
    mixed = list(names)
    chance.shuffle(mixed)

    assert drawing.drawn("seed", names, wanted) == drawing.drawn("seed", mixed, wanted)
    assert len(drawing.drawn("seed", names, wanted)) == min(wanted, len(names))


def test_every_shop_is_drawn_about_as_often_as_every_other():
    names = [f"MTG-DY{number:05}" for number in range(20)]
    times = dict.fromkeys(names, 0)
    for round_ in range(2000):
        for name in drawing.drawn(drawing.seed_of("entry", f"{round_}", "1234"), names, 5):
            times[name] += 1

    assert min(times.values()) > 400
    assert max(times.values()) < 600


def test_each_part_of_the_seed_changes_it():
    parts = ("a" * 64, "b" * 32, "1234")
    others = [("c" * 64, *parts[1:]), (parts[0], "d" * 32, parts[2]), (*parts[:2], "1235")]

    assert len({drawing.seed_of(*each) for each in [parts, *others]}) == 4
    told = hashlib.sha256(("a" * 64 + "\n" + "b" * 32 + "\n1234").encode()).hexdigest()
    assert drawing.seed_of(*parts) == told


@given(st.integers(1, 300), st.integers(2, 9))
def test_two_different_officers_go_to_every_shop_and_all_go_equally_often(shops, team):
    officers = [f"{n}" for n in range(team)]
    pairs = [drawing.pair_for(place, officers) for place in range(1, shops + 1)]
    went = [sum(officer in pair for pair in pairs) for officer in officers]

    assert all(first != second for first, second in pairs)
    assert max(went) - min(went) <= 1


def test_nobody_is_named_where_no_officers_were_drawn():
    assert drawing.pair_for(1, []) == ()


@pytest.mark.parametrize("typed", ["", "123", "12345678901", "12a4", "１２３４", "-1234"])
def test_a_word_that_is_not_four_to_ten_digits_is_refused(typed):
    with pytest.raises(InvalidInput) as refusal:
        drawing.read_word(typed)

    assert refusal.value.fields == {"word": "draw.word"}


def test_spaces_in_a_word_do_not_matter():
    assert drawing.read_word(" 12 34 56 ") == "123456"

"""A pile lies in the order of the walk under its cover, whole for each shop, every code read back."""

from dataclasses import replace

import pytest

from qr import INDOOR, plate_sheet, poster_pdf, verify_codes
from qr.check import unread_codes
from qr.pile import Pack, Stack, pile
from qr.plates import OUTDOOR
from qr.poster import POSTER
from qr.sheet import Place
from tests.paper.reading import bare, pages, plate, poster, words

IMPRINT = "2026年11月23日 打印单 3F2A91C0"


def pack(number, /, notices=2, **changes):
    posters = tuple(
        poster(100 * number + at, number=f"CN-{number:03d}-{at}", door_number=str(number))
        for at in range(notices)
    )
    named = {"name": f"样例店{number}", "address": f"月季园路{number}号"}
    made = Pack(str(number), plate(number).number, plate=plate(number), posters=posters, **named)
    return replace(made, **changes)


def stack(*packs, imprint=IMPRINT):
    return Stack("大峪街道", "月季园路", packs, imprint)


def urls(*packs):
    return [url for each in packs for url in (each.plate.url, *(item.url for item in each.posters))]


def test_shop_by_shop_under_a_cover_that_lists_them():
    packs = [pack(3), pack(1), pack(2)]

    made = pile([stack(*packs)])

    verify_codes(made.pdf, urls(*packs))
    assert (made.pages, made.plates, made.notices, made.codes) == (10, 3, 6, 9)
    cover = bare(pages(made.pdf)[0])
    assert cover.index("样例店3") < cover.index("样例店1") < cover.index("样例店2")
    assert "本叠3户门牌3块公示6张" in cover
    assert bare(IMPRINT) in cover


def test_plates_that_share_a_sheet_lie_before_the_posters_of_their_lane():
    packs = [pack(number, notices=1) for number in range(1, 11)]

    made = pile([stack(*packs), stack(pack(20, notices=1))], INDOOR)

    plates = [each.plate.url for each in packs]
    verify_codes(made.pdf, [*plates, *(each.posters[0].url for each in packs), *urls(pack(20))[:2]])
    assert made.pages == (1 + 2 + 10) + (1 + 1 + 1)


def test_a_pile_without_an_imprint_has_no_cover():
    assert pile([stack(pack(1), imprint="")]).pages == 3


@pytest.mark.parametrize(
    ("spoilt", "problem", "detail"),
    [
        ({"plate": plate(2, shop_name="𪚥记饺子馆")}, "glyph_missing", "𪚥"),
        ({"name": "𪚥记饺子馆"}, "glyph_missing", "𪚥"),
        ({"plate": plate(2, shop_name="店" * 400)}, "does_not_fit", plate(2).number),
        ({"posters": (poster(2, paragraphs=("门前三包" * 2500,)),)}, "does_not_fit", "CN-00002"),
    ],
)
def test_a_shop_that_cannot_be_printed_is_named_and_left_out_whole(spoilt, problem, detail):
    good = [pack(1), pack(3)]

    made = pile([stack(good[0], pack(2, **spoilt), good[1])])

    verify_codes(made.pdf, urls(*good))
    assert [(each.key, each.problem, each.detail) for each in made.left_out] == [
        ("2", problem, detail)
    ]
    assert "未印1户" in bare(pages(made.pdf)[0])


def test_a_shop_whose_code_does_not_read_is_named_and_left_out_of_the_next_try():
    speck = replace(OUTDOOR, codes=(Place(10.5, 41.0, 3.0),))
    good = replace(pack(1), plate=None)
    stacks = [stack(good, pack(2))]

    first = pile(stacks, speck)
    again = pile(stacks, speck, without={each.key: each for each in first.unread})

    assert [(each.key, each.problem, each.detail) for each in first.unread] == [
        ("2", "unreadable", "4")
    ]
    assert (again.unread, again.left_out) == ((), first.unread)
    verify_codes(again.pdf, [item.url for item in good.posters])


def test_a_shop_with_a_problem_stands_on_the_cover_only():
    made = pile([stack(pack(1), pack(2, plate=None, posters=(), problem="no_code"))])

    assert made.codes == 3
    assert made.left_out == ()
    assert "没有可用的门码" in words(made.pdf)


def test_where_nothing_can_be_printed_there_is_no_file():
    made = pile([stack(pack(1, name="𪚥"))])

    assert (made.pdf, made.pages, len(made.left_out)) == (b"", 0, 1)


def test_a_long_lane_is_set_in_parts_and_tells_how_far_it_is():
    packs, told = [pack(number, notices=1) for number in range(1, 41)], []

    made = pile([stack(*packs)], sheets=80, told=lambda *how: told.append(how))

    done = [how for how in told if how[0] == "setting"]
    assert done == [("setting", reached, 80) for reached in (40, 80)]
    assert told[-1] == ("reading", made.pages, made.pages)
    verify_codes(made.pdf, urls(*packs))


def test_the_same_order_gives_the_same_bytes():
    packs = [pack(1), pack(2)]

    assert pile([stack(*packs)]).pdf == pile([stack(*packs)]).pdf


def test_codes_are_read_where_they_stand_and_a_wrong_one_is_named_with_its_page():
    items = [plate(number) for number in range(3)]
    place = OUTDOOR.codes[0]
    ordered = [[(place, item.url)] for item in items]
    pdf = plate_sheet(items)

    assert unread_codes(pdf, ordered) == []
    ordered[1] = [(place, items[2].url)]
    (wrong,) = unread_codes(pdf, ordered)
    assert (wrong.page, wrong.expected, wrong.found) == (2, items[2].url, items[1].url)


def test_a_page_without_its_code_and_a_page_too_many_do_not_pass():
    pdf = poster_pdf([poster(1)])

    (lost,) = unread_codes(pdf, [[(OUTDOOR.codes[0], poster(1).url)]])
    assert lost.found == ""
    with pytest.raises(ValueError, match="1 pages instead of 2"):
        unread_codes(pdf, [[(POSTER.codes[0], poster(1).url)]] * 2)

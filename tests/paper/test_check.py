"""The gate names the page and the code that is wrong, and lets nothing else pass."""

import pytest

from qr import INDOOR, UnreadableCode, document_pdf, joined, plate_sheet, poster_pdf, verify_codes
from tests.paper.reading import document, plate, poster

PLATES = [plate(number) for number in range(11)]
URLS = [item.url for item in PLATES]
ONE_EACH = plate_sheet(PLATES[:3])
EIGHT_EACH = plate_sheet(PLATES, INDOOR)
BLANK = document_pdf(document(check_url=""))


def test_what_is_right_passes():
    verify_codes(ONE_EACH, URLS[:3])
    verify_codes(EIGHT_EACH, URLS)


def test_it_tells_how_far_it_is():
    told = []

    verify_codes(ONE_EACH, URLS[:3], lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_code_than_ordered_is_named_with_its_page(place):
    ordered = [*URLS[:place], URLS[9], *URLS[place + 1 : 3]]

    with pytest.raises(UnreadableCode) as refused:
        verify_codes(ONE_EACH, ordered)

    assert (refused.value.page, refused.value.expected) == (place + 1, URLS[9])
    assert refused.value.found == URLS[place]


def test_the_sheet_of_a_sticker_is_named():
    with pytest.raises(UnreadableCode) as refused:
        verify_codes(EIGHT_EACH, [*URLS[:9], "X", URLS[10]])

    assert (refused.value.page, refused.value.expected) == (2, "X")


def test_a_page_without_its_code_is_named():
    gap = joined([plate_sheet(PLATES[:1]), BLANK, plate_sheet(PLATES[2:3])])

    with pytest.raises(UnreadableCode) as refused:
        verify_codes(gap, URLS[:3])

    assert (refused.value.page, refused.value.expected, refused.value.found) == (2, URLS[1], "")


def test_codes_out_of_order_are_refused():
    with pytest.raises(UnreadableCode) as refused:
        verify_codes(EIGHT_EACH, [URLS[1], URLS[0], *URLS[2:]])

    assert refused.value.page == 1


def test_a_code_that_nobody_ordered_is_refused():
    with pytest.raises(UnreadableCode) as refused:
        verify_codes(ONE_EACH, URLS[:2])

    assert (refused.value.page, refused.value.expected, refused.value.found) == (3, "", URLS[2])


def test_an_order_longer_than_the_file_is_refused():
    with pytest.raises(UnreadableCode) as refused:
        verify_codes(ONE_EACH, URLS[:4])

    assert (refused.value.page, refused.value.expected, refused.value.found) == (4, URLS[3], "")


def test_a_mixed_pack_passes_in_its_order():
    pack = joined([plate_sheet(PLATES[:2]), poster_pdf([poster(1)] * 2), BLANK])

    verify_codes(pack, [*URLS[:2], poster(1).url, poster(1).url])

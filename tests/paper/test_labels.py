"""Labels by the millimetre: numbers in, places out, and nothing that could not be read."""

import pytest

from qr import (
    INDOOR,
    OUTDOOR,
    BadLabel,
    Label,
    door_url,
    label_sheet,
    plate_sheet,
    read_label,
    reading_distance,
    verify_codes,
)
from qr.labels import USUAL_MODULES
from tests.paper.reading import plate


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("70x37", Label((70, 37), (3, 8), margin=(0, 0.5))),
        ("70×37", Label((70, 37), (3, 8), margin=(0, 0.5))),
        ("100X70, gap=2x2", Label((100, 70), (2, 4), (2, 2), margin=(4, 5.5))),
        ("60x80,page=roll", Label((60, 80), page=(60, 80))),
        (
            "63.5x38.1,grid=3x7,gap=2.5x0,margin=7.2x15,page=210x297,reads=0.4m",
            Label((63.5, 38.1), (3, 7), (2.5, 0), (7.2, 15), reads=0.4),
        ),
    ],
)
def test_a_label_is_read_from_its_numbers(text, label):
    assert read_label(text) == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "70",
        "70x",
        "x37",
        "-70x37",
        "70x37,colour=red",
        "70x37,grid=2.5x3",
        "70x37,grid",
        "70x37,page=2000x2000",
        "70x37,reads=far",
        "0x37",
        "7000000x37",
    ],
)
def test_what_is_no_label_is_said_to_be_unclear(text):
    with pytest.raises(BadLabel) as refused:
        label_sheet(read_label(text))

    assert refused.value.what == "unclear"


@pytest.mark.parametrize(
    "text",
    ["220x37", "70x37,grid=4x8", "70x37,grid=3x9", "70x37,margin=1x0", "70x37,grid=0x0"],
)
def test_labels_that_run_off_the_page_are_refused(text):
    with pytest.raises(BadLabel) as refused:
        label_sheet(read_label(text))

    assert refused.value.what == "off_page"


@pytest.mark.parametrize(
    ("text", "reads"), [("70x37,reads=0.5", "0.4"), ("38x21", "0.1"), ("60x80,reads=1", "0.6")]
)
def test_a_symbol_too_fine_for_the_distance_is_refused_with_the_distance_it_reads_at(text, reads):
    with pytest.raises(BadLabel) as refused:
        label_sheet(read_label(text))

    assert (refused.value.what, refused.value.numbers["reads"]) == ("too_small", reads)


def test_distances_follow_from_the_measured_module():
    modules = USUAL_MODULES

    assert reading_distance(OUTDOOR.codes[0].side, modules) == 1.5
    assert reading_distance(INDOOR.codes[0].side, modules) == 0.5
    assert reading_distance(modules * 2.1, modules) == 1.0


def test_a_longer_address_has_finer_modules_and_is_checked_when_it_is_printed():
    sheet = label_sheet(read_label("70x37,reads=0.4"))
    long = plate(url=door_url(f"https://{'lang.' * 8}example.cn", "0" * 16))

    with pytest.raises(BadLabel) as refused:
        plate_sheet([plate(), long], sheet)

    assert refused.value.what == "too_small"


@pytest.mark.parametrize("text", ["70x37", "105x74", "60x80,page=roll", "90x60,gap=3x3", "45x65"])
def test_labels_stay_within_their_edges_and_symbols_apart(text):
    label = read_label(text)
    sheet = label_sheet(label)

    assert len(sheet.codes) == label.grid[0] * label.grid[1]
    for (x, y), code in zip(sheet.frame["corners"], sheet.codes, strict=True):
        assert x <= code.x
        assert code.x + code.side <= x + label.size[0]
        assert y <= code.y
        assert code.y + code.side <= y + label.size[1]


def test_a_sheet_and_a_roll_are_read_back_page_by_page():
    items = [plate(number) for number in range(26)]

    for text in ("70x37", "60x80,page=roll"):
        verify_codes(
            plate_sheet(items, label_sheet(read_label(text))), [item.url for item in items]
        )

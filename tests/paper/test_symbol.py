"""The symbol is the standard's own, only made faster, and reads in every drawing."""

import io
import random

import pytest
import qrcode
import zxingcpp
from PIL import Image
from qrcode import constants

from qr import door_url, symbol
from tests.paper.reading import BASE, token

random.seed(7)
TEXTS = [
    *(door_url(f"https://{'a' * length}.cn", token(length * 7919)) for length in range(1, 42, 4)),
    *("门" * length for length in (1, 9, 40, 120)),  # versions 7 and above carry their number
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_module_for_module_what_the_library_makes(text):
    slow = qrcode.QRCode(error_correction=constants.ERROR_CORRECT_H)
    slow.add_data(text, optimize=0)
    slow.make()

    assert symbol(text).modules == tuple(map(tuple, slow.modules))


@pytest.mark.parametrize(("host", "version"), [(12, 4), (23, 4), (24, 5), (37, 5)])
def test_a_host_of_23_characters_still_fits_version_4(host, version):
    url = door_url("https://" + "a" * (host - 3) + ".cn", token(1))

    assert symbol(url).version == version


def test_a_png_is_read_by_another_library_as_level_h():
    url = door_url(BASE, token(42))

    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(symbol(url).png(5))))

    assert (found.text, found.ec_level) == (url, "H")


@pytest.mark.parametrize("box", [1, 4])
def test_the_quiet_zone_is_four_modules_wide_and_white(box):
    made = symbol(door_url(BASE, token(3)))
    image = Image.open(io.BytesIO(made.png(box))).convert("L")

    assert image.size == ((made.size + 8) * box,) * 2
    inked = image.point(lambda grey: 255 - grey).getbbox()
    assert inked == (4 * box, 4 * box, (made.size + 4) * box, (made.size + 4) * box)


def test_bars_cover_each_dark_module_once():
    made = symbol(door_url(BASE, token(3)))
    covered = [(y, x + step) for x, y, width in made.bars() for step in range(width)]

    dark = {(y, x) for y, row in enumerate(made.modules) for x, on in enumerate(row) if on}
    assert sorted(covered) == sorted(dark)


def test_the_svg_is_one_path_and_needs_nothing_else():
    svg = symbol(door_url(BASE, token(3))).svg()

    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41"')
    assert svg.count("<path") == 2
    assert "href" not in svg

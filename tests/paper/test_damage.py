"""A plate on a street is covered, tilted, blurred and photographed badly, and still reads.

The bounds are those measured for this symbol: level H, version 4, 160 pixels wide.
"""

import io
import math
import random

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from qr import OUTDOOR, plate_sheet, symbol
from tests.paper.reading import decoded, looked_at, plate

SEEDS = range(4)
WIDTH = 160  # pixels of the symbol without its quiet zone
MODULES = symbol(plate().url).size
FINDER = 9 / MODULES


@pytest.fixture(scope="module")
def photographs():
    """The code areas of printed plates, as a phone sees them from about 1.5 m."""
    place = OUTDOOR.codes[0]
    pixels = WIDTH / MODULES * (MODULES + 8) / place.side
    box = [
        round(edge * pixels)
        for edge in (place.x, place.y, place.x + place.side, place.y + place.side)
    ]
    items = [plate(seed * 1237 + 5) for seed in SEEDS]
    pdf = plate_sheet(items)
    return [
        (item.url, looked_at(pdf, seed, pixels).crop(box))
        for seed, item in zip(SEEDS, items, strict=True)
    ]


def covered(image, share, chance):
    """Cover `share` of the symbol with one grey block clear of the three finders."""
    side = math.sqrt(share)
    while True:
        x, y = chance.uniform(0, 1 - side), chance.uniform(0, 1 - side)
        clear_left = x >= FINDER or (y >= FINDER and y + side <= 1 - FINDER)
        if clear_left and (y >= FINDER or x + side <= 1 - FINDER):
            break
    quiet = (image.width - WIDTH) / 2
    corners = [quiet + WIDTH * edge for edge in (x, y, x + side, y + side)]
    ImageDraw.Draw(image).rectangle(corners, fill=chance.randrange(256))
    return image


def tilted(image, degrees):
    """Turn the plate about its upright axis before a camera three plate widths away."""
    middle, angle = image.width / 2, math.radians(degrees)
    away = math.tan(angle) / (3 * image.width)
    scale = 1 + middle * away
    across = (1 / math.cos(angle) - middle * away) / scale
    shift = (middle * scale - middle / math.cos(angle)) / scale
    down = (-middle * away / scale, 1 / scale, middle * (scale - 1) / scale)
    return image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        (across, 0, shift, *down, -away / scale, 0),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )


def compressed(image, quality):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


DAMAGE = {
    "as printed": lambda image, _: image,
    "blurred": lambda image, _: image.filter(ImageFilter.GaussianBlur(1.5)),
    "15 % covered": lambda image, chance: covered(image, 0.15, chance),
    "tilted to one side": lambda image, _: tilted(image, 45),
    "tilted to the other": lambda image, _: tilted(image, -45),
    "turned": lambda image, chance: image.rotate(
        chance.uniform(0, 360), expand=True, fillcolor=255
    ),
    "saved as a poor JPEG": lambda image, _: compressed(image, 10),
    "in low light": lambda image, _: ImageEnhance.Brightness(image).enhance(0.15),
    "all at once": lambda image, chance: compressed(
        ImageEnhance.Brightness(
            tilted(covered(image, 0.06, chance), chance.uniform(15, 40)).filter(
                ImageFilter.GaussianBlur(1)
            )
        ).enhance(0.5),
        30,
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_plate_still_reads(photographs, damage, seed):
    url, image = photographs[seed]

    assert decoded(DAMAGE[damage](image.copy(), random.Random(seed))) == [url]


def test_the_damage_is_real(photographs):
    """Twice the cover is beyond any symbol, and a tilt leaves the picture changed."""
    covered_too_far = [
        decoded(covered(image.copy(), 0.3, random.Random(1))) for _, image in photographs
    ]

    assert covered_too_far == [[]] * len(photographs)
    assert all(tilted(image, 45).tobytes() != image.tobytes() for _, image in photographs)

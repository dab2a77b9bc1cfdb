"""What a street, the weather and a hurried hand do to a plate before a phone sees it.

The bounds are those measured for this symbol: level H, version 4, 160 pixels wide.
"""

import io
import math
import random
from collections.abc import Callable, Iterator, Sequence

import pypdfium2
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from qr import OUTDOOR, Plate, plate_sheet, symbol
from tests.paper.reading import plate

WIDTH = 160  # pixels of the symbol without its quiet zone
MODULES = symbol(plate().url).size
FINDER = 9 / MODULES

Damage = Callable[[Image.Image, random.Random], Image.Image]


def photographs(items: Sequence[Plate]) -> Iterator[Image.Image]:
    """Print plates, and give the code area of each as a phone sees it from about 1.5 m."""
    place = OUTDOOR.codes[0]
    pixels = WIDTH / MODULES * (MODULES + 8) / place.side
    edges = (place.x, place.y, place.x + place.side, place.y + place.side)
    box = tuple(round(edge * pixels) for edge in edges)
    with pypdfium2.PdfDocument(plate_sheet(items)) as pdf:
        for page in pdf:
            yield page.render(scale=pixels * 25.4 / 72, grayscale=True).to_pil().crop(box)


def covered(image: Image.Image, share: float, chance: random.Random) -> Image.Image:
    """Cover `share` of the symbol with one grey block anywhere clear of the three finders."""
    side = math.sqrt(share)
    while True:
        x, y = chance.uniform(0, 1 - side), chance.uniform(0, 1 - side)
        clear_left = x >= FINDER or (y >= FINDER and y + side <= 1 - FINDER)
        if clear_left and (y >= FINDER or x + side <= 1 - FINDER):
            break
    return _block(image, side, x, y, chance)


def stuck_over(image: Image.Image, share: float, chance: random.Random) -> Image.Image:
    """Cover `share` of the symbol where stickers, tears and dirt sit: an edge, a corner, the middle.

    Anywhere at all, 15 % of the symbol is more than level H can mend for one plate in a hundred.
    """
    side = math.sqrt(share)
    across, down = chance.choice([(1, 1), (0.5, 0.5), (1, 0.5), (0.5, 1), (0, 0.5), (0.5, 0)])
    return _block(image, side, across * (1 - side), down * (1 - side), chance)


def _block(
    image: Image.Image, side: float, x: float, y: float, chance: random.Random
) -> Image.Image:
    quiet = (image.width - WIDTH) / 2
    corners = [quiet + WIDTH * edge for edge in (x, y, x + side, y + side)]
    ImageDraw.Draw(image).rectangle(corners, fill=chance.randrange(256))
    return image


def tilted(image: Image.Image, degrees: float) -> Image.Image:
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


def compressed(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


def mixed(image: Image.Image, chance: random.Random) -> Image.Image:
    """Do a little of everything, as on any street."""
    leaning = tilted(covered(image, 0.06, chance), chance.uniform(15, 40))
    dim = ImageEnhance.Brightness(leaning.filter(ImageFilter.GaussianBlur(1))).enhance(0.5)
    return compressed(dim, 30)


PROMISED: dict[str, Damage] = {
    "blurred": lambda image, _: image.filter(ImageFilter.GaussianBlur(1.5)),
    "15 % covered": lambda image, chance: stuck_over(image, 0.15, chance),
    "12 % covered anywhere": lambda image, chance: covered(image, 0.12, chance),
    "tilted by 45°": lambda image, chance: tilted(image, chance.choice((-45, 45))),
    "saved as a poor JPEG": lambda image, _: compressed(image, 10),
}
"""What every single plate has to stand."""

FURTHER: dict[str, Damage] = {
    "as printed": lambda image, _: image,
    "turned": lambda image, chance: image.rotate(
        chance.uniform(0, 360), expand=True, fillcolor=255
    ),
    "in low light": lambda image, _: ImageEnhance.Brightness(image).enhance(0.15),
    "all at once": mixed,
}

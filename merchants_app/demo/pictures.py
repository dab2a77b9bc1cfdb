"""Pictures of shop fronts that do not exist, as a phone takes them: with the fault, or without.

Drawn, not photographed, so nobody's face, plate or brand is ever in them.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from qr.fonts import font_folder

SIZE = (800, 600)
WALLS = ("#c9b79c", "#b9a48b", "#d8d2c4", "#a9b0b3", "#c4a08a", "#b8c0b4")
SIGNS = ("#8c2f2b", "#24506b", "#2f5d43", "#6a4a2c", "#3d3a5c", "#7a5a12")
GROUND, STREET = 430, 540
"""Where the pavement begins, and where the road does."""

Brush = ImageDraw.ImageDraw


def take(rng: Random, name: str, fault: str = "") -> bytes:
    """Return a JPEG of the front of shop `name`, with the fault of that code or none."""
    picture = Image.new("RGB", SIZE, rng.choice(WALLS))
    brush = ImageDraw.Draw(picture)
    _wall(brush, rng)
    _front(brush, rng, name)
    _ground(brush, rng)
    if fault:
        FAULTS[fault](brush, rng)
    file = BytesIO()
    _as_taken(picture, rng).save(file, "JPEG", quality=78)
    return file.getvalue()


def _wall(brush: Brush, rng: Random) -> None:
    """Draw courses of brick."""
    width, _ = SIZE
    joint = rng.choice(("#a99a86", "#dcd3c2"))
    for row, y in enumerate(range(0, GROUND, 22)):
        brush.line((0, y, width, y), fill=joint)
        for x in range(-40 * (row % 2), width, 80):
            brush.line((x, y, x, y + 22), fill=joint)


def _front(brush: Brush, rng: Random, name: str) -> None:
    """Draw sign, window and door of the shop."""
    left, right = 110, 690
    brush.rectangle((left, 120, right, GROUND), fill="#4b4640")
    brush.rectangle((left - 12, 60, right + 12, 140), fill=rng.choice(SIGNS), outline="#20202a")
    brush.text((400, 100), name, font=_font(46), fill="#f6edd8", anchor="mm")
    door = rng.choice((130, 500))
    window = 340 if door == 130 else 130
    brush.rectangle((window, 170, window + 330, 380), fill="#86a4ad", outline="#2c2a28", width=6)
    for x in range(window + 20, window + 310, 46):
        height = rng.randrange(30, 120)
        shade = rng.choice(("#b98a52", "#8d6f5a", "#c7b07a", "#7d8a63"))
        brush.rectangle((x, 374 - height, x + 34, 374), fill=shade)
    brush.polygon(
        [(window + 40, 170), (window + 120, 170), (window + 60, 376), (window + 6, 376)],
        fill="#a9c3c9",
    )
    brush.rectangle((door, 165, door + 170, GROUND), fill="#6d4a35", outline="#2c2a28", width=6)
    brush.rectangle((door + 22, 190, door + 148, 330), fill="#9fb7bd")
    brush.ellipse((door + 136, 345, door + 150, 359), fill="#d9c06a")
    brush.rectangle((door + 60, 345, door + 110, 395), fill="#ffffff", outline="#202020")
    for _ in range(60):
        x, y = door + 64 + rng.randrange(10) * 4, 349 + rng.randrange(10) * 4
        brush.rectangle((x, y, x + 3, y + 3), fill="#202020")


def _ground(brush: Brush, rng: Random) -> None:
    width, height = SIZE
    brush.rectangle((0, GROUND, width, STREET), fill="#9c9890")
    for x in range(-400, width + 400, 60):
        brush.line((x, GROUND, x + (x - 400) // 3, STREET), fill="#87837b")
    for y in (GROUND + 22, GROUND + 52, GROUND + 84):
        brush.line((0, y, width, y), fill="#87837b")
    brush.rectangle((0, GROUND + 56, width, GROUND + 74), fill="#c9a53a")
    for x in range(0, width, 16):
        brush.line((x, GROUND + 58, x, GROUND + 72), fill="#b08d2a", width=3)
    brush.rectangle((0, STREET, width, STREET + 12), fill="#c9c5bb")
    brush.rectangle((0, STREET + 12, width, height), fill="#55565a")
    if rng.random() < 0.5:
        x = rng.choice((40, 745))
        brush.rectangle((x - 9, 240, x + 9, GROUND + 20), fill="#5a4636")
        brush.ellipse((x - 80, 80, x + 80, 280), fill="#5f7d4a")


def _boxes(brush: Brush, rng: Random) -> None:
    left = rng.randrange(180, 420)
    for place in range(rng.randrange(4, 8)):
        x, y = left + place % 4 * 58, GROUND + 44 - place // 4 * 44
        brush.rectangle((x, y, x + 54, y + 42), fill="#b98b52", outline="#6d4d28", width=2)
        brush.line((x, y + 20, x + 54, y + 20), fill="#d9c39a", width=5)


def _bags(brush: Brush, rng: Random) -> None:
    for _ in range(3):
        x, y = rng.randrange(280, 520), GROUND + rng.randrange(2, 30)
        brush.ellipse((x, y, x + 70, y + 62), fill="#26282c", outline="#111111")
        brush.polygon([(x + 26, y + 8), (x + 35, y - 18), (x + 46, y + 8)], fill="#26282c")


def _litter(brush: Brush, rng: Random) -> None:
    for _ in range(26):
        x, y = rng.randrange(140, 660), GROUND + rng.randrange(6, 100)
        colour = rng.choice(("#efe9da", "#d8d0bd", "#c8742f", "#f6f3ea"))
        brush.rectangle((x, y, x + rng.randrange(5, 16), y + rng.randrange(3, 8)), fill=colour)


def _spill(brush: Brush, rng: Random) -> None:
    x, y = rng.randrange(220, 420), GROUND + 18
    for _ in range(14):
        left, top = x + rng.randrange(-60, 110), y + rng.randrange(0, 70)
        brush.ellipse((left, top, left + rng.randrange(60, 150), top + 24), fill="#4c463d")


def _broken_sign(brush: Brush, rng: Random) -> None:
    x = rng.randrange(300, 460)
    brush.rectangle((x, 64, x + 84, 136), fill="#6f6a63")
    brush.line((x, 64, x + 84, 136), fill="#3c3934", width=3)
    brush.line((x + 60, 64, x + 30, 136), fill="#3c3934", width=2)


def _stickers(brush: Brush, rng: Random) -> None:
    for word in ("特价", "清仓", "转让"):
        x, y = rng.randrange(350, 590), rng.randrange(190, 320)
        brush.rectangle((x, y, x + 78, y + 46), fill=rng.choice(("#c8281e", "#e0b020")))
        brush.text((x + 39, y + 23), word, font=_font(30), fill="#fff7d8", anchor="mm")


def _bikes(brush: Brush, rng: Random) -> None:
    for place in range(5):
        x, y = 150 + place * 96 + rng.randrange(-14, 14), GROUND + 20 + rng.randrange(0, 16)
        paint = rng.choice(("#3f7fb5", "#d9a514", "#4a9a63"))
        for wheel in (x, x + 62):
            brush.ellipse((wheel, y, wheel + 48, y + 48), outline="#1c1c1e", width=5)
        brush.line((x + 24, y + 24, x + 46, y - 14, x + 86, y + 24), fill=paint, width=6)
        brush.line((x + 46, y - 14, x + 78, y - 16), fill="#202020", width=5)


def _stones(brush: Brush, rng: Random) -> None:
    for place in range(3):
        x = 220 + place * 150 + rng.randrange(-12, 12)
        brush.rectangle((x, STREET - 52, x + 46, STREET - 4), fill="#b9b4aa", outline="#6a665e")
        brush.ellipse((x, STREET - 64, x + 46, STREET - 40), fill="#cfcabf", outline="#6a665e")


def _light_box(brush: Brush, rng: Random) -> None:
    x = rng.randrange(260, 480)
    box = (x, GROUND - 90, x + 90, GROUND + 78)
    brush.rectangle(box, fill="#f3ead0", outline="#5a4a2a", width=5)
    for word, y in (("营", GROUND - 55), ("业", GROUND - 5), ("中", GROUND + 45)):
        brush.text((x + 45, y), word, font=_font(38), fill="#a8201a", anchor="mm")


def _poster_on_plate(brush: Brush, rng: Random) -> None:
    for left in (130, 500):
        brush.rectangle((left + 44, 338, left + 126, 404), fill="#e8d27a", outline="#8a6a1a")
        brush.text((left + 85, 371), "招工", font=_font(30), fill="#8a1f18", anchor="mm")


FAULTS: dict[str, Callable[[Brush, Random], None]] = {
    "H01": _litter,
    "H02": _bags,
    "H03": _spill,
    "A02": _broken_sign,
    "A05": _stickers,
    "O02": _boxes,
    "O03": _stones,
    "O05": _light_box,
    "N01": _poster_on_plate,
    "N03": _poster_on_plate,
    "bikes": _bikes,
}
"""What can be seen in a picture, by the code of the check item; `bikes` are not the shop's."""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(font_folder() / "NotoSansSC[wght].ttf", size)
    font.set_variation_by_axes([600])
    return font


def _as_taken(picture: Image.Image, rng: Random) -> Image.Image:
    """Return the drawing as a phone held by hand shows it: tilted, lit from one side, grainy."""
    tilted = picture.rotate(
        rng.uniform(-2.2, 2.2), Image.Resampling.BICUBIC, expand=False, fillcolor="#6a675f"
    )
    close = tilted.crop((24, 20, SIZE[0] - 24, SIZE[1] - 16)).resize(SIZE)
    shade = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(SIZE)
    lit = Image.composite(close, close.point(lambda value: int(value * 0.72)), shade)
    grain = Image.frombytes("L", (200, 150), rng.randbytes(200 * 150)).resize(SIZE)
    noise = grain.point(lambda value: value // 14).convert("RGB")
    return ImageChops.add(lit.filter(ImageFilter.GaussianBlur(0.7)), noise)

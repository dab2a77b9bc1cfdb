"""Labels by the millimetre: a layout given by numbers, for the sheets and rolls of any shop.

The symbol takes what the words leave, and how far it reads follows from its modules. Measured: a
phone needs three pixels to the module, and its picture has 1.45 pixels to the millimetre at one
metre. A label that would read from nearer than asked for is refused before paper is spent.
"""

import math
import re
from dataclasses import dataclass

from qr.sheet import Place, Sheet

A4 = (210.0, 297.0)
USUAL_MODULES = 41  # a symbol of version 4 with its quiet zone
NEAREST = 0.3  # metres: nobody holds a phone closer, and thermal printers smear smaller modules
METRES_PER_MILLIMETRE = 1.45 / 3  # of a module, for a camera of 1,920 pixels across 67 degrees
MOST_ON_A_SHEET = 200
LARGEST = 1000.0  # millimetres of a sheet's edge: more is a slip of the pen

_EDGE = 1.0  # millimetres kept free along a label's edge, because no cutter is exact
_WORDS = (24.0, 17.0)  # least width beside a symbol, least height below one

_NUMBER = r"(\d{1,4}(?:\.\d{1,2})?)"
_PAIR = re.compile(rf"{_NUMBER}[x×*]{_NUMBER}")


class BadLabel(ValueError):
    """The numbers make no label; `what` says why, `numbers` which.

    `unclear`: not understood; `off_page`: the labels do not fit the page; `too_small`: the symbol
    reads from `reads` metres, `wanted` were asked for.
    """

    def __init__(self, what: str, **numbers: str) -> None:
        self.what = what
        self.numbers = numbers
        super().__init__(f"{what}: {numbers}")


@dataclass(frozen=True, slots=True)
class Label:
    """Size of a label, how many stand on a page, and from where it is to be read.

    Millimetres, pairs are (across, down); `margin` is left and top of the first label, `reads` the
    distance in metres that is asked for.
    """

    size: tuple[float, float]
    grid: tuple[int, int] = (1, 1)
    gap: tuple[float, float] = (0.0, 0.0)
    margin: tuple[float, float] = (0.0, 0.0)
    page: tuple[float, float] = A4
    reads: float = NEAREST


def read_label(text: str) -> Label:
    """Return the label that `70x37,grid=3x8,gap=0x0,margin=0x0.5,page=210x297,reads=0.4` names.

    Only the size is needed: a page is then A4 with as many labels as fit, in its middle;
    `page=roll` is a page of one label. Raises BadLabel.
    """
    size, *rest = re.split(r"[,;，；\s]+", text.strip().lower())
    given = dict(part.partition("=")[::2] for part in rest)
    if len(given) < len(rest) or not given.keys() <= {"grid", "gap", "margin", "page", "reads"}:
        raise BadLabel("unclear", text=text[:60])
    label = _pair(size)
    gap = _pair(given.get("gap", "0x0"))
    roll = given.get("page") == "roll"
    page = label if roll else _pair(given["page"]) if "page" in given else A4
    if min(label) <= 0 or max(page) > LARGEST:
        raise BadLabel("unclear", text=text[:60])
    room = [math.floor((page[at] + gap[at]) / (label[at] + gap[at]) + 1e-6) for at in (0, 1)]
    grid = _pair(given["grid"]) if "grid" in given else (float(room[0]), float(room[1]))
    across, down = int(grid[0]), int(grid[1])
    if not (grid[0].is_integer() and grid[1].is_integer()):
        raise BadLabel("unclear", text=text[:60])
    filled = [grid[at] * label[at] + (grid[at] - 1) * gap[at] for at in (0, 1)]
    middle = ((page[0] - filled[0]) / 2, (page[1] - filled[1]) / 2)
    margin = _pair(given["margin"]) if "margin" in given else middle
    reads = _number(given["reads"].removesuffix("m")) if "reads" in given else NEAREST
    return Label(label, (across, down), gap, margin, page, reads)


def label_sheet(label: Label, modules: int = USUAL_MODULES) -> Sheet:
    """Return the sheet of such labels for symbols of `modules` across, quiet zone included.

    Raises BadLabel `off_page` or `too_small`.
    """
    (width, height), (columns, rows) = label.size, label.grid
    last = [
        label.margin[at] + label.grid[at] * label.size[at] + (label.grid[at] - 1) * label.gap[at]
        for at in (0, 1)
    ]
    if (
        not 1 <= columns * rows <= MOST_ON_A_SHEET
        or min(columns, rows) < 1
        or min(label.margin) < 0
    ):
        raise BadLabel("off_page", size=f"{width:g}×{height:g}")
    if last[0] > label.page[0] + 0.01 or last[1] > label.page[1] + 0.01:
        raise BadLabel("off_page", size=f"{width:g}×{height:g}")
    beside = min(height - 2 * _EDGE, width - 3 * _EDGE - max(_WORDS[0], width * 0.32))
    above = min(width - 2 * _EDGE, height - 2 * _EDGE - _WORDS[1])
    side = max(beside, above)
    reads = reading_distance(side, modules)
    if reads < max(label.reads, NEAREST):
        raise BadLabel("too_small", reads=f"{max(reads, 0):.1f}", wanted=f"{label.reads:g}")
    corners = [
        (
            label.margin[0] + column * (width + label.gap[0]),
            label.margin[1] + row * (height + label.gap[1]),
        )
        for row in range(rows)
        for column in range(columns)
    ]
    return Sheet(
        "label",
        tuple(
            Place(x + _EDGE, y + (height - side) / 2, side)
            if beside >= above
            else Place(x + (width - side) / 2, y + _EDGE, side)
            for x, y in corners
        ),
        {
            "page": label.page,
            "size": label.size,
            "corners": corners,
            "beside": beside >= above,
            "edge": _EDGE,
            "cut": label.page != label.size,
        },
        label.reads,
    )


def reading_distance(side: float, modules: int) -> float:
    """Return from how many metres a symbol `side` millimetres wide reads, in whole decimetres."""
    return math.floor(side / modules * METRES_PER_MILLIMETRE * 10 + 0.05) / 10


def _pair(text: str) -> tuple[float, float]:
    found = _PAIR.fullmatch(text)
    if found is None:
        raise BadLabel("unclear", text=text[:60])
    return float(found[1]), float(found[2])


def _number(text: str) -> float:
    if not re.fullmatch(_NUMBER, text):
        raise BadLabel("unclear", text=text[:60])
    return float(text)

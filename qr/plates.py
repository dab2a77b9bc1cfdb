"""Door plates: the code of a premises with the shop's name, for the door or for the counter. No
notice stands on them: letters stuck on shop glass are themselves cleared as a violation, so the
plate is the one thing at the door and everything else is behind its code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qr.labels import BadLabel, reading_distance
from qr.payload import host_of
from qr.press import Progress, run
from qr.sheet import Place, Sheet
from qr.symbol import drawing, modules_across

# A5, one plate a page. 41 modules of 3.1 mm: three pixels a module for a phone at 1.5 m.
OUTDOOR = Sheet("outdoor", (Place(10.5, 41.0, 127.0),))
# A4, eight stickers. Modules of 1.2 mm read to about 0.5 m only, hence marked for indoor use.
INDOOR = Sheet(
    "indoor",
    tuple(
        Place(12.5 + 95 * column, 14.0 + 69.25 * row, 49.2)
        for row in range(4)
        for column in range(2)
    ),
)


@dataclass(frozen=True, slots=True)
class Plate:
    """What one plate shows. `url` comes from `door_url`, `number` carries its check character;
    `contacts` are offices and their lines such as 12345, never a private phone.

    A blank plate has no `shop_name`: there is a line to write it on, and `number` is its serial.
    """

    url: str
    shop_name: str
    number: str
    lane: str
    township: str
    contacts: tuple[str, ...] = ()


def plate_sheet(
    plates: Sequence[Plate], layout: Sheet = OUTDOOR, progress: Progress | None = None
) -> bytes:
    """Return the PDF of all plates in order, OUTDOOR, INDOOR or labels, symbols as vectors.

    Raises MissingGlyph before the first page is set when a name cannot be printed, DoesNotFit when
    a text is too long for its place, BadLabel when a symbol is too fine for the distance asked for,
    ValueError when there is no plate.
    """
    side = min(place.side for place in layout.codes)

    def plain(plate: Plate) -> dict[str, Any]:
        reads = reading_distance(side, modules_across(len(plate.url)))
        if reads < layout.reads:
            raise BadLabel("too_small", reads=f"{reads:.1f}", wanted=f"{layout.reads:g}")
        return _plain(plate) | {"reads": f"{reads:g}"}

    return run(layout, plates, plain, progress)


def _plain(plate: Plate) -> dict[str, Any]:
    return {
        "shop_name": plate.shop_name,
        "number": plate.number,
        "lane": plate.lane,
        "township": plate.township,
        "contacts": list(plate.contacts),
        "host": host_of(plate.url),
        "symbol": drawing(plate.url),
    }

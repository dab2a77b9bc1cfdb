"""A notice as a poster: one A4 for those who want paper on the wall. It repeats what the door page
says on the day of printing and carries the door's code, behind which today's state stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any
from unicodedata import category, east_asian_width

from qr.payload import host_of
from qr.press import Progress, run, short_hash
from qr.sheet import Place, Sheet
from qr.symbol import drawing

POSTER = Sheet("poster", (Place(15.5, 240.0, 46.0),))

_POINT = 0.3528  # millimetres
_WIDTH, _HEIGHT = 170.0, 172.0  # of the text, millimetres
_SIZES = [17 - quarter / 4 for quarter in range(41)]  # points, 17 down to 7
_LINE, _BREAK, _INDENT = 1.62, 0.18, 2.0  # em: line pitch, more at a paragraph's end, its indent


@dataclass(frozen=True, slots=True)
class Poster:
    """One notice of one shop. `validity` is ready text, 2026年1月15日至2027年1月14日; `facts` are
    further public lines (parties, collection times), never a price or a private phone.
    """

    url: str
    door_number: str
    shop_name: str
    lane: str
    township: str
    title: str
    number: str
    version: str
    paragraphs: Sequence[str]
    validity: str
    text_hash: str
    facts: tuple[tuple[str, str], ...] = ()


def poster_pdf(posters: Sequence[Poster], progress: Progress | None = None) -> bytes:
    """Return the PDF of all posters in order, one A4 page each, type as large as the text allows.

    Raises MissingGlyph before the first page is set, DoesNotFit when a text would need more than
    its page, ValueError when there is no poster.
    """
    return run(POSTER, posters, _plain, progress)


def _plain(poster: Poster) -> dict[str, Any]:
    return {
        "title": poster.title,
        "shop_name": poster.shop_name,
        "number": poster.number,
        "lane": poster.lane,
        "township": poster.township,
        "paragraphs": list(poster.paragraphs),
        "sizes": _sizes(poster.paragraphs),
        "facts": [
            ("有效期", poster.validity),
            ("文书编号", f"{poster.number}　版本 {poster.version}"),
            ("门牌编号", poster.door_number),
            *poster.facts,
            ("校验码", short_hash(poster.text_hash)),
        ],
        "host": host_of(poster.url),
        "symbol": drawing(poster.url),
    }


def _sizes(paragraphs: Sequence[str]) -> list[float]:
    """Return the type sizes to try, in points, the first being the largest that should fit.

    Measuring in typst doubles the time of a page, so the first guess is made here; `press` has the
    page measured where it was wrong.
    """
    widths = [_INDENT + sum(map(_width, paragraph)) for paragraph in paragraphs]
    for place, size in enumerate(_SIZES):
        em = size * _POINT
        lines = sum(ceil(width * em / _WIDTH) for width in widths)
        if (lines * _LINE + len(widths) * _BREAK) * em <= _HEIGHT:
            return _SIZES[place:]
    return _SIZES[-1:]


@cache
def _width(character: str) -> float:
    """Return about how many em a character takes in a justified line, where marks are squeezed."""
    if east_asian_width(character) not in "WFA":
        return 0.55
    return 0.9 if category(character).startswith("P") else 1.0

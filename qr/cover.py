"""The cover sheet of a lane's pile: which shops it holds, in the order of the walk, with boxes to
tick at each door. A name with a character the font lacks shows 〓 in its place, as printers do, for
this sheet is the very one that has to name the shop.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from qr.fonts import missing_characters
from qr.press import press

PROBLEMS = {
    "no_code": "没有可用的门码",
    "glyph_missing": "字库缺字",
    "does_not_fit": "文字太长",
    "unreadable": "码读不出来",
}
"""Why a shop is not in the pile, in the words of the sheet."""

GETA = "〓"


@dataclass(frozen=True, slots=True)
class Row:
    """One shop: what of it lies in the pile, or why nothing does."""

    number: str
    name: str
    address: str
    plates: int
    posters: int
    problem: str = ""


def cover_pdf(township: str, lane: str, rows: Sequence[Row], imprint: str) -> bytes:
    """Return the cover sheet, as many A4 pages as the list takes."""
    listed = [
        asdict(row)
        | {
            "name": drawable(row.name),
            "address": drawable(row.address),
            "problem": PROBLEMS.get(row.problem, row.problem and "未印"),
        }
        for row in rows
    ]
    data = {"township": drawable(township), "lane": drawable(lane), "rows": listed}
    return press("cover", {**data, "imprint": drawable(imprint)})


def drawable(text: str) -> str:
    """Return `text` with 〓 for what cannot be drawn."""
    for character in missing_characters(text):
        text = text.replace(character, GETA)
    return text

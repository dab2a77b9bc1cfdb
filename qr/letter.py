"""Letters to shops that no text message reaches: one A4 each, with a slip to sign on receipt."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from qr.cover import drawable
from qr.press import press
from qr.symbol import drawing


@dataclass(frozen=True, slots=True)
class Letter:
    """What one shop is told; `notes` are (day, words), `url` its door's page or empty."""

    shop: str
    number: str
    lane: str
    township: str
    notes: Sequence[tuple[str, str]]
    url: str = ""


def letters_pdf(letters: Sequence[Letter], dated: str, office: str) -> bytes:
    """Return the letters in order; `dated` and `office` are ready text for the head and the slip.

    A character the font lacks shows 〓: a letter with one gap is better than none.
    """
    items = [
        {
            **{name: drawable(value) for name, value in asdict(letter).items() if name != "notes"},
            "notes": [[day, drawable(words)] for day, words in letter.notes],
            "symbol": drawing(letter.url) if letter.url else "",
        }
        for letter in letters
    ]
    return press("letter", {"items": items, "dated": dated, "office": drawable(office)})

"""The gate before anything leaves for the printer: every code on every page is drawn to pixels and
read by another library than the one that made it. A wrong plate costs a walk to the door.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from threading import Lock

import pypdfium2
import zxingcpp
from PIL.Image import Image

from qr.press import Progress
from qr.sheet import Place

# About 108 dots per inch: four pixels to the smallest module we print, where two suffice.
SCALE = 1.5
FINER = 3  # times as many for a code that did not read at first: a fine label, not a wrong one
KEPT_OPEN = (
    1000  # pages after which a file is opened anew, since the library keeps what it has read
)
_POINTS = 72 / 25.4  # to the millimetre
_PDFIUM = Lock()  # the library is not safe in threads, and two desks may print at once


class UnreadableCode(ValueError):
    """`page` (from 1) should show the code `expected` and does not; `found` is what stands there.

    `expected` is empty where a page shows a code that nobody ordered.
    """

    def __init__(self, page: int, expected: str, found: str = "") -> None:
        self.page = page
        self.expected = expected
        self.found = found
        super().__init__(
            f"page {page}: expected {expected or 'no code'}, read {found or 'nothing'}"
        )


def verify_codes(pdf: bytes, expected: Sequence[str], progress: Progress | None = None) -> None:
    """Read every code of `pdf` and compare with `expected`, in reading order.

    Raises UnreadableCode for the first that is missing, different or too many. `progress` is told
    how many pages are read, and of how many.
    """
    pages = []
    for image, total in _images(pdf):
        pages.append(_codes(image))
        if progress is not None:
            progress(len(pages), total)
    read = [(number, text) for number, texts in enumerate(pages, 1) for text in texts]
    each = max(map(len, pages), default=0) or 1
    for place, (found, wanted) in enumerate(zip_longest(read, expected)):
        if found is None or wanted is None or found[1] != wanted:
            lost = found is None or found[1] in expected[place:]
            page = place // each + 1 if lost or found is None else found[0]
            raise UnreadableCode(page, wanted or "", "" if lost or found is None else found[1])


@dataclass(frozen=True, slots=True)
class Unread:
    """On `page` (from 1) the code `expected` should stand and does not; `found` is read there."""

    page: int
    expected: str
    found: str


Codes = Sequence[tuple[Place, str]]
"""Where the codes of a page stand, and what they say."""


def unread_codes(
    pdf: bytes, pages: Sequence[Codes], progress: Progress | None = None
) -> list[Unread]:
    """Read every code of `pdf` where it stands and return those that do not say what they should.

    Only the codes' own places are drawn to pixels, a third of the work of whole pages. Raises
    ValueError when the file has another number of pages than `pages`.
    """
    wrong = []
    for start in range(0, max(len(pages), 1), KEPT_OPEN):
        with _opened(pdf) as document:
            if len(document) != len(pages):
                raise ValueError(f"{len(document)} pages instead of {len(pages)}")
            for number, codes in enumerate(pages[start : start + KEPT_OPEN], start):
                for place, expected in codes:
                    found = _read_at(document, number, place)
                    if found != expected:
                        wrong.append(Unread(number + 1, expected, found))
                if progress is not None:
                    progress(number + 1, len(pages))
    return wrong


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        with _PDFIUM:
            document.close()


def _read_at(document: pypdfium2.PdfDocument, number: int, place: Place) -> str:
    """Return what the one code at a place says, "" for none."""
    for scale in (SCALE, SCALE * FINER):
        with _PDFIUM:
            page = document[number]
            width, height = page.get_size()
            left, top = place.x * _POINTS, place.y * _POINTS
            right, bottom = width - left - place.side * _POINTS, height - top - place.side * _POINTS
            crop = tuple(max(edge, 0) for edge in (left, bottom, right, top))
            bitmap = page.render(scale=scale, grayscale=True, crop=crop)
            image = bitmap.to_pil().copy()
            bitmap.close()
            page.close()
        found = _codes(image)
        if len(found) == 1:
            return found[0]
    return ""


def _images(pdf: bytes) -> Iterator[tuple[Image, int]]:
    """Give each page as grey pixels, and how many there are."""
    with _opened(pdf) as document:
        for number in range(total := len(document)):
            with _PDFIUM:
                page = document[number]
                bitmap = page.render(scale=SCALE, grayscale=True)
                image = bitmap.to_pil().copy()
                bitmap.close()
                page.close()
            yield image, total


def _codes(image: Image) -> list[str]:
    """Return what the codes of a page say, row by row from the top, each row from the left."""
    found = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    rows: list[list[tuple[int, int, str]]] = []
    for y, x, text in sorted((c.position.top_left.y, c.position.top_left.x, c.text) for c in found):
        if rows and y - rows[-1][0][0] < image.height // 20:
            rows[-1].append((y, x, text))
        else:
            rows.append([(y, x, text)])
    return [text for row in rows for _, _, text in sorted(row, key=lambda code: code[1])]

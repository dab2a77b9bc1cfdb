"""The gate before anything leaves for the printer: every code on every page is drawn to pixels and
read by another library than the one that made it. A wrong plate costs a walk to the door.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from threading import Lock

import pypdfium2
import zxingcpp
from PIL.Image import Image

from qr.press import Progress

# About 108 dots per inch: four pixels to the smallest module we print, where two suffice.
SCALE = 1.5
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


def _images(pdf: bytes) -> Iterator[tuple[Image, int]]:
    """Give each page as grey pixels, and how many there are."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(total := len(document)):
            with _PDFIUM:
                page = document[number]
                bitmap = page.render(scale=SCALE, grayscale=True)
                image = bitmap.to_pil().copy()
                bitmap.close()
                page.close()
            yield image, total
    finally:
        with _PDFIUM:
            document.close()


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

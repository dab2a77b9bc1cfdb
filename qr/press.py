"""The one place that runs typst. Data reaches a layout as JSON and never as markup, so a shop named
`#panic()` is printed and not run; and no text passes that the font cannot draw.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pikepdf
import typst

from qr.fonts import check_glyphs, font_folder, missing_characters
from qr.sheet import Sheet

LAYOUTS = Path(__file__).parent / "layouts"
CHUNK = 144  # the posters of 36 shops, set at once; a page takes a quarter of a megabyte

Progress = Callable[[int, int], None]
Item = TypeVar("Item")


class DoesNotFit(ValueError):
    """The text is too long for the sheet even in the smallest type; `owner` is its number."""

    def __init__(self, message: str) -> None:
        self.owner = message.partition("does not fit: ")[2].split("\n")[0].strip()
        super().__init__(message)


def press(
    layout: str, data: dict[str, Any], *, standards: Sequence[Any] = (), tagged: bool = False
) -> bytes:
    """Return the PDF of `layouts/<layout>.typ` filled with `data`; the same data, the same bytes.

    Raises MissingGlyph before anything is drawn, DoesNotFit when the layout says so.
    """
    _check(data)
    return _set(layout, data, standards, tagged=tagged)


def run(
    sheet: Sheet,
    items: Sequence[Item],
    plain: Callable[[Item], dict[str, Any]],
    progress: Progress | None = None,
) -> bytes:
    """Return one PDF of all `items`, each made plain by `plain`, set in chunks of whole pages.

    `progress` is told how many items are done, and of how many. Raises ValueError when there is
    nothing to print, MissingGlyph before the first page is set.
    """
    if not items:
        raise ValueError("nothing to print")
    data = [plain(item) for item in items]
    _check(data)

    def parts() -> Iterator[bytes]:
        step = max(CHUNK // len(sheet.codes), 1) * len(sheet.codes)
        for start in range(0, len(data), step):
            yield _chunk(sheet, data[start : start + step])
            if progress is not None:
                progress(min(start + step, len(data)), len(data))

    return joined(parts())


def _chunk(sheet: Sheet, items: list[dict[str, Any]]) -> bytes:
    """Set one chunk with its estimated type sizes; measure only if a text ran onto another page."""
    codes = [[code.x, code.y, code.side] for code in sheet.codes]
    content = {"codes": codes, "frame": dict(sheet.frame), "items": items}
    done = _set(sheet.layout, {**content, "measured": False})
    if page_count(done) > -(-len(items) // len(sheet.codes)):
        done = _set(sheet.layout, {**content, "measured": True})
    return done


def _set(
    layout: str, data: dict[str, Any], standards: Sequence[Any] = (), *, tagged: bool = False
) -> bytes:
    compiler = typst.Compiler(
        LAYOUTS / f"{layout}.typ", root=LAYOUTS, font_paths=_fonts(), ignore_system_fonts=True
    )
    try:
        done = compiler.compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=list(standards),
            pdf_tags=tagged,
        )
    except typst.TypstError as error:
        if "does not fit" in error.message:
            raise DoesNotFit(error.message) from error
        raise
    if not isinstance(done, bytes):
        raise TypeError("typst gave no single PDF")
    return done


def _check(data: Any) -> None:
    texts = list(texts_of(data))
    if missing_characters("".join(texts)):
        for text in texts:
            check_glyphs(text)


def page_count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def joined(parts: Iterable[bytes]) -> bytes:
    """Return one PDF of all pages of `parts`, in order; the same parts, the same bytes."""
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        return _saved(whole)


def forget() -> None:
    """Let the setter give back the pages it remembers: those of its last ten runs."""
    for _ in range(12):
        typst.compile(b"", font_paths=_fonts())


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a PDF, to be put into another order by `piled`; it keeps that PDF open."""

    pdf: pikepdf.Pdf
    at: int


def leaves(pdf: bytes) -> list[Leaf]:
    """Return the pages of a PDF."""
    opened = pikepdf.open(io.BytesIO(pdf))
    return [Leaf(opened, at) for at in range(len(opened.pages))]


def piled(pages: Sequence[Leaf]) -> bytes:
    """Return one PDF of `pages`, in order; the same pages, the same bytes."""
    with pikepdf.new() as whole:
        for leaf in pages:
            whole.pages.append(leaf.pdf.pages[leaf.at])
        return _saved(whole)


def _saved(whole: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def short_hash(text_hash: str) -> str:
    """Return the first 16 hex digits as 3F2A 91C0 D4E7 05B1, short enough to compare aloud."""
    head = text_hash[:16].upper()
    return " ".join(head[start : start + 4] for start in range(0, len(head), 4))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )


def texts_of(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from texts_of(list(data.values()))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts_of(value)

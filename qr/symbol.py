"""The QR symbol as a matrix, and its three drawings: SVG, PNG and a vector path for paper.

Level H and no logo inside: measured, a symbol that is 15 % covered still reads, while a logo costs
a whole level. The mask is chosen as the standard asks, because fixed masks read worse when
damaged; `qrcode` spends three quarters of its time on that choice, so it is made here on whole
matrices held as integers, bit for bit with the same result.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import qrcode
from PIL import Image
from qrcode import constants, util

QUIET_ZONE = 4  # modules, ISO/IEC 18004; with none at all no decoder found the symbol


@dataclass(frozen=True, slots=True)
class Symbol:
    """A finished symbol without its quiet zone: `modules[row][column]`, true is dark."""

    text: str
    modules: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules along one side, quiet zone not counted."""
        return len(self.modules)

    @property
    def version(self) -> int:
        return (self.size - 17) // 4

    def bars(self) -> list[tuple[int, int, int]]:
        """Return the dark modules as (column, row, width), neighbours in a row merged."""
        found = []
        for y, row in enumerate(self.modules):
            start = None
            for x, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    found.append((start, y, x - start))
                    start = None
        return found

    def outline(self, offset: int = 0) -> str:
        """Return one SVG path of all bars; being one, it leaves no hairlines between rows."""
        return "".join(
            f"M{x + offset} {y + offset}h{width}v1h-{width}z" for x, y, width in self.bars()
        )

    def svg(self) -> str:
        """Return a self-contained SVG, black on white, quiet zone included, one unit a module."""
        side = self.size + 2 * QUIET_ZONE
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
            ' shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
            f'<path d="{self.outline(QUIET_ZONE)}"/></svg>'
        )

    def png(self, box: int = 8) -> bytes:
        """Return a black and white PNG, `box` pixels a module, quiet zone included."""
        side = self.size + 2 * QUIET_ZONE
        image = Image.new("1", (side, side), 1)
        for x, y, width in self.bars():
            left, top = x + QUIET_ZONE, y + QUIET_ZONE
            image.paste(0, (left, top, left + width, top + 1))
        out = io.BytesIO()
        image.resize((side * box, side * box), Image.Resampling.NEAREST).save(out, "PNG")
        return out.getvalue()


def symbol(text: str) -> Symbol:
    """Return the level H symbol of `text` in the smallest version that holds it."""
    code = _FastQR(error_correction=constants.ERROR_CORRECT_H)
    code.add_data(text, optimize=0)
    code.make()
    return Symbol(text, tuple(tuple(bool(dark) for dark in row) for row in code.modules))


@lru_cache(maxsize=4096)
def drawing(text: str) -> str:
    """Return `symbol(text).svg()`; a district's are kept, since a shop's five sheets share one."""
    return symbol(text).svg()


@lru_cache(maxsize=64)
def modules_across(length: int) -> int:
    """Return the modules of a door code of so many characters, quiet zone included.

    All of them are capitals, digits and marks of the alphanumeric mode, so the length decides.
    """
    return symbol("A" * length).size + 2 * QUIET_ZONE


class _FastQR(qrcode.QRCode):  # type: ignore[misc]
    """`qrcode` with the choice of the mask made on integers: one bit a module, row after row."""

    def map_data(self, data: list[int], mask_pattern: int) -> None:
        self.free = tuple(tuple(dark is None for dark in row) for row in self.modules)
        super().map_data(data, mask_pattern)

    def best_mask_pattern(self) -> int:
        """Return the first mask with the fewest penalty points (ISO/IEC 18004, 7.8.3)."""
        self.makeImpl(True, 0)
        bits = _bits(self.modules)
        masks = _masks(self.free)
        return min(
            range(8),
            key=lambda pattern: _penalty(bits ^ masks[0] ^ masks[pattern], self.modules_count),
        )


def _bits(rows: Iterable[Iterable[bool | None]]) -> int:
    return int("".join("1" if dark else "0" for row in rows for dark in row), 2)


@lru_cache(maxsize=8)
def _masks(free: tuple[tuple[bool, ...], ...]) -> list[int]:
    """Return each mask over the modules that carry data."""
    size = range(len(free))
    return [
        _bits([[free[r][c] and bool(mask(r, c)) for c in size] for r in size])
        for mask in map(util.mask_func, range(8))
    ]


@lru_cache(maxsize=64)
def _inside(size: int, length: int, step: int) -> int:
    """Return the places from which `length` modules, `step` apart, stay within a row or column."""
    # The first module of the matrix is the highest bit, so windows open towards its beginning.
    along = range(size)
    return _bits([[(c if step == 1 else r) >= length - 1 for c in along] for r in along])


_LIKE_A_FINDER = ("10111010000", "00001011101")


def _penalty(bits: int, size: int) -> int:
    """Return the penalty points: runs, squares, likeness to a finder, balance of dark and light."""
    light = bits ^ ((1 << size * size) - 1)
    points = 0
    for step in (1, size):
        alike = ~(bits ^ (bits >> step)) & _inside(size, 2, step)
        runs = alike & (alike >> step) & (alike >> 2 * step) & (alike >> 3 * step)
        begun = runs & ~(runs << step)
        points += runs.bit_count() + 2 * begun.bit_count()
        for pattern in _LIKE_A_FINDER:
            found = _inside(size, len(pattern), step)
            for place, dark in enumerate(pattern):
                found &= (bits if dark == "1" else light) >> place * step
            points += 40 * found.bit_count()
    across = ~(bits ^ (bits >> 1)) & _inside(size, 2, 1)
    down = ~(bits ^ (bits >> size)) & _inside(size, 2, size)
    points += 3 * (across & (across >> size) & down).bit_count()
    share = bits.bit_count() / size**2
    return points + 10 * int(abs(share * 100 - 50) / 5)

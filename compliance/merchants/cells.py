"""Cells: what a spreadsheet hands over, made into text, numbers and days without guessing.

A spreadsheet stores a phone as a float, a day as a serial number, a code with a stray apostrophe;
each reader here takes any of those shapes and raises ValueError for what is not one of them.
"""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta

from compliance.merchants.identifiers import half_width

Cell = str | float | int | bool | date | datetime | time | timedelta | None

# Beyond 15 digits a spreadsheet has rounded what was typed.
EXACT_BELOW = 10**15
SERIAL_ZERO = date(1899, 12, 30)
YEARS = range(2000, 2101)

# Nearly every cell: nothing to clean, nothing to compose.
_CLEAN = re.compile(r"[\x21-\x26\x28-\x3c\x3e-\x7e\u4e00-\u9fa5]*")
_BLANKS = str.maketrans({"\u00a0": " ", "\t": " ", "\r": " ", "\n": " ", "\x0b": " ", "\x0c": " "})
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_FORMULA_TEXT = re.compile(r'="(.*)"')
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = re.compile(rf"(?<=[{_IDEOGRAPHS}]) +(?=[{_IDEOGRAPHS}])")
_UNIT = re.compile(r"(?:平方米|平米|㎡|m2|m²|平|米|m|°[EN]?|度)$", re.IGNORECASE)
_FIGURES = {
    code: code - 0xFEE0
    for code in range(0xFF01, 0xFF5F)
    if chr(code - 0xFEE0).isalnum() or chr(code) == "－"
}
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """Return the cell as clean text: NFC, single spaces, no invisible or direction characters."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = cell if isinstance(cell, str) else str(cell)
    if _CLEAN.fullmatch(text):
        return text
    quoted = _FORMULA_TEXT.fullmatch(text.strip())
    text = quoted[1] if quoted else text.strip().removeprefix("'")
    text = _UNSEEN.sub("", text.translate(_BLANKS))
    return " ".join(unicodedata.normalize("NFC", text).split())


def close_up(text: str) -> str:
    """Return `text` without the spaces that lists put between ideographs to align names."""
    return _GAP.sub("", text)


def half_width_figures(text: str) -> str:
    """Return `text` with full-width letters and digits made half-width, punctuation left alone."""
    return text.translate(_FIGURES)


def is_rounded(cell: Cell) -> bool:
    """Return whether a long code was stored as a number and has lost its last digits."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return abs(cell) >= EXACT_BELOW
    return _ROUNDED.fullmatch(half_width(text_of(cell))) is not None


def number_of(cell: Cell) -> float | None:
    """Return the number in the cell, None for an empty one; a unit behind it is dropped."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        number = float(cell)
    else:
        text = re.sub("[ ,]", "", half_width(text_of(cell))).removeprefix("约")
        if not text:
            return None
        number = float(_UNIT.sub("", text).replace("_", "?"))  # float() would take 1_000
    if not math.isfinite(number):
        message = f"not a number: {cell!r}"
        raise ValueError(message)
    return number


def day_of(cell: Cell) -> date | None:
    """Return the day in the cell, None for an empty one.

    Shapes: a date cell, `2027-08-11`, `2027/8/11`, `2027.8.11`, `2027年8月11日`, `20270811`, a
    serial number of the spreadsheet (days since 1899-12-30); years 2000 to 2100.
    """
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    else:
        text = half_width(text_of(cell))
        if not text:
            return None
        day = _day_in(text)
    if day.year not in YEARS:
        message = f"no day of a contract: {day}"
        raise ValueError(message)
    return day


def _day_in(text: str) -> date:
    figures = re.fullmatch(r"(\d+)(?:\.\d+)?", text)
    if figures and len(figures[1]) == 8:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    if figures and len(figures[1]) == 5:
        return SERIAL_ZERO + timedelta(days=int(figures[1]))
    shape = _DAY.fullmatch(text)
    if shape is None:
        message = f"not a day: {text!r}"
        raise ValueError(message)
    return date(int(shape[1]), int(shape[2]), int(shape[3]))

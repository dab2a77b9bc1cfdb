"""Tables: spreadsheet bytes into plain rows, and back; nothing else touches cells of a file.

In: .xlsx, and .csv in UTF-8 (with or without BOM), UTF-16 with BOM or GB18030; the content decides,
not the name. A workbook is opened in a process of its own (`unpacking.py`), so that a file made to
hurt costs a child process and nobody else anything. Out: .xlsx whose texts are texts and never
formulas.
"""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from compliance.errors import InvalidInput
from compliance.merchants.cells import Cell
from compliance.merchants.importing import Sheet
from merchants_app import unpacking

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_FILE = 20 * 2**20
MOST_TEXT = 32_767
"""Characters Excel keeps in a cell."""

SCRIPT = [sys.executable, "-I", str(Path(unpacking.__file__))]
SECONDS = 60

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NARROWEST, _WIDEST = 8, 48


def read_tables(data: bytes, filename: str) -> list[Sheet]:
    """Return the visible sheets of an .xlsx, or the one of a .csv named after the file.

    Rows carry their number in the file. A value that spans rows of one column stands in each.

    Raises InvalidInput: `import.file_empty`, `import.file_too_large`, `import.too_many_cells`,
    `import.file_old_excel` (.xls, or locked with a password), `import.file_not_a_table`,
    `import.file_damaged`, `import.file_encoding`.
    """
    if not data.strip():
        raise InvalidInput("import.file_empty")
    if len(data) > LARGEST_FILE:
        raise InvalidInput("import.file_too_large", most=f"{LARGEST_FILE >> 20} MB")
    if data.startswith(_ZIP):
        return _read_xlsx(data)
    if data.startswith(_OLE):
        raise InvalidInput("import.file_old_excel")
    return [Sheet(PurePath(filename.replace("\\", "/")).stem, _read_csv(data))]


def _read_xlsx(data: bytes) -> list[Sheet]:
    try:
        done = subprocess.run(  # noqa: S603 (our own script, the bytes go in by the pipe)
            SCRIPT, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_many_cells() from None
    if done.returncode == unpacking.NOT_A_WORKBOOK:
        raise InvalidInput("import.file_not_a_table")
    if done.returncode == unpacking.TOO_MANY_CELLS or done.returncode < 0:  # killed by a limit
        raise _too_many_cells()
    if done.returncode:
        raise InvalidInput("import.file_damaged")
    sheets = json.loads(done.stdout, object_hook=_day_or_instant)
    return [Sheet(name, list(enumerate(rows, start=1))) for name, rows in sheets]


def _day_or_instant(told: dict[str, str]) -> date:
    return (
        datetime.fromisoformat(told["instant"])
        if "instant" in told
        else date.fromisoformat(told["day"])
    )


def _too_many_cells() -> InvalidInput:
    return InvalidInput(
        "import.too_many_cells", rows=unpacking.MOST_ROWS, cells=unpacking.MOST_CELLS
    )


def _read_csv(data: bytes) -> list[tuple[int, Sequence[Cell]]]:
    text = _decode(data)
    if "\x00" in text:
        raise InvalidInput("import.file_not_a_table")
    delimiter = max(",\t;", key=text[:4096].count)
    rows: list[tuple[int, Sequence[Cell]]] = []
    cells = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        ):
            cells += len(row)
            if number > unpacking.MOST_ROWS or cells > unpacking.MOST_CELLS:
                raise _too_many_cells()
            rows.append((number, row))
    except csv.Error as error:
        raise InvalidInput("import.file_damaged") from error
    return rows


def _decode(data: bytes) -> str:
    codecs = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("import.file_encoding")


def write_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an .xlsx of one sheet: title, header frozen above the rows, a filter on the header.

    Texts are written as texts whatever they begin with; days and instants as dates (instants must
    be in the zone they are to be read in).
    """
    held = io.BytesIO()
    # The writer keeps one row at a time, so a ledger of years needs no more memory than a day's.
    with Workbook(held, {"constant_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet(_NOT_IN_SHEET_NAMES.sub(" ", title).strip(" '")[:31] or "1")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_string(0, 0, title[:MOST_TEXT], book.add_format({"bold": True, "size": 14}))
        widths = [_width(header) for header in headers]
        for at, header in enumerate(headers):
            sheet.write_string(1, at, header, bold)
        last = 1
        for last, row in enumerate(rows, start=2):
            for at, cell in enumerate(row):
                _write_cell(sheet, last, at, cell, day, instant)
                widths[at] = max(widths[at], _width(cell))
        for at, width in enumerate(widths):
            sheet.set_column(at, at, min(max(width + 2, _NARROWEST), _WIDEST))
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, last, len(headers) - 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return held.getvalue()


def _write_cell(
    sheet: Worksheet, row: int, at: int, cell: Cell, day: Format, instant: Format
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, at, cell, instant)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, day)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, at, cell)
    else:
        sheet.write_string(row, at, str(cell)[:MOST_TEXT])


def _width(cell: Cell) -> int:
    """Return about how many digits wide a cell shows; an ideograph is two wide."""
    if isinstance(cell, datetime):
        return 16
    return sum(1 if letter.isascii() else 2 for letter in str(cell)) if cell is not None else 0

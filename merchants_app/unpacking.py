"""A workbook is unpacked in a process of its own, which does nothing else and may die of it.

A file of 5 KB may unpack to gigabytes, or hold one cell in the last corner of a sheet, for which
the reader sets aside memory for every cell before it and takes its whole process down. Run as a
script: the .xlsx comes on standard input; out goes JSON, a list of [sheet name, rows], where days
and instants are `{"day": "2027-08-11"}` and `{"instant": "2027-08-11T09:30:00"}`. Limits on memory
and processor time are set before the first byte is looked at. Exit status: 0 done, 3 damaged, 4 too
many cells, 5 a zip, but no workbook.
"""

import json
import resource
import sys
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY_BYTES = 768 * 2**20
CPU_SECONDS = 20
LARGEST_UNPACKED = 256 * 2**20
MOST_ROWS = 100_000
MOST_CELLS = 2_000_000

DAMAGED = 3
TOO_MANY_CELLS = 4
NOT_A_WORKBOOK = 5


class NotAWorkbookError(Exception):
    """A zip of something else."""


def limit_resources() -> None:
    """Let this process have no more than a large list needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unpack(data: bytes) -> list[tuple[str, list[list[object]]]]:
    """Return the visible sheets with their rows; raises what the reader raises."""
    check_stated_size(data)
    with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        sheets = [(name, rows_of(book, name)) for name in names]
    if sum(len(row) for _, rows in sheets for row in rows) > MOST_CELLS:
        raise MemoryError
    return sheets


def check_stated_size(data: bytes) -> None:
    """Refuse early what says itself that it is too large; what lies meets the limits above."""
    with ZipFile(BytesIO(data)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise NotAWorkbookError
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise MemoryError


def rows_of(book: CalamineWorkbook, name: str) -> list[list[object]]:
    """Return all rows from the first; a value merged down a column stands in each of its rows."""
    sheet = book.get_sheet_by_name(name)
    rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    if len(rows) > MOST_ROWS:
        raise MemoryError
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if left == right and top < len(rows) and left < len(rows[top]):
            for below in rows[top + 1 : bottom + 1]:
                below[left] = rows[top][left]
    return rows


def told(cell: object) -> object:
    """Return what JSON has no word for in words of our own."""
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else str(cell)


def main() -> int:
    """Unpack what comes in, or say by the exit status why not."""
    limit_resources()
    try:
        answer = json.dumps(unpack(sys.stdin.buffer.read()), default=told)
    except MemoryError:
        return TOO_MANY_CELLS
    except NotAWorkbookError:
        return NOT_A_WORKBOOK
    except Exception:  # noqa: BLE001 (readers raise anything on broken files; all mean the same)
        return DAMAGED
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Importing: a merchant list as a desk really keeps it, read row by row into what can be stored.

Nothing is stored here. Every data row gets an outcome: `good`, `warned` (taken, with something to
look after), `refused` (named with sheet, row, column, value and reason) or `repeated` (the same
line stood further up). Good rows never wait for bad ones. A line is the same again when credit
code, name and address are those of a line already taken.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from compliance.errors import InvalidInput
from compliance.merchants.cells import Cell, text_of
from compliance.merchants.columns import Column, Header, find_header, only_system
from compliance.merchants.gazetteer import Gazetteer
from compliance.merchants.positions import Crs
from compliance.merchants.reading import RowReader
from compliance.merchants.rows import MerchantRow, Problem, Severity

_SPEAKS_OF_POSITIONS = ("坐标", "经纬度", "经度", "coordinate", "longitude")
_TOTAL_WORDS = ("合计", "总计", "小计", "共计", "累计", "总户数", "total", "sum", "subtotal")
_FOOTER_WORDS = (
    "填表",
    "制表",
    "审核",
    "负责人签字",
    "单位盖章",
    "注:",
    "注：",
    "备注:",
    "备注：",
    "说明",
)
_FOOTER_CELLS = 2
_NOT_A_SHOP = {Column.SERIAL, Column.NOTE, Column.TOWNSHIP, Column.CRS}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file: its name, and its rows as (number in the file from 1, cells)."""

    name: str
    rows: Sequence[tuple[int, Sequence[Cell]]]


class Outcome(StrEnum):
    """What becomes of a data row."""

    GOOD = "good"
    WARNED = "warned"
    REFUSED = "refused"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: where it stands, what becomes of it, what it says, what is wrong with it.

    `merchant` is there exactly when the row is taken (`good` or `warned`).
    """

    sheet: str
    row: int
    outcome: Outcome
    merchant: MerchantRow | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file read: its lines in order, lanes to be created, and what was left aside.

    `sheet_problems` name sheets that hold a list but lack a required column; `ignored_sheets` hold
    no list; `ignored_columns` are (sheet, title) of columns that are not read.
    """

    lines: tuple[Line, ...]
    new_lanes: tuple[tuple[str, str], ...] = ()
    sheet_problems: tuple[Problem, ...] = ()
    ignored_sheets: tuple[str, ...] = ()
    ignored_columns: tuple[tuple[str, str], ...] = ()

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows came to each outcome."""
        return Counter(line.outcome for line in self.lines)

    @property
    def taken(self) -> Iterator[MerchantRow]:
        """The rows to be stored, in the order of the file."""
        return (line.merchant for line in self.lines if line.merchant)

    @property
    def problems(self) -> Iterator[Problem]:
        """Everything to be told to the desk, sheets first, then in the order of the file."""
        yield from self.sheet_problems
        for line in self.lines:
            yield from line.problems

    @property
    def failed(self) -> bool:
        """Whether anything was refused, which makes the import end with exit status 1."""
        return bool(self.sheet_problems) or self.counts[Outcome.REFUSED] > 0


@dataclass
class _Reading:
    """What is carried from row to row while a file is read."""

    gazetteer: Gazetteer
    create_lanes: bool
    lines: list[Line] = field(default_factory=list)
    taken: dict[str, Line] = field(default_factory=dict)
    new_lanes: dict[tuple[str, str], None] = field(default_factory=dict)


def parse(sheets: Sequence[Sheet], gazetteer: Gazetteer, *, create_lanes: bool = False) -> Parsed:
    """Return every data row of `sheets` with its outcome.

    Sheets without a header row are left aside (notes, summaries). With `create_lanes` an unknown
    lane is no fault; it is listed in `new_lanes` as (township code, name), once. Positions are
    WGS-84 unless a column, a header, the lines above it or a notes sheet name another system.

    Raises InvalidInput `import.no_header` when no sheet holds a list, `import.columns_missing` when
    all that do lack a required column, `import.no_rows` when there is no data row.
    """
    found = [(sheet, find_header([cells for _, cells in sheet.rows])) for sheet in sheets]
    lists = [(sheet, header) for sheet, header in found if header]
    if not lists:
        raise InvalidInput("import.no_header")
    notes = [sheet for sheet, header in found if not header]
    file_crs = _told_system([cells for sheet in notes for _, cells in sheet.rows])
    reading = _Reading(gazetteer, create_lanes)
    lacking: list[Problem] = []
    for sheet, header in lists:
        missing = _missing_columns(sheet, header, gazetteer)
        if missing:
            lacking.append(_columns_missing(sheet, header, missing))
            continue
        above = _told_system([cells for _, cells in sheet.rows[: header.index]])
        _read_sheet(reading, sheet, header, header.crs or above or file_crs or Crs.WGS84)
    if len(lacking) == len(lists):
        first = lacking[0]
        raise InvalidInput(
            "import.columns_missing", sheet=first.sheet, row=first.row, value=first.value
        )
    if not reading.lines:
        raise InvalidInput("import.no_rows")
    return Parsed(
        tuple(reading.lines),
        tuple(reading.new_lanes),
        tuple(lacking),
        tuple(sheet.name for sheet in notes),
        tuple((sheet.name, title) for sheet, header in lists for title in header.ignored),
    )


def _missing_columns(sheet: Sheet, header: Header, gazetteer: Gazetteer) -> list[Column]:
    missing = header.missing
    if Column.TOWNSHIP not in header.places and not gazetteer.township(sheet.name):
        missing.append(Column.TOWNSHIP)
    return missing


def _columns_missing(sheet: Sheet, header: Header, missing: Sequence[Column]) -> Problem:
    return Problem(
        sheet=sheet.name,
        row=sheet.rows[header.index][0],
        column=header.title(*missing),
        value="、".join(f"{column.heading} ({column.value})" for column in missing),
        code="import.columns_missing",
        severity=Severity.REFUSAL,
    )


def _told_system(rows: Sequence[Sequence[Cell]]) -> Crs | None:
    """Return the system that free text about positions names, None when it names several."""
    texts = (text_of(cell) for cells in rows for cell in cells if isinstance(cell, str))
    return only_system(" ".join(text for text in texts if _speaks_of_positions(text)))


def _speaks_of_positions(text: str) -> bool:
    lowered = text.casefold()
    return any(word in lowered for word in _SPEAKS_OF_POSITIONS)


def _read_sheet(reading: _Reading, sheet: Sheet, header: Header, crs: Crs) -> None:
    fallback = reading.gazetteer.township(sheet.name)
    for number, cells in sheet.rows[header.index + 1 :]:
        reader = RowReader(sheet.name, number, cells, header, crs)
        if _is_shop(reader, cells, header):
            reading.lines.append(_line(reading, reader, fallback))


def _is_shop(reader: RowReader, cells: Sequence[Cell], header: Header) -> bool:
    """Return whether a row below the header is a shop: not blank, a total, a footer, a header."""
    told = sum(1 for column, text in reader.texts.items() if text and column not in _NOT_A_SHOP)
    first = next((text for cell in cells if (text := text_of(cell))), "")
    word = "".join(first.casefold().split()).rstrip(":：")
    if word in _TOTAL_WORDS or told == 0:
        return False
    if told <= _FOOTER_CELLS and word.startswith(_TOTAL_WORDS + _FOOTER_WORDS):
        return False
    return reader.texts.get(Column.NAME) != header.title(Column.NAME)


def _line(reading: _Reading, reader: RowReader, fallback: str | None) -> Line:
    before = reading.taken.get(reader.key)
    if before:
        first = {"first_sheet": before.sheet, "first_row": before.row}
        reader.report("import.repeated", Column.NAME, Severity.NOTE, **first)
        return _finish(reader, Outcome.REPEATED, None)
    merchant = reader.merchant(reading.gazetteer, fallback, create_lanes=reading.create_lanes)
    if merchant is None:
        return _finish(reader, Outcome.REFUSED, None)
    line = _finish(reader, Outcome.WARNED if reader.problems else Outcome.GOOD, merchant)
    reading.taken[reader.key] = line
    if not reading.gazetteer.lane(merchant.township_code, merchant.lane):
        reading.new_lanes.setdefault((merchant.township_code, merchant.lane))
    return line


def _finish(reader: RowReader, outcome: Outcome, merchant: MerchantRow | None) -> Line:
    return Line(reader.sheet, reader.row, outcome, merchant, tuple(reader.problems))

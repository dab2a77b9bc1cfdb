"""Merchant lists between file and rules: read, put into words what is wrong, written as a report.

The command and the desk's pages say the same about the same file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.merchants import importing
from compliance.merchants.gazetteer import Gazetteer
from compliance.merchants.importing import Parsed
from compliance.merchants.rows import Problem, Severity
from compliance.merchants.storing import kept_to
from merchants_app.tables import read_tables, write_table
from merchants_app.words import label, translate

HEADERS = ("工作表", "行", "列", "值", "原因", "处理")


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as it is shown: where it stands in the file, what stands there, what is wrong."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str
    severity: Severity

    @property
    def cells(self) -> tuple[str | int, ...]:
        return (self.sheet, self.row, self.column, self.value, self.reason)


def read_list(
    data: bytes,
    filename: str,
    gazetteer: Gazetteer,
    *,
    create_lanes: bool = False,
    townships: frozenset[str] | None = None,
) -> Parsed:
    """Return a file's rows with their outcomes, those of other townships refused.

    Takes about a tenth of a second per thousand rows; raises InvalidInput `import.…` for a file
    that is no list.
    """
    parsed = importing.parse(read_tables(data, filename), gazetteer, create_lanes=create_lanes)
    return kept_to(parsed, townships)


def told(problem: Problem, lang: str) -> Told:
    """Put a problem into words."""
    reason = translate(lang, problem.code, **problem.params)
    return Told(problem.sheet, problem.row, problem.column, problem.value, reason, problem.severity)


def problems(parsed: Parsed, lang: str) -> Iterator[Told]:
    """Give everything the desk should be told about a list, in the order of the file."""
    return (told(problem, lang) for problem in parsed.problems)


def report(parsed: Parsed, lang: str) -> bytes:
    """Return the problems as an .xlsx, one a row, for whoever keeps the list."""
    title = translate(lang, "导入核对表")
    headers = [translate(lang, header) for header in HEADERS]
    rows = ((*each.cells, label(lang, each.severity)) for each in problems(parsed, lang))
    return write_table(title, headers, rows)

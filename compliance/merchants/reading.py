"""Reading: one line of a merchant list, cell by cell, into a `MerchantRow` or named problems.

Warnings go in with the row (a check digit that fails, a phone that is missing); refusals keep it
out (no name, an unknown township, a position outside the district). All problems of a row are told
at once, so that a desk mends it in one go.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from compliance.merchants.categories import Category, category_of
from compliance.merchants.cells import (
    Cell,
    close_up,
    day_of,
    half_width_figures,
    is_rounded,
    number_of,
    text_of,
)
from compliance.merchants.columns import Column, Header, only_system
from compliance.merchants.gazetteer import Gazetteer
from compliance.merchants.identifiers import (
    UsccCheck,
    UsccStatus,
    check_uscc,
    is_mobile,
    is_nothing,
    is_phone,
    normalise_phone,
)
from compliance.merchants.positions import Crs, Point, locate
from compliance.merchants.rows import LENGTHS, MerchantRow, Problem, Severity, row_key

LARGEST = 1_000_000
VALUE_SHOWN = 60

T = TypeVar("T")

_BETWEEN_PHONES = re.compile(r"[/\\、,，;；| ]+")


class RowReader:
    """Reads one row under a header and gathers what is wrong with it."""

    def __init__(
        self, sheet: str, row: int, cells: Sequence[Cell], header: Header, crs: Crs
    ) -> None:
        self.sheet = sheet
        self.row = row
        self.problems: list[Problem] = []
        self._header = header
        self._crs = crs
        self._cells = {column: cells[at] for column, at in header.places.items() if at < len(cells)}
        self.texts = {column: text_of(cell) for column, cell in self._cells.items()}

    @cached_property
    def key(self) -> str:
        """The row key of the line as it stands, taken or not."""
        return row_key(self._uscc_check.code, self._text(Column.NAME), self._address)

    @cached_property
    def _uscc_check(self) -> UsccCheck:
        return check_uscc(self._text(Column.USCC))

    def report(
        self, code: str, column: Column, severity: Severity = Severity.REFUSAL, **hints: object
    ) -> None:
        """Keep a problem of `column` with the value that stands there."""
        self._report(code, (column,), severity, hints)

    def merchant(
        self, gazetteer: Gazetteer, fallback: str | None, *, create_lanes: bool
    ) -> MerchantRow | None:
        """Return the row if nothing refuses it; `fallback` is the township of the sheet itself."""
        name = self._required(Column.NAME, self._text(Column.NAME), "import.name_missing")
        status, uscc = self._uscc()
        address = self._required(Column.ADDRESS, self._address, "import.address_missing")
        township = self._township(gazetteer, fallback)
        lane = self._lane(gazetteer, township, create_lanes=create_lanes)
        crs, point = self._position()
        told = {
            "operator": self._optional(Column.OPERATOR),
            "phone": self._phone(),
            "category": self._category(),
            "area_m2": self._number(Column.AREA),
            "frontage_m": self._number(Column.FRONTAGE),
            "hauler": self._optional(Column.HAULER),
            "contract_until": self._contract_until(),
            "note": self._optional(Column.NOTE),
        }
        if any(problem.severity is Severity.REFUSAL for problem in self.problems):
            return None
        lat, lng = point or (None, None)
        return MerchantRow.model_validate(
            {
                "name": name,
                "uscc": uscc,
                "uscc_status": status,
                "address": address,
                "township_code": township,
                "lane": lane,
                "lat": lat,
                "lng": lng,
                "given_crs": crs if point else None,
                **told,
            }
        )

    def _report(
        self, code: str, columns: Sequence[Column], severity: Severity, hints: Mapping[str, object]
    ) -> None:
        value = ", ".join(self._text(column) for column in columns)[:VALUE_SHOWN]
        title = self._header.title(*columns)
        self.problems.append(
            Problem(self.sheet, self.row, title, value, code, severity, dict(hints))
        )

    def _text(self, column: Column) -> str:
        return self.texts.get(column, "")

    @property
    def _address(self) -> str:
        return half_width_figures(close_up(self._text(Column.ADDRESS)))

    def _blank(self, column: Column) -> bool:
        return is_nothing(self._text(column))

    def _required(self, column: Column, text: str, missing: str) -> str:
        if is_nothing(text):
            self.report(missing, column)
        elif len(text) > LENGTHS[column]:
            self.report("import.too_long", column, most=LENGTHS[column])
        return text

    def _optional(self, column: Column) -> str:
        if self._blank(column):
            return ""
        text = close_up(self._text(column)) if column is Column.OPERATOR else self._text(column)
        most = LENGTHS[column]
        if len(text) > most:
            self.report("import.cut", column, Severity.WARNING, most=most)
        return text[:most]

    def _uscc(self) -> tuple[UsccStatus, str]:
        if is_rounded(self._cells.get(Column.USCC)):
            self.report("import.number_rounded", Column.USCC)
            return UsccStatus.FAILED, ""
        check = self._uscc_check
        if check.status is UsccStatus.MISSING:
            self.report("import.uscc_missing", Column.USCC, Severity.WARNING)
        elif check.status is UsccStatus.WRONG_LENGTH:
            self.report("import.uscc_length", Column.USCC, length=len(check.code))
        elif check.status is UsccStatus.FAILED and check.suggestion:
            likely = check.suggestion
            self.report("import.uscc_misread", Column.USCC, Severity.WARNING, likely=likely)
        elif check.status is UsccStatus.FAILED:
            self.report("import.uscc_check_digit", Column.USCC, Severity.WARNING)
        return check.status, check.code

    def _township(self, gazetteer: Gazetteer, fallback: str | None) -> str | None:
        text = self._text(Column.TOWNSHIP)
        if is_nothing(text):
            if fallback is None:
                self.report("import.township_missing", Column.TOWNSHIP)
            return fallback
        code = gazetteer.township(text)
        if code is None:
            self.report("import.township_unknown", Column.TOWNSHIP)
        return code

    def _lane(self, gazetteer: Gazetteer, township: str | None, *, create_lanes: bool) -> str:
        text = half_width_figures(close_up(self._text(Column.LANE)))
        self._required(Column.LANE, text, "import.lane_missing")
        if township is None or is_nothing(text):
            return text
        known = gazetteer.lane(township, text)
        if known is None and not create_lanes:
            near = gazetteer.nearest_lane(township, text)
            if near:
                self.report("import.lane_misspelt", Column.LANE, near=near)
            else:
                self.report("import.lane_unknown", Column.LANE)
        return known or text

    def _phone(self) -> str | None:
        text = self._text(Column.PHONE)
        if not text:
            if Column.PHONE in self._header.places:
                self.report("import.phone_missing", Column.PHONE, Severity.WARNING)
            return None
        whole = normalise_phone(text)
        if is_phone(whole):
            return whole
        phones = [normalise_phone(part) for part in _BETWEEN_PHONES.split(text) if part]
        if not phones or not all(map(is_phone, phones)):
            self.report("import.phone_invalid", Column.PHONE)
            return None
        kept = next((phone for phone in phones if is_mobile(phone)), phones[0])
        self.report("import.phone_several", Column.PHONE, Severity.WARNING, kept=kept)
        return kept

    def _category(self) -> Category:
        category = Category.OTHER if self._blank(Column.CATEGORY) else None
        category = category or category_of(self._text(Column.CATEGORY))
        if category is None:
            self.report("import.category_unknown", Column.CATEGORY, Severity.WARNING)
        return category or Category.OTHER

    def _number(self, column: Column) -> float | None:
        if self._blank(column):
            return None
        number = _or_none(number_of, self._cells[column])
        if number is None or not 0 <= number <= LARGEST:
            self.report("import.number_unreadable", column, Severity.WARNING)
            return None
        return number

    def _contract_until(self) -> date | None:
        if self._blank(Column.CONTRACT_UNTIL):
            return None
        day = _or_none(day_of, self._cells[Column.CONTRACT_UNTIL])
        if day is None:
            self.report("import.date_impossible", Column.CONTRACT_UNTIL)
        return day

    def _position(self) -> tuple[Crs, Point | None]:
        crs = self._crs
        if not self._blank(Column.CRS):
            named = only_system(self._text(Column.CRS))
            if named is None:
                self.report("import.crs_unknown", Column.CRS)
                return crs, None
            crs = named
        places = (Column.LNG, Column.LAT)
        if all(self._blank(column) for column in places):
            return crs, None
        lng, lat = (_or_none(number_of, self._cells.get(column)) for column in places)
        if lng is not None and lat is not None:
            if point := locate((lat, lng), crs):
                return crs, point
            if locate((lng, lat), crs):
                self._report("import.position_swapped", places, Severity.REFUSAL, {})
                return crs, None
        self._report("import.position_impossible", places, Severity.REFUSAL, {})
        return crs, None


def _or_none(read: Callable[[Cell], T | None], cell: Cell) -> T | None:
    try:
        return read(cell)
    except ValueError:
        return None

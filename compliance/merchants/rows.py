"""Rows: one shop of a merchant list in the form in which it can be stored, and what may be wrong.

Codes of problems are msgids; their words are in `locale/<language>/importing.po`.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from compliance.merchants.categories import Category
from compliance.merchants.columns import Column
from compliance.merchants.identifiers import UsccStatus
from compliance.merchants.positions import Crs

LENGTHS = {
    Column.NAME: 80,
    Column.OPERATOR: 40,
    Column.ADDRESS: 160,
    Column.LANE: 64,
    Column.HAULER: 80,
    Column.NOTE: 200,
}
"""Characters a text may have; what a shop can do without is cut, the others refuse the row."""


class Severity(StrEnum):
    """What a problem does to its row: keeps it out, goes in with it, or merely tells of it."""

    REFUSAL = "refusal"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be told about a cell: where, what stands there, a stable code, what follows.

    `column` is the title as it stands in the file; `hints` are more values for the wording.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str
    severity: Severity
    hints: Mapping[str, object] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, object]:
        """The values that fill the wording of `code`."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column, "value": self.value}
        return {**place, **self.hints}


class MerchantRow(BaseModel):
    """One shop of a list, checked and in written form, ready to be stored.

    What a list does not tell is an empty text or None; `uscc` is empty when it is missing.
    `lat` and `lng` are WGS-84 whatever the list used; `given_crs` says what that was.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=LENGTHS[Column.NAME])
    uscc: str
    uscc_status: UsccStatus
    operator: str = Field(max_length=LENGTHS[Column.OPERATOR])
    phone: str | None
    address: str = Field(min_length=1, max_length=LENGTHS[Column.ADDRESS])
    township_code: str
    lane: str = Field(min_length=1, max_length=LENGTHS[Column.LANE])
    category: Category
    area_m2: float | None
    frontage_m: float | None
    lat: float | None
    lng: float | None
    given_crs: Crs | None
    hauler: str = Field(max_length=LENGTHS[Column.HAULER])
    contract_until: date | None
    note: str = Field(max_length=LENGTHS[Column.NOTE])

    @property
    def row_key(self) -> str:
        """What makes a line the same again: 32 hex digits over credit code, name and address."""
        return row_key(self.uscc, self.name, self.address)


@lru_cache(maxsize=8192)  # asked while a row is read, and again when it is stored
def row_key(uscc: str, name: str, address: str) -> str:
    """Return the key of a line, blind to letter case, width and spaces."""
    parts = (
        "".join(unicodedata.normalize("NFKC", part).casefold().split())
        for part in (uscc, name, address)
    )
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]

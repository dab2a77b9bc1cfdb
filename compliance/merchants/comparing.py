"""Comparing: what a list says against what is known, so that only what is new in it is done.

A row is known by its key (credit code, name, address) within its township. What a list leaves
empty stays as it was, and what was put right by hand since the last list stays too, unless the list
itself says something new. A shop that has closed is not brought back by an old list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from compliance.merchants.opening import MAY_CHANGE, listed
from compliance.merchants.rows import MerchantRow
from compliance.merchants.shops import lane_table, merchant_table, premises_table, tenancy_table

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """A tenancy that a row may mean; `values` are what it has, by the names of a row's fields."""

    tenancy_id: str
    merchant_id: str
    premises_id: str
    closed: bool
    listed: Mapping[str, object]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """A known shop and the fields of its row that say something new."""

    known: Known
    row: MerchantRow
    fields: tuple[str, ...]

    @property
    def merged(self) -> dict[str, object]:
        """All values of the shop after the change."""
        said = self.row.model_dump(include=set(self.fields))
        return {**self.known.values, **said}


@dataclass(slots=True)
class Plan:
    """What is to be done with the rows of a list."""

    new: list[MerchantRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: list[MerchantRow] = field(default_factory=list)
    closed: list[MerchantRow] = field(default_factory=list)


def plan(session: Session, rows: Sequence[MerchantRow]) -> Plan:
    """Sort the rows of a list by what is to be done with them."""
    known = _known(session, rows)
    made = Plan()
    for row in rows:
        found = known.get((row.township_code, row.row_key))
        if found is None:
            made.new.append(row)
        elif found.closed:
            made.closed.append(row)
        elif fields := _said_newly(found, row):
            made.changes.append(Change(found, row, fields))
        else:
            made.unchanged.append(row)
    return made


def _said_newly(found: Known, row: MerchantRow) -> tuple[str, ...]:
    """Return the fields that are not empty, not what the last list said, and not so already."""
    said = listed(row)
    if said == found.listed:
        return ()
    return tuple(
        name
        for name, value in said.items()
        if value not in ("", None)
        and value != found.listed.get(name)
        and value != _plain(found.values[name])
    )


_SHOPS = (
    sa.select(
        premises_table.c.township_code,
        tenancy_table.c.row_key,
        tenancy_table.c.id.label("tenancy_id"),
        merchant_table.c.id.label("merchant_id"),
        premises_table.c.id.label("premises_id"),
        tenancy_table.c.closed_on,
        tenancy_table.c.listed,
        merchant_table.c.operator_name.label("operator"),
        tenancy_table.c.phone,
        lane_table.c.name.label("lane"),
        merchant_table.c.category,
        premises_table.c.area_m2,
        premises_table.c.frontage_m,
        premises_table.c.lat,
        premises_table.c.lng,
        tenancy_table.c.hauler_name.label("hauler"),
        tenancy_table.c.contract_until,
        tenancy_table.c.note,
    )
    .select_from(tenancy_table)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .where(tenancy_table.c.row_key.in_(sa.bindparam("keys", expanding=True)))
    .order_by(tenancy_table.c.closed_on.is_(None), tenancy_table.c.opened_at)
)
"""Closed ones first, so that of several the open one, else the latest, is the one meant."""


def _known(session: Session, rows: Sequence[MerchantRow]) -> dict[tuple[str, str], Known]:
    keys = list({row.row_key for row in rows})
    known = {}
    for start in range(0, len(keys), _AT_ONCE):
        for shop in session.execute(_SHOPS, {"keys": keys[start : start + _AT_ONCE]}).mappings():
            known[shop["township_code"], shop["row_key"]] = Known(
                shop["tenancy_id"],
                shop["merchant_id"],
                shop["premises_id"],
                shop["closed_on"] is not None,
                shop["listed"],
                {name: shop[name] for name in MAY_CHANGE},
            )
    return known


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

"""Storing a list that was read: new shops are opened, known ones changed where the list changed.

One transaction; the same list stored twice changes nothing the second time. Shops that a list does
not name are left alone.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.merchants import comparing, phones
from compliance.merchants.columns import Column
from compliance.merchants.comparing import Change, Plan
from compliance.merchants.gazetteer import Gazetteer, KnownTownship
from compliance.merchants.importing import Line, Outcome, Parsed
from compliance.merchants.opening import Told, lanes_of, listed, lock_townships, open_shops
from compliance.merchants.rows import MerchantRow, Problem, Severity
from compliance.merchants.shops import merchant_table, premises_table, tenancy_table
from compliance.places import service as places

IMPORTED = "merchants.imported"
ledger_entry = LedgerEntry.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a list did, or would do: how many shops were opened, changed, left as they were.

    `closed` counts rows of shops that have closed since; `lanes` the lanes made.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    lanes: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What a township's chain tells of one import."""

    township: str
    at: datetime
    counts: Mapping[str, int]


def gazetteer_of(session: Session) -> Gazetteer:
    """Return the townships and lanes that there are, for reading a list."""
    known = [
        KnownTownship(each.code, each.name, each.legal_name, tuple(each.aliases))
        for each in places.townships(session)
    ]
    lanes: dict[str, list[str]] = {}
    for lane in places.lanes(session):
        lanes.setdefault(lane.township_code, []).append(lane.name)
    return Gazetteer(known, lanes)


def kept_to(parsed: Parsed, townships: frozenset[str] | None) -> Parsed:
    """Return `parsed` with rows of other townships refused; None means the whole district."""
    if townships is None:
        return parsed
    lines = tuple(_kept(line, townships) for line in parsed.lines)
    lanes = tuple(lane for lane in parsed.new_lanes if lane[0] in townships)
    return replace(parsed, lines=lines, new_lanes=lanes)


def _kept(line: Line, townships: frozenset[str]) -> Line:
    row = line.merchant
    if row is None or row.township_code in townships:
        return line
    foreign = Problem(
        sheet=line.sheet,
        row=line.row,
        column=Column.TOWNSHIP.heading,
        value=row.name,
        code="import.township_foreign",
        severity=Severity.REFUSAL,
    )
    return replace(line, outcome=Outcome.REFUSED, merchant=None, problems=(*line.problems, foreign))


def compare(session: Session, parsed: Parsed) -> Stored:
    """Return what `store` would do, without doing it."""
    return _count(comparing.plan(session, list(parsed.taken)), parsed)


def store(
    session: Session, act: Act, parsed: Parsed, *, file_hash: str, told: Told | None = None
) -> Stored:
    """Store the rows that were taken; `told` hears how many shops were opened.

    Each shop opened or changed gets its ledger entry, and each township's chain one
    `merchants.imported` that names the file by its SHA-256, when something changed there.
    """
    rows = list(parsed.taken)
    lock_townships(session, {row.township_code for row in rows})
    made = comparing.plan(session, rows)
    for township, name in parsed.new_lanes:
        places.add_lane(session, act, township, name)
    open_shops(session, act, made.new, told)
    _change(session, act, made.changes, file_hash)
    ledger.append_many(session, act, _imported(made, parsed, file_hash))
    return _count(made, parsed)


def imports_of(session: Session, townships: Iterable[str], file_hash: str) -> list[Imported]:
    """Return what the chains of these townships tell of a file, the latest first."""
    subjects = {ledger.township_subject(code): code for code in townships}
    entry = ledger_entry.c
    rows = session.execute(
        sa.select(entry.subject, entry.at, entry.content)
        .where(entry.subject.in_(subjects), entry.kind == IMPORTED, entry.ref == file_hash)
        .order_by(entry.at.desc(), entry.subject)
    )
    return [
        Imported(subjects[row.subject], row.at, json.loads(row.content)["fact"]) for row in rows
    ]


def _count(made: Plan, parsed: Parsed) -> Stored:
    return Stored(
        new=len(made.new),
        changed=len(made.changes),
        unchanged=len(made.unchanged),
        closed=len(made.closed),
        lanes=len(parsed.new_lanes),
    )


def _update(table: sa.Table, *columns: str) -> sa.Update:
    """Return an update of one row, its id as `which` and each column's value as `new_COLUMN`."""
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
    return sa.update(table).where(table.c.id == sa.bindparam("which")).values(**values)


_CHANGES = (
    (
        "tenancy_id",
        _update(tenancy_table, "phone", "hauler_name", "contract_until", "note", "listed"),
    ),
    ("merchant_id", _update(merchant_table, "operator_name", "category")),
    ("premises_id", _update(premises_table, "lane_id", "area_m2", "frontage_m", "lat", "lng")),
)


def _change(session: Session, act: Act, changes: Sequence[Change], file_hash: str) -> None:
    if not changes:
        return
    lanes = lanes_of(session, {change.row.township_code for change in changes})
    values = [_values(change, lanes) for change in changes]
    for which, statement in _CHANGES:
        asked = statement.compile().params
        given = [
            {name: each[which if name == "which" else name] for name in asked} for each in values
        ]
        session.connection().execute(statement, given)
    called = [change.known.tenancy_id for change in changes if "phone" in change.fields]
    phones.end_sessions(session, act, called)
    ledger.append_many(session, act, _entries(changes, file_hash))


def _values(change: Change, lanes: Mapping[tuple[str, str], str]) -> dict[str, object]:
    merged = change.merged
    merged |= {
        "operator_name": merged["operator"],
        "hauler_name": merged["hauler"],
        "category": str(merged["category"]),
        "lane_id": lanes[change.row.township_code, str(merged["lane"])],
        "listed": listed(change.row),
    }
    known = change.known
    return {
        "tenancy_id": known.tenancy_id,
        "merchant_id": known.merchant_id,
        "premises_id": known.premises_id,
        **{f"new_{name}": value for name, value in merged.items()},
    }


def _entries(changes: Sequence[Change], file_hash: str) -> Iterator[ledger.Draft]:
    for change in changes:
        known, row = change.known, change.row
        if "phone" in change.fields and row.phone:
            old = str(known.values["phone"] or "") or None
            yield phones.changed(known.tenancy_id, old, row.phone, f"list {file_hash}")
        others = [name for name in change.fields if name != "phone"]
        if others:
            yield ledger.Draft(
                subject=ledger.tenancy_subject(known.tenancy_id),
                kind="tenancy.changed",
                ref=known.tenancy_id,
                fact={"fields": others, "file": file_hash},
                body=row.model_dump(mode="json", include=set(others)),
            )


def _imported(made: Plan, parsed: Parsed, file_hash: str) -> Iterator[ledger.Draft]:
    new, changed, unchanged, closed = (
        _by_township(rows)
        for rows in (
            made.new,
            [change.row for change in made.changes],
            made.unchanged,
            made.closed,
        )
    )
    lanes = Counter(township for township, _ in parsed.new_lanes)
    for township in sorted({*new, *changed, *lanes}):
        yield ledger.Draft(
            subject=ledger.township_subject(township),
            kind=IMPORTED,
            ref=file_hash,
            fact={
                "new": new[township],
                "changed": changed[township],
                "unchanged": unchanged[township],
                "closed": closed[township],
                "lanes": lanes[township],
            },
        )


def _by_township(rows: Sequence[MerchantRow]) -> Counter[str]:
    return Counter(row.township_code for row in rows)

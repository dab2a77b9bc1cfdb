"""Opening shops: premises with number and code, merchant, tenancy, and the first ledger entry.

In bulk and in plain Core, because a township's list opens hundreds at once; one shop registered by
hand goes the same way. Running numbers are handed out under a lock of the township.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.merchants import identifiers
from compliance.merchants.finding import words_of
from compliance.merchants.models import CodeState
from compliance.merchants.rows import MerchantRow
from compliance.merchants.shops import (
    code_table,
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
)
from compliance.record import insert_many

MAY_CHANGE = (
    "operator",
    "phone",
    "lane",
    "category",
    "area_m2",
    "frontage_m",
    "lat",
    "lng",
    "hauler",
    "contract_until",
    "note",
)
"""Fields of a row that a later list may change; the others say which shop it is."""

Values = dict[str, object]
_AT_ONCE = 500

Told = Callable[[int], None]
"""Told how many shops are open."""


def listed(row: MerchantRow) -> dict[str, object]:
    """Return what a list says of a shop that a later one may change, in plain JSON values."""
    return row.model_dump(mode="json", include=set(MAY_CHANGE))


def lock_townships(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Lock townships against other openings; return code → letters of the door number."""
    query = (
        sa.select(township_table.c.code, township_table.c.letters)
        .where(township_table.c.code.in_(set(codes)))
        .order_by(township_table.c.code)
        .with_for_update(key_share=True)
    )
    return {row.code: row.letters for row in session.execute(query)}


def lanes_of(session: Session, codes: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return (township code, lane name) → lane id."""
    query = sa.select(lane_table.c.township_code, lane_table.c.name, lane_table.c.id).where(
        lane_table.c.township_code.in_(set(codes))
    )
    return {(township, name): lane for township, name, lane in session.execute(query)}


def open_shops(
    session: Session, act: Act, rows: Sequence[MerchantRow], told: Told | None = None
) -> list[str]:
    """Give each row premises, number, code and a tenancy that starts today; return the tenancies.

    The lanes must be there. Numbers run on from the township's last, in the order of `rows`.
    """
    if not rows:
        return []
    letters = lock_townships(session, {row.township_code for row in rows})
    lanes = lanes_of(session, letters)
    last = _last_numbers(session, letters)
    tenancies: list[str] = []
    for start in range(0, len(rows), _AT_ONCE):
        openings = []
        for row in rows[start : start + _AT_ONCE]:
            running = last[row.township_code] = last.get(row.township_code, 0) + 1
            number = identifiers.door_number(letters[row.township_code], running)
            lane = lanes[row.township_code, row.lane]
            openings.append(_opening(act, row, lane, running, number))
        tenancies += _store(session, act, openings)
        if told:
            told(len(tenancies))
    return tenancies


def _store(session: Session, act: Act, openings: Sequence["_Opening"]) -> list[str]:
    insert_many(session, premises_table, [each.premises for each in openings])
    insert_many(session, code_table, [each.code for each in openings])
    insert_many(session, merchant_table, [each.merchant for each in openings])
    insert_many(session, tenancy_table, [each.tenancy for each in openings])
    ledger.append_many(session, act, [each.entry for each in openings])
    return [each.entry.ref for each in openings]


@dataclass(frozen=True, slots=True)
class _Opening:
    """The rows of one shop, and the first entry of its chain."""

    premises: Values
    code: Values
    merchant: Values
    tenancy: Values
    entry: ledger.Draft


def _opening(act: Act, row: MerchantRow, lane_id: str, running: int, number: str) -> _Opening:
    premises_id, merchant_id, tenancy_id = act.new_id(), act.new_id(), act.new_id()
    premises: Values = {
        "id": premises_id,
        "number": number,
        "running": running,
        "township_code": row.township_code,
        "lane_id": lane_id,
        "address": row.address,
        "lat": row.lat,
        "lng": row.lng,
        "frontage_m": row.frontage_m,
        "area_m2": row.area_m2,
    }
    return _Opening(
        premises,
        new_code(act, premises_id),
        merchant_of(row, merchant_id),
        tenancy_of(act, row, tenancy_id, premises_id, merchant_id),
        opened(tenancy_id, row, number),
    )


def new_code(act: Act, premises_id: str) -> Values:
    """Return the row of a new door code."""
    return {
        "token": identifiers.new_door_token(act.chance),
        "premises_id": premises_id,
        "state": CodeState.ACTIVE,
        "issued_at": act.at,
        "reason": "",
    }


def merchant_of(row: MerchantRow, merchant_id: str) -> Values:
    """Return the row of a new merchant."""
    return {
        "id": merchant_id,
        "name": row.name,
        "uscc": row.uscc,
        "uscc_state": row.uscc_status.value,
        "category": row.category.value,
        "operator_name": row.operator,
        "words": words_of(row.name, row.uscc),
    }


def tenancy_of(
    act: Act, row: MerchantRow, tenancy_id: str, premises_id: str, merchant_id: str
) -> Values:
    """Return the row of a tenancy that starts today."""
    return {
        "id": tenancy_id,
        "premises_id": premises_id,
        "merchant_id": merchant_id,
        "row_key": row.row_key,
        "opened_on": act.day,
        "phone": row.phone,
        "hauler_name": row.hauler,
        "contract_until": row.contract_until,
        "note": row.note,
        "listed": listed(row),
        "opened_at": act.at,
    }


def opened(
    tenancy_id: str, row: MerchantRow, number: str, *, after: str | None = None
) -> ledger.Draft:
    """Return the first entry of a tenancy's chain; who runs it is in the erasable body.

    `after` names the tenancy that was at this door before.
    """
    fact = {"number": number, "township": row.township_code, "category": row.category.value}
    return ledger.Draft(
        subject=ledger.tenancy_subject(tenancy_id),
        kind="tenancy.opened",
        ref=tenancy_id,
        fact={**fact, "after": after} if after else fact,
        body={
            "name": row.name,
            "uscc": row.uscc,
            "address": row.address,
            "operator": row.operator,
            "phone": row.phone,
        },
    )


def _last_numbers(session: Session, codes: Iterable[str]) -> dict[str, int]:
    query = (
        sa.select(premises_table.c.township_code, sa.func.max(premises_table.c.running))
        .where(premises_table.c.township_code.in_(set(codes)))
        .group_by(premises_table.c.township_code)
    )
    return {township: number for township, number in session.execute(query)}  # noqa: C416 (a result is no mapping)

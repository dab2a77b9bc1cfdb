"""The rules of a slot in the database's words, so that thousands of shops are judged at once.

A test holds them to the pure rules: `notices.kinds.standing` and `coverage.slots`.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from compliance.act import LOCAL
from compliance.coverage.slots import PERIOD, Slot
from compliance.merchants.shops import tenancy_table
from compliance.notices.kinds import ENDED, EXPIRING_DAYS, NoticeKind, NoticeState, Standing
from compliance.notices.slots import CURRENT, FILLED, TODAY, notice_table, text_table
from compliance.patrols.kinds import VISITS
from compliance.patrols.models import Patrol

patrol_table = Patrol.__table__  # type: ignore[attr-defined]

_notice = notice_table.c


def day_of(now: datetime) -> date:
    """Return the calendar day in Beijing."""
    return now.astimezone(LOCAL).date()


def at(now: datetime) -> dict[str, object]:
    """Return the parameters of every statement made from these conditions."""
    today = day_of(now)
    soon = {
        f"soon_{kind.value}": today + timedelta(days=days) for kind, days in EXPIRING_DAYS.items()
    }
    return {"today": today, "since": now - PERIOD, **soon}


SOON: Any = sa.case(
    *(
        (_notice.kind == kind, sa.bindparam(f"soon_{kind.value}", type_=sa.Date()))
        for kind in NoticeKind
    )
)
"""The day up to which a notice of this kind is about to expire."""

STANDING: Any = sa.case(
    (_notice.valid_to < TODAY, Standing.EXPIRED.value),
    (~CURRENT, Standing.OUTDATED.value),
    (_notice.state != NoticeState.SIGNED, sa.cast(_notice.state, sa.String)),
    (_notice.valid_from > TODAY, Standing.SIGNED.value),
    (_notice.valid_to <= SOON, Standing.EXPIRING.value),
    else_=Standing.ACTIVE.value,
)
"""`kinds.standing` of a notice joined with its text, for those that have not ended."""

STANDINGS = (
    sa.select(
        _notice.tenancy_id,
        _notice.kind,
        STANDING.label("standing"),
        sa.func.row_number()
        .over(
            partition_by=(_notice.tenancy_id, _notice.kind),
            order_by=(sa.case((FILLED, 0), else_=1), _notice.issued_at.desc()),
        )
        .label("place"),
    )
    .join(text_table, text_table.c.id == _notice.text_id)
    .where(_notice.state.not_in(ENDED))
    .subquery("standings")
)
"""How each notice stands; `place` 1 is the one that counts: it fills the slot, or is the latest."""

VISITED = (
    sa.exists()
    .where(
        patrol_table.c.tenancy_id == tenancy_table.c.id,
        patrol_table.c.kind.in_(VISITS),
        patrol_table.c.received_at >= sa.bindparam("since", type_=patrol_table.c.received_at.type),
    )
    .correlate(tenancy_table)
)
"""Condition on a tenancy: somebody looked within the period."""


class Missing(StrEnum):
    """Which slot is empty, or any of them."""

    ANY = "any"
    COVENANT = Slot.COVENANT.value
    PLEDGE = Slot.PLEDGE.value
    RESPONSIBILITY_STATEMENT = Slot.RESPONSIBILITY_STATEMENT.value
    WASTE_CONTRACT = Slot.WASTE_CONTRACT.value
    LEDGER = Slot.LEDGER.value


def lacking(missing: Missing) -> sa.ColumnElement[bool]:
    """Return the condition on a tenancy that this slot of it, or any, is empty; see `at`."""
    if missing is Missing.ANY:
        return sa.or_(*(_lacks(slot) for slot in Slot))
    return _lacks(Slot(missing.value))


def _lacks(slot: Slot) -> sa.ColumnElement[bool]:
    if slot is Slot.LEDGER:
        return ~VISITED
    return ~(
        sa.exists()
        .where(
            _notice.tenancy_id == tenancy_table.c.id,
            _notice.kind == NoticeKind(slot.value),
            text_table.c.id == _notice.text_id,
            FILLED,
        )
        .correlate(tenancy_table)
    )

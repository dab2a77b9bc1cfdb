"""The four notice slots of many shops at once, in one query: doors and coverage ask here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.notices.kinds import (
    ENDED,
    FILLS_A_SLOT,
    SETTLED,
    NoticeKind,
    NoticeState,
    Standing,
    next_change,
    standing,
)
from compliance.notices.models import Notice, NoticeText

notice_table = Notice.__table__  # type: ignore[attr-defined]
text_table = NoticeText.__table__  # type: ignore[attr-defined]
_newer = text_table.alias("newer")

TODAY = sa.bindparam("today", type_=sa.Date())

CURRENT = ~sa.exists().where(
    _newer.c.kind == text_table.c.kind,
    _newer.c.source == text_table.c.source,
    _newer.c.effective_from <= TODAY,
    _newer.c.effective_from > text_table.c.effective_from,
)
"""Condition on notice_text: no newer version of its kind and source is in force on `:today`."""

FILLED = sa.and_(
    CURRENT,
    notice_table.c.valid_to >= TODAY,
    sa.or_(
        notice_table.c.state == NoticeState.SERVED_UNSIGNED,
        sa.and_(notice_table.c.state == NoticeState.SIGNED, notice_table.c.valid_from <= TODAY),
    ),
)
"""Condition on notice joined with notice_text, for counting in SQL: filled on `:today`."""

_OF_TENANCIES = (
    sa.select(
        notice_table.c.tenancy_id,
        notice_table.c.kind,
        notice_table.c.state,
        notice_table.c.id,
        notice_table.c.number,
        text_table.c.version,
        text_table.c.title,
        notice_table.c.valid_from,
        notice_table.c.valid_to,
        notice_table.c.text_hash,
        notice_table.c.settled_at,
        CURRENT.label("current"),
    )
    .join(text_table, text_table.c.id == notice_table.c.text_id)
    .where(
        notice_table.c.tenancy_id.in_(sa.bindparam("tenancies", expanding=True)),
        notice_table.c.state.not_in(ENDED),
    )
    .order_by(notice_table.c.issued_at)
)


@dataclass(frozen=True, slots=True)
class SlotState:
    """What stands in one slot of one shop on a day; empty but for `kind` when missing."""

    kind: NoticeKind
    standing: Standing = Standing.MISSING
    notice_id: str | None = None
    number: str = ""
    version: str = ""
    title: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    text_hash: str = ""
    signed_at: datetime | None = None
    waiting_id: str | None = None
    """A newer notice that waits for the signature while this one still fills the slot."""

    @property
    def filled(self) -> bool:
        return self.standing in FILLS_A_SLOT

    def changes_on(self, today: date) -> date | None:
        """Return the next day on which time alone changes this slot."""
        if self.valid_from is None or self.valid_to is None:
            return None
        return next_change(self.kind, self.valid_from, self.valid_to, today)


Slots = Mapping[NoticeKind, SlotState]


def slots(session: Session, tenancy_ids: Iterable[str], today: date) -> dict[str, Slots]:
    """Return the four slots of every tenancy asked for, on `today`.

    Where several notices of a kind stand, the one that fills the slot counts, else the latest.
    """
    wanted = list(tenancy_ids)
    found: dict[str, dict[NoticeKind, SlotState]] = {
        tenancy: {kind: SlotState(kind) for kind in NoticeKind} for tenancy in wanted
    }
    for row in session.execute(_OF_TENANCIES, {"tenancies": wanted, "today": today}):
        place = found[row.tenancy_id]
        place[row.kind] = _better(place[row.kind], _slot(row, today))
    return dict(found)


def of_tenancy(session: Session, tenancy_id: str, today: date) -> Slots:
    """Return the four slots of one tenancy on `today`."""
    return slots(session, [tenancy_id], today)[tenancy_id]


def _slot(row: sa.Row, today: date) -> SlotState:
    return SlotState(
        kind=row.kind,
        standing=standing(
            row.kind, row.state, row.valid_from, row.valid_to, today, current=row.current
        ),
        notice_id=row.id,
        number=row.number,
        version=row.version,
        title=row.title,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        text_hash=row.text_hash,
        signed_at=row.settled_at if row.state in SETTLED else None,
    )


_WAITS = frozenset({Standing.SENT, Standing.VIEWED})


def _better(former: SlotState, latter: SlotState) -> SlotState:
    """Return which of two fills the slot; `latter` was issued after `former`."""
    if not former.filled or latter.filled:
        return latter
    if latter.standing not in _WAITS:
        return former
    return replace(former, waiting_id=latter.notice_id)

"""What a door shows of its findings to anybody who scans the code: seen, not judged.

The point, the day and how it stands; never a name, a note or a photo. What a third party did is
never shown as the shop's. Ended ones come down after thirty days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.catalogue.models import CheckItem
from compliance.findings.lifecycle import CLOCK_RUNS, FindingState, Step, shown_state
from compliance.findings.models import Cause, Finding, FindingEvent

STAYS_UP = timedelta(days=30)
"""How long an ended finding stays on the door's page."""

IN_HAND = "in_hand"
"""The public's word for what lies with the enforcement team: nothing is decided yet."""

_WITH_THE_TEAM = (
    FindingState.REFERRED,
    FindingState.SCREENED,
    FindingState.ORDERED,
    FindingState.CASE_FILED,
    FindingState.NOTIFIED,
    FindingState.PENALISED,
    FindingState.CONTESTED,
)
_WORD = dict.fromkeys(_WITH_THE_TEAM, IN_HAND)
"""A penalty is published by the authority that imposed it, not by a door."""

_finding = Finding.__table__  # type: ignore[attr-defined]
_item = CheckItem.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class PublicFinding:
    """One line of the door's page; `state` is a word of the family `state`, `overdue` included.

    `due_at` is given while the time runs, `reason` when the finding was revoked.
    """

    name: str
    name_en: str
    state: str
    role: str
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    reason: str


_PUBLIC = (
    sa.select(
        _item.c.name,
        _item.c.name_en,
        _finding.c.state,
        _finding.c.recorded_role,
        _finding.c.opened_at,
        _finding.c.due_at,
        _finding.c.ended_at,
        _event.c.words.label("reason"),
    )
    .join(_item, sa.and_(_item.c.edition == _finding.c.edition, _item.c.code == _finding.c.code))
    .outerjoin(
        _event,
        sa.and_(_event.c.finding_id == _finding.c.id, _event.c.step == Step.REVOKE.value),
    )
    .where(
        _finding.c.tenancy_id == sa.bindparam("tenancy"),
        _finding.c.cause != Cause.THIRD_PARTY,
        sa.or_(
            _finding.c.ended_at.is_(None),
            _finding.c.ended_at > sa.bindparam("since", type_=_finding.c.ended_at.type),
        ),
        # Ended without a fault of the shop's own: one with another finding, or dropped.
        sa.or_(
            _finding.c.counted,
            _finding.c.ended_at.is_(None),
            _finding.c.state == FindingState.REVOKED,
        ),
    )
    .order_by(_finding.c.opened_at.desc(), _finding.c.id)
)


def public_findings(session: Session, tenancy_id: str, now: datetime) -> list[PublicFinding]:
    """Return what the door of a shop shows at `now`, the latest first."""
    rows = session.execute(_PUBLIC, {"tenancy": tenancy_id, "since": now - STAYS_UP})
    return [_shown(row, now) for row in rows]


def _shown(row: Any, now: datetime) -> PublicFinding:
    word = _WORD.get(row.state)
    return PublicFinding(
        name=row.name,
        name_en=row.name_en,
        state=word or shown_state(row.state, row.due_at, now),
        role=row.recorded_role,
        opened_at=row.opened_at,
        due_at=row.due_at if row.state in CLOCK_RUNS and not word else None,
        ended_at=row.ended_at,
        reason=row.reason or "",
    )

"""A fault seen at a door becomes a finding, in plain Core: it is part of logging a patrol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act, Actor
from compliance.catalogue.models import CheckItem
from compliance.catalogue.workdays import Calendar
from compliance.findings import clocks, messages
from compliance.findings.lifecycle import (
    BEGINNINGS,
    ENDED,
    REPEAT_WITHIN,
    REPEATS,
    Entry,
    FindingState,
    Start,
    start_of,
)
from compliance.findings.models import Cause, Finding, FindingEvent
from compliance.findings.states import OPENED
from compliance.ledger import service as ledger

_TOLD_AT_START = {
    Start.ORDINARY: "finding.opened",
    Start.FIXED_ON_SPOT: "finding.fixed_on_spot",
    Start.SERIOUS: "finding.referred",
    Start.REPEATED: "finding.referred",
}

_finding = Finding.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]
_NEW_FINDING = sa.insert(_finding)
_NEW_EVENT = sa.insert(_event)
_EARLIER = sa.select(sa.func.count()).where(
    _finding.c.tenancy_id == sa.bindparam("tenancy"),
    _finding.c.code == sa.bindparam("code"),
    _finding.c.counted,
    _finding.c.opened_at > sa.bindparam("since", type_=_finding.c.opened_at.type),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What whoever logged the patrol is told about a finding it opened."""

    id: str
    code: str
    state: FindingState
    due_at: datetime | None


def open_finding(
    session: Session,
    act: Act,
    *,
    tenancy_id: str,
    patrol_id: str,
    patrol_kind: str,
    item: CheckItem,
    cause: str,
    fixed_on_spot: bool,
    note: str,
    photos: Sequence[str],
    calendar: Calendar,
    seen_by: Actor | None = None,
    sibling: str | None = None,
) -> Opened:
    """Store a finding with its first event and ledger entry, and tell the shop.

    The time to put right runs from now, when the shop is told, not from when the phone was held up.
    The same fault for the third time within thirty days goes to the enforcement team, unless only
    the covenant knows it. A third party's doing is never counted, nor is the shop bothered with it.
    `seen_by` is who saw it where that is not who acts, `sibling` an open finding of the same item
    from which this one is told apart.
    """
    seer = seen_by or act.actor
    third_party = cause == Cause.THIRD_PARTY
    repeated = not third_party and _is_repeated(session, act, tenancy_id, item)
    start = start_of(
        severity=item.severity,
        fixed_on_spot=fixed_on_spot,
        third_party=third_party,
        repeated=repeated,
    )
    state = BEGINNINGS[start]
    time = clocks.NO_TIME
    if start is Start.ORDINARY:
        time = clocks.given(session, tenancy_id, item, act.at, calendar)
    opened = Opened(act.new_id(), item.code, state, time.due_at)
    row = {
        "id": opened.id,
        "tenancy_id": tenancy_id,
        "patrol_id": patrol_id,
        "patrol_kind": patrol_kind,
        "edition": item.edition,
        "code": item.code,
        "severity": item.severity,
        "covenant_only": item.covenant_only,
        "cause": Cause(cause),
        "state": state,
        "counted": not third_party,
        "note": note,
        "recorded_by": seer.account_id,
        "recorded_role": seer.role,
        "opened_at": act.at,
        "moved_at": act.at,
        "due_at": time.due_at,
        "due_basis": time.due_basis,
        "due_from": time.due_from,
        "due_value": time.due_value,
        "ended_at": act.at if state in ENDED else None,
        "ended_by": OPENED if state in ENDED else "",
        "version": 1,
    }
    session.execute(_NEW_FINDING, row)
    session.execute(_NEW_EVENT, _first_event(act, seer, opened, photos, sibling))
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(tenancy_id),
        kind=Entry.OPENED.value,
        ref=opened.id,
        fact={
            "patrol": patrol_id,
            "edition": item.edition,
            "code": item.code,
            "cause": cause,
            "start": start.value,
            "state": state.value,
            "due_at": time.due_at.isoformat() if time.due_at else None,
            **({"sibling": sibling} if sibling else {}),
        },
    )
    if start in _TOLD_AT_START:
        messages.tell(
            session,
            act,
            tenancy_id=tenancy_id,
            template=_TOLD_AT_START[start],
            dedup_key=f"finding:{opened.id}:opened",
            item=item.name,
            due_at=time.due_at,
        )
    return opened


def _is_repeated(session: Session, act: Act, tenancy_id: str, item: CheckItem) -> bool:
    if item.covenant_only:
        return False
    values = {"tenancy": tenancy_id, "code": item.code, "since": act.at - REPEAT_WITHIN}
    earlier: int = session.execute(_EARLIER, values).scalar_one()
    return earlier + 1 >= REPEATS


def _first_event(
    act: Act, seer: Actor, opened: Opened, photos: Sequence[str], sibling: str | None
) -> dict[str, object]:
    return {
        "finding_id": opened.id,
        "number": 1,
        "step": OPENED,
        "state": opened.state,
        "at": act.at,
        "account_id": seer.account_id,
        "role": seer.role,
        "words": "",
        "detail": {"sibling": sibling} if sibling else {},
        "photos": list(photos),
    }

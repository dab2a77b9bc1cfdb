"""One fault or two: who saw it when, and what people say of it who look at both.

A machine takes a fault of an item with an open finding for the same one. Whoever can send somebody
to the door may say otherwise, with a reason: split a sighting off as a finding of its own, or merge
two findings that are one. Both keep everything that was seen, and both are steps that stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.act import Act, Actor
from compliance.catalogue import service as catalogue
from compliance.catalogue.models import CheckItem
from compliance.errors import InvalidInput
from compliance.findings import seen_again
from compliance.findings import service as findings
from compliance.findings.lifecycle import ENDED, FindingState, Step
from compliance.findings.models import Cause, Finding, FindingEvent
from compliance.findings.opening import Opened, open_finding
from compliance.findings.queries import FINDINGS, OPEN, FindingView, finding_table, listed
from compliance.findings.seen_again import sighting_table
from compliance.patrols.models import Patrol, PatrolItem

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_item = PatrolItem.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting of a fault; `first` is the one that opened the finding.

    `state` is the finding's when a later sighting arrived.
    """

    patrol_id: str
    observed_at: datetime
    at: datetime
    account_id: str
    role: str
    cause: Cause
    fixed_on_spot: bool
    state: FindingState | None
    note: str
    photos: list[str]
    merged_from: str | None = None
    split_into: str | None = None

    @property
    def first(self) -> bool:
        return self.state is None

    @property
    def was_claimed(self) -> bool:
        """Whether the shop had said by then that it was put right: a hint for the re-check."""
        return self.state is FindingState.CLAIMED


_LATER = sa.select(*(sighting_table.c[name] for name in Seen.__slots__)).where(
    sighting_table.c.finding_id == sa.bindparam("finding")
)
_FIRST = (
    sa.select(_patrol.c.observed_at, _item.c.fixed_on_spot, _event.c.photos)
    .select_from(_event)
    .join(_patrol, _patrol.c.id == sa.bindparam("patrol"), isouter=True)
    .join(
        _item,
        sa.and_(_item.c.patrol_id == _patrol.c.id, _item.c.code == sa.bindparam("code")),
        isouter=True,
    )
    .where(_event.c.finding_id == sa.bindparam("finding"), _event.c.number == 1)
)


def sightings(session: Session, finding: FindingView | Finding) -> list[Seen]:
    """Return who saw the fault, by the time at which it was seen and not at which it arrived."""
    later = session.execute(_LATER, {"finding": finding.id})
    found = [_first(session, finding), *(Seen(*row) for row in later)]
    return sorted(found, key=lambda seen: (seen.observed_at, seen.at))


def _first(session: Session, finding: FindingView | Finding) -> Seen:
    values = {"finding": finding.id, "patrol": finding.patrol_id, "code": finding.code}
    row = session.execute(_FIRST, values).one()
    return Seen(
        patrol_id=finding.patrol_id,
        observed_at=row.observed_at or finding.opened_at,
        at=finding.opened_at,
        account_id=finding.recorded_by,
        role=finding.recorded_role,
        cause=finding.cause,
        fixed_on_spot=bool(row.fixed_on_spot),
        state=None,
        note=finding.note,
        photos=row.photos,
    )


def twins(session: Session, finding: FindingView | Finding) -> Sequence[FindingView]:
    """Return the other open findings of the same item at the same shop, the oldest first."""
    table = finding_table.c
    same = sa.and_(table.tenancy_id == finding.tenancy_id, table.code == finding.code, OPEN)
    query = FINDINGS.where(same, table.id != finding.id)
    return listed(session, query.order_by(table.opened_at, table.id))


def merge(
    session: Session,
    act: Act,
    viewer: Viewer,
    finding_id: str,
    *,
    version: int,
    words: str,
    into: str,
) -> Finding:
    """Say that a finding is the same fault as `into`: it ends and is no strike of its own.

    What was seen stands with the other one from then on. Raises InvalidInput `finding.no_twin` when
    `into` is not an open finding of the same item at the same shop, and what a step raises.
    """
    found = findings.locked(session, finding_id, into)
    seen_version = found[finding_id].version if finding_id in found else 0
    moved = findings.step(
        session, act, viewer, finding_id, Step.MERGE, version=version, words=words, into=into
    )
    if moved.version == seen_version:
        return moved
    original = found.get(into)
    if original is None or not _are_twins(moved, original):
        raise InvalidInput("finding.no_twin", fields={"into": "finding.no_twin"})
    _hand_over(session, act, moved, original)
    return moved


def _are_twins(one: Finding, other: Finding) -> bool:
    same = (other.tenancy_id, other.code) == (one.tenancy_id, one.code)
    return same and other.id != one.id and other.state not in ENDED


def _hand_over(session: Session, act: Act, duplicate: Finding, original: Finding) -> None:
    """Let what was seen of the duplicate stand with the original, what was split off it too."""
    apart = {seen.patrol_id for seen in sightings(session, original) if seen.split_into}
    for seen in sightings(session, duplicate):
        if seen.split_into is not None:
            continue
        if seen.patrol_id in apart:
            _forget(session, original.id, seen.patrol_id)
        sighting: dict[str, Any] = {name: getattr(seen, name) for name in Seen.__slots__} | {
            "finding_id": original.id,
            "patrol_kind": duplicate.patrol_kind,
            "state": seen.state or original.state,
            "merged_from": duplicate.id,
        }
        seen_again.keep(
            session, act, tenancy_id=original.tenancy_id, code=original.code, sighting=sighting
        )


def _of(finding_id: str, patrol_id: str) -> sa.ColumnElement[bool]:
    columns = sighting_table.c
    return sa.and_(columns.finding_id == finding_id, columns.patrol_id == patrol_id)


def _forget(session: Session, finding_id: str, patrol_id: str) -> None:
    """Make room for a sighting that comes back: its steps and ledger entries stay."""
    session.execute(sa.delete(sighting_table).where(_of(finding_id, patrol_id)))


def split(
    session: Session,
    act: Act,
    viewer: Viewer,
    finding_id: str,
    *,
    version: int,
    words: str,
    patrol: str,
) -> Opened | None:
    """Say that what a visit saw again was another fault: it becomes a finding of its own.

    The shop is told of it now and has the item's full time from now; who saw it stays who saw it.
    Returns None for a form sent twice. Raises InvalidInput `finding.no_sighting`, and what a step
    raises.
    """
    found = findings.locked(session, finding_id)
    seen_version = found[finding_id].version if finding_id in found else 0
    moved = findings.step(
        session, act, viewer, finding_id, Step.SPLIT, version=version, words=words, patrol=patrol
    )
    if moved.version == seen_version:
        return None
    told = next((seen for seen in sightings(session, moved) if seen.patrol_id == patrol), None)
    if told is None or told.first or told.split_into is not None:
        raise InvalidInput("finding.no_sighting", fields={"patrol": "finding.no_sighting"})
    opened = _open_apart(session, act, moved, told)
    apart = sa.update(sighting_table).where(_of(finding_id, patrol))
    session.execute(apart.values(split_into=opened.id))
    return opened


def _open_apart(session: Session, act: Act, finding: Finding, told: Seen) -> Opened:
    visit = session.get(Patrol, told.patrol_id)
    return open_finding(
        session,
        act,
        tenancy_id=finding.tenancy_id,
        patrol_id=told.patrol_id,
        patrol_kind=visit.kind.value if visit else finding.patrol_kind,
        item=session.get_one(CheckItem, (finding.edition, finding.code)),
        cause=told.cause.value,
        fixed_on_spot=told.fixed_on_spot,
        note=told.note,
        photos=told.photos,
        calendar=catalogue.calendar(session),
        seen_by=Actor(told.account_id, told.role),
        sibling=finding.id,
    )

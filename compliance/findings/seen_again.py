"""The fault of an open finding, seen again: no second strike, no new deadline, nothing moves.

Two people who pass the same door on one day see the same fault; so does one person twice. The first
sighting opened the finding, every later one stands beside it with its photos, whatever the state:
where the shop says that it is put right it is a hint for the re-check and never fails one by
itself; where the shop objects it is evidence for the association.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act
from compliance.findings.lifecycle import ENDED, Entry, FindingState
from compliance.findings.models import Cause, Finding, FindingSighting
from compliance.ledger import service as ledger

_finding = Finding.__table__  # type: ignore[attr-defined]
sighting_table = FindingSighting.__table__  # type: ignore[attr-defined]

_instant = _finding.c.ended_at.type
_KNOWN = sa.select(
    _finding.c.id,
    _finding.c.code,
    _finding.c.cause,
    _finding.c.state,
    _finding.c.opened_at,
    _finding.c.ended_at,
).where(
    _finding.c.tenancy_id == sa.bindparam("tenancy"),
    _finding.c.code.in_(sa.bindparam("codes", expanding=True)),
    sa.or_(
        _finding.c.state.not_in(ENDED),
        _finding.c.ended_at > sa.bindparam("seen_at", type_=_instant),
    ),
)
_NEW = sa.insert(sighting_table)
_OF_PATROL = (
    sa.select(_finding.c.id, _finding.c.code, _finding.c.state)
    .join(sighting_table, sighting_table.c.finding_id == _finding.c.id)
    .where(
        sighting_table.c.patrol_id == sa.bindparam("patrol"),
        sighting_table.c.merged_from.is_(None),
        sighting_table.c.split_into.is_(None),
    )
    .order_by(_finding.c.code)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as far as it matters for telling whether a fault is the same."""

    id: str
    code: str
    cause: Cause
    state: FindingState
    opened_at: datetime
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    def stood_at(self, seen_at: datetime) -> bool:
        """Tell whether it had not come to its end by then; put right on the spot, it never stood.

        A record that was made before the end arrives after it when the phone had no signal.
        """
        if self.ended_at is None:
            return True
        return self.ended_at > seen_at and self.ended_at > self.opened_at


@dataclass(frozen=True, slots=True)
class Again:
    """What whoever logged the patrol is told about a finding that was seen again."""

    id: str
    code: str
    state: FindingState


def which(
    known: Iterable[Known], *, code: str, cause: Cause, seen_at: datetime, named: str | None = None
) -> Known | None:
    """Return the finding of which a fault is another sighting, or None when it is a new one.

    What a third party did and what the shop did are two faults, unless the patroller names the
    finding. Of several, one that is still open, then the oldest; a name that does not fit (out of
    date, another item's) counts as none.
    """
    there = [each for each in known if each.code == code and each.stood_at(seen_at)]
    if pointed := [each for each in there if each.id == named]:
        return pointed[0]
    others = cause is Cause.THIRD_PARTY
    same = [each for each in there if (each.cause is Cause.THIRD_PARTY) is others]
    return min(same, key=lambda each: (each.has_ended, each.opened_at, each.id), default=None)


def known(
    session: Session, tenancy_id: str, codes: Sequence[str], seen_at: datetime
) -> list[Known]:
    """Return what stands, or stood at `seen_at`, of these items at a shop: one statement."""
    values = {"tenancy": tenancy_id, "codes": list(codes), "seen_at": seen_at}
    return [Known(*row) for row in session.connection().execute(_KNOWN, values)]


def of_patrol(session: Session, patrol_id: str) -> tuple[Again, ...]:
    """Return the findings that a visit saw again, as they are now."""
    return tuple(Again(*row) for row in session.execute(_OF_PATROL, {"patrol": patrol_id}))


def keep(
    session: Session, act: Act, *, tenancy_id: str, code: str, sighting: dict[str, Any]
) -> None:
    """Store a sighting, the columns of FindingSighting, with its entry in the shop's ledger."""
    session.connection().execute(_NEW, sighting)
    fact = {
        "patrol": sighting["patrol_id"],
        "code": code,
        "cause": sighting["cause"].value,
        "state": sighting["state"].value,
    }
    if sighting.get("merged_from"):
        fact["merged_from"] = sighting["merged_from"]
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(tenancy_id),
        kind=Entry.SEEN_AGAIN.value,
        ref=sighting["finding_id"],
        fact=fact,
    )

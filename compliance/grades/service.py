"""Colours of shops: the sum of today, the change written down, a colour set by a person.

A colour changes how often a street patrol comes by and who is helped first, nothing else, and is
never shown to the public.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.coverage.conditions import day_of
from compliance.errors import Conflict, InvalidInput, RuleBroken
from compliance.grades import publishing
from compliance.grades.facts import gather
from compliance.grades.models import Grade, GradeOverride
from compliance.grades.points import Sum, total
from compliance.grades.publishing import InForce
from compliance.grades.rules import Colour
from compliance.grades.standing import IS_LATEST, colours, grade_table
from compliance.ledger import service as ledger
from compliance.ledger.service import Draft
from compliance.merchants import shops
from compliance.merchants.shops import Shop, tenancy_table
from compliance.record import insert_new

__all__ = ["colours", "end_override", "override", "settle", "sums"]

CHANGED = "grade.changed"
OVERRIDDEN = "grade.overridden"
OVERRIDE_ENDED = "grade.override_ended"
LONGEST_OVERRIDE = timedelta(days=90)
SETTABLE = (Colour.GREEN, Colour.YELLOW, Colour.RED)
"""Grey says that nobody knows a shop yet, which nobody can set."""

_LATEST = (
    sa.select(grade_table.c.tenancy_id, grade_table.c.number, grade_table.c.colour)
    .join(tenancy_table, tenancy_table.c.id == grade_table.c.tenancy_id)
    .where(tenancy_table.c.id.in_(sa.bindparam("tenancies", expanding=True)), IS_LATEST)
)


@dataclass(frozen=True, slots=True)
class _Change:
    """A shop whose computed colour is no longer the one written down last."""

    tenancy_id: str
    number: int
    former: Colour
    sum: Sum


def sums(
    session: Session, tenancy_ids: Collection[str], now: datetime, rules: InForce | None = None
) -> dict[str, Sum]:
    """Return what the rules in force make of the shops at `now`, in a handful of statements."""
    held = rules or publishing.in_force(session, day_of(now))
    facts = gather(session, tenancy_ids, now, held.rules)
    return {tenancy: total(each, now, held.rules) for tenancy, each in facts.items()}


def stale(session: Session, tenancy_ids: Collection[str], now: datetime) -> list[str]:
    """Return those of the shops whose colour has to be written anew."""
    held = publishing.in_force(session, day_of(now))
    return [each.tenancy_id for each in _changes(session, tenancy_ids, now, held)]


def settle(session: Session, act: Act, tenancy_ids: Collection[str]) -> int:
    """Write down the colours that have changed, each with its lines and an entry in its ledger.

    Returns how many this call wrote: of many workers at the same moment one writes each.
    """
    held = publishing.in_force(session, act.day)
    changes = {
        (each.tenancy_id, each.number): each
        for each in _changes(session, tenancy_ids, act.at, held)
    }
    rows = [_row(act, changes[key], held) for key in sorted(changes)]
    mine = sorted(insert_new(session, grade_table, rows))
    drafts = [_entry(changes[tenancy, number], held) for tenancy, number in mine]
    ledger.append_many(session, act, drafts)
    return len(mine)


def _changes(
    session: Session, tenancy_ids: Collection[str], now: datetime, held: InForce
) -> list[_Change]:
    latest: Mapping[str, tuple[int, Colour]] = {
        row.tenancy_id: (row.number, row.colour)
        for row in session.execute(_LATEST, {"tenancies": list(tenancy_ids)})
    }
    changes = []
    for tenancy, found in sums(session, tenancy_ids, now, held).items():
        number, colour = latest.get(tenancy, (0, Colour.GREY))
        if found.colour is not colour:
            changes.append(_Change(tenancy, number + 1, colour, found))
    return changes


def _row(act: Act, change: _Change, held: InForce) -> dict[str, object]:
    return {
        "tenancy_id": change.tenancy_id,
        "number": change.number,
        "colour": change.sum.colour,
        "ground": change.sum.ground,
        "points": change.sum.points,
        "rules_id": held.id,
        "lines": [line.plain() for line in change.sum.lines],
        "at": act.at,
    }


def _entry(change: _Change, held: InForce) -> Draft:
    return Draft(
        subject=ledger.tenancy_subject(change.tenancy_id),
        kind=CHANGED,
        ref=f"{change.tenancy_id}:{change.number}",
        fact={
            "colour": change.sum.colour.value,
            "former": change.former.value,
            "ground": change.sum.ground.value,
            "points": change.sum.points,
            "rules": held.id,
            "lines": [line.plain() for line in change.sum.lines],
        },
    )


def override(
    session: Session,
    act: Act,
    viewer: Viewer,
    tenancy_id: str,
    *,
    colour: Colour,
    until: date,
    reason: str,
    seen: str = "",
) -> GradeOverride:
    """Set a colour beside the computed one until a last day, with an entry in the shop's ledger.

    `seen` is the id of the one that stood when the person looked; another raises Conflict
    `grade.set_meanwhile`. Raises InvalidInput `grade.reason_required`, `grade.not_settable`,
    `grade.until_out_of_range`; RuleBroken `grade.shop_closed`.
    """
    shop = _seen(session, viewer, tenancy_id)
    _check(act, colour, until, reason)
    former = standing_override(session, tenancy_id, act.at)
    if (former.id if former else "") != seen:
        raise Conflict("grade.set_meanwhile")
    _close(session, act, shop)
    computed = sums(session, [tenancy_id], act.at)[tenancy_id].colour
    made = GradeOverride(
        id=act.new_id(),
        tenancy_id=tenancy_id,
        colour=colour,
        computed=computed.value,
        reason=reason.strip(),
        until=until,
        set_at=act.at,
        set_by=act.actor.account_id,
        set_role=act.actor.role,
    )
    session.add(made)
    session.flush()
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(tenancy_id),
        kind=OVERRIDDEN,
        ref=made.id,
        fact={
            "colour": colour.value,
            "computed": computed.value,
            "until": until.isoformat(),
            "replaces": former.id if former else None,
        },
        body={"reason": made.reason},
    )
    return made


def end_override(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, *, seen: str
) -> GradeOverride:
    """Take back what was set, so that the computed colour holds again; doing it twice is once.

    Raises Conflict `grade.set_meanwhile` when another stands by now.
    """
    shop = _seen(session, viewer, tenancy_id)
    found = session.get(GradeOverride, seen, with_for_update=True)
    if found is None or found.tenancy_id != tenancy_id:
        raise Conflict("grade.set_meanwhile")
    if found.ended_at is None:
        _close(session, act, shop)
        ledger.append(
            session,
            act,
            subject=ledger.tenancy_subject(tenancy_id),
            kind=OVERRIDE_ENDED,
            ref=found.id,
            fact={"colour": found.colour.value},
        )
    return found


def standing_override(session: Session, tenancy_id: str, now: datetime) -> GradeOverride | None:
    """Return what a person set for a shop and holds at `now`."""
    return session.exec(
        select(GradeOverride).where(
            GradeOverride.tenancy_id == tenancy_id,
            col(GradeOverride.ended_at).is_(None),
            GradeOverride.until >= day_of(now),
        )
    ).first()


def history(session: Session, tenancy_id: str, most: int = 50) -> list[Grade]:
    """Return the changes of a shop's computed colour, the latest first."""
    query = select(Grade).where(Grade.tenancy_id == tenancy_id)
    return list(session.exec(query.order_by(col(Grade.number).desc()).limit(most)))


def _seen(session: Session, viewer: Viewer, tenancy_id: str) -> Shop:
    shop = shops.seen_by(session, viewer, Action.GRADE_OVERRIDE, tenancy_id)
    if shop.closed_on is not None:
        raise RuleBroken("grade.shop_closed")
    return shop


def _check(act: Act, colour: Colour, until: date, reason: str) -> None:
    faults = {}
    if not reason.strip():
        faults["reason"] = "grade.reason_required"
    if colour not in SETTABLE:
        faults["colour"] = "grade.not_settable"
    if not act.day <= until <= act.day + LONGEST_OVERRIDE:
        faults["until"] = "grade.until_out_of_range"
    if faults:
        raise InvalidInput(next(iter(faults.values())), fields=faults, most=LONGEST_OVERRIDE.days)


def _close(session: Session, act: Act, shop: Shop) -> None:
    """End what stands, and what has run out without anybody ending it."""
    open_ones = select(GradeOverride).where(
        GradeOverride.tenancy_id == shop.tenancy_id, col(GradeOverride.ended_at).is_(None)
    )
    for each in session.exec(open_ones.with_for_update()):
        each.ended_at, each.ended_by = act.at, act.actor.account_id
        session.add(each)
    session.flush()

"""Publishing and withdrawing plans of inspections; each is an entry of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Place, Reach, Viewer, reaches, require
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound
from compliance.ledger import service as ledger
from compliance.plans.models import Plan

PUBLISHED, WITHDRAWN = "plan.published", "plan.withdrawn"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A plan as the desk types it; an empty township is the whole district's."""

    township_code: str
    ref: str
    title: str
    authority: str
    cap: int | None
    starts_on: date
    ends_on: date


def publish(session: Session, act: Act, viewer: Viewer, proposed: Proposed) -> Plan:
    """Store a plan; raise InvalidInput for its period, Conflict `plan.ref_taken`, NotFound."""
    _require(viewer, Action.PLAN_KEEP, proposed.township_code or None)
    if proposed.ends_on < proposed.starts_on or proposed.starts_on.year != proposed.ends_on.year:
        raise InvalidInput("plan.period", fields={"ends_on": "plan.period"})
    if session.exec(select(Plan.id).where(Plan.ref == proposed.ref)).first():
        raise Conflict("plan.ref_taken", fields={"ref": "plan.ref_taken"})
    plan = Plan(
        id=act.new_id(),
        township_code=proposed.township_code or None,
        year=proposed.starts_on.year,
        ref=proposed.ref,
        title=proposed.title,
        authority=proposed.authority,
        cap=proposed.cap,
        starts_on=proposed.starts_on,
        ends_on=proposed.ends_on,
        published_at=act.at,
        published_by=act.actor.account_id,
    )
    session.add(plan)
    session.flush()
    fact = {
        "plan": plan.ref,
        "cap": plan.cap,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
    }
    ledger.append(session, act, subject=_subject(plan), kind=PUBLISHED, ref=plan.id, fact=fact)
    return plan


def withdraw(session: Session, act: Act, viewer: Viewer, plan_id: str, reason: str) -> Plan:
    """End a plan before its time; raise NotFound, InvalidInput `plan.reason_missing`."""
    plan = one(session, viewer, Action.PLAN_KEEP, plan_id)
    if not reason.strip():
        raise InvalidInput("plan.reason_missing", fields={"reason": "plan.reason_missing"})
    if plan.withdrawn_at is None:
        plan.withdrawn_at, plan.withdrawn_for = act.at, reason.strip()
        session.add(plan)
        ledger.append(
            session,
            act,
            subject=_subject(plan),
            kind=WITHDRAWN,
            ref=plan.id,
            body={"reason": plan.withdrawn_for},
        )
    return plan


def one(session: Session, viewer: Viewer, action: Action, plan_id: str) -> Plan:
    """Return a plan that `viewer` may do `action` to; raise NotFound `plan.unknown`."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        require(viewer, action)
        raise NotFound("plan.unknown")
    _require(viewer, action, plan.township_code, reading=action is Action.PLAN_READ)
    return plan


def listed(session: Session, viewer: Viewer) -> Sequence[Plan]:
    """Return the plans of the viewer's townships and of the whole district, newest first."""
    order = (col(Plan.starts_on).desc(), col(Plan.ref))
    return session.exec(select(Plan).where(_readable(viewer)).order_by(*order)).all()


def in_force(session: Session, viewer: Viewer, day: date) -> Sequence[Plan]:
    """Return the plans that an inspection of `day` may stand under, by their reference."""
    running = (
        col(Plan.withdrawn_at).is_(None),
        col(Plan.starts_on) <= day,
        col(Plan.ends_on) >= day,
    )
    query = select(Plan).where(_readable(viewer), *running).order_by(col(Plan.ref))
    return session.exec(query).all()


def of_inspection(session: Session, ref: str, township_code: str, day: date) -> Plan | None:
    """Return the plan that an inspection in a township names by `ref`, if it is in force then."""
    plan = session.exec(select(Plan).where(Plan.ref == ref)).one_or_none()
    if plan is None or plan.township_code not in {None, township_code} or not plan.in_force(day):
        return None
    return plan


def _readable(viewer: Viewer) -> sa.ColumnElement[bool]:
    if require(viewer, Action.PLAN_READ) is Reach.DISTRICT:
        return sa.true()
    own = col(Plan.township_code).in_(viewer.townships)
    return sa.or_(col(Plan.township_code).is_(None), own)


def _require(
    viewer: Viewer, action: Action, township_code: str | None, *, reading: bool = False
) -> None:
    """Raise NotFound `plan.unknown` out of reach; what is the district's all may read."""
    require(viewer, action)
    if township_code is None and reading:
        return
    if not reaches(viewer, action, Place(township=township_code)):
        raise NotFound("plan.unknown")


def _subject(plan: Plan) -> str:
    if plan.township_code is None:
        return ledger.DISTRICT_SUBJECT
    return ledger.township_subject(plan.township_code)

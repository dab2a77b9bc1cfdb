"""What the sums of many shops are made of, read in five statements whatever the number of shops."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import LOCAL
from compliance.findings.lifecycle import ASKS_OVERDUE, ENDED, FindingState, Step
from compliance.findings.models import Cause, FindingEvent
from compliance.findings.queries import finding_table
from compliance.grades.points import Facts, Fault, RanOut, RedTerm, SelfCheck
from compliance.grades.rules import Rules
from compliance.merchants.shops import tenancy_table
from compliance.notices.kinds import SETTLED, NoticeState
from compliance.notices.slots import TODAY, notice_table
from compliance.patrols.models import Patrol, PatrolItem, PatrolKind
from compliance.red_list import queries as red_list

_event = FindingEvent.__table__  # type: ignore[attr-defined]
_patrol = Patrol.__table__  # type: ignore[attr-defined]
_item = PatrolItem.__table__  # type: ignore[attr-defined]
_newer = notice_table.alias("newer")

_SHOPS: Any = sa.bindparam("tenancies", expanding=True)
_SINCE: Any = sa.bindparam("since", type_=_patrol.c.received_at.type)

_OPENED = sa.select(tenancy_table.c.id, tenancy_table.c.opened_on).where(
    tenancy_table.c.id.in_(_SHOPS)
)

_of_finding = _event.c.finding_id == finding_table.c.id
_CLAIMED_AT = (
    sa.select(sa.func.max(_event.c.at))
    .where(_of_finding, _event.c.step == Step.CLAIM.value)
    .correlate(finding_table)
    .scalar_subquery()
)
_WENT_FURTHER = (
    sa.exists()
    .where(_of_finding, _event.c.step.in_([step.value for step in ASKS_OVERDUE]))
    .correlate(finding_table)
)
_FIXED_ON_SPOT = (
    sa.exists()
    .where(
        _item.c.patrol_id == finding_table.c.patrol_id,
        _item.c.code == finding_table.c.code,
        _item.c.fixed_on_spot,
    )
    .correlate(finding_table)
)
_FAULTS = sa.select(
    finding_table.c.tenancy_id,
    finding_table.c.id,
    finding_table.c.code,
    finding_table.c.severity,
    finding_table.c.state,
    finding_table.c.opened_at,
    finding_table.c.due_at,
    finding_table.c.ended_at,
    sa.type_coerce(_CLAIMED_AT, finding_table.c.opened_at.type),
    sa.or_(_FIXED_ON_SPOT, finding_table.c.ended_at == finding_table.c.opened_at),
    _WENT_FURTHER,
    finding_table.c.counted,
    finding_table.c.cause,
).where(
    finding_table.c.tenancy_id.in_(_SHOPS),
    finding_table.c.counted,
    finding_table.c.cause == Cause.MERCHANT,
    finding_table.c.state != FindingState.REVOKED,
    sa.or_(finding_table.c.state.not_in(ENDED), finding_table.c.opened_at > _SINCE),
)

_SELF_CHECKS = sa.select(_patrol.c.tenancy_id, _patrol.c.id, _patrol.c.received_at).where(
    _patrol.c.tenancy_id.in_(_SHOPS),
    _patrol.c.kind == PatrolKind.SELF_CHECK,
    _patrol.c.received_at > _SINCE,
)

_HOLDS = sa.exists().where(
    _newer.c.tenancy_id == notice_table.c.tenancy_id,
    _newer.c.kind == notice_table.c.kind,
    sa.or_(
        _newer.c.state == NoticeState.SUBMITTED,
        sa.and_(
            _newer.c.state.in_(SETTLED),
            sa.or_(
                _newer.c.valid_to > notice_table.c.valid_to,
                sa.and_(
                    _newer.c.valid_to == notice_table.c.valid_to, _newer.c.id > notice_table.c.id
                ),
            ),
        ),
    ),
)
"""Condition on notice: a later one of its kind stands, or waits for the desk and not the shop."""

_RAN_OUT = sa.select(
    notice_table.c.tenancy_id,
    notice_table.c.id,
    notice_table.c.kind,
    notice_table.c.valid_to,
).where(
    notice_table.c.tenancy_id.in_(_SHOPS),
    notice_table.c.state.in_(SETTLED),
    notice_table.c.valid_to < TODAY,
    ~_HOLDS,
)


def gather(
    session: Session, tenancy_ids: Collection[str], now: datetime, rules: Rules
) -> dict[str, Facts]:
    """Return the facts of every tenancy there is among those asked for.

    Findings are read two windows back: whether one came again depends on those before it.
    """
    wanted = list(tenancy_ids)
    window = timedelta(days=rules.window_days)
    faults: dict[str, list[Fault]] = defaultdict(list)
    for row in session.execute(_FAULTS, {"tenancies": wanted, "since": now - 2 * window}):
        tenancy, *rest = row
        faults[tenancy].append(Fault(*rest))
    checks: dict[str, list[SelfCheck]] = defaultdict(list)
    for tenancy, *rest in session.execute(
        _SELF_CHECKS, {"tenancies": wanted, "since": now - window}
    ):
        checks[tenancy].append(SelfCheck(*rest))
    ran_out: dict[str, list[RanOut]] = defaultdict(list)
    today = now.astimezone(LOCAL).date()
    for tenancy, notice, kind, last in session.execute(
        _RAN_OUT, {"tenancies": wanted, "today": today}
    ):
        ran_out[tenancy].append(RanOut(notice, kind.value, last))
    listed: dict[str, list[RedTerm]] = defaultdict(list)
    for term in red_list.terms(session, wanted):
        listed[term.tenancy_id].append(RedTerm(term.id, term.since, term.until))
    return {
        tenancy: Facts(
            opened_on, faults[tenancy], checks[tenancy], ran_out[tenancy], listed[tenancy]
        )
        for tenancy, opened_on in session.execute(_OPENED, {"tenancies": wanted})
    }

"""Reading findings: as lists for whose turn it is, and one with its history.

Plain Core with statements built once; a finding is read together with its item and its shop, so a
page needs one query and no list grows a query per row.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Place, Viewer
from compliance.catalogue.models import CheckItem
from compliance.errors import NotFound
from compliance.findings.lifecycle import (
    CLOCK_RUNS,
    ENDED,
    IN_QUEUE,
    WITH_AUTHORITY,
    FindingState,
    Step,
    is_overdue,
    shown_state,
)
from compliance.findings.models import Cause, Finding, FindingEvent
from compliance.merchants.shops import (
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)

finding_table = Finding.__table__  # type: ignore[attr-defined]
_item = CheckItem.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as pages show it: with the words of its item and the name and place of its shop."""

    id: str
    tenancy_id: str
    patrol_id: str
    patrol_kind: str
    code: str
    severity: int
    covenant_only: bool
    cause: Cause
    state: FindingState
    counted: bool
    note: str
    recorded_by: str
    recorded_role: str
    opened_at: datetime
    moved_at: datetime
    due_at: datetime | None
    due_basis: str
    due_from: datetime | None
    due_value: int
    listed_until: datetime | None
    ended_at: datetime | None
    ended_by: str
    asked: str
    version: int
    name_zh: str
    name_en: str
    basis: str
    fine: str
    limit_value: int
    shop: str
    number: str
    address: str
    lane_id: str
    lane: str
    township_code: str
    township: str

    @property
    def place(self) -> Place:
        return Place(township=self.township_code, lane=self.lane_id, tenancy=self.tenancy_id)

    def name(self, lang: str) -> str:
        """Return the item's name in a language."""
        return self.name_en if lang == "en" else self.name_zh

    def shown(self, now: datetime) -> str:
        """Return the word of its state, `overdue` included."""
        return shown_state(self.state, self.due_at, now)

    def is_overdue(self, now: datetime) -> bool:
        return is_overdue(self.state, self.due_at, now)

    @property
    def running_until(self) -> datetime | None:
        """The deadline while it is the shop's turn; None while the clock stands still."""
        return self.due_at if self.state in CLOCK_RUNS else None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


_OWN = (
    "id tenancy_id patrol_id patrol_kind code severity covenant_only cause state counted"
).split()
_OWN += "note recorded_by recorded_role opened_at moved_at due_at due_basis".split()
_OWN += "due_from due_value listed_until ended_at ended_by asked version".split()

FINDINGS = (
    sa.select(
        *(finding_table.c[name] for name in _OWN),
        _item.c.name.label("name_zh"),
        _item.c.name_en,
        _item.c.basis,
        _item.c.fine,
        _item.c.limit_value,
        merchant_table.c.name.label("shop"),
        premises_table.c.number,
        premises_table.c.address,
        lane_table.c.id.label("lane_id"),
        lane_table.c.name.label("lane"),
        township_table.c.code.label("township_code"),
        township_table.c.name.label("township"),
    )
    .join(
        _item,
        sa.and_(_item.c.edition == finding_table.c.edition, _item.c.code == finding_table.c.code),
    )
    .join(tenancy_table, tenancy_table.c.id == finding_table.c.tenancy_id)
    .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
    .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
    .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
    .join(township_table, township_table.c.code == premises_table.c.township_code)
)
"""Findings with item and shop; add `where` and `order_by`."""


def listed(session: Session, query: Any) -> list[FindingView]:
    """Return the findings of a query made from FINDINGS."""
    return [FindingView(*row) for row in session.execute(query)]


def one(session: Session, viewer: Viewer, finding_id: str) -> FindingView:
    """Return a finding that `viewer` may read; raise NotFound `finding.unknown` for any other."""
    query = FINDINGS.where(finding_table.c.id == finding_id, within(viewer, Action.FINDING_READ))
    found = listed(session, query)
    if not found:
        raise NotFound("finding.unknown")
    return found[0]


STANDING_REPLY: sa.ColumnElement[str] = sa.func.coalesce(
    sa.select(_event.c.words)
    .where(_event.c.finding_id == finding_table.c.id, _event.c.step == Step.REPLY.value)
    .order_by(_event.c.number.desc())
    .limit(1)
    .correlate(finding_table)
    .scalar_subquery(),
    "",
)
"""What the shop says beside a finding, or nothing: the last of its replies, to select with one."""


def reply_of(session: Session, finding_id: str) -> str:
    """Return what the shop says beside a finding, or nothing."""
    query = sa.select(STANDING_REPLY).where(finding_table.c.id == finding_id)
    return str(session.execute(query).scalar_one())


OPEN: sa.ColumnElement[bool] = finding_table.c.state.not_in(ENDED)


def overdue(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of `lifecycle.is_overdue` in the database's words."""
    return sa.and_(finding_table.c.state.in_(CLOCK_RUNS), finding_table.c.due_at < now)


def waiting(kind: str, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of a worklist: whose turn it is, `open` for all, or `ended`.

    Nobody has to do anything about a shop that has moved out. The query must know the tenancy.
    """
    if kind == "ended":
        return sa.not_(OPEN)
    if kind == "unresolved":
        return sa.and_(finding_table.c.state == FindingState.UNRESOLVED)
    state, asked = finding_table.c.state, finding_table.c.asked
    conditions: dict[str, sa.ColumnElement[bool]] = {
        "recheck": sa.or_(state == FindingState.CLAIMED, asked == Step.ASK_RECHECK.value),
        "asked": asked == Step.ASK_TIME.value,
        "overdue": overdue(now),
        "third_party": state.in_([FindingState.THIRD_PARTY, FindingState.DISPATCHED]),
        "review": state.in_(IN_QUEUE),
        "referred": state == FindingState.REFERRED,
        "screened": state == FindingState.SCREENED,
        "ordered": state == FindingState.ORDERED,
        "case": state.in_(WITH_AUTHORITY),
        "open": OPEN,
    }
    return sa.and_(conditions[kind], tenancy_table.c.closed_on.is_(None))


WORKLISTS = (
    *("recheck", "asked", "overdue", "third_party", "review"),
    *("referred", "screened", "ordered", "case", "open", "unresolved", "ended"),
)


def reached_by(viewer: Viewer, *, township: str = "", lane: str = "") -> sa.ColumnElement[bool]:
    """Return the condition of what `viewer` may read, narrowed to a township or lane."""
    parts = [within(viewer, Action.FINDING_READ)]
    if township:
        parts.append(premises_table.c.township_code == township)
    if lane:
        parts.append(premises_table.c.lane_id == lane)
    return sa.and_(*parts)


def worklist(
    session: Session,
    reach: sa.ColumnElement[bool],
    kind: str,
    now: datetime,
    *,
    page: int = 1,
    size: int = 50,
) -> list[FindingView]:
    """Return one page of what waits, what has waited longest first; of ended ones the latest."""
    latest_first = kind in {"ended", "unresolved"}
    order = finding_table.c.moved_at.desc() if latest_first else finding_table.c.moved_at
    query = (
        FINDINGS.where(reach, waiting(kind, now))
        .order_by(order, finding_table.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return listed(session, query)


def counts(session: Session, reach: sa.ColumnElement[bool], now: datetime) -> dict[str, int]:
    """Return how many findings stand in each worklist."""
    cases = (sa.func.count(sa.case((waiting(kind, now), 1))) for kind in WORKLISTS)
    query = (
        sa.select(*cases)
        .select_from(finding_table)
        .join(tenancy_table, tenancy_table.c.id == finding_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(reach)
    )
    return dict(zip(WORKLISTS, session.execute(query).one(), strict=True))


def of_tenancies(
    session: Session, tenancy_ids: Collection[str], *, only_open: bool = False
) -> list[FindingView]:
    """Return the findings of some shops: open ones first, by deadline; then the latest."""
    mine = finding_table.c.tenancy_id.in_(tenancy_ids)
    query = FINDINGS.where(mine, OPEN) if only_open else FINDINGS.where(mine)
    order = (
        sa.case((OPEN, 0), else_=1),
        sa.case((OPEN, finding_table.c.due_at)).nulls_last(),
        finding_table.c.opened_at.desc(),
    )
    return listed(session, query.order_by(*order, finding_table.c.id))


def of_tenancy(session: Session, tenancy_id: str) -> list[FindingView]:
    """Return a shop's findings: open ones first, by deadline; then the latest."""
    return of_tenancies(session, [tenancy_id])


@dataclass(frozen=True, slots=True)
class Event:
    """One step as a page shows it; people are shown as their role."""

    number: int
    step: str
    state: FindingState
    at: datetime
    account_id: str
    role: str
    words: str
    detail: dict[str, object]
    photos: list[str]


def events(session: Session, finding_id: str) -> list[Event]:
    """Return the steps of a finding in their order."""
    columns = (_event.c[name] for name in Event.__slots__)
    rows = session.execute(
        sa.select(*columns).where(_event.c.finding_id == finding_id).order_by(_event.c.number)
    )
    return [Event(*row) for row in rows]

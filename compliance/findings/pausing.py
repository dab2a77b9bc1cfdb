"""Letting clocks stand still: a shop closed with approval, weather too bad to work outside.

Whoever declares a pause moves every deadline it touches, in the same transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from compliance.accounts.permissions import Action, Place, Reach, Viewer, require, require_at
from compliance.act import Act
from compliance.catalogue import calendars
from compliance.catalogue.calendars import YearList
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.findings import clocks
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.shops import premises_table, tenancy_table
from compliance.pauses.models import ClockPause, PauseArea, PauseCause

BACKWARDS = timedelta(days=30)
"""How long ago a pause may have begun when it is declared."""

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pause as it is asked for; `ref` as in ClockPause."""

    area: PauseArea
    ref: str
    cause: PauseCause
    begins_at: datetime
    ends_at: datetime | None
    reason: str


def declare(session: Session, act: Act, viewer: Viewer, wanted: Wanted) -> ClockPause:
    """Let clocks stand still, and move what is running.

    Raises NotAllowed or NotFound for an area that is not the viewer's, InvalidInput `pause.…`.
    """
    subject = _subject(session, viewer, wanted.area, wanted.ref)
    faults = dict(_faults(act, wanted))
    if faults:
        raise InvalidInput("pause.invalid", fields=faults)
    pause = ClockPause(
        id=act.new_id(),
        area=wanted.area,
        ref=wanted.ref,
        cause=wanted.cause,
        begins_at=wanted.begins_at,
        ends_at=wanted.ends_at,
        reason=wanted.reason.strip(),
        declared_by=act.actor.account_id,
        declared_at=act.at,
    )
    session.add(pause)
    _record(session, act, pause, subject, "pause.declared")
    session.flush()
    clocks.move(session, act, _of(pause))
    return pause


def end(session: Session, act: Act, viewer: Viewer, pause_id: str, ends_at: datetime) -> ClockPause:
    """Set the end of a pause that has none, or an earlier one; what it gave meanwhile stays given.

    Raises NotFound `pause.unknown`, RuleBroken `pause.over` for one that has ended.
    """
    pause = session.exec(
        select(ClockPause).where(ClockPause.id == pause_id).with_for_update()
    ).one_or_none()
    if pause is None:
        raise NotFound("pause.unknown")
    subject = _subject(session, viewer, pause.area, pause.ref)
    if pause.ends_at is not None and pause.ends_at <= act.at:
        raise RuleBroken("pause.over")
    if ends_at < pause.begins_at or (pause.ends_at is not None and ends_at > pause.ends_at):
        raise InvalidInput("pause.invalid", fields={"ends_at": "pause.end_first"})
    pause.ends_at, pause.ended_by = max(ends_at, act.at), act.actor.account_id
    session.add(pause)
    _record(session, act, pause, subject, "pause.ended")
    session.flush()
    clocks.move(session, act, _of(pause))
    return pause


def _of(pause: ClockPause) -> sa.ColumnElement[bool]:
    """Return the condition for what lies in a pause's area."""
    match pause.area:
        case PauseArea.TENANCY:
            here: sa.ColumnElement[bool] = tenancy_table.c.id == pause.ref
        case PauseArea.TOWNSHIP:
            here = premises_table.c.township_code == pause.ref
        case PauseArea.DISTRICT:
            here = sa.true()
    return here


def _subject(session: Session, viewer: Viewer, area: PauseArea, ref: str) -> str:
    """Return the ledger in which a pause of this area is written; raise when it is not theirs."""
    reach = require(viewer, Action.PAUSE_DECLARE)
    match area:
        case PauseArea.TENANCY:
            action, unknown = Action.PAUSE_DECLARE, "shop.unknown"
            shops.seen_by(session, viewer, action, ref, unknown=unknown)
            return ledger.tenancy_subject(ref)
        case PauseArea.TOWNSHIP:
            require_at(viewer, Action.PAUSE_DECLARE, Place(township=ref), unknown="pause.unknown")
            return ledger.township_subject(ref)
        case PauseArea.DISTRICT:
            if reach is not Reach.DISTRICT:
                raise NotFound("pause.unknown")
            return ledger.DISTRICT_SUBJECT


def _faults(act: Act, wanted: Wanted) -> Iterator[tuple[str, str]]:
    if wanted.begins_at < act.at - BACKWARDS:
        yield "begins_at", "pause.too_long_ago"
    if wanted.ends_at is not None and wanted.ends_at <= wanted.begins_at:
        yield "ends_at", "pause.end_first"
    if not wanted.reason.strip():
        yield "reason", "pause.reason_missing"
    elif len(wanted.reason) > LONGEST_REASON:
        yield "reason", "field.too_long"


def _record(session: Session, act: Act, pause: ClockPause, subject: str, kind: str) -> None:
    ledger.append(
        session,
        act,
        subject=subject,
        kind=kind,
        ref=pause.id,
        fact={
            "area": pause.area.value,
            "cause": pause.cause.value,
            "begins_at": pause.begins_at.isoformat(),
            "ends_at": pause.ends_at.isoformat() if pause.ends_at else None,
        },
        body={"reason": pause.reason},
    )


def bring_calendar(session: Session, act: Act, viewer: Viewer | None, found: YearList) -> int:
    """Put a year's arrangement in place and move what is running; return how many moved.

    `viewer` is None for the command line. Raises InvalidInput `calendar.faulty`.
    """
    calendars.replace(session, act, viewer, found)
    return clocks.move(session, act, sa.true())


def of_viewer(session: Session, viewer: Viewer) -> Sequence[ClockPause]:
    """Return the pauses a desk may see: of its area and of the shops within it."""
    reach = require(viewer, Action.PAUSE_DECLARE)
    if reach is Reach.DISTRICT:
        return session.exec(_open_first(select(ClockPause))).all()
    mine = (
        sa.select(tenancy_table.c.id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(shops.within(viewer, Action.PAUSE_DECLARE))
    )
    query = select(ClockPause).where(
        sa.or_(
            col(ClockPause.area) == PauseArea.DISTRICT,
            sa.and_(
                col(ClockPause.area) == PauseArea.TOWNSHIP,
                col(ClockPause.ref).in_(viewer.townships),
            ),
            sa.and_(col(ClockPause.area) == PauseArea.TENANCY, col(ClockPause.ref).in_(mine)),
        )
    )
    return session.exec(_open_first(query)).all()


def _open_first(query: SelectOfScalar[ClockPause]) -> SelectOfScalar[ClockPause]:
    return query.order_by(col(ClockPause.ends_at).is_not(None), col(ClockPause.begins_at).desc())

"""Blank plates: printed ahead with tokens and serials, and bound to a shop when one stands there.

A desk orders a batch for a township, or for one of its lanes. Until a plate is bound its code leads
nowhere and says so. A lost batch is withdrawn as a whole: plates that hang on doors stay valid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Place, Reach, Viewer, require, require_at
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound
from compliance.ledger import service as ledger
from compliance.merchants.codes import MIN_REASON
from compliance.merchants.identifiers import blank_serial, new_door_token
from compliance.merchants.opening import lock_townships
from compliance.merchants.shops import (
    batch_table,
    lane_table,
    merchant_table,
    plate_table,
    premises_table,
    tenancy_table,
    township_table,
)
from compliance.record import insert_many

MOST = 300
"""Plates in one batch: what one person carries, and what one download holds."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One order of blank plates; `lane` is empty when they are for anywhere in the township."""

    id: str
    township_code: str
    township: str
    township_en: str
    lane: str
    count: int
    bound: int
    first: str
    last: str
    ordered_at: datetime
    withdrawn_at: datetime | None
    reason: str

    @property
    def left(self) -> int:
        """How many are not bound yet."""
        return self.count - self.bound


@dataclass(frozen=True, slots=True)
class Plate:
    """One plate of a batch, and the shop it was bound to, if it was."""

    token: str
    serial: str
    bound_at: datetime | None
    tenancy_id: str | None
    number: str | None
    name: str | None


_BATCHES = (
    sa.select(
        batch_table.c.id,
        batch_table.c.township_code,
        township_table.c.name.label("township"),
        township_table.c.name_en.label("township_en"),
        sa.func.coalesce(lane_table.c.name, "").label("lane"),
        batch_table.c.count,
        sa.func.count(plate_table.c.bound_at).label("bound"),
        sa.func.min(plate_table.c.running).label("low"),
        sa.func.max(plate_table.c.running).label("high"),
        township_table.c.letters,
        batch_table.c.ordered_at,
        batch_table.c.withdrawn_at,
        batch_table.c.reason,
    )
    .join(township_table, township_table.c.code == batch_table.c.township_code)
    .join(plate_table, plate_table.c.batch_id == batch_table.c.id)
    .outerjoin(lane_table, lane_table.c.id == batch_table.c.lane_id)
    .group_by(batch_table.c.id, township_table.c.code, lane_table.c.name)
    .order_by(batch_table.c.ordered_at.desc(), sa.func.max(plate_table.c.running).desc())
)


def order(
    session: Session, act: Act, viewer: Viewer, *, township: str, lane: str = "", count: int
) -> str:
    """Make `count` blank plates for a township, or for its lane of the id `lane`; return the batch.

    Serials run on from the township's last.
    """
    require_at(viewer, Action.CODE_PRINT, Place(township=township))
    if not 1 <= count <= MOST:
        raise InvalidInput("blank.count", fields={"count": "blank.count"}, most=MOST)
    letters = lock_townships(session, [township])
    if township not in letters or (lane and _township_of(session, lane) != township):
        raise InvalidInput("blank.lane_unknown", fields={"lane": "blank.lane_unknown"})
    batch_id = act.new_id()
    batch = {
        "id": batch_id,
        "township_code": township,
        "lane_id": lane or None,
        "count": count,
        "ordered_at": act.at,
        "ordered_by": act.actor.account_id,
        "reason": "",
    }
    session.connection().execute(sa.insert(batch_table), [batch])
    start = _last_running(session, township) + 1
    plates = [
        {
            "token": new_door_token(act.chance),
            "batch_id": batch_id,
            "township_code": township,
            "running": running,
            "serial": blank_serial(letters[township], running),
            "replaced": "",
        }
        for running in range(start, start + count)
    ]
    insert_many(session, plate_table, plates)
    fact = {"count": count, "first": plates[0]["serial"], "last": plates[-1]["serial"]}
    _record(session, act, township, "blanks.ordered", batch_id, fact)
    return batch_id


def withdraw(session: Session, act: Act, viewer: Viewer, batch_id: str, *, reason: str) -> int:
    """Withdraw all plates of a batch that are not bound yet; return how many those are."""
    found = batch(session, viewer, batch_id, Action.CODE_REISSUE)
    if len(reason.strip()) < MIN_REASON:
        raise InvalidInput("door.reason_missing", fields={"reason": "door.reason_missing"})
    lock(session, batch_id)
    found = batch(session, viewer, batch_id, Action.CODE_REISSUE)
    if found.withdrawn_at:
        raise Conflict("blank.batch_withdrawn")
    session.execute(
        sa.update(batch_table)
        .where(batch_table.c.id == batch_id)
        .values(withdrawn_at=act.at, reason=reason.strip())
    )
    fact = {"withdrawn": found.left, "bound": found.bound, "first": found.first, "last": found.last}
    _record(
        session, act, found.township_code, "blanks.withdrawn", batch_id, fact, {"reason": reason}
    )
    return found.left


def batches(session: Session, viewer: Viewer) -> list[Batch]:
    """Return the batches of the viewer's townships, the latest first."""
    condition = sa.true()
    if require(viewer, Action.CODE_PRINT) is not Reach.DISTRICT:
        condition = batch_table.c.township_code.in_(viewer.townships)
    return [_batch(row) for row in session.execute(_BATCHES.where(condition))]


def batch(
    session: Session, viewer: Viewer, batch_id: str, action: Action = Action.CODE_PRINT
) -> Batch:
    """Return one batch; raise NotFound `blank.batch_unknown` for another township's."""
    require(viewer, action)
    row = session.execute(_BATCHES.where(batch_table.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound("blank.batch_unknown")
    found = _batch(row)
    place = Place(township=found.township_code)
    require_at(viewer, action, place, unknown="blank.batch_unknown")
    return found


def plates(session: Session, batch_id: str) -> Sequence[Plate]:
    """Return the plates of a batch by serial."""
    query = (
        sa.select(
            plate_table.c.token,
            plate_table.c.serial,
            plate_table.c.bound_at,
            plate_table.c.tenancy_id,
            premises_table.c.number,
            merchant_table.c.name,
        )
        .outerjoin(tenancy_table, tenancy_table.c.id == plate_table.c.tenancy_id)
        .outerjoin(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .outerjoin(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
        .where(plate_table.c.batch_id == batch_id)
        .order_by(plate_table.c.running)
    )
    return [Plate(*row) for row in session.execute(query)]


def lock(session: Session, batch_id: str) -> None:
    """Let nobody else bind a plate of the batch or withdraw it until this act is done."""
    row = sa.select(batch_table.c.id).where(batch_table.c.id == batch_id)
    session.execute(row.with_for_update())


def _batch(row: Any) -> Batch:
    values = row._asdict()
    low, high, letters = (values.pop(name) for name in ("low", "high", "letters"))
    return Batch(**values, first=blank_serial(letters, low), last=blank_serial(letters, high))


def _township_of(session: Session, lane_id: str) -> str | None:
    query = sa.select(lane_table.c.township_code).where(lane_table.c.id == lane_id)
    return session.execute(query).scalar_one_or_none()


def _last_running(session: Session, township: str) -> int:
    query = sa.select(sa.func.max(plate_table.c.running))
    return session.execute(query.where(plate_table.c.township_code == township)).scalar_one() or 0


def _record(
    session: Session,
    act: Act,
    township: str,
    kind: str,
    batch_id: str,
    fact: dict[str, Any],
    body: dict[str, Any] | None = None,
) -> None:
    ledger.append(
        session,
        act,
        subject=ledger.township_subject(township),
        kind=kind,
        ref=batch_id,
        fact=fact,
        body=body,
    )

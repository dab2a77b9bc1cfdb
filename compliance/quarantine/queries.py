"""What lies in quarantine: for the desk's list, and what is known around one record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Viewer, require
from compliance.devices.models import Device
from compliance.devices.reach import answers_for
from compliance.patrols.models import Patrol
from compliance.quarantine.models import SealedFate, SealedItem, SealedKind
from compliance.quarantine.service import Held
from compliance.suspect_codes.models import SuspectCode

KEPT_SEALED = timedelta(days=30)
"""How long after the decision the sealed bytes stay, so that a doubt can still be looked into."""


class Pile(StrEnum):
    """The three lists of the page."""

    RECORDS = "records"
    PHOTOS = "photos"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many there are in it and in all three."""

    held: Sequence[Held]
    total: int
    counts: dict[Pile, int]


def listed(session: Session, viewer: Viewer, pile: Pile, page: int, size: int) -> Listed:
    """Return a page of what the viewer decides on: in the order each device made its records."""
    require(viewer, Action.QUARANTINE_DECIDE)
    counts = {each: session.execute(_count(viewer, each)).scalar_one() for each in Pile}
    decided = pile is Pile.DECIDED
    first = [col(SealedItem.decided_at).desc()] if decided else [col(Device.id)]
    order = [*first, col(SealedItem.number), col(SealedItem.id)]
    query = _items(viewer, pile).order_by(*order).limit(size).offset((page - 1) * size)
    return Listed([Held(*row) for row in session.exec(query)], counts[pile], counts)


def waiting(session: Session, viewer: Viewer) -> int:
    """Return how many records wait for the viewer's decision; 0 for those who decide nothing."""
    if not viewer.may(Action.QUARANTINE_DECIDE):
        return 0
    return int(session.execute(_count(viewer, Pile.RECORDS)).scalar_one())


def _items(viewer: Viewer, pile: Pile):  # type: ignore[no-untyped-def]  # noqa: ANN202 (a select of three tables)
    return (
        select(SealedItem, Device, Account)
        .join(Device, col(Device.id) == col(SealedItem.device_id))
        .join(Account, col(Account.id) == col(Device.account_id))
        .where(_in(pile), answers_for(viewer, col(Account.id)))
    )


def _count(viewer: Viewer, pile: Pile) -> sa.Select[tuple[int]]:
    return _items(viewer, pile).with_only_columns(sa.func.count())  # type: ignore[no-any-return]


def _in(pile: Pile) -> sa.ColumnElement[bool]:
    open_ = col(SealedItem.state) == SealedFate.WAITING
    photo = col(SealedItem.kind) == SealedKind.PHOTO
    match pile:
        case Pile.RECORDS:
            return sa.and_(open_, sa.not_(photo))
        case Pile.PHOTOS:
            return sa.and_(open_, photo)
        case Pile.DECIDED:
            return sa.and_(sa.not_(open_), sa.not_(photo))


def numbers_known(session: Session, item: SealedItem) -> set[int]:
    """Return the numbers of the device's records of this kind, in quarantine or in the ledger."""
    sealed = select(SealedItem.of_kind).where(
        SealedItem.device_id == item.device_id, SealedItem.kind == item.kind
    )
    model = Patrol if item.kind is SealedKind.PATROL else SuspectCode
    logged = select(model.device_order).where(model.device == item.device_id)
    found = {*session.exec(sealed), *session.exec(logged)}
    return {number for number in found if number is not None}


def in_the_ledger(session: Session, item: SealedItem) -> str | None:
    """Return the address of the record in the ledger that has this item's id, None without one."""
    if item.kind is SealedKind.PATROL and session.get(Patrol, item.name) is not None:
        return f"/patrols/{item.name}"
    if item.kind is SealedKind.SUSPECT_CODE and session.get(SuspectCode, item.name) is not None:
        return f"/suspect-codes/{item.name}"
    return None


def next_of(session: Session, viewer: Viewer, held: Held) -> str | None:
    """Return the id of the record to decide on after this one: of the same device, else any."""
    other = sa.case((col(Device.id) == held.device.id, 0), else_=1)
    query = (
        _items(viewer, Pile.RECORDS)
        .where(col(SealedItem.id) != held.item.id)
        .order_by(other, col(Device.id), col(SealedItem.number), col(SealedItem.id))
        .limit(1)
    )
    row = session.exec(query).first()
    return row[0].id if row else None


def to_clear(session: Session, now: datetime, limit: int) -> list[SealedItem]:
    """Return items whose sealed bytes have been kept long enough after the decision."""
    query = (
        select(SealedItem)
        .where(
            SealedItem.state != SealedFate.WAITING,
            col(SealedItem.cleared_at).is_(None),
            col(SealedItem.decided_at) < now - KEPT_SEALED,
        )
        .order_by(col(SealedItem.decided_at), SealedItem.id)
        .limit(limit)
    )
    return list(session.exec(query))


def mark_cleared(session: Session, now: datetime, ids: Iterable[str]) -> None:
    """Note that the sealed bytes of these items are gone."""
    session.execute(
        sa.update(SealedItem).where(col(SealedItem.id).in_(list(ids))).values(cleared_at=now)
    )

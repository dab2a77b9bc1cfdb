"""What speaks for and against a visit, put together for the people who weigh it.

Read when somebody looks, and so it knows more than the arrival did: which records of the phone are
still missing, and how the same person's other records of that day stand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import LOCAL
from compliance.patrols import presence
from compliance.patrols.models import Patrol

_patrol = Patrol.__table__  # type: ignore[attr-defined]

LOOKED_BACK = 20
"""Numbers of a phone before this one that are looked for."""


@dataclass(frozen=True, slots=True)
class Day:
    """The same person's records of that day in Beijing: how many, and how many with a doubt."""

    records: int
    doubted: int
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Testimony:
    """The evidence of one visit; None and empty for what is not known.

    `took` is the time from seeing to sending by our clock; `way_m`, `way_took` are those from the
    same person's visit before; `missing` are numbers of the phone's records that have not come.
    """

    patrol_id: str
    observed_at: datetime
    received_at: datetime
    role: str
    distance_m: int | None
    accuracy_m: float | None
    doubts: Sequence[str]
    scan: str | None
    scanned_at: datetime | None
    clock_offset: timedelta | None
    took: timedelta
    way_m: int | None
    way_took: timedelta | None
    confirmed: str | None
    region: str
    photo_in: str | None
    order: int | None
    missing: Sequence[int]
    day: Day


def of_visits(session: Session, patrol_ids: Collection[str]) -> list[Testimony]:
    """Return the evidence of some visits by the time at which they were made."""
    query = select(Patrol).where(col(Patrol.id).in_(patrol_ids)).order_by(col(Patrol.observed_at))
    return [of_visit(session, patrol) for patrol in session.exec(query)]


def of_visit(session: Session, patrol: Patrol) -> Testimony:
    """Return what speaks for and against one visit."""
    noted = patrol.presence
    before, photo = _part(noted, "before"), _part(noted, "photo")
    offset = _milliseconds(noted.get("clock_offset_ms"))
    scanned_at = noted.get("scanned_at")
    return Testimony(
        patrol_id=patrol.id,
        observed_at=patrol.observed_at,
        received_at=patrol.received_at,
        role=patrol.role,
        distance_m=patrol.distance_m,
        accuracy_m=patrol.accuracy_m,
        doubts=patrol.doubts,
        scan=_text(noted.get("scan")),
        scanned_at=datetime.fromisoformat(scanned_at) if isinstance(scanned_at, str) else None,
        clock_offset=offset,
        took=patrol.received_at - (patrol.observed_at - (offset or timedelta())),
        way_m=_whole(before.get("m")),
        way_took=_milliseconds(before.get("s"), scale=1000),
        confirmed=_text(noted.get("confirmed")),
        region=_text(noted.get("region")) or "",
        photo_in=_text(photo.get("patrol")),
        order=patrol.device_order,
        missing=_missing(session, patrol),
        day=_day(session, patrol),
    )


def _part(noted: dict[str, object], name: str) -> dict[str, object]:
    part = noted.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _milliseconds(value: object, scale: int = 1) -> timedelta | None:
    return timedelta(milliseconds=value * scale) if isinstance(value, int) else None


def _missing(session: Session, patrol: Patrol) -> list[int]:
    if patrol.device is None or patrol.device_order is None:
        return []
    wanted = range(max(1, patrol.device_order - LOOKED_BACK), patrol.device_order)
    there = session.execute(
        sa.select(_patrol.c.device_order).where(
            _patrol.c.device == patrol.device,
            _patrol.c.device_order >= wanted.start,
            _patrol.c.device_order < wanted.stop,
        )
    ).scalars()
    return sorted(set(wanted) - set(there))


def _day(session: Session, patrol: Patrol) -> Day:
    """Return how the same person's records of that day stand; they arrived soon after it."""
    local = patrol.observed_at.astimezone(LOCAL)
    start = datetime.combine(local.date(), time(), tzinfo=LOCAL)
    query = sa.select(_patrol.c.doubts).where(
        _patrol.c.account_id == patrol.account_id,
        _patrol.c.received_at >= start - presence.AHEAD,
        _patrol.c.observed_at >= start,
        _patrol.c.observed_at < start + timedelta(days=1),
    )
    doubts = list(session.execute(query).scalars())
    doubted = sum(1 for each in doubts if each)
    return Day(len(doubts), doubted, presence.stands_out(doubts))

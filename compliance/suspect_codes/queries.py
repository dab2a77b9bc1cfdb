"""Reading reports: the desk those of its townships, a patroller the own ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Reach, Viewer, require
from compliance.errors import NotAllowed, NotFound
from compliance.merchants.positions import Point, distance_m
from compliance.merchants.shops import Shop, by_tenancy
from compliance.places.models import Township
from compliance.suspect_codes.models import SuspectCode

_report = SuspectCode.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]


class Stage(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Report:
    """One report with the shop it was seen at, the township whose matter it is, and who reported
    and closed it, by the names they show.
    """

    report: SuspectCode
    shop: Shop | None
    township: Township | None
    reporter: str
    closer: str

    @property
    def away_m(self) -> int | None:
        """How far from the shop's door the phone was, where both are known."""
        door = _point(self.shop.lat, self.shop.lng) if self.shop else None
        phone = _point(self.report.lat, self.report.lng)
        return round(distance_m(door, phone)) if door and phone else None

    def township_name(self, lang: str) -> str:
        """Return the township in a language, empty when no place is known."""
        if self.township is None:
            return ""
        return self.township.name_en if lang == "en" else self.township.name


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of reports, how many there are in each stage, and how often each code was reported."""

    reports: Sequence[Report]
    open: int
    closed: int
    times: dict[str, int]


def visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return which reports somebody may read: those within reach, else the own."""
    reach = viewer.reach(Action.SUSPECT_CODE_HANDLE)
    mine: sa.ColumnElement[bool] = sa.false()
    if reach is Reach.DISTRICT:
        mine = sa.true()
    elif reach is Reach.TOWNSHIP:
        mine = _report.c.township_code.in_(viewer.townships)
    elif require(viewer, Action.SUSPECT_CODE_REPORT):
        mine = _report.c.account_id == viewer.account_id
    return mine


def listed(
    session: Session, viewer: Viewer, stage: Stage, *, page: int = 1, size: int = 30
) -> Listed:
    """Return reports, the newest first."""
    mine, is_open = visible(viewer), _report.c.closed_at.is_(None)
    counts = session.execute(
        sa.select(
            sa.func.sum(sa.case((is_open, 1), else_=0)), sa.func.sum(sa.case((is_open, 0), else_=1))
        ).where(mine)
    ).one()
    wanted = is_open if stage is Stage.OPEN else ~is_open
    rows = session.scalars(
        sa.select(SuspectCode)
        .where(mine, wanted)
        .order_by(_report.c.received_at.desc(), _report.c.id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Listed(_dressed(session, rows), counts[0] or 0, counts[1] or 0, _times(session, rows))


def one(
    session: Session,
    viewer: Viewer,
    report_id: str,
    action: Action | None = None,
    *,
    lock: bool = False,
) -> Report:
    """Return one report; raise NotFound `suspect_code.unknown` for what is out of reach.

    With `action`, who may read it but not do that is refused.
    """
    query = sa.select(SuspectCode).where(_report.c.id == report_id, visible(viewer))
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("suspect_code.unknown")
    if action is not None and not viewer.may(action):
        raise NotAllowed("account.not_allowed")
    return _dressed(session, [row])[0]


def shows(session: Session, viewer: Viewer, sha256: str) -> bool:
    """Return whether a photo belongs to a report that somebody may read."""
    try:
        within = visible(viewer)
    except NotAllowed:
        return False
    named = sa.cast(_report.c.photos, sa.Text).contains(sha256)
    return (
        session.execute(sa.select(_report.c.id).where(named, within).limit(1)).first() is not None
    )


def _times(session: Session, rows: Sequence[SuspectCode]) -> dict[str, int]:
    contents = {row.content for row in rows}
    query = (
        sa.select(_report.c.content, sa.func.count())
        .where(_report.c.content.in_(contents))
        .group_by(_report.c.content)
    )
    return {row[0]: row[1] for row in session.execute(query)} if contents else {}


def _dressed(session: Session, rows: Sequence[SuspectCode]) -> list[Report]:
    people = {each for row in rows for each in (row.account_id, row.closed_by) if each}
    found = session.execute(
        sa.select(_account.c.id, _account.c.display_name).where(_account.c.id.in_(people))
    )
    names = {row.id: row.display_name for row in found}
    return [
        Report(
            row,
            by_tenancy(session, row.tenancy_id) if row.tenancy_id else None,
            session.get(Township, row.township_code) if row.township_code else None,
            names.get(row.account_id, ""),
            names.get(row.closed_by or "", ""),
        )
        for row in rows
    ]


def _point(lat: float | None, lng: float | None) -> Point | None:
    return (lat, lng) if lat is not None and lng is not None else None

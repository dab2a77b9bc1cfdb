"""How far a re-signing has come: figures by place, and the shops in each stage of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.merchants.shops import (
    lane_table,
    merchant_table,
    premises_table,
    tenancy_table,
    township_table,
    within,
)
from compliance.notices.kinds import SETTLED, UNSETTLED, NoticeState
from compliance.notices.models import ResignCampaign
from compliance.notices.resign_issuing import NOT_VOTED
from compliance.notices.resigning import has_new, roll_table
from compliance.notices.slots import notice_table

PAGE = 50


class Headway(StrEnum):
    """How far one shop of the roll has come."""

    RESIGNED = "resigned"
    WAITING = "waiting"
    REFUSED = "refused"
    STOPPED = "stopped"
    QUEUED = "queued"
    LEFT = "left"


OPEN_ENDED = (Headway.WAITING, Headway.REFUSED, Headway.STOPPED, Headway.QUEUED)
"""The stages of shops that have not re-signed and are still there."""


class Phase(StrEnum):
    """Where a campaign stands on a day; derived, never stored."""

    PLANNED = "planned"
    RUNNING = "running"
    OVERDUE = "overdue"
    CLOSED = "closed"


def phase(campaign: ResignCampaign, today: date) -> Phase:
    """Return where a campaign stands on `today`."""
    if campaign.closed_at:
        return Phase.CLOSED
    if today < campaign.starts_on:
        return Phase.PLANNED
    return Phase.OVERDUE if today > campaign.deadline else Phase.RUNNING


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one place: how many shops in each stage."""

    code: str
    name: str
    name_en: str
    by_headway: Mapping[Headway, int]

    @property
    def resigned(self) -> int:
        return self.by_headway.get(Headway.RESIGNED, 0)

    @property
    def total(self) -> int:
        """How many there are to re-sign: shops that closed meanwhile are not counted."""
        return sum(n for headway, n in self.by_headway.items() if headway is not Headway.LEFT)


@dataclass(frozen=True, slots=True)
class Line:
    """One shop of the roll; `notice_id` is the new notice, if issued, `code` why it was not."""

    tenancy_id: str
    shop: str
    door: str
    lane: str
    township: str
    headway: Headway
    code: str
    field: str
    notice_id: str | None
    former_id: str
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why shops could not be issued to; of votes that are missing, the streets of one township."""

    code: str
    field: str
    township: str
    streets: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which shops of a roll; empty for all."""

    headway: Headway | None = None
    township: str = ""
    lane: str = ""


def _headway(campaign: ResignCampaign) -> Any:
    waiting = UNSETTLED - {NoticeState.REFUSED}
    return sa.case(
        (tenancy_table.c.closed_on.is_not(None), Headway.LEFT.value),
        (has_new(campaign, *SETTLED), Headway.RESIGNED.value),
        (has_new(campaign, *waiting), Headway.WAITING.value),
        (has_new(campaign, NoticeState.REFUSED), Headway.REFUSED.value),
        (roll_table.c.code != "", Headway.STOPPED.value),
        else_=Headway.QUEUED.value,
    )


def _roll(campaign: ResignCampaign, viewer: Viewer, *columns: Any) -> sa.Select[Any]:
    """Return the roll within the viewer's reach, with `columns` and the stage of each shop."""
    return (
        sa.select(*columns, _headway(campaign).label("headway"))
        .select_from(roll_table)
        .join(tenancy_table, tenancy_table.c.id == roll_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
        .join(lane_table, lane_table.c.id == premises_table.c.lane_id)
        .join(township_table, township_table.c.code == premises_table.c.township_code)
        .where(roll_table.c.campaign_id == campaign.id, within(viewer, Action.NOTICE_READ))
    )


def _of_newest(campaign: ResignCampaign, column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Return a column of the last notice of the new text that the shop was issued."""
    return (
        sa.select(column)
        .where(
            notice_table.c.tenancy_id == roll_table.c.tenancy_id,
            notice_table.c.text_id == campaign.text_id,
        )
        .order_by(notice_table.c.issued_at.desc(), notice_table.c.number.desc())
        .limit(1)
        .correlate(roll_table)
        .scalar_subquery()
    )


def figures(
    session: Session, viewer: Viewer, campaign: ResignCampaign, township: str = ""
) -> tuple[Part, list[Part]]:
    """Return the figures of everything in reach, and of each township, or lane of `township`."""
    if township:
        place = (lane_table.c.id.label("code"), lane_table.c.name, lane_table.c.name.label("en"))
    else:
        place = (
            township_table.c.code.label("code"),
            township_table.c.name,
            township_table.c.name_en.label("en"),
        )
    each = _roll(campaign, viewer, *place)
    if township:
        each = each.where(premises_table.c.township_code == township)
    shops = each.subquery()
    columns = (shops.c.code, shops.c.name, shops.c.en, shops.c.headway)
    query = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(shops.c.code)
    parts: dict[str, Part] = {}
    whole: dict[Headway, int] = {}
    for code, name, name_en, headway, count in session.execute(query):
        part = parts.setdefault(code, Part(code, name, name_en, {}))
        stage = Headway(headway)
        parts[code] = Part(code, name, name_en, {**part.by_headway, stage: count})
        whole[stage] = whole.get(stage, 0) + count
    return Part("", "", "", whole), list(parts.values())


def obstacles(session: Session, viewer: Viewer, campaign: ResignCampaign) -> list[Obstacle]:
    """Return what keeps shops within reach from being issued to, the most frequent first."""
    stopped = _headway(campaign) == Headway.STOPPED.value
    columns = (roll_table.c.code, roll_table.c.field, township_table.c.name, lane_table.c.name)
    found: dict[tuple[str, str, str], list[str]] = {}
    for code, field, township, lane, _ in session.execute(
        _roll(campaign, viewer, *columns).where(stopped)
    ):
        place = township if code == NOT_VOTED else ""
        found.setdefault((code, field, place), []).append(lane if place else "")
    told = [
        Obstacle(*key, tuple(sorted({lane for lane in lanes if lane})), len(lanes))
        for key, lanes in found.items()
    ]
    return sorted(told, key=lambda each: -each.count)


def shops(
    session: Session,
    viewer: Viewer,
    campaign: ResignCampaign,
    wanted: Wanted,
    page: int | None = 1,
) -> list[Line]:
    """Return a page of the shops wanted, in walking order; every one when `page` is None.

    Without a stage asked for, those that have not re-signed.
    """
    query = _roll(
        campaign,
        viewer,
        tenancy_table.c.id.label("tenancy_id"),
        merchant_table.c.name.label("shop"),
        premises_table.c.number.label("door"),
        lane_table.c.name.label("lane"),
        township_table.c.name.label("township"),
        roll_table.c.code,
        roll_table.c.field,
        _of_newest(campaign, notice_table.c.id).label("notice_id"),
        roll_table.c.former_id,
        _of_newest(campaign, notice_table.c.issued_at).label("issued_at"),
    )
    stages = (wanted.headway,) if wanted.headway else OPEN_ENDED
    query = query.where(_headway(campaign).in_([stage.value for stage in stages]))
    if wanted.township:
        query = query.where(premises_table.c.township_code == wanted.township)
    if wanted.lane:
        query = query.where(premises_table.c.lane_id == wanted.lane)
    query = query.order_by(
        premises_table.c.township_code, lane_table.c.name, premises_table.c.number
    )
    if page is not None:
        query = query.limit(PAGE).offset((page - 1) * PAGE)
    return [
        Line(**{**row._mapping, "headway": Headway(row.headway)})  # noqa: SLF001 (its public name)
        for row in session.execute(query)
    ]

"""Re-signing: the shops that hold an earlier version of a text sign the new one, by a deadline.

Publishing plans it. On the day the text comes into force the roll is taken, the new notices are
issued (`resign_issuing`) and who has not signed is reminded (`resign_reminding`), until the desk
closes the campaign or a still newer text takes the place of this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants.shops import OPEN, premises_table, tenancy_table
from compliance.notices import publishing
from compliance.notices.kinds import ENDED, SETTLED
from compliance.notices.models import NoticeText, ResignCampaign, ResignShop, TextSource
from compliance.notices.slots import notice_table, text_table
from compliance.places import service as places
from compliance.record import insert_many

roll_table = ResignShop.__table__  # type: ignore[attr-defined]

STEPS = (30, 14, 7, 3, 1)
"""Days before a deadline among which the desk chooses when to remind."""


@dataclass(frozen=True, slots=True)
class Plan:
    """By when, in which townships (none: all), and how many days before to remind."""

    deadline: date | None
    townships: Sequence[str] = ()
    steps: Sequence[int] = (14, 7, 1)


def start(
    session: Session, act: Act, text: NoticeText, former: NoticeText, plan: Plan
) -> ResignCampaign:
    """Plan the re-signing of `text`, which takes the place of `former` on its first day.

    Raises InvalidInput `resigning.deadline_too_early` unless the deadline is after that day, and
    `form.invalid` for a township that does not exist.
    """
    if plan.deadline is None or plan.deadline <= text.effective_from:
        code = "resigning.deadline_too_early"
        raise InvalidInput(code, fields={"deadline": code})
    if set(plan.townships) - {each.code for each in places.townships(session)}:
        raise InvalidInput("form.invalid", fields={"townships": "field.not_a_choice"})
    campaign = ResignCampaign(
        id=act.new_id(),
        kind=text.kind,
        text_id=text.id,
        former_id=former.id,
        starts_on=text.effective_from,
        deadline=plan.deadline,
        townships=sorted(plan.townships),
        steps=sorted({step for step in plan.steps if step in STEPS}, reverse=True),
        planned_at=act.at,
        planned_by=act.actor.account_id,
    )
    session.add(campaign)
    session.flush()
    _record(
        session,
        act,
        campaign,
        "resigning.planned",
        former=former.version,
        version=text.version,
        starts_on=campaign.starts_on.isoformat(),
        deadline=campaign.deadline.isoformat(),
    )
    return campaign


def campaign_of(session: Session, campaign_id: str) -> ResignCampaign:
    """Return a campaign; raise NotFound `resigning.unknown`."""
    campaign = session.get(ResignCampaign, campaign_id)
    if campaign is None:
        raise NotFound("resigning.unknown")
    return campaign


def campaigns(session: Session) -> Sequence[ResignCampaign]:
    """Return every campaign, the one that starts last first."""
    query = select(ResignCampaign).order_by(
        col(ResignCampaign.starts_on).desc(), col(ResignCampaign.planned_at).desc()
    )
    return session.exec(query).all()


def running(session: Session, day: date) -> list[ResignCampaign]:
    """Return the campaigns that have begun and are not closed, whose text is in force on `day`."""
    query = select(ResignCampaign).where(
        col(ResignCampaign.closed_at).is_(None), col(ResignCampaign.starts_on) <= day
    )
    in_force = {text.id for text in publishing.texts_in_force(session, day).values()}
    return [each for each in session.exec(query).all() if each.text_id in in_force]


def enrol(session: Session, act: Act, campaign_id: str) -> int:
    """Take the roll once, on or after the first day; return how many shops stand on it.

    On it is every open shop whose notice of an earlier version, signed or not, would still hold
    today. Campaigns of the kind that were still open are closed: their text is no longer in force.
    """
    campaign = locked(session, campaign_id)
    if campaign.enrolled_at or campaign.closed_at or act.day < campaign.starts_on:
        return 0
    holding = {row.tenancy_id: row.id for row in session.execute(_holding(campaign, act.day))}
    rows = [
        {"campaign_id": campaign.id, "tenancy_id": tenancy, "former_id": former, **_UNTRIED}
        for tenancy, former in sorted(holding.items())
    ]
    insert_many(session, roll_table, rows)
    for other in campaigns(session):
        if other.kind is campaign.kind and other.starts_on < campaign.starts_on:
            _close(session, act, other, "")
    campaign.enrolled_at = act.at
    session.add(campaign)
    _record(session, act, campaign, "resigning.enrolled", shops=len(rows))
    return len(rows)


_UNTRIED = {"tried_at": None, "code": "", "field": ""}


def _holding(campaign: ResignCampaign, today: date) -> Any:
    """Return the query for (tenancy, notice) of the roll; a tenancy's last row is what it holds."""
    query = (
        sa.select(notice_table.c.tenancy_id, notice_table.c.id)
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(
            OPEN,
            notice_table.c.kind == campaign.kind,
            notice_table.c.state.not_in(ENDED),
            notice_table.c.valid_to >= today,
            text_table.c.source == TextSource.MODEL,
            text_table.c.effective_from < campaign.starts_on,
        )
        .order_by(notice_table.c.state.in_(SETTLED), notice_table.c.issued_at)
    )
    if campaign.townships:
        query = query.where(premises_table.c.township_code.in_(campaign.townships))
    return query


def has_new(campaign: ResignCampaign, *states: Any) -> sa.ColumnElement[bool]:
    """Return the condition on the roll: the shop has a notice of the new text, in these states."""
    new = sa.exists().where(
        notice_table.c.tenancy_id == roll_table.c.tenancy_id,
        notice_table.c.kind == campaign.kind,
        notice_table.c.text_id == campaign.text_id,
    )
    if states:
        return new.where(notice_table.c.state.in_(states))
    return new.where(notice_table.c.state.not_in(ENDED))


def retry(session: Session, act: Act, campaign_id: str) -> int:
    """Let the shops that could not be issued to be tried again at once; return how many."""
    campaign = campaign_of(session, campaign_id)
    done = session.execute(
        sa.update(roll_table)
        .where(roll_table.c.campaign_id == campaign.id, ~has_new(campaign))
        .values(tried_at=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def close(session: Session, act: Act, campaign_id: str, note: str) -> ResignCampaign:
    """End a campaign: nobody is issued to or reminded any more. RuleBroken `resigning.closed`."""
    campaign = locked(session, campaign_id)
    if campaign.closed_at:
        raise RuleBroken("resigning.closed")
    _close(session, act, campaign, note)
    return campaign


def _close(session: Session, act: Act, campaign: ResignCampaign, note: str) -> None:
    if campaign.closed_at:
        return
    on_roll = sa.select(sa.func.count()).where(roll_table.c.campaign_id == campaign.id)
    signed = session.scalar(on_roll.where(has_new(campaign, *SETTLED)))
    campaign.closed_at, campaign.closed_note = act.at, note.strip()[:300]
    session.add(campaign)
    shops = session.scalar(on_roll)
    _record(session, act, campaign, "resigning.closed", signed=signed, shops=shops)


def locked(session: Session, campaign_id: str) -> ResignCampaign:
    """Return a campaign that nobody else changes before this transaction ends."""
    query = select(ResignCampaign).where(ResignCampaign.id == campaign_id).with_for_update()
    session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return campaign_of(session, campaign_id)


def _record(session: Session, act: Act, campaign: ResignCampaign, kind: str, **fact: Any) -> None:
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind=kind,
        ref=campaign.id,
        fact={"kind": campaign.kind.value, **fact},
    )

"""Reminding who has not re-signed: once for each step before the deadline, through the outbox.

Steps that went by while nobody was there to send them are not made up for: only the nearest is.
A shop that was issued its notice today is not reminded today.
"""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import LOCAL, Act
from compliance.merchants.shops import OPEN, merchant_table, tenancy_table
from compliance.notices import publishing
from compliance.notices.kinds import NoticeState
from compliance.notices.models import ResignCampaign
from compliance.notices.resigning import locked, roll_table, running
from compliance.notices.slots import notice_table
from compliance.notifications import service as notifications
from compliance.notifications.models import OutboxMessage

outbox_table = OutboxMessage.__table__  # type: ignore[attr-defined]

CHUNK = 200


def step_due(campaign: ResignCampaign, today: date) -> int | None:
    """Return the nearest step reached; None before the first and after the deadline."""
    if today > campaign.deadline:
        return None
    reached = [step for step in campaign.steps if today >= campaign.deadline - timedelta(days=step)]
    return min(reached, default=None)


def remind_next(session: Session, act: Act, campaign_id: str, limit: int = CHUNK) -> int:
    """Queue the step that is due to the next shops that have not had it; return how many.

    The campaign is locked, so two workers never queue the same; `dedup_key` would refuse it anyway.
    """
    campaign = locked(session, campaign_id)
    step = step_due(campaign, act.day)
    if step is None or campaign not in running(session, act.day):
        return 0
    text = publishing.text_of(session, campaign.text_id)
    waiting = session.execute(_waiting(campaign, step, act).limit(limit)).all()
    for row in waiting:
        notifications.queue(
            session,
            act,
            phone=row.phone,
            tenancy_id=row.tenancy_id,
            template="resign.reminder",
            dedup_key=f"{_prefix(campaign)}{row.tenancy_id}:{step}",
            params={
                "shop": row.name,
                "name": text.title,
                "deadline": f"{campaign.deadline.month}月{campaign.deadline.day}日",
                "days": (campaign.deadline - act.day).days,
            },
        )
    return len(waiting)


def _prefix(campaign: ResignCampaign) -> str:
    return f"resign:{campaign.id}:"


def _waiting(campaign: ResignCampaign, step: int, act: Act) -> sa.Select[tuple[str, str, str]]:
    """Return the query for shops whose new notice waits since yesterday or longer."""
    midnight = act.at.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    key = sa.literal(_prefix(campaign)) + tenancy_table.c.id + sa.literal(f":{step}")
    told = sa.exists().where(outbox_table.c.dedup_key == key)
    new = sa.exists().where(
        notice_table.c.tenancy_id == roll_table.c.tenancy_id,
        notice_table.c.text_id == campaign.text_id,
        notice_table.c.state.in_({NoticeState.SENT, NoticeState.VIEWED}),
        notice_table.c.issued_at < midnight,
    )
    return (
        sa.select(
            tenancy_table.c.id.label("tenancy_id"), tenancy_table.c.phone, merchant_table.c.name
        )
        .select_from(roll_table)
        .join(tenancy_table, tenancy_table.c.id == roll_table.c.tenancy_id)
        .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
        .where(
            roll_table.c.campaign_id == campaign.id,
            OPEN,
            new,
            ~told,
        )
        .order_by(tenancy_table.c.id)
    )

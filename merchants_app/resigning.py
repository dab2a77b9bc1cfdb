"""Re-signing as the worker does it: roll, notices, reminders; where votes meet notices."""

from collections.abc import Callable

import structlog
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.notices import resign_issuing, resign_reminding, resigning
from compliance.notices.models import ResignCampaign
from compliance.notices.resign_issuing import Adopted
from compliance.votes import adopting
from compliance.votes.counting import Stage
from compliance.votes.models import Vote, VoteLane
from merchants_app.context import Context

log = structlog.get_logger()


async def resign(context: Context) -> None:
    """Take the rolls of campaigns that begin, issue what can be issued, remind whom it is time to.

    Safe with many workers and after a break at any point: each chunk is one transaction.
    """
    act = context.act()
    for campaign in await context.database.read(lambda s: resigning.running(s, act.day)):
        try:
            await issue_all(context, campaign)
            await remind_all(context, campaign)
        except Exception:
            log.exception("worker_fault", work="resign", campaign=campaign.id)


async def try_again(context: Context, act: Act, campaign_id: str) -> None:
    """Let what could not be issued be tried again: the first shops at once, the worker the rest."""

    def again(session: Session) -> None:
        resigning.retry(session, act, campaign_id)
        adopted = adopted_for(session, resigning.campaign_of(session, campaign_id).text_id)
        resign_issuing.issue_next(session, act, campaign_id, adopted)

    await context.database.write(again)


async def remind_all(context: Context, campaign: ResignCampaign) -> None:
    """Queue the reminders of the step that is due, until nobody is left who has not had it."""

    def next_chunk(session: Session) -> int:
        return resign_reminding.remind_next(session, context.act(), campaign.id)

    while reminded := await context.database.write(next_chunk):
        log.info("resigning_reminded", campaign=campaign.id, shops=reminded)


async def issue_all(
    context: Context, campaign: ResignCampaign, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Issue to every shop of a campaign that can be issued to; `tell` hears how many were tried."""
    await context.database.write(lambda s: resigning.enrol(s, context.act(), campaign.id))

    def next_chunk(session: Session) -> resign_issuing.Chunk:
        adopted = adopted_for(session, campaign.text_id)
        return resign_issuing.issue_next(session, context.act(), campaign.id, adopted)

    issued = 0
    while (chunk := await context.database.write(next_chunk)).taken:
        issued += chunk.issued
        tell(chunk.taken)
    if issued:
        log.info("resigning_issued", campaign=campaign.id, notices=issued)


def adopted_for(session: Session, text_id: str) -> Adopted:
    """Return by lane what the streets have adopted of a covenant's text; nothing of others."""
    query = (
        select(VoteLane.lane_id, Vote)
        .join(Vote, col(Vote.id) == VoteLane.vote_id)
        .where(Vote.stage == Stage.ADOPTED, Vote.text_id == text_id)
        .order_by(col(Vote.closed_at))
    )
    return {lane: adopting.covenant_values(vote) for lane, vote in session.exec(query)}

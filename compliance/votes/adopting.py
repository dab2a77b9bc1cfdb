"""From an adopted covenant to the notices of its street: the result stands on every paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import RuleBroken
from compliance.merchants.shops import OPEN, SHOPS, Shop, listed, premises_table
from compliance.notices import issuing, publishing
from compliance.notices.issuing import Order, Run
from compliance.notices.kinds import ENDED, NoticeKind
from compliance.notices.models import Notice
from compliance.votes import queries, service
from compliance.votes.counting import Stage
from compliance.votes.models import Vote
from compliance.votes.proposing import RESULTS


def covenant_values(vote: Vote) -> dict[str, Any]:
    """Return what a covenant issued on an adopted vote says.

    Raises RuleBroken `vote.not_adopted`.
    """
    if vote.stage is not Stage.ADOPTED or vote.closed_at is None:
        raise RuleBroken("vote.not_adopted")
    return {
        **vote.given,
        "effective_on": vote.effective_on,
        "adopted_on": Act(at=vote.closed_at).day,
        "eligible": vote.eligible,
        "yes": vote.yes,
        "no": vote.no,
        "abstain": vote.abstain,
    }


def of_lane(session: Session, lane_id: str, day: date) -> dict[str, Any]:
    """Return the values of the covenant a lane adopted last, while its text is in force.

    Nothing when it has not voted here, or when another version holds on `day`.
    """
    vote = queries.last_of_lane(session, lane_id)
    text = publishing.texts_in_force(session, day).get(NoticeKind.COVENANT)
    return covenant_values(vote) if vote and text and text.id == vote.text_id else {}


def vote_of(session: Session, notice: Notice, lane_id: str) -> str:
    """Return the id of the vote whose result a covenant states; empty when none here."""
    vote = queries.last_of_lane(session, lane_id)
    return vote.id if vote and _states(notice, covenant_values(vote)) else ""


def issue(session: Session, act: Act, viewer: Viewer, vote_id: str) -> Run:
    """Issue the adopted covenant to every open shop of the street that has not got it yet.

    Raises RuleBroken `vote.not_adopted`, `vote.text_not_in_force` when another version holds today,
    `vote.newer` when one of the lanes has adopted another covenant since.
    """
    service.seen_by(session, viewer, Action.NOTICE_ISSUE, vote_id)
    vote = service.locked(session, vote_id)
    values = covenant_values(vote)
    if publishing.text_in_force(session, NoticeKind.COVENANT, act.day).id != vote.text_id:
        raise RuleBroken("vote.text_not_in_force")
    lanes = service.lanes_of(session, vote_id)
    latest = [queries.last_of_lane(session, lane) for lane in lanes]
    if any(each is not None and each.id != vote_id for each in latest):
        raise RuleBroken("vote.newer")
    wanted = _without(session, lanes, values)
    orders = [Order(shop, NoticeKind.COVENANT, values) for shop in wanted]
    return issuing.issue_orders(session, act, orders)


def waiting(session: Session, vote: Vote) -> int:
    """Return how many open shops of the street have not been sent the adopted covenant."""
    lanes = service.lanes_of(session, vote.id)
    return len(_without(session, lanes, covenant_values(vote)))


def _without(session: Session, lanes: list[str], values: Mapping[str, Any]) -> list[Shop]:
    """Return the open shops of the lanes that hold no covenant of this result, signed or not."""
    query = SHOPS.where(OPEN, premises_table.c.lane_id.in_(lanes))
    found = list(listed(session, query.order_by(premises_table.c.number)))
    issued = session.exec(
        select(Notice).where(
            Notice.kind == NoticeKind.COVENANT,
            col(Notice.tenancy_id).in_([shop.tenancy_id for shop in found]),
            col(Notice.state).not_in(ENDED),
        )
    )
    got = {notice.tenancy_id for notice in issued if _states(notice, values)}
    return [shop for shop in found if shop.tenancy_id not in got]


def _states(notice: Notice, values: Mapping[str, Any]) -> bool:
    """Return whether a covenant states the result in `values`."""
    told = {name: values[name] for name in RESULTS}
    told["adopted_on"] = told["adopted_on"].isoformat()
    return all(notice.fields.get(name) == value for name, value in told.items())

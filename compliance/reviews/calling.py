"""Changing who may be drawn: a member declares a tie and stands aside, the desk asks next door."""

from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, RuleBroken
from compliance.places import service as places
from compliance.reviews.models import Panel, PanelTie
from compliance.reviews.panel import DECLARED, LeftWhy
from compliance.reviews.seating import held, note, refresh, seats

LEAST_REASON = 5
"""Characters of the reason for which a panel is widened."""


def stand_aside(session: Session, act: Act, viewer: Viewer, panel_id: str, why: LeftWhy) -> Panel:
    """Let a member declare what ties them to the shop; the next of the lot takes the seat.

    Once declared it stays; the same again is nothing new. Raises NotFound `review.unknown`,
    InvalidInput `review.tie` for a reason that is not declared, Conflict `review.decided`.
    """
    if why not in DECLARED:
        raise InvalidInput("review.tie", fields={"why": "review.tie"})
    panel = held(session, viewer, Action.REVIEW_DECIDE, panel_id)
    if session.get(PanelTie, (panel.id, viewer.account_id)) is not None:
        return panel
    if panel.closed_at is not None:
        raise Conflict("review.decided")
    session.add(
        PanelTie(panel_id=panel.id, account_id=viewer.account_id, why=why, declared_at=act.at)
    )
    session.flush()
    note(session, act, panel, "panel.stood_aside", {"why": why.value})
    refresh(session, act, panel)
    return panel


def widen(
    session: Session, act: Act, viewer: Viewer, panel_id: str, township: str, reason: str
) -> Panel:
    """Ask the members of another township as well, where one's own are too few.

    Raises NotFound `review.unknown`, Conflict `review.decided`, RuleBroken
    `review.enough_members` for a panel whose seats are all held, InvalidInput for a township that
    is none, or a reason that is too short.
    """
    panel = held(session, viewer, Action.PANEL_WIDEN, panel_id)
    if township in panel.widened_to:
        return panel
    if panel.closed_at is not None:
        raise Conflict("review.decided")
    if len(seats(session, panel.id)) >= panel.size:
        raise RuleBroken("review.enough_members")
    others = {each.code for each in places.townships(session)} - {panel.township_code}
    if township not in others:
        raise InvalidInput("review.township", fields={"township": "review.township"})
    if len(reason.strip()) < LEAST_REASON:
        raise InvalidInput("review.why", fields={"reason": "review.why"}, least=LEAST_REASON)
    panel.widened_to = [*panel.widened_to, township]
    session.add(panel)
    session.flush()
    fact = {"township": township}
    note(session, act, panel, "panel.widened", fact, {"reason": reason.strip()})
    refresh(session, act, panel)
    return panel

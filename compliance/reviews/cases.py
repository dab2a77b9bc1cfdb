"""What decides who may sit on a panel: place, trade, and who had to do with it before."""

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Viewer
from compliance.findings.models import Finding, FindingSighting
from compliance.merchants import shops
from compliance.patrols.models import Patrol
from compliance.reviews import members
from compliance.reviews.models import Panel, PanelTie, PanelVote, Review
from compliance.reviews.panel import Case, LeftWhy, Member, bar


def bars(session: Session, panel: Panel) -> dict[str, LeftWhy | None]:
    """Return every reviewer of the townships asked, with the reason that bars them, or None."""
    case = case_of(session, panel)
    return {member.account_id: bar(member, case) for member in _asked(session, panel)}


def _asked(session: Session, panel: Panel) -> list[Member]:
    return members.members(session, sorted({panel.township_code, *panel.widened_to}))


def why_barred(session: Session, panel: Panel, viewer: Viewer) -> LeftWhy | None:
    """Return why a reviewer may not sit on a panel, or None."""
    return bars(session, panel).get(viewer.account_id, LeftWhy.NOT_A_MEMBER)


def case_of(session: Session, panel: Panel) -> Case:
    """Return what decides who may sit on a panel, as it is now."""
    shop = shops.by_tenancy(session, panel.tenancy_id)
    ties = session.exec(select(PanelTie).where(PanelTie.panel_id == panel.id)).all()
    return Case(
        township=panel.township_code,
        lane=shop.lane_id,
        category=shop.category,
        recorders=_recorders(session, panel),
        former=_former(session, panel),
        proposed_by=panel.proposed_by,
        ties={tie.account_id: tie.why for tie in ties},
        widened_to=frozenset(panel.widened_to),
    )


def _recorders(session: Session, panel: Panel) -> frozenset[str]:
    """Return who recorded the finding, logged its visit, or saw it again."""
    if panel.finding_id is None:
        return frozenset()
    finding = session.get_one(Finding, panel.finding_id)
    walked = select(Patrol.account_id).where(Patrol.id == finding.patrol_id)
    seen = select(FindingSighting.account_id).where(FindingSighting.finding_id == finding.id)
    return frozenset({finding.recorded_by, *session.exec(walked), *session.exec(seen)})


def _former(session: Session, panel: Panel) -> frozenset[str]:
    """Return who voted on the same finding before: others decide the second time."""
    if panel.finding_id is None:
        return frozenset()
    voted = (
        select(PanelVote.account_id)
        .join(Panel, col(Panel.id) == col(PanelVote.panel_id))
        .where(Panel.finding_id == panel.finding_id, Panel.id != panel.id)
    )
    decided = select(Review.decided_by).where(
        Review.finding_id == panel.finding_id, col(Review.decided_by).is_not(None)
    )
    return frozenset({*session.exec(voted), *(each for each in session.exec(decided) if each)})

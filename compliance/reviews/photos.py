"""Photos of a case for those of its panel who come from another township."""

from dataclasses import replace

from sqlmodel import Session, col, select

from compliance.accounts.permissions import Viewer
from compliance.errors import NotFound
from compliance.findings.models import Finding, FindingEvent
from compliance.patrols import photos
from compliance.patrols.models import PatrolPhoto
from compliance.reviews.models import Panel, PanelSeat


def shows(session: Session, viewer: Viewer, sha256: str) -> bool:
    """Return whether a panel on which `viewer` sits decides about what a photo shows."""
    cases = session.exec(
        select(Panel)
        .join(PanelSeat, col(PanelSeat.panel_id) == col(Panel.id))
        .where(
            PanelSeat.account_id == viewer.account_id,
            col(PanelSeat.left_at).is_(None),
            col(Panel.finding_id).is_not(None),
        )
    )
    return any(_shows(session, viewer, panel, sha256) for panel in cases)


def _shows(session: Session, viewer: Viewer, panel: Panel, sha256: str) -> bool:
    """Return whether a photo belongs to the case, and to its township's records."""
    finding = session.get_one(Finding, panel.finding_id)
    events = session.exec(select(FindingEvent.photos).where(FindingEvent.finding_id == finding.id))
    taken = select(PatrolPhoto.sha256).where(PatrolPhoto.patrol_id == finding.patrol_id)
    if sha256 not in {*session.exec(taken), *(each for shown in events for each in shown)}:
        return False
    try:
        photos.seen_by(session, replace(viewer, townships=frozenset({panel.township_code})), sha256)
    except NotFound:
        return False
    return True

"""Who saw a fault, as pages show it: side by side, with evidence for those who may weigh it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.findings.queries import FindingView
from compliance.patrols import same_fault, testimony
from compliance.patrols.same_fault import Seen
from compliance.patrols.testimony import Testimony
from merchants_app import history
from merchants_app.history import Picture


@dataclass(frozen=True, slots=True)
class Sight:
    """One sighting with its pictures; what speaks for and against it where that may be known."""

    seen: Seen
    pictures: Sequence[Picture]
    testimony: Testimony | None


def may_weigh(viewer: Viewer) -> bool:
    """Tell whether doubts are for this person: colleagues and reviewers, not the shop."""
    return not viewer.may(Action.FINDING_ANSWER)


def of_finding(session: Session, viewer: Viewer, finding: FindingView, lang: str) -> list[Sight]:
    """Return everybody who saw the fault, by the time at which it was seen."""
    seen = same_fault.sightings(session, finding)
    weighed: dict[str, Testimony] = {}
    if may_weigh(viewer):
        ids = [each.patrol_id for each in seen]
        weighed = {each.patrol_id: each for each in testimony.of_visits(session, ids)}
    name = finding.name(lang)
    return [
        Sight(
            each,
            history.pictures(each.photos, name, each.observed_at),
            weighed.get(each.patrol_id),
        )
        for each in seen
    ]

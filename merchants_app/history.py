"""A finding's history as pages show it: each step with its words, its photos and a tone."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from compliance.findings import queries
from compliance.findings.lifecycle import Step
from compliance.findings.queries import FindingView
from compliance.findings.states import OPENED

_TONES = {
    Step.PASS.value: "good",
    Step.RESOLVE.value: "good",
    Step.MEDIATE.value: "good",
    Step.REVOKE.value: "off",
    Step.DISMISS.value: "off",
    Step.DISPATCH.value: "off",
    Step.FAIL.value: "bad",
    Step.REFER.value: "bad",
    Step.ORDER.value: "bad",
    Step.LIST.value: "bad",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as the page's macros take it."""

    src: str
    alt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One step: people appear as their role, `detail` holds what was decided besides the words."""

    number: int
    step: str
    at: datetime
    role: str
    words: str
    detail: dict[str, object]
    pictures: list[Picture]

    @property
    def tone(self) -> str:
        return _TONES.get(self.step, "wait")


def of_finding(session: Session, finding: FindingView, lang: str) -> list[Moment]:
    """Return what happened, the first step first; its words are the note of the patrol."""
    return [
        Moment(
            number=event.number,
            step=event.step,
            at=event.at,
            role=event.role,
            words=finding.note if event.step == OPENED else event.words,
            detail=event.detail,
            pictures=pictures(event.photos, finding.name(lang), event.at),
        )
        for event in queries.events(session, finding.id)
    ]


def pictures(photos: list[str], alt: str, at: datetime) -> list[Picture]:
    """Return photos by their SHA-256 as pictures that say what they show."""
    return [Picture(f"/photos/{sha256}", alt, at) for sha256 in photos]

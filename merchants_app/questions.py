"""The questions by which people take a finding one step further: one page, one form, each.

Data and no routes: the pages are `routes/finding_steps.py`, the words `templates/findings/`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar.datastructures import UploadFile
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.catalogue import service as catalogue
from compliance.findings import conditions
from compliance.findings.lifecycle import LONGEST_LISTING, Step
from compliance.findings.models import Agency
from compliance.findings.queries import FindingView
from compliance.patrols import same_fault
from compliance.reviews import service as reviews
from merchants_app.forms import FormModel

_GIVEN = {"version", "words", "to", "days", "into", "patrol", "hearing"}
"""Fields of the forms that a step is given as they are."""

PHOTO_FIELDS = ("photo", "photo_2", "photo_3")


class StepForm(FormModel):
    """Every step says which version of the finding the person saw."""

    version: int

    def step(self, question: "Question") -> Step:
        """Return the step that is meant: the question's own, unless the form chooses."""
        return question.steps[0]

    def given(self) -> dict[str, Any]:
        """Return what the service is given besides the photos."""
        return self.model_dump(include=_GIVEN)


class Told(StepForm):
    words: str = ""


class Shown(Told):
    """Words and up to three photos; `kept` are photos that came with an earlier try."""

    photo: UploadFile | None = None
    photo_2: UploadFile | None = None
    photo_3: UploadFile | None = None
    kept: Annotated[list[str], Field(max_length=conditions.MOST_PHOTOS, default_factory=list)]


class Recheck(Shown):
    result: Literal[Step.PASS, Step.FAIL]

    def step(self, question: "Question") -> Step:
        return self.result


class MoreTime(Shown):
    days: int


class Answered(Told):
    """Whether more time is given, and how many working days; none belong to a refusal."""

    result: Literal[Step.GRANT_TIME, Step.REFUSE_TIME]
    days: int | None = None

    def step(self, question: "Question") -> Step:
        return self.result

    def given(self) -> dict[str, Any]:
        refused = self.result is Step.REFUSE_TIME
        return super().given() | ({"days": None} if refused else {})


class Defence(Shown):
    hearing: bool


class Dispatch(Told):
    to: Agency


class Order(Told):
    days: Annotated[int, Field(ge=1, le=LONGEST_LISTING)]


class Merge(Told):
    into: str | None = None


class Split(Told):
    patrol: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks for one step, or for one of two."""

    template: str
    form: type[StepForm]
    steps: tuple[Step, ...]


QUESTIONS: dict[str, Question] = {
    "claim": Question("findings/claim.html", Shown, (Step.CLAIM,)),
    "statement": Question("findings/statement.html", Shown, (Step.STATE_CASE,)),
    "defend": Question("findings/defend.html", Defence, (Step.DEFEND,)),
    "object": Question("findings/object.html", Shown, (Step.OBJECT,)),
    "appeal": Question("findings/appeal.html", Shown, (Step.APPEAL,)),
    "ask-time": Question("findings/ask_time.html", MoreTime, (Step.ASK_TIME,)),
    "ask-recheck": Question("findings/ask_recheck.html", Shown, (Step.ASK_RECHECK,)),
    "withdraw": Question("findings/withdraw.html", Told, (Step.WITHDRAW_OBJECTION,)),
    "recheck": Question("findings/recheck.html", Recheck, (Step.PASS, Step.FAIL)),
    "grant-time": Question(
        "findings/grant_time.html", Answered, (Step.GRANT_TIME, Step.REFUSE_TIME)
    ),
    "accept": Question("findings/accept.html", Told, (Step.ACCEPT,)),
    "order": Question("findings/order.html", Order, (Step.ORDER,)),
    "return": Question("findings/return.html", Told, (Step.SEND_BACK,)),
    "send": Question("findings/send.html", StepForm, (Step.SEND_TO_ASSOCIATION,)),
    "refer": Question("findings/refer.html", Told, (Step.REFER,)),
    "dispatch": Question("findings/dispatch.html", Dispatch, (Step.DISPATCH,)),
    "resolve": Question("findings/resolve.html", Told, (Step.RESOLVE,)),
    "merge": Question("findings/merge.html", Merge, (Step.MERGE,)),
    "split": Question("findings/split.html", Split, (Step.SPLIT,)),
    "reply": Question("findings/reply.html", Told, (Step.REPLY,)),
    "reopen": Question("findings/reopen.html", Told, (Step.REOPEN,)),
    "give-up": Question("findings/give_up.html", Told, (Step.GIVE_UP,)),
}
"""The last part of the address → its page, in the order in which pages offer them."""

BESIDE_SIGHTINGS = frozenset({"merge", "split"})
"""Offered where it is told who saw what."""

RARE = frozenset({"reply", "reopen", "give-up"})
"""What few come for: offered below the others."""

ELSEWHERE: dict[str, tuple[str, frozenset[Step]]] = {}
"""Steps that have pages of their own: name → address with `{id}`, and the steps it leads to."""

WITH_MORE: dict[Step, Callable[..., object]] = {
    Step.MERGE: same_fault.merge,
    Step.SPLIT: same_fault.split,
    Step.OBJECT: reviews.object_to,
    Step.APPEAL: reviews.appeal,
    Step.WITHDRAW_OBJECTION: reviews.withdraw,
    Step.SEND_TO_ASSOCIATION: reviews.send_overdue,
}
"""Steps that do more than move the finding: a review comes or goes, another finding is touched."""


def offered(session: Session, viewer: Viewer, finding: FindingView, now: datetime) -> set[Step]:
    """Return the steps that this person may take now, as far as that can be known before."""
    calendar = catalogue.calendar(session)
    steps = set(conditions.open_steps(viewer, finding, finding.place, now, calendar))
    if Step.APPEAL in steps and not reviews.may_appeal(session, finding.id, now):
        steps.discard(Step.APPEAL)
    if Step.OBJECT in steps and reviews.last_decision(session, finding.id):
        steps.discard(Step.OBJECT)
    return steps


def elsewhere(steps: set[Step], finding_id: str) -> dict[str, str]:
    """Return the pages of other parts that lead on from here: name → address."""
    return {
        name: address.format(id=finding_id)
        for name, (address, leads_to) in ELSEWHERE.items()
        if steps & leads_to
    }

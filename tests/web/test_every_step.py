"""Every edge of the table is walked, from the door to the end, as people walk it: by the pages.

The walk is made from the table, so a new edge is walked without being listed here; what is listed
is what each form is filled in with, and what a step needs to have happened before.
"""

import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from litestar.testing import TestClient

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.findings import queries
from compliance.findings.lifecycle import (
    ANSWERS,
    ASKS_OVERDUE,
    ENDED,
    IN_QUEUE,
    OFFICIAL,
    REOPENS_AFTER,
    STEPS,
    FindingState,
    Step,
    next_state,
    possible_steps,
    who,
)
from compliance.reviews import service as reviews
from compliance.reviews.outcomes import AGAINST, OUTCOMES, Outcome, ReviewReason
from merchants_app.questions import QUESTIONS
from tests.browsing import Browser
from tests.factories import DAYU, World
from tests.people import Street
from tests.visits import body, fault, log

S, T = FindingState, Step
Edge = tuple[FindingState, Step]

WORDS = {"words": "说明在这里"}
TYPED = {
    T.ASK_TIME: {**WORDS, "days": "2"},
    T.GRANT_TIME: {"result": "grant_time", "days": "2"},
    T.REFUSE_TIME: {"result": "refuse_time", **WORDS},
    T.DEFEND: {**WORDS, "hearing": "true"},
    T.PASS: {"result": "pass"},
    T.FAIL: {"result": "fail", **WORDS},
    T.DISPATCH: {"to": "bike_company"},
    T.ORDER: {**WORDS, "days": "3"},
    T.SEND_TO_ASSOCIATION: {},
    T.WITHDRAW_OBJECTION: {},
    T.ASK_RECHECK: {},
}
"""What is typed into a form; `words` where nothing else is said."""

VERBS = {step: verb for verb, question in QUESTIONS.items() for step in question.steps}
DECISIONS = {outcome.step for outcomes in OUTCOMES.values() for outcome in outcomes}
BEGINNINGS = {
    ("legal", "O02"): S.REMINDED,
    ("covenant", "N01"): S.REMINDED,
    ("serious", "O05"): S.REFERRED,
    ("third_party", "H03"): S.THIRD_PARTY,
}


@dataclass(frozen=True)
class Place:
    """Where a walk stands: the state, and what of its past decides what is possible next."""

    kind: str
    state: FindingState
    before: FindingState = S.REMINDED
    review: ReviewReason | None = None
    appeals: bool = False
    fresh: bool = True
    asked: str = ""
    ended_by: str = ""

    def ways(self) -> Iterator[Step]:
        return (step for step in possible_steps(self.state) if self._may(step))

    def _may(self, step: Step) -> bool:
        match step:
            case T.SEND_TO_ASSOCIATION:
                return self.kind == "covenant"
            case T.REFER:
                return self.state is S.IN_REVIEW or self.kind != "covenant"
            case T.OBJECT:
                return self.fresh
            case T.APPEAL:
                return self.appeals
            case T.GRANT_TIME | T.REFUSE_TIME:
                return step in ANSWERS.get(T(self.asked or T.REPLY), ())
            case T.REOPEN:
                return self.ended_by in REOPENS_AFTER
        decides = self.state in IN_QUEUE and step in DECISIONS
        return not decides or step in {each.step for each in OUTCOMES[self.review]}

    def after(self, step: Step) -> "Place":
        origin = self.before if self.state is S.DISPUTED else None
        if step is T.REOPEN and self.kind == "third_party":
            origin = S.THIRD_PARTY
        state = next_state(self.state, step, origin)
        answered = state is not self.state or step in ANSWERS.get(T(self.asked or step), ())
        moved = replace(self, state=state, asked="" if answered else self.asked)
        if step in ANSWERS:
            return replace(moved, asked=step.value)
        if step in {T.OBJECT, T.APPEAL}:
            review = ReviewReason.APPEAL if step is T.APPEAL else ReviewReason.DISPUTED
            return replace(moved, review=review, before=self.state, appeals=False)
        if step in ASKS_OVERDUE and self.state is not S.IN_REVIEW:
            review = ReviewReason.OVERDUE if step is T.SEND_TO_ASSOCIATION else None
            return replace(moved, review=review, fresh=False, appeals=False)
        if self.state in IN_QUEUE and step in DECISIONS:
            may = Outcome(step.value) in AGAINST and self.review is not ReviewReason.APPEAL
            moved = replace(moved, review=None, fresh=False, appeals=may)
        if step is T.DISPATCH:
            moved = replace(moved, kind="third_party")
        return replace(moved, ended_by=step.value) if state in ENDED - {self.state} else moved


def path_to_new(start: Place, walked: set[Edge]) -> list[Step] | None:
    """Return the shortest way from a place to an edge that was not walked, that edge included."""
    border, known = deque([(start, [])]), {start}
    while border:
        place, steps = border.popleft()
        for step in place.ways():
            if (place.state, step) not in walked:
                return [*steps, step]
            if (after := place.after(step)) not in known:
                known.add(after)
                border.append((after, [*steps, step]))
    return None


class Walker:
    """Takes findings along the edges, each by the person whose step it is."""

    def __init__(self, world: World, client: TestClient) -> None:
        self.world, self.client, self.street = world, client, Street(world)
        for _ in range(15):  # who has decided about a finding does not decide about it again
            world.viewer(Role.ASSOCIATION_REVIEWER, ("township", DAYU))

    def begin(self, kind: str, code: str) -> None:
        """Open a finding a month after the last one, so that nothing is a repetition."""
        self.world.clock.forward(days=31)
        cause = "third_party" if kind == "third_party" else "merchant"
        self.code, self.cause = code, cause
        self.finding_id = self.street.fault(code, cause=cause).id

    def take(self, place: Place, step: Step) -> None:
        street, finding_id = self.street, self.finding_id
        if step in OFFICIAL:
            paper = {"document": "京门样〔2026〕3号", "dated": self.world.clock().date()}
            street.step(finding_id, step, by=street.officer, words="依据文书登记", **paper)
        elif place.state in IN_QUEUE and step in DECISIONS:
            self.world.clock.forward(days=7)  # the time to be heard
            review = self.world.read(reviews.open_review, finding_id)
            days = 30 if step is T.LIST else None
            street.decide(review.id, Outcome(step.value), days=days)
        else:
            self._by_page(place, step)
        moved = street.view(finding_id)
        assert (place.state, step, moved.state) == (place.state, step, place.after(step).state)
        assert self.world.read(queries.events, finding_id)[-1].step == step.value

    def _by_page(self, place: Place, step: Step) -> None:
        if step in ASKS_OVERDUE:
            due = self.street.view(self.finding_id).due_at
            self.world.clock.forward(seconds=(due - self.world.clock()).total_seconds() + 1)
        typed = TYPED.get(step, WORDS) | self._named(step)
        browser = Browser(self.world, self.client, self._person(who(place.state, step)))
        browser.open(f"/findings/{self.finding_id}/{VERBS[step]}")
        browser.send(**typed)

    def _named(self, step: Step) -> dict[str, str]:
        """Return the twin to merge into, or the sighting to split off, made for the purpose."""
        if step is T.MERGE:
            return {"into": self.street.fault(self.code, cause=self.cause).id}
        if step is T.SPLIT:
            found = self.street.view(self.finding_id)
            self.world.clock.forward(minutes=1)
            item = fault(self.code, cause=found.cause.value, again=self.finding_id)
            patrol_id = secrets.token_hex(16)
            log(self.world, self.street.chief, body(self.world, self.street.shop, item), patrol_id)
            return {"patrol": patrol_id}
        return {}

    def _person(self, action: Action) -> Viewer:
        if action in {Action.FINDING_ANSWER, Action.FINDING_OBJECT}:
            return self.street.merchant
        return self.street.officer if action is Action.FINDING_ENFORCE else self.street.chief


def test_every_edge_of_the_table_is_walked_by_the_pages(world: World, client: TestClient):
    walker, walked, steps = Walker(world, client), set[Edge](), 0

    while len(walked) < len(STEPS):
        ways = {
            kind: path
            for kind, state in BEGINNINGS.items()
            if (path := path_to_new(Place(kind[0], state), walked))
        }
        assert ways, sorted(set(STEPS) - walked)
        kind = min(ways, key=lambda each: len(ways[each]))
        walker.begin(*kind)
        place: Place | None = Place(kind[0], BEGINNINGS[kind])
        path = ways[kind]
        while path:
            for step in path:
                walker.take(place, step)
                walked.add((place.state, step))
                place, steps = place.after(step), steps + 1
            path = path_to_new(place, walked) or []
            path = path if len(path) < 6 else []

    assert walked == set(STEPS)
    assert steps < 4 * len(STEPS)

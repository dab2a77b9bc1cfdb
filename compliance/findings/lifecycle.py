"""The life of a finding as one table: which step leads from which state to which, and whose it is.

Pure; the source is the working process of the district (finding recorded → reminded → put right →
re-checked → closed, with its side roads: third party, objection, association, enforcement).
`overdue` is not a state: it follows from `due_at` and the clock. Severity 3 is pushed to the
enforcement team at once and starts as `referred`; so does the third time of the same fault.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from compliance.accounts.permissions import Action
from compliance.errors import RuleBroken


class FindingState(StrEnum):
    REMINDED = "reminded"
    THIRD_PARTY = "third_party"
    DISPATCHED = "dispatched"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    IN_REVIEW = "in_review"
    ON_IMPROVEMENT_LIST = "on_improvement_list"
    REFERRED = "referred"
    ORDERED = "ordered"
    CLOSED = "closed"
    REVOKED = "revoked"


class Step(StrEnum):
    CLAIM = "claim"
    OBJECT = "object"
    WITHDRAW_OBJECTION = "withdraw_objection"
    STATE_CASE = "state_case"
    PASS = "pass"  # noqa: S105 (a step, not a secret)
    FAIL = "fail"
    DISPATCH = "dispatch"
    RESOLVE = "resolve"
    SEND_TO_ASSOCIATION = "send_to_association"
    UPHOLD = "uphold"
    REVOKE = "revoke"
    MEDIATE = "mediate"
    CRITICISE = "criticise"
    LIST = "list"
    DISMISS = "dismiss"
    REFER = "refer"
    ORDER = "order"
    SEND_BACK = "send_back"


class Entry(StrEnum):
    """What the ledger calls the opening and each step."""

    OPENED = "finding.opened"
    CLAIM = "finding.claim"
    OBJECT = "finding.object"
    WITHDRAW_OBJECTION = "finding.withdraw_objection"
    STATE_CASE = "finding.state_case"
    PASS = "finding.pass"  # noqa: S105 (a name in the ledger)
    FAIL = "finding.fail"
    DISPATCH = "finding.dispatch"
    RESOLVE = "finding.resolve"
    SEND_TO_ASSOCIATION = "finding.send_to_association"
    UPHOLD = "finding.uphold"
    REVOKE = "finding.revoke"
    MEDIATE = "finding.mediate"
    CRITICISE = "finding.criticise"
    LIST = "finding.list"
    DISMISS = "finding.dismiss"
    REFER = "finding.refer"
    ORDER = "finding.order"
    SEND_BACK = "finding.send_back"


class Start(StrEnum):
    """How a finding comes into the world, decided by what the patroller saw."""

    ORDINARY = "ordinary"
    FIXED_ON_SPOT = "fixed_on_spot"
    THIRD_PARTY = "third_party"
    SERIOUS = "serious"
    REPEATED = "repeated"


S, T = FindingState, Step

BEGINNINGS: dict[Start, FindingState] = {
    Start.ORDINARY: S.REMINDED,
    Start.FIXED_ON_SPOT: S.CLOSED,
    Start.THIRD_PARTY: S.THIRD_PARTY,
    Start.SERIOUS: S.REFERRED,
    Start.REPEATED: S.REFERRED,
}

STEPS: dict[tuple[FindingState, Step], FindingState] = {
    (S.REMINDED, T.CLAIM): S.CLAIMED,
    (S.REMINDED, T.OBJECT): S.DISPUTED,
    (S.REMINDED, T.PASS): S.CLOSED,
    (S.REMINDED, T.SEND_TO_ASSOCIATION): S.IN_REVIEW,
    (S.REMINDED, T.REFER): S.REFERRED,
    (S.REMINDED, T.DISPATCH): S.DISPATCHED,
    (S.CLAIMED, T.PASS): S.CLOSED,
    (S.CLAIMED, T.FAIL): S.REMINDED,
    (S.CLAIMED, T.OBJECT): S.DISPUTED,
    (S.DISPUTED, T.STATE_CASE): S.DISPUTED,
    (S.DISPUTED, T.WITHDRAW_OBJECTION): S.REMINDED,
    (S.DISPUTED, T.UPHOLD): S.REMINDED,
    (S.DISPUTED, T.REVOKE): S.REVOKED,
    (S.THIRD_PARTY, T.DISPATCH): S.DISPATCHED,
    (S.THIRD_PARTY, T.RESOLVE): S.CLOSED,
    (S.DISPATCHED, T.RESOLVE): S.CLOSED,
    (S.IN_REVIEW, T.STATE_CASE): S.IN_REVIEW,
    (S.IN_REVIEW, T.MEDIATE): S.CLOSED,
    (S.IN_REVIEW, T.CRITICISE): S.REMINDED,
    (S.IN_REVIEW, T.LIST): S.ON_IMPROVEMENT_LIST,
    (S.IN_REVIEW, T.DISMISS): S.CLOSED,
    (S.IN_REVIEW, T.REFER): S.REFERRED,
    (S.ON_IMPROVEMENT_LIST, T.CLAIM): S.CLAIMED,
    (S.ON_IMPROVEMENT_LIST, T.OBJECT): S.DISPUTED,
    (S.ON_IMPROVEMENT_LIST, T.PASS): S.CLOSED,
    (S.ON_IMPROVEMENT_LIST, T.SEND_TO_ASSOCIATION): S.IN_REVIEW,
    (S.REFERRED, T.ORDER): S.ORDERED,
    (S.REFERRED, T.SEND_BACK): S.REMINDED,
    (S.REFERRED, T.OBJECT): S.DISPUTED,
    (S.REFERRED, T.DISPATCH): S.DISPATCHED,
    (S.REFERRED, T.PASS): S.CLOSED,
    (S.ORDERED, T.PASS): S.CLOSED,
    (S.ORDERED, T.FAIL): S.ORDERED,
}
"""An order (责令改正) is the authority's own act and no matter for the association: there is no
objection from `ordered`; the paper itself names the remedies."""

STAYS = frozenset({S.REFERRED, S.ON_IMPROVEMENT_LIST})
"""States that an objection only interrupts: upheld or withdrawn, the finding is there again."""

WHO: dict[Step, Action] = {
    T.CLAIM: Action.FINDING_ANSWER,
    T.STATE_CASE: Action.FINDING_ANSWER,
    T.OBJECT: Action.FINDING_OBJECT,
    T.WITHDRAW_OBJECTION: Action.FINDING_OBJECT,
    T.PASS: Action.FINDING_RECHECK,
    T.FAIL: Action.FINDING_RECHECK,
    T.DISPATCH: Action.FINDING_DISPATCH,
    T.RESOLVE: Action.FINDING_DISPATCH,
    T.SEND_TO_ASSOCIATION: Action.FINDING_DISPATCH,
    T.REFER: Action.FINDING_DISPATCH,
    T.UPHOLD: Action.REVIEW_DECIDE,
    T.REVOKE: Action.REVIEW_DECIDE,
    T.MEDIATE: Action.REVIEW_DECIDE,
    T.CRITICISE: Action.REVIEW_DECIDE,
    T.LIST: Action.REVIEW_DECIDE,
    T.DISMISS: Action.REVIEW_DECIDE,
    T.ORDER: Action.FINDING_ENFORCE,
    T.SEND_BACK: Action.FINDING_ENFORCE,
}
"""Whose step it is, in most states."""

WHO_AT: dict[tuple[FindingState, Step], Action] = {
    (S.IN_REVIEW, T.REFER): Action.REVIEW_DECIDE,
    (S.REFERRED, T.PASS): Action.FINDING_ENFORCE,
    (S.REFERRED, T.DISPATCH): Action.FINDING_ENFORCE,
    (S.ORDERED, T.PASS): Action.FINDING_ENFORCE,
    (S.ORDERED, T.FAIL): Action.FINDING_ENFORCE,
}
"""Where a step is somebody else's: what lies with the team or the association is theirs to end."""

NEEDS_WORDS = frozenset(
    {T.OBJECT, T.STATE_CASE, T.FAIL, T.REFER, T.ORDER, T.SEND_BACK}
    | {T.UPHOLD, T.REVOKE, T.MEDIATE, T.CRITICISE, T.LIST, T.DISMISS}
)
"""Steps that somebody else has to live with: they are explained. A claim may be a photo alone."""

ASKS_OVERDUE = frozenset({T.SEND_TO_ASSOCIATION, T.REFER})
"""Steps by which a finding goes further because the time to put it right has passed."""

RESTARTS = frozenset({T.FAIL, T.UPHOLD, T.CRITICISE, T.SEND_BACK})
"""Steps that give the merchant the item's time again, when it is the merchant's turn after them."""

NOT_COUNTED = frozenset({T.REVOKE, T.DISPATCH})
"""Steps after which a finding does not stand on the shop's record."""

ENDED = frozenset({S.CLOSED, S.REVOKED})
IN_QUEUE = frozenset({S.DISPUTED, S.IN_REVIEW})
CLOCK_RUNS = frozenset({S.REMINDED, S.ON_IMPROVEMENT_LIST, S.ORDERED})

OBJECTION_DAYS = 3
RECHECK_DAYS = 2
"""Working days: to object after the opening (or the listing), to re-check after a claim."""

REPEAT_WITHIN = timedelta(days=30)
REPEATS = 3
LONGEST_LISTING = 30
"""Days; the covenant's article 9 lets a listing last no longer, and it ends at once when fixed."""

del S, T


def next_state(
    state: FindingState, step: Step, disputed_from: FindingState | None = None
) -> FindingState:
    """Return the state after `step`; raise RuleBroken `finding.step_not_possible` when none is.

    `disputed_from` is the state in which the objection was made; it matters where one is ended.
    """
    try:
        after = STEPS[state, step]
    except KeyError:
        raise RuleBroken("finding.step_not_possible", state=state.value, step=step.value) from None
    if state is FindingState.DISPUTED and after is FindingState.REMINDED and disputed_from in STAYS:
        return disputed_from
    return after


def who(state: FindingState, step: Step) -> Action:
    """Return the action a person must be allowed for `step` in `state`."""
    return WHO_AT.get((state, step), WHO[step])


def possible_steps(state: FindingState) -> Iterator[Step]:
    """Yield the steps that lead on from `state`."""
    return (step for (origin, step) in STEPS if origin is state)


def start_of(
    *, severity: int, fixed_on_spot: bool, third_party: bool, repeated: bool = False
) -> Start:
    """Return how a fault begins: a third party's is never the merchant's, a fix counts as done.

    The third time within thirty days goes to the team even when it was put right on the spot.
    """
    if third_party:
        return Start.THIRD_PARTY
    if repeated:
        return Start.REPEATED
    if fixed_on_spot:
        return Start.FIXED_ON_SPOT
    return Start.SERIOUS if severity >= 3 else Start.ORDINARY


def is_overdue(state: FindingState, due_at: datetime | None, now: datetime) -> bool:
    """Return whether the time to put right has passed while it was the merchant's turn."""
    return state in CLOCK_RUNS and due_at is not None and now > due_at


def shown_state(state: FindingState, due_at: datetime | None, now: datetime) -> str:
    """Return the word people see: the state, or `overdue`."""
    return "overdue" if is_overdue(state, due_at, now) else state.value

"""The life of a finding as one table: which step leads from which state to which, and whose it is.

Pure; the source is the district's working process, with its side roads: third party, objection,
association, enforcement. `overdue` is not a state: it follows from `due_at` and the clock; nor is
being seen again, which moves nothing. Two findings that are one fault are merged, two faults in one
finding are split. Severity 3 is pushed to the enforcement team at once and starts as `referred`; so
does the third time of the same fault. From `case_filed` on it is the official system that decides:
the steps note what it decided, with the number and the day of its document.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from compliance.accounts.permissions import Action
from compliance.errors import RuleBroken
from compliance.findings.states import (
    BEGINNINGS,
    OPENED,
    Entry,
    FindingState,
    Start,
    Step,
    start_of,
)

__all__ = ["BEGINNINGS", "Entry", "FindingState", "Start", "Step", "start_of"]

S, T = FindingState, Step

ENDED = frozenset({S.CLOSED, S.REVOKED, S.UNRESOLVED})
"""`unresolved` is the honest end of what was not put right and nobody can take further."""

STAYS = frozenset({S.REFERRED, S.SCREENED, S.ON_IMPROVEMENT_LIST})
"""States that an objection only interrupts: upheld or withdrawn, the finding is there again."""

_TABLE: dict[FindingState, dict[Step, FindingState]] = {
    S.REMINDED: {
        T.CLAIM: S.CLAIMED,
        T.ASK_TIME: S.REMINDED,
        T.GRANT_TIME: S.REMINDED,
        T.REFUSE_TIME: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
        T.REFER: S.REFERRED,
        T.DISPATCH: S.DISPATCHED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
    },
    S.CLAIMED: {
        T.PASS: S.CLOSED,
        T.FAIL: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.ASK_RECHECK: S.CLAIMED,
        T.MERGE: S.CLOSED,
    },
    S.THIRD_PARTY: {
        T.DISPATCH: S.DISPATCHED,
        T.RESOLVE: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
    },
    S.DISPATCHED: {
        T.RESOLVE: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
    },
    S.DISPUTED: {
        T.STATE_CASE: S.DISPUTED,
        T.WITHDRAW_OBJECTION: S.REMINDED,
        T.UPHOLD: S.REMINDED,
        T.DISMISS: S.CLOSED,
        T.REVOKE: S.REVOKED,
    },
    S.IN_REVIEW: {
        T.STATE_CASE: S.IN_REVIEW,
        T.MEDIATE: S.CLOSED,
        T.TALK: S.REMINDED,
        T.CRITICISE: S.REMINDED,
        T.LIST: S.ON_IMPROVEMENT_LIST,
        T.DISMISS: S.CLOSED,
        T.REFER: S.REFERRED,
    },
    S.ON_IMPROVEMENT_LIST: {
        T.CLAIM: S.CLAIMED,
        T.PASS: S.CLOSED,
        T.SEND_TO_ASSOCIATION: S.IN_REVIEW,
        T.ASK_RECHECK: S.ON_IMPROVEMENT_LIST,
        T.MERGE: S.CLOSED,
    },
    S.REFERRED: {
        T.ACCEPT: S.SCREENED,
        T.SEND_BACK: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.DISPATCH: S.DISPATCHED,
        T.PASS: S.CLOSED,
        T.MERGE: S.CLOSED,
    },
    S.SCREENED: {
        T.ORDER: S.ORDERED,
        T.FILE_CASE: S.CASE_FILED,
        T.SEND_BACK: S.REMINDED,
        T.OBJECT: S.DISPUTED,
        T.DISPATCH: S.DISPATCHED,
        T.PASS: S.CLOSED,
        T.GIVE_UP: S.UNRESOLVED,
        T.MERGE: S.CLOSED,
    },
    S.ORDERED: {
        T.PASS: S.CLOSED,
        T.FAIL: S.ORDERED,
        T.ASK_TIME: S.ORDERED,
        T.GRANT_TIME: S.ORDERED,
        T.REFUSE_TIME: S.ORDERED,
        T.ASK_RECHECK: S.ORDERED,
        T.FILE_CASE: S.CASE_FILED,
    },
    S.CASE_FILED: {
        T.NOTIFY: S.NOTIFIED,
        T.SPARE: S.CLOSED,
        T.DROP: S.CLOSED,
    },
    S.NOTIFIED: {
        T.DEFEND: S.NOTIFIED,
        T.PENALISE: S.PENALISED,
        T.SPARE: S.CLOSED,
        T.DROP: S.CLOSED,
    },
    S.PENALISED: {
        T.PERFORM: S.CLOSED,
        T.CONTEST: S.CONTESTED,
    },
    S.CONTESTED: {
        T.CONFIRM: S.PENALISED,
        T.ALTER: S.PENALISED,
        T.ANNUL: S.REVOKED,
    },
    S.CLOSED: {T.REOPEN: S.REMINDED},
    S.UNRESOLVED: {T.REOPEN: S.REMINDED},
    S.REVOKED: {},
}

STEPS: dict[tuple[FindingState, Step], FindingState] = {
    **{(state, step): after for state, steps in _TABLE.items() for step, after in steps.items()},
    **{(state, T.APPEAL): S.DISPUTED for state in (S.REMINDED, S.CLAIMED, *sorted(STAYS))},
    **{(state, T.SPLIT): state for state in S if state not in ENDED},
    **{(state, T.REPLY): state for state in S},
}
"""An order (责令改正) is the authority's own act and no matter for the association: there is no
objection from `ordered` on; the paper itself names the remedies. What lies before the association,
is ordered or is a case is not merged into another finding: others are merged into it. The shop may
say its own side of anything at any time: the reply stands beside the finding at the door. An appeal
asks for the association's one re-review; when that is possible the association's slice knows."""

WHO: dict[Step, Action] = {
    T.CLAIM: Action.FINDING_ANSWER,
    T.ASK_TIME: Action.FINDING_ANSWER,
    T.ASK_RECHECK: Action.FINDING_ANSWER,
    T.STATE_CASE: Action.FINDING_ANSWER,
    T.REPLY: Action.FINDING_ANSWER,
    T.DEFEND: Action.FINDING_ANSWER,
    T.OBJECT: Action.FINDING_OBJECT,
    T.APPEAL: Action.FINDING_OBJECT,
    T.WITHDRAW_OBJECTION: Action.FINDING_OBJECT,
    T.PASS: Action.FINDING_RECHECK,
    T.FAIL: Action.FINDING_RECHECK,
    T.GRANT_TIME: Action.FINDING_RECHECK,
    T.REFUSE_TIME: Action.FINDING_RECHECK,
    T.DISPATCH: Action.FINDING_DISPATCH,
    T.RESOLVE: Action.FINDING_DISPATCH,
    T.SEND_TO_ASSOCIATION: Action.FINDING_DISPATCH,
    T.REFER: Action.FINDING_DISPATCH,
    T.GIVE_UP: Action.FINDING_DISPATCH,
    T.REOPEN: Action.FINDING_DISPATCH,
    T.MERGE: Action.FINDING_DISPATCH,
    T.SPLIT: Action.FINDING_DISPATCH,
    T.UPHOLD: Action.REVIEW_DECIDE,
    T.REVOKE: Action.REVIEW_DECIDE,
    T.MEDIATE: Action.REVIEW_DECIDE,
    T.TALK: Action.REVIEW_DECIDE,
    T.CRITICISE: Action.REVIEW_DECIDE,
    T.LIST: Action.REVIEW_DECIDE,
    T.DISMISS: Action.REVIEW_DECIDE,
    T.ACCEPT: Action.FINDING_ENFORCE,
    T.SEND_BACK: Action.FINDING_ENFORCE,
    T.ORDER: Action.FINDING_ENFORCE,
    T.FILE_CASE: Action.FINDING_ENFORCE,
    T.NOTIFY: Action.FINDING_ENFORCE,
    T.PENALISE: Action.FINDING_ENFORCE,
    T.SPARE: Action.FINDING_ENFORCE,
    T.DROP: Action.FINDING_ENFORCE,
    T.PERFORM: Action.FINDING_ENFORCE,
    T.CONTEST: Action.FINDING_ENFORCE,
    T.CONFIRM: Action.FINDING_ENFORCE,
    T.ALTER: Action.FINDING_ENFORCE,
    T.ANNUL: Action.FINDING_ENFORCE,
}
"""Whose step it is, in most states."""

_WITH_TEAM = (T.PASS, T.FAIL, T.GRANT_TIME, T.REFUSE_TIME, T.DISPATCH, T.GIVE_UP, T.MERGE)
WHO_AT: dict[tuple[FindingState, Step], Action] = {
    (S.IN_REVIEW, T.REFER): Action.REVIEW_DECIDE,
    **{
        (state, step): Action.FINDING_ENFORCE
        for state in (S.REFERRED, S.SCREENED, S.ORDERED)
        for step in _WITH_TEAM
        if (state, step) in STEPS
    },
}
"""Where a step is somebody else's: what lies with the team or the association is theirs to end."""

OFFICIAL = frozenset(
    {T.FILE_CASE, T.NOTIFY, T.PENALISE, T.SPARE, T.DROP}
    | {T.PERFORM, T.CONTEST, T.CONFIRM, T.ALTER, T.ANNUL}
)
"""Steps that note what the official system decided: each names a document and its day."""

NEEDS_WORDS = frozenset(
    {T.ASK_TIME, T.REFUSE_TIME, T.OBJECT, T.APPEAL, T.STATE_CASE, T.DEFEND, T.FAIL, T.REFER}
    | {T.SEND_BACK, T.ORDER, T.PENALISE, T.SPARE, T.DROP, T.CONTEST, T.ALTER, T.ANNUL}
    | {T.GIVE_UP, T.REOPEN, T.MERGE, T.SPLIT}
    | {T.UPHOLD, T.REVOKE, T.MEDIATE, T.TALK, T.CRITICISE, T.LIST, T.DISMISS}
)
"""Steps that somebody else has to live with: they are explained. A claim may be a photo alone."""

ASKS_OVERDUE = frozenset({T.SEND_TO_ASSOCIATION, T.REFER})
"""Steps by which a finding goes further because the time to put it right has passed."""

RESTARTS = frozenset({T.FAIL, T.UPHOLD, T.TALK, T.CRITICISE, T.SEND_BACK, T.REOPEN})
"""Steps that give the merchant the item's time again, when it is the merchant's turn after them."""

NOT_COUNTED = frozenset({T.REVOKE, T.DISPATCH, T.MERGE, T.DROP, T.ANNUL})
"""Steps after which a finding does not stand on the shop's record."""

ANSWERS: dict[Step, frozenset[Step]] = {
    T.ASK_TIME: frozenset({T.GRANT_TIME, T.REFUSE_TIME}),
    T.ASK_RECHECK: frozenset({T.PASS, T.FAIL}),
}
"""What a shop asks for stands until it is answered, or the finding moves on."""

REOPENS_AFTER = frozenset({OPENED, *(step.value for step in (T.PASS, T.RESOLVE, T.GIVE_UP))})
"""Endings that somebody saw at the door: what the association or the authority decided, and what
was merged, is not opened again by a patroller."""

IN_QUEUE = frozenset({S.DISPUTED, S.IN_REVIEW})
WITH_AUTHORITY = frozenset({S.CASE_FILED, S.NOTIFIED, S.PENALISED, S.CONTESTED})
CLOCK_RUNS = frozenset({S.REMINDED, S.ON_IMPROVEMENT_LIST, S.ORDERED})

OBJECTION_DAYS, RECHECK_DAYS, SCREENING_DAYS = 3, 2, 2
"""Working days: to object after the opening, to re-check after a claim, to accept what is referred
or send it back."""

LONGEST_EXTENSION = 15
"""Working days that may be asked for, and given, at a time."""

REOPEN_WITHIN = timedelta(days=30)
REPEAT_WITHIN = timedelta(days=30)
REPEATS = 3
LONGEST_LISTING = 30
"""Days; the covenant's article 9 lets a listing last no longer, and it ends at once when fixed."""

del S, T


def next_state(state: FindingState, step: Step, origin: FindingState | None = None) -> FindingState:
    """Return the state after `step`; raise RuleBroken `finding.step_not_possible` when none is.

    `origin` is where the finding comes back to: the state in which an objection was made that is
    ended now, or `third_party` when what a third party did is opened again.
    """
    try:
        after = STEPS[state, step]
    except KeyError:
        raise RuleBroken("finding.step_not_possible", state=state.value, step=step.value) from None
    if after is not FindingState.REMINDED:
        return after
    interrupted = state is FindingState.DISPUTED and origin in STAYS
    reopened = step is Step.REOPEN and origin is FindingState.THIRD_PARTY
    return origin if origin is not None and (interrupted or reopened) else after


def who(state: FindingState, step: Step) -> Action:
    """Return the action a person must be allowed for `step` in `state`."""
    return WHO_AT.get((state, step), WHO[step])


def possible_steps(state: FindingState) -> Iterator[Step]:
    """Yield the steps that lead on from `state`."""
    return (step for (origin, step) in STEPS if origin is state)


def is_overdue(state: FindingState, due_at: datetime | None, now: datetime) -> bool:
    """Return whether the time to put right has passed while it was the merchant's turn."""
    return state in CLOCK_RUNS and due_at is not None and now > due_at


def shown_state(state: FindingState, due_at: datetime | None, now: datetime) -> str:
    """Return the word people see: the state, or `overdue`."""
    return "overdue" if is_overdue(state, due_at, now) else state.value

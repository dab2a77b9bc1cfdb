"""The four kinds of notice and the states one passes through (pure).

Stored states follow what people did; `active`, `expiring`, `expired` and `outdated` follow from
the dates and from the text in force, and are never stored. A responsibility statement that was
served but not signed still binds: the duty comes from the law and the written notification
(市容环境卫生条例 art. 24), not from the signature.

A waste contract on the official form was signed on paper: it is submitted as pictures of that paper
and counts once the desk has compared them with what was typed; else it goes back with a reason.

A notice keeps the version it was signed under, but a slot wants the current one: from the day a
newer version of its text is in force a notice is `outdated`, fills its slot no longer and cannot be
signed any more; a new one has to be issued.
"""

from datetime import date, timedelta
from enum import StrEnum

from compliance.errors import RuleBroken


class NoticeKind(StrEnum):
    COVENANT = "covenant"
    PLEDGE = "pledge"
    RESPONSIBILITY_STATEMENT = "responsibility_statement"
    WASTE_CONTRACT = "waste_contract"


class NoticeState(StrEnum):
    SENT = "sent"
    VIEWED = "viewed"
    SIGNED = "signed"
    REFUSED = "refused"
    SERVED_UNSIGNED = "served_unsigned"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Standing(StrEnum):
    """What a notice is worth today: its state seen against the dates and the text in force."""

    MISSING = "missing"
    SENT = "sent"
    VIEWED = "viewed"
    REFUSED = "refused"
    SIGNED = "signed"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    OUTDATED = "outdated"
    SERVED_UNSIGNED = "served_unsigned"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


EXPIRING_DAYS = {
    NoticeKind.COVENANT: 60,
    NoticeKind.PLEDGE: 30,
    NoticeKind.RESPONSIBILITY_STATEMENT: 30,
    NoticeKind.WASTE_CONTRACT: 60,
}

FILLS_A_SLOT = frozenset({Standing.ACTIVE, Standing.EXPIRING, Standing.SERVED_UNSIGNED})
NEEDS_A_NEW_ONE = frozenset(
    {Standing.MISSING, Standing.EXPIRED, Standing.OUTDATED, Standing.RETURNED}
)
"""Standings in which only a newly issued notice can fill the slot."""

UNSETTLED = frozenset(
    {
        NoticeState.SENT,
        NoticeState.VIEWED,
        NoticeState.REFUSED,
        NoticeState.SUBMITTED,
        NoticeState.RETURNED,
    }
)
SETTLED = frozenset({NoticeState.SIGNED, NoticeState.SERVED_UNSIGNED})
ENDED = frozenset({NoticeState.SUPERSEDED, NoticeState.REVOKED})

MOVES: dict[tuple[NoticeState, str], NoticeState] = {
    (NoticeState.SENT, "view"): NoticeState.VIEWED,
    (NoticeState.SENT, "sign"): NoticeState.SIGNED,
    (NoticeState.VIEWED, "sign"): NoticeState.SIGNED,
    (NoticeState.REFUSED, "sign"): NoticeState.SIGNED,
    (NoticeState.REFUSED, "reconsider"): NoticeState.VIEWED,
    (NoticeState.SERVED_UNSIGNED, "sign"): NoticeState.SIGNED,
    (NoticeState.SENT, "refuse"): NoticeState.REFUSED,
    (NoticeState.VIEWED, "refuse"): NoticeState.REFUSED,
    (NoticeState.SENT, "serve"): NoticeState.SERVED_UNSIGNED,
    (NoticeState.VIEWED, "serve"): NoticeState.SERVED_UNSIGNED,
    (NoticeState.REFUSED, "serve"): NoticeState.SERVED_UNSIGNED,
    (NoticeState.SUBMITTED, "accept"): NoticeState.SIGNED,
    (NoticeState.SUBMITTED, "return"): NoticeState.RETURNED,
    **{
        (state, verb): ended
        for state in NoticeState
        if state not in ENDED
        for verb, ended in (
            ("supersede", NoticeState.SUPERSEDED),
            ("revoke", NoticeState.REVOKED),
        )
    },
}

OPEN_TO_SIGN = frozenset(state for state, verb in MOVES if verb == "sign")
OFFERED_TO_SIGN = OPEN_TO_SIGN - {NoticeState.REFUSED}
"""What a sitting holds unless one is asked for by name: a refusal is respected until taken back."""


def next_state(state: NoticeState, verb: str) -> NoticeState:
    """Return where `verb` leads from `state`; raise RuleBroken `notice.not_now` when nowhere."""
    try:
        return MOVES[state, verb]
    except KeyError:
        raise RuleBroken("notice.not_now") from None


def standing(
    kind: NoticeKind,
    state: NoticeState,
    valid_from: date,
    valid_to: date,
    today: date,
    *,
    current: bool = True,
) -> Standing:
    """Return what a notice is worth on `today`; `valid_to` is the last day it holds.

    `current` says whether its text is the version in force today.
    """
    if state in ENDED:
        return Standing(state.value)
    if today > valid_to:
        return Standing.EXPIRED
    if not current:
        return Standing.OUTDATED
    if state is not NoticeState.SIGNED:
        return Standing(state.value)
    if today < valid_from:
        return Standing.SIGNED
    soon = today + timedelta(days=EXPIRING_DAYS[kind])
    return Standing.EXPIRING if valid_to <= soon else Standing.ACTIVE


def next_change(kind: NoticeKind, valid_from: date, valid_to: date, today: date) -> date | None:
    """Return the next day on which time alone changes a standing; None when none will."""
    days = (
        valid_from,
        valid_to - timedelta(days=EXPIRING_DAYS[kind]),
        valid_to + timedelta(days=1),
    )
    return min((day for day in days if day > today), default=None)

"""The words of a finding's life: its states, its steps, how it begins, what the ledger calls it."""

from enum import StrEnum


class FindingState(StrEnum):
    REMINDED = "reminded"
    THIRD_PARTY = "third_party"
    DISPATCHED = "dispatched"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    IN_REVIEW = "in_review"
    ON_IMPROVEMENT_LIST = "on_improvement_list"
    REFERRED = "referred"
    SCREENED = "screened"
    ORDERED = "ordered"
    CASE_FILED = "case_filed"
    NOTIFIED = "notified"
    PENALISED = "penalised"
    CONTESTED = "contested"
    CLOSED = "closed"
    UNRESOLVED = "unresolved"
    REVOKED = "revoked"


class Step(StrEnum):
    CLAIM = "claim"
    ASK_TIME = "ask_time"
    GRANT_TIME = "grant_time"
    REFUSE_TIME = "refuse_time"
    ASK_RECHECK = "ask_recheck"
    OBJECT = "object"
    APPEAL = "appeal"
    WITHDRAW_OBJECTION = "withdraw_objection"
    STATE_CASE = "state_case"
    REPLY = "reply"
    PASS = "pass"  # noqa: S105 (a step, not a secret)
    FAIL = "fail"
    DISPATCH = "dispatch"
    RESOLVE = "resolve"
    SEND_TO_ASSOCIATION = "send_to_association"
    UPHOLD = "uphold"
    REVOKE = "revoke"
    MEDIATE = "mediate"
    TALK = "talk"
    CRITICISE = "criticise"
    LIST = "list"
    DISMISS = "dismiss"
    REFER = "refer"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    ORDER = "order"
    FILE_CASE = "file_case"
    NOTIFY = "notify"
    DEFEND = "defend"
    PENALISE = "penalise"
    SPARE = "spare"
    DROP = "drop"
    PERFORM = "perform"
    CONTEST = "contest"
    CONFIRM = "confirm"
    ALTER = "alter"
    ANNUL = "annul"
    GIVE_UP = "give_up"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"


class Entry(StrEnum):
    """What the ledger calls the opening, another sighting, a moved deadline, and each step."""

    OPENED = "finding.opened"
    SEEN_AGAIN = "finding.seen_again"
    CLOCK_MOVED = "finding.clock_moved"
    CLAIM = "finding.claim"
    ASK_TIME = "finding.ask_time"
    GRANT_TIME = "finding.grant_time"
    REFUSE_TIME = "finding.refuse_time"
    ASK_RECHECK = "finding.ask_recheck"
    OBJECT = "finding.object"
    APPEAL = "finding.appeal"
    WITHDRAW_OBJECTION = "finding.withdraw_objection"
    STATE_CASE = "finding.state_case"
    REPLY = "finding.reply"
    PASS = "finding.pass"  # noqa: S105 (a name in the ledger)
    FAIL = "finding.fail"
    DISPATCH = "finding.dispatch"
    RESOLVE = "finding.resolve"
    SEND_TO_ASSOCIATION = "finding.send_to_association"
    UPHOLD = "finding.uphold"
    REVOKE = "finding.revoke"
    MEDIATE = "finding.mediate"
    TALK = "finding.talk"
    CRITICISE = "finding.criticise"
    LIST = "finding.list"
    DISMISS = "finding.dismiss"
    REFER = "finding.refer"
    ACCEPT = "finding.accept"
    SEND_BACK = "finding.send_back"
    ORDER = "finding.order"
    FILE_CASE = "finding.file_case"
    NOTIFY = "finding.notify"
    DEFEND = "finding.defend"
    PENALISE = "finding.penalise"
    SPARE = "finding.spare"
    DROP = "finding.drop"
    PERFORM = "finding.perform"
    CONTEST = "finding.contest"
    CONFIRM = "finding.confirm"
    ALTER = "finding.alter"
    ANNUL = "finding.annul"
    GIVE_UP = "finding.give_up"
    REOPEN = "finding.reopen"
    MERGE = "finding.merge"
    SPLIT = "finding.split"


OPENED = "opened"
"""The step of a finding's first event."""


class Start(StrEnum):
    """How a finding comes into the world, decided by what the patroller saw."""

    ORDINARY = "ordinary"
    FIXED_ON_SPOT = "fixed_on_spot"
    THIRD_PARTY = "third_party"
    SERIOUS = "serious"
    REPEATED = "repeated"


BEGINNINGS: dict[Start, FindingState] = {
    Start.ORDINARY: FindingState.REMINDED,
    Start.FIXED_ON_SPOT: FindingState.CLOSED,
    Start.THIRD_PARTY: FindingState.THIRD_PARTY,
    Start.SERIOUS: FindingState.REFERRED,
    Start.REPEATED: FindingState.REFERRED,
}


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

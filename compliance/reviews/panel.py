"""A panel of the association: who may sit on it, who is drawn first, what a vote decides.

Pure. The covenant's article 10 asks for at least three reviewers, that whoever competes with the
shop, is related to it or quarrels with it stands aside, and that others decide the second time.

Nobody chooses the members: each eligible one has a place in a lot, SHA-256 over the hash of the
ledger entry that opened the case and the member's account id, both as text. The first places sit;
who leaves is followed by the next. Anybody with the ledger can compute it again.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SEATS = 3
"""Seats of a panel: odd and at least three; 5 where an association has the members for it."""

LEAST_VOTES = 3
"""Votes without which nothing is decided, whatever they say."""


class LeftWhy(StrEnum):
    """Why somebody does not sit on a panel, or no longer does."""

    RECORDED = "recorded"
    SAME_TRADE = "same_trade"
    RELATIVE = "relative"
    NEIGHBOUR_DISPUTE = "neighbour_dispute"
    OTHER_TIE = "other_tie"
    DECIDED_BEFORE = "decided_before"
    PROPOSED = "proposed"
    NOT_A_MEMBER = "not_a_member"
    SILENT = "silent"


DECLARED = (LeftWhy.RELATIVE, LeftWhy.NEIGHBOUR_DISPUTE, LeftWhy.OTHER_TIE)
"""What only the member can know, and declares case by case."""


@dataclass(frozen=True, slots=True)
class Member:
    """A reviewer: the townships of the account, and own shops as (lane id, category)."""

    account_id: str
    townships: frozenset[str]
    shops: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """What decides who may sit: the shop's place and trade, and who had to do with it before.

    `recorders` saw the fault or logged a visit in which it was seen, `former` sat on an earlier
    panel about it, `ties` is what members declared.
    """

    township: str
    lane: str
    category: str
    recorders: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    proposed_by: str | None = None
    ties: Mapping[str, LeftWhy] | None = None
    widened_to: frozenset[str] = frozenset()


def bar(member: Member, case: Case) -> LeftWhy | None:
    """Return why a member may not sit on the panel of a case, or None when nothing bars them."""
    if member.townships.isdisjoint({case.township, *case.widened_to}):
        return LeftWhy.NOT_A_MEMBER
    if member.account_id in case.recorders:
        return LeftWhy.RECORDED
    if member.account_id == case.proposed_by:
        return LeftWhy.PROPOSED
    if member.account_id in case.former:
        return LeftWhy.DECIDED_BEFORE
    if (case.lane, case.category) in member.shops:
        return LeftWhy.SAME_TRADE
    return (case.ties or {}).get(member.account_id)


def lot(entry: str, account_id: str) -> str:
    """Return a member's place in the lot: the lowest is drawn first."""
    return hashlib.sha256(f"{entry}{account_id}".encode()).hexdigest()


def in_order(entry: str, accounts: Iterable[str]) -> list[str]:
    """Return accounts in the order in which they are drawn."""
    return sorted(accounts, key=lambda account_id: lot(entry, account_id))


def chosen(
    entry: str, eligible: Iterable[str], sitting: Collection[str], left: Collection[str], size: int
) -> list[str]:
    """Return who is drawn for the seats that are free; nobody comes back who has left.

    An empty panel begins only when it can be filled: fewer than `size` are not drawn at all.
    """
    free = [each for each in in_order(entry, eligible) if each not in sitting and each not in left][
        : size - len(sitting)
    ]
    return free if sitting or len(free) == size else []


@dataclass(frozen=True, slots=True)
class Tally:
    """What the votes come to: an outcome, or two to choose between in a second round, or neither.

    `in_doubt` says that no outcome had the majority and the mildest was taken.
    """

    outcome: str | None = None
    run_off: tuple[str, ...] = ()
    in_doubt: bool = False


def tally(
    votes: Sequence[str], *, size: int, waiting: int, round_: int, mildest_first: Sequence[str]
) -> Tally:
    """Return what the votes of one round come to.

    A majority is more than half of the panel's `size`, seats that nobody holds included; with
    fewer than three votes nothing is decided. `waiting` members have not voted: as long as there
    are any, no majority means waiting. When all have voted, the two leading outcomes (of equals the
    milder) go into a second round; without a majority there either, the shop has the benefit of
    the doubt: the milder of the two.
    """
    if len(votes) < LEAST_VOTES:
        return Tally()
    counted = Counter(votes)
    leading = sorted(counted, key=lambda each: (-counted[each], mildest_first.index(each)))
    if 2 * counted[leading[0]] > size:
        return Tally(leading[0])
    if waiting:
        return Tally()
    if round_ == 1 and len(leading) > 1:
        return Tally(run_off=tuple(sorted(leading[:2], key=mildest_first.index)))
    return Tally(min(leading, key=mildest_first.index), in_doubt=True)

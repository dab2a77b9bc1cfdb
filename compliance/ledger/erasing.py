"""Erasing bodies: salt and body of an entry go, the entry stays, and one later entry says so.

What an entry committed to can then no longer be told or guessed, and every hash still holds. A body
that is gone although no entry of its chain erased it was lost or taken away: that is a break.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlmodel import Session

from compliance.ledger.chain import Break, Stored
from compliance.ledger.models import LedgerBody, LedgerEntry

ERASED = "personal_data.erased"
"""Kind of the entry that lists, in `fact.entries`, the numbers whose bodies went with it."""

_entry = LedgerEntry.__table__  # type: ignore[attr-defined]
_body = LedgerBody.__table__  # type: ignore[attr-defined]
_AT_ONCE = 500
_COMMITS = b'"commitment":'
_ERASES = f'"kind":"{ERASED}"'.encode()


def bodies_of(
    session: Session, subject: str, refs: Iterable[str] | None = None
) -> list[tuple[int, str]]:
    """Return number and hash of the entries of a chain that still have a body.

    `refs` narrows them to the entries about these records.
    """
    query = (
        sa.select(_entry.c.seq, _entry.c.entry_hash)
        .join(_body, _body.c.entry_hash == _entry.c.entry_hash)
        .where(_entry.c.subject == subject)
        .order_by(_entry.c.seq)
    )
    if refs is not None:
        query = query.where(_entry.c.ref.in_(list(refs)))
    return [(row.seq, row.entry_hash) for row in session.execute(query)]


def erase_bodies(session: Session, hashes: Iterable[str]) -> None:
    """Remove salt and body of these entries for good."""
    wanted = list(hashes)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        session.execute(sa.delete(_body).where(_body.c.entry_hash.in_(some)))


class Bodies:
    """Which bodies are gone, and whether each was erased: entries are shown to it one by one."""

    def __init__(self) -> None:
        self._gone: dict[str, set[int]] = defaultdict(set)
        self._told: dict[str, set[int]] = defaultdict(set)

    def see(self, entry: Stored) -> None:
        """Note one entry of a chain."""
        if entry.body is None and _COMMITS in entry.content:
            self._gone[entry.subject].add(entry.seq)
        if _ERASES in entry.content:
            self._told[entry.subject] |= _erased_by(entry.content)

    @property
    def erased(self) -> int:
        """How many bodies are gone because an entry erased them."""
        return sum(len(gone & self._told[subject]) for subject, gone in self._gone.items())

    def lost(self) -> Iterator[Break]:
        """Yield, for each chain, the first body that is gone although nobody erased it."""
        for subject, gone in sorted(self._gone.items()):
            if strays := gone - self._told[subject]:
                yield Break(subject, min(strays), "body_missing")


def _erased_by(content: bytes) -> set[int]:
    try:
        told = json.loads(content)
        return set(told["fact"]["entries"]) if told["kind"] == ERASED else set()
    except (ValueError, TypeError, KeyError):
        return set()

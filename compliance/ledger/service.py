"""Appending to a chain and reading it back, in plain Core statements built once: a hot path.

`append` runs inside the transaction of the fact it records. It locks the head row of one subject,
so two shops never wait for each other, and a subject's numbers have no gap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import Act
from compliance.ledger import chain
from compliance.ledger.erasing import Bodies
from compliance.ledger.models import LedgerBody, LedgerEntry, LedgerHead
from compliance.record import insert_many

TOUCHED = "ledger_touched"
"""Key of `session.info`: the subjects this transaction appended to (caches are dropped by it)."""

_head = LedgerHead.__table__  # type: ignore[attr-defined]
_entry = LedgerEntry.__table__  # type: ignore[attr-defined]
_body = LedgerBody.__table__  # type: ignore[attr-defined]

_LOCK_HEAD = (
    sa.select(_head.c.seq, _head.c.entry_hash)
    .where(_head.c.subject == sa.bindparam("subject"))
    .with_for_update()
)
_LOCK_HEADS = (
    sa.select(_head.c.subject, _head.c.seq, _head.c.entry_hash)
    .where(_head.c.subject.in_(sa.bindparam("subjects", expanding=True)))
    .order_by(_head.c.subject)
    .with_for_update()
)
_AT_ONCE = 1000
_MOVE_HEAD = (
    sa.update(_head)
    .where(_head.c.subject == sa.bindparam("which"))
    .values(seq=sa.bindparam("seq"), entry_hash=sa.bindparam("entry_hash"))
)
_NEW_HEAD = sa.insert(_head)
_NEW_ENTRY = sa.insert(_entry)
_NEW_BODY = sa.insert(_body)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an appended entry leaves in the hands of who wrote it."""

    subject: str
    seq: int
    entry_hash: str
    content: bytes
    salt: bytes
    at: datetime


def tenancy_subject(tenancy_id: str) -> str:
    return f"tenancy:{tenancy_id}"


def township_subject(code: str) -> str:
    return f"township:{code}"


DISTRICT_SUBJECT = "district:110109"


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry to be appended, as the arguments of `append` say it."""

    subject: str
    kind: str
    ref: str = ""
    fact: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None


def append(
    session: Session,
    act: Act,
    *,
    subject: str,
    kind: str,
    ref: str = "",
    fact: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Receipt:
    """Append one entry to `subject` and return its receipt.

    `fact` enters the entry and can never be erased, so it holds no personal data; `body` is only
    committed to. `ref` names the record the entry is about.
    """
    connection = session.connection()  # a session's own `execute` costs half as much again
    head = connection.execute(_LOCK_HEAD, {"subject": subject}).one_or_none()
    last = (head.seq, head.entry_hash) if head else (0, chain.GENESIS)
    receipt, prev, held = _entry_after(last, act, Draft(subject, kind, ref, fact, body))
    moved = {"seq": receipt.seq, "entry_hash": receipt.entry_hash}
    if head:
        connection.execute(_MOVE_HEAD, {"which": subject, **moved})
    else:
        connection.execute(_NEW_HEAD, {"subject": subject, **moved})
    connection.execute(_NEW_ENTRY, _entry_row(receipt, prev, kind, ref))
    if held is not None:
        connection.execute(
            _NEW_BODY, {"entry_hash": receipt.entry_hash, "salt": receipt.salt, "body": held}
        )
    session.info.setdefault(TOUCHED, set()).add(subject)
    return receipt


def append_many(session: Session, act: Act, drafts: Iterable[Draft]) -> list[Receipt]:
    """Append entries to many chains at once, each as `append` would: for lists of thousands.

    Heads are locked in the order of their subjects, so two of these never wait for each other in
    a circle.
    """
    todo = list(drafts)
    subjects = sorted({draft.subject for draft in todo})
    heads: dict[str, tuple[int, str]] = {}
    for start in range(0, len(subjects), _AT_ONCE):
        rows = session.execute(_LOCK_HEADS, {"subjects": subjects[start : start + _AT_ONCE]})
        heads |= {row.subject: (row.seq, row.entry_hash) for row in rows}
    known = frozenset(heads)
    receipts, entries, bodies = [], [], []
    for draft in todo:
        last = heads.get(draft.subject, (0, chain.GENESIS))
        receipt, prev, held = _entry_after(last, act, draft)
        heads[draft.subject] = (receipt.seq, receipt.entry_hash)
        receipts.append(receipt)
        entries.append(_entry_row(receipt, prev, draft.kind, draft.ref))
        if held is not None:
            bodies.append({"entry_hash": receipt.entry_hash, "salt": receipt.salt, "body": held})
    moved = [(which, *heads[which]) for which in subjects]
    old = [
        {"which": which, "seq": seq, "entry_hash": digest}
        for which, seq, digest in moved
        if which in known
    ]
    new = [
        {"subject": which, "seq": seq, "entry_hash": digest}
        for which, seq, digest in moved
        if which not in known
    ]
    if old:
        session.connection().execute(_MOVE_HEAD, old)
    insert_many(session, _head, new)
    insert_many(session, _entry, entries)
    insert_many(session, _body, bodies)
    session.info.setdefault(TOUCHED, set()).update(subjects)
    return receipts


def _entry_after(
    last: tuple[int, str], act: Act, draft: Draft
) -> tuple[Receipt, str, bytes | None]:
    """Return the entry that follows `last`, the hash it follows, and its erasable body."""
    seq, prev = last[0] + 1, last[1]
    entry: dict[str, Any] = {
        "v": 1,
        "subject": draft.subject,
        "seq": seq,
        "prev": prev,
        "kind": draft.kind,
        "ref": draft.ref,
        "at": act.at.isoformat(timespec="milliseconds"),
        "actor": {"id": act.actor.account_id, "role": act.actor.role},
        "fact": draft.fact or {},
    }
    salt = act.chance(chain.SALT_BYTES)
    held = chain.canonical_body(draft.body) if draft.body is not None else None
    if held is not None:
        entry["commitment"] = chain.commitment(salt, held)
    content = chain.canonical(entry)
    receipt = Receipt(draft.subject, seq, chain.entry_hash(content), content, salt, act.at)
    return receipt, prev, held


def _entry_row(receipt: Receipt, prev: str, kind: str, ref: str) -> dict[str, Any]:
    return {
        "subject": receipt.subject,
        "seq": receipt.seq,
        "prev_hash": prev,
        "entry_hash": receipt.entry_hash,
        "kind": kind,
        "ref": ref,
        "at": receipt.at,
        "content": receipt.content,
    }


def receipt_of(session: Session, subject: str, seq: int) -> Receipt:
    """Return the receipt of an entry that is there, exactly as first given."""
    row = session.execute(
        sa.select(_entry, _body.c.salt)
        .outerjoin(_body, _body.c.entry_hash == _entry.c.entry_hash)
        .where(_entry.c.subject == subject, _entry.c.seq == seq)
    ).one()
    return Receipt(subject, seq, row.entry_hash, bytes(row.content), bytes(row.salt or b""), row.at)


def body_of(session: Session, entry_hash: str) -> bytes | None:
    """Return the erasable body of an entry, or None when it has none any more."""
    query = sa.select(_body.c.body).where(_body.c.entry_hash == entry_hash)
    return _as_bytes(session.execute(query).scalar_one_or_none())


def head_of(session: Session, subject: str) -> tuple[int, str]:
    """Return the last number and hash of a subject; (0, zeros) for a chain not begun."""
    row = session.execute(
        sa.select(_head.c.seq, _head.c.entry_hash).where(_head.c.subject == subject)
    ).one_or_none()
    return (row.seq, row.entry_hash) if row else (0, chain.GENESIS)


_HEADS = sa.select(_head.c.subject, _head.c.seq, _head.c.entry_hash).where(
    _head.c.subject.in_(sa.bindparam("subjects", expanding=True))
)


def heads_of(session: Session, subjects: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return the last number and hash of several subjects; (0, zeros) for a chain not begun."""
    wanted = list(subjects)
    found = {
        row.subject: (row.seq, row.entry_hash)
        for row in session.execute(_HEADS, {"subjects": wanted})
    }
    return {subject: found.get(subject, (0, chain.GENESIS)) for subject in wanted}


def stored_entries(session: Session, subject: str | None = None) -> Iterator[chain.Stored]:
    """Yield entries with their bodies, ordered by subject and number, in bounded memory."""
    query = (
        sa.select(
            _entry.c.subject,
            _entry.c.seq,
            _entry.c.prev_hash,
            _entry.c.entry_hash,
            _entry.c.content,
            _body.c.salt,
            _body.c.body,
        )
        .outerjoin(_body, _body.c.entry_hash == _entry.c.entry_hash)
        .order_by(_entry.c.subject, _entry.c.seq)
        .execution_options(yield_per=1000)
    )
    if subject is not None:
        query = query.where(_entry.c.subject == subject)
    for row in session.execute(query):
        yield chain.Stored(*row[:4], *map(_as_bytes, row[4:]))


def _as_bytes(value: bytes | str | None) -> bytes | None:
    # SQLite gives back text where somebody wrote text into a column of bytes.
    return value.encode() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was read, the first break of each chain, and how many bodies were erased by law."""

    entries: int
    breaks: list[chain.Break]
    erased: int


def verify_all(session: Session) -> Verified:
    """Recompute every chain; a body that is gone without an entry that erased it is a break too."""
    rows = session.execute(sa.select(_head.c.subject, _head.c.seq, _head.c.entry_hash))
    heads = {row.subject: (row.seq, row.entry_hash) for row in rows}
    count, bodies = 0, Bodies()

    def counted() -> Iterator[chain.Stored]:
        nonlocal count
        for entry in stored_entries(session):
            count += 1
            bodies.see(entry)
            yield entry

    found = list(chain.breaks(counted(), heads))
    broken = {each.subject for each in found}
    found += [each for each in bodies.lost() if each.subject not in broken]
    return Verified(count, found, bodies.erased)


def verify(session: Session) -> tuple[int, list[chain.Break]]:
    """Recompute every chain; return how many entries were read and the first break of each."""
    told = verify_all(session)
    return told.entries, told.breaks

"""The chain, pure: how an entry becomes bytes, how bytes become a hash, how a run is checked.

An entry is RFC 8785 canonical JSON restricted to what cannot be read two ways: text in NFC, whole
numbers below 2^53, true, false, null, lists, and objects with ASCII keys; no floats.
`entry_hash = SHA-256(0x00 || bytes)` (the leaf hash of RFC 6962), in lower-case hex. The bytes hold
the subject, its own gap-free number from 1, and the hash of the entry before (64 zeros at first).
Personal data stays outside: the entry holds `commitment = HMAC-SHA-256(salt, canonical body)`.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

GENESIS = "0" * 64
SALT_BYTES = 16
_LIMIT = 2**53
_PLAIN = frozenset({str, bool, type(None)})


def normal(value: Any) -> Any:
    """Return `value` with text in NFC; raises TypeError or ValueError for what is not canonical."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= _LIMIT:
            message = f"whole number outside ±2^53: {value}"
            raise ValueError(message)
        return value
    if isinstance(value, Mapping):
        for name in value:
            if not (isinstance(name, str) and name.isascii()):
                message = f"object key must be ASCII text: {name!r}"
                raise TypeError(message)
        return {name: normal(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [normal(inner) for inner in value]
    message = f"no place in a ledger entry for {type(value).__name__}: {value!r}"
    raise TypeError(message)


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of `value`, already normalised."""
    return json.dumps(
        normal(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def canonical_body(value: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of a body exactly as sent: floats allowed, text left as it came."""
    if all(name.isascii() for name in value) and _PLAIN.issuperset(map(type, value.values())):
        # Our own bodies: names and texts, for which the general way takes three times as long.
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return rfc8785.dumps(dict(value))


def entry_hash(entry: bytes) -> str:
    """Return the leaf hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + entry).hexdigest()


def commitment(salt: bytes, body: bytes) -> str:
    """Return the commitment to an erasable body; without the salt it tells nothing."""
    return hmac.new(salt, body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the database holds it."""

    subject: str
    seq: int
    prev_hash: str
    entry_hash: str
    content: bytes
    salt: bytes | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold: which entry, and what is wrong with it."""

    subject: str
    seq: int
    reason: str


def check(entry: Stored, seq: int, prev: str) -> str | None:
    """Return what is wrong with `entry` as number `seq` after `prev`, or None."""
    if entry.seq != seq:
        return "missing" if entry.seq > seq else "inserted"
    if entry_hash(entry.content) != entry.entry_hash:
        return "content_changed"
    if entry.prev_hash != prev:
        return "link_changed"
    try:
        told = json.loads(entry.content)
        place = (told["subject"], told["seq"], told["prev"])
    except (ValueError, TypeError, KeyError):
        return "content_changed"
    if place != (entry.subject, seq, prev):
        return "place_changed"
    if entry.body is None or entry.salt is None:
        return None
    kept = commitment(entry.salt, entry.body) == told.get("commitment")
    return None if kept else "body_changed"


def breaks(entries: Iterable[Stored], heads: Mapping[str, tuple[int, str]]) -> Iterator[Break]:
    """Yield the first break of every chain; `entries` come ordered by subject, then number.

    `heads` maps a subject to its last number and hash, so that a tail cut off shows as missing.
    """
    subject, seq, prev, broken = "", 0, GENESIS, False
    seen: set[str] = set()

    def tail() -> Break | None:
        if not subject or broken:
            return None
        head = heads.get(subject)
        if head is None:
            return Break(subject, seq, "head_missing")
        if head[0] > seq:
            return Break(subject, seq + 1, "missing")
        return Break(subject, seq, "head_changed") if head != (seq, prev) else None

    for entry in entries:
        if entry.subject != subject:
            if (cut := tail()) is not None:
                yield cut
            subject, seq, prev, broken = entry.subject, 0, GENESIS, False
            seen.add(subject)
        if broken:
            continue
        reason = check(entry, seq + 1, prev)
        if reason is not None:
            yield Break(subject, seq + 1 if reason == "missing" else entry.seq, reason)
            broken = True
            continue
        seq, prev = entry.seq, entry.entry_hash
    if (cut := tail()) is not None:
        yield cut
    for missing in sorted(set(heads) - seen):
        yield Break(missing, 1, "missing")

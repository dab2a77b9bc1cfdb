"""What speaks for care with a sealed record, pure: shown beside it, never a decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OLD = timedelta(hours=72)
"""Age from which the phone itself no longer shows a record that was not sent."""

SKEW = timedelta(minutes=5)


class SealedDoubt(StrEnum):
    SEALED_AFTER_REVOCATION = "sealed_after_revocation"
    SEEN_AFTER_REVOCATION = "seen_after_revocation"
    SEALED_LATE = "sealed_late"
    SEALED_AHEAD = "sealed_ahead"
    HANDED_OVER_OLD = "handed_over_old"
    NUMBERS_MISSING = "numbers_missing"
    FROM_LIVE_DEVICE = "from_live_device"


@dataclass(frozen=True, slots=True)
class Sealing:
    """When a record was seen, sealed, handed over; when its device was revoked; what is missing.

    `seen_at` is None for a record that cannot be read, `missing` the numbers below its own of which
    nothing ever arrived.
    """

    sealed_at: datetime
    arrived_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None = None
    missing: tuple[int, ...] = ()


def doubts(told: Sealing) -> list[SealedDoubt]:
    """Return what a person should weigh, the gravest first.

    All instants but `arrived_at` and `revoked_at` are claims of the phone's clock.
    """
    revoked, seen = told.revoked_at, told.seen_at
    found = {
        SealedDoubt.SEEN_AFTER_REVOCATION: bool(revoked and seen and seen > revoked),
        SealedDoubt.SEALED_AFTER_REVOCATION: bool(revoked and told.sealed_at > revoked),
        SealedDoubt.NUMBERS_MISSING: bool(told.missing),
        SealedDoubt.SEALED_LATE: bool(seen and told.sealed_at - seen > OLD),
        SealedDoubt.SEALED_AHEAD: told.sealed_at > told.arrived_at + SKEW,
        SealedDoubt.HANDED_OVER_OLD: told.arrived_at - told.sealed_at > OLD,
        SealedDoubt.FROM_LIVE_DEVICE: revoked is None,
    }
    return [doubt for doubt, holds in found.items() if holds]


def missing_before(number: int, known: Iterable[int], most: int = 20) -> tuple[int, ...]:
    """Return the numbers from 1 below `number` that are not `known`, the last `most` of them."""
    there = set(known)
    gaps = [each for each in range(max(1, number - 2000), number) if each not in there]
    return tuple(gaps[-most:])

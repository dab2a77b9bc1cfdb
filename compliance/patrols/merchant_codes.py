"""Six digits on the merchant's own phone, shown to the patroller: both were there (pure).

A time-based code in the manner of RFC 6238 (time step 10 minutes, HMAC-SHA-256, truncated as RFC
4226, 5.3 has it); its key is the platform's own and bound to one tenancy. The patroller's phone
needs no signal: the digits go into the record and are compared when it arrives, by the time at
which it was made. So a code proves a meeting to about half an hour, to people, not to machines.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

STEP = timedelta(minutes=10)
DIGITS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def code_at(key: bytes, tenancy_id: str, at: datetime) -> str:
    """Return the digits that a shop's own phone shows at an instant."""
    return _code(key, tenancy_id, _step(at))


def changes_at(at: datetime) -> datetime:
    """Return the instant at which the digits shown at `at` give way to others."""
    return _EPOCH + (_step(at) + 1) * STEP


def fits(key: bytes, tenancy_id: str, digits: str, seen_at: datetime) -> bool:
    """Return whether `digits` were shown at `seen_at`, or one step before or after it."""
    step = _step(seen_at)
    shown = (_code(key, tenancy_id, step + near) for near in (0, -1, 1))
    return any(hmac.compare_digest(digits, each) for each in shown)


def _step(at: datetime) -> int:
    return (at - _EPOCH) // STEP


def _code(key: bytes, tenancy_id: str, step: int) -> str:
    own = hmac.digest(key, f"menqian presence {tenancy_id}".encode(), hashlib.sha256)
    mac = hmac.digest(own, step.to_bytes(8, "big", signed=True), hashlib.sha256)
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"

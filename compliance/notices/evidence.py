"""How a signature came about: each step in order, the device, and one hash of what stands signed.

Steps are kept while they happen, whether or not a signature follows. A signature carries its own
copy in `Signature.evidence["events"]`, so it can be shown on its own a year later.
"""

import hashlib
import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.ledger import chain
from compliance.notices.models import Event, Notice, SigningEvent

LOCAL_ZONE = "Asia/Shanghai"
"""Where everybody signs, unless the browser tells of another time zone."""

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{1,39}")

ORDER = {event: place for place, event in enumerate(Event)}


class HelperRole(StrEnum):
    """Who held the phone for somebody else."""

    LANE_CHIEF = "lane_chief"
    DESK = "desk"
    FAMILY = "family"
    STAFF = "staff"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser tells of itself; the address is kept as its network only."""

    user_agent: str = ""
    network: str = ""
    timezone: str = LOCAL_ZONE

    @classmethod
    def of(cls, user_agent: str, address: str, timezone: str = "") -> "Device":
        """Return the device behind `address`, an IPv4 cut to /24, an IPv6 to /48."""
        agent, zone = user_agent[:200], _zone(timezone)
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return cls(agent, timezone=zone)
        width = 24 if found.version == 4 else 48
        return cls(agent, str(ipaddress.ip_network((found, width), strict=False)), zone)

    def told(self) -> dict[str, str]:
        """Return it as evidence names it."""
        return {
            "user_agent": self.user_agent,
            "network": self.network,
            "timezone": self.timezone,
        }


def _zone(told: str) -> str:
    """Return a zone name as browsers write it (`Asia/Shanghai`), else the zone of the district."""
    return told if _ZONE.fullmatch(told) else LOCAL_ZONE


class Signed(Protocol):
    """What `result_hash` needs of a signature: a stored one, or one about to be."""

    text_hash: str
    party: Any
    signer_name: str
    signer_role: str
    method: Any
    strokes: str | None
    signed_at: datetime
    evidence: dict[str, object]


def result_of(signature: Signed) -> dict[str, object]:
    """Return what stands signed, as it is hashed.

    `salt` (128 random bits, kept in the evidence) keeps the name unguessable from the hash, which
    stays in the ledger when the name is erased.
    """
    return {
        "text_hash": signature.text_hash,
        "party": str(signature.party),
        "name": signature.signer_name,
        "role": signature.signer_role,
        "method": str(signature.method),
        "strokes_hash": strokes_hash(signature.strokes),
        "signed_at": written(signature.signed_at),
        "salt": signature.evidence["salt"],
    }


def result_hash(signature: Signed) -> str:
    """Return the SHA-256, in hex, of the RFC 8785 form of `result_of`."""
    return hashlib.sha256(chain.canonical(result_of(signature))).hexdigest()


def complete(act: Act, signature: Signed) -> str:
    """Put salt and result hash into a signature's evidence; return the hash."""
    signature.evidence = {**signature.evidence, "salt": act.new_id()}
    result = result_hash(signature)
    signature.evidence = {**signature.evidence, "result_hash": result}
    return result


def strokes_hash(strokes: str | None) -> str | None:
    """Return the SHA-256 of a drawn signature, None for a typed one."""
    return hashlib.sha256(strokes.encode()).hexdigest() if strokes is not None else None


def written(at: datetime) -> str:
    """Return an instant as evidence keeps it: UTC, to the second, with its offset."""
    return at.isoformat(timespec="seconds")


def told(event: Event, at: datetime, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return one step as evidence lists it."""
    return {"kind": event.value, "at": written(at), **(details or {})}


def note(
    session: Session,
    act: Act,
    event: Event,
    tenancy_id: str,
    *,
    sitting_id: str | None = None,
    notice_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Keep one step: of a whole sitting, of one notice, or of one notice at a sitting."""
    session.add(
        SigningEvent(
            id=act.new_id(),
            tenancy_id=tenancy_id,
            sitting_id=sitting_id,
            notice_id=notice_id,
            kind=event,
            at=act.at,
            details=dict(details or {}),
        )
    )


def of_sitting(session: Session, sitting_id: str) -> list[SigningEvent]:
    """Return every step of a sitting in order."""
    query = select(SigningEvent).where(SigningEvent.sitting_id == sitting_id)
    return sorted(session.exec(query).all(), key=_place)


def of_notice(
    session: Session, notice: Notice, sitting_id: str | None = None
) -> list[dict[str, Any]]:
    """Return what happened to a notice in order, from its issue on: alone, and at one sitting."""
    alone = sa.and_(
        col(SigningEvent.notice_id) == notice.id, col(SigningEvent.sitting_id).is_(None)
    )
    at_table = sa.and_(
        col(SigningEvent.sitting_id) == (sitting_id or ""),
        sa.or_(col(SigningEvent.notice_id).is_(None), col(SigningEvent.notice_id) == notice.id),
    )
    found = session.exec(select(SigningEvent).where(sa.or_(alone, at_table))).all()
    sent = told(Event.SENT, notice.issued_at)
    return [sent, *listed(sorted(found, key=_place))]


def listed(events: Iterable[SigningEvent]) -> list[dict[str, Any]]:
    """Return steps as evidence lists them."""
    return [told(each.kind, each.at, each.details) for each in events]


def _place(event: SigningEvent) -> tuple[datetime, int, str]:
    return event.at, ORDER[event.kind], event.id

"""Phones are enrolled, heard from, revoked and found wiped; only a live one logs for its owner.

Revoking ends the sessions that were seen on the device; signing out does not revoke. What a revoked
device still holds goes to quarantine (`compliance/quarantine`), never straight to the ledger.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts import people, sessions
from compliance.accounts.models import Account
from compliance.accounts.people import Person
from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.devices.models import Device, DeviceLife, DeviceSession, RevokeReason
from compliance.devices.reach import answers_for
from compliance.errors import Conflict, NotAllowed, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.record import insert_new

MOST_LIVE = 10
"""Live devices of one account: more than anybody carries, few enough to be looked through."""

CONTACT_EVERY = timedelta(minutes=1)
"""How stale `last_contact_at` may be before a contact writes it again."""

_device = Device.__table__  # type: ignore[attr-defined]
_seen = DeviceSession.__table__  # type: ignore[attr-defined]

_ALIVE = sa.select(_device.c.account_id, _device.c.revoked_at).where(
    _device.c.id == sa.bindparam("device")
)


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a device is known: public signing key (JWK), wrapped content key, its SHA-256."""

    signing_key: dict[str, str]
    content_key: str
    content_print: str


@dataclass(frozen=True, slots=True)
class Owned:
    """A device and the account it belongs to."""

    device: Device
    owner: Account


def require_alive(session: Session, account_id: str, device_id: str) -> None:
    """Raise NotAllowed `device.revoked`, or `device.unknown` for none of this account."""
    row = session.connection().execute(_ALIVE, {"device": device_id}).one_or_none()
    if row is None or row.account_id != account_id:
        raise NotAllowed("device.unknown")
    if row.revoked_at is not None:
        raise NotAllowed("device.revoked")


def enrol(
    session: Session, act: Act, viewer: Viewer, device_id: str, name: str, keys: Keys
) -> Device:
    """Make a device of the viewer's account known; the same keys again change its name at most.

    Raises Conflict `device.other_content` for an id that has other keys or another owner.
    """
    require(viewer, Action.PATROL_LOG)
    device = session.exec(
        select(Device).where(Device.id == device_id).with_for_update()
    ).one_or_none()
    if device is None:
        device = _new(session, act, viewer, device_id, name, keys)
    told = (viewer.account_id, keys.signing_key, keys.content_print)
    if told != (device.account_id, device.signing_key, device.content_print):
        raise Conflict("device.other_content")
    device.name, device.content_key = name, keys.content_key
    _touch(session, act, viewer, device)
    return device


def _new(
    session: Session, act: Act, viewer: Viewer, device_id: str, name: str, keys: Keys
) -> Device:
    live = select(sa.func.count()).where(
        Device.account_id == viewer.account_id, col(Device.revoked_at).is_(None)
    )
    if session.exec(live).one() >= MOST_LIVE:
        raise RuleBroken("device.too_many", most=MOST_LIVE)
    device = Device(
        id=device_id,
        account_id=viewer.account_id,
        name=name,
        signing_key=keys.signing_key,
        content_key=keys.content_key,
        content_print=keys.content_print,
        enrolled_at=act.at,
        last_contact_at=act.at,
    )
    session.add(device)
    session.flush()
    _enter(session, act, "enrolled", device, owner=viewer.account_id)
    return device


def contact_due(session: Session, act: Act, viewer: Viewer | None, device: Device) -> bool:
    """Return whether `contact` has something to note: a session, or that time has passed."""
    if viewer is None or viewer.account_id != device.account_id:
        return False
    known = session.get(DeviceSession, (device.id, viewer.session_key))
    new = bool(viewer.session_key) and known is None
    return new or act.at - device.last_contact_at > CONTACT_EVERY


def contact(session: Session, act: Act, viewer: Viewer, device_id: str) -> None:
    """Note that the owner was signed in on this device."""
    device = known(session, device_id)
    if device.account_id == viewer.account_id:
        _touch(session, act, viewer, device)


def _touch(session: Session, act: Act, viewer: Viewer, device: Device) -> None:
    device.last_contact_at = act.at
    session.add(device)
    if viewer.session_key:
        row = {"device_id": device.id, "session_key": viewer.session_key}
        insert_new(session, _seen, [row])
        if device.revoked_at is not None:
            sessions.end_session(session, act, viewer.session_key)


def known(session: Session, device_id: str) -> Device:
    """Return a device by its id; raise NotFound `device.unknown`."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound("device.unknown")
    return device


def owned(session: Session, viewer: Viewer, device_id: str, *, lock: bool = False) -> Owned:
    """Return a device of the viewer's own, or of an account the viewer manages; else NotFound."""
    query = _owned(viewer).where(col(Device.id) == device_id)
    found = session.exec(query.with_for_update(of=Device) if lock else query).one_or_none()
    if found is None:
        raise NotFound("device.unknown")
    return Owned(*found)


def listed(session: Session, viewer: Viewer) -> list[Owned]:
    """Return the devices within reach: live ones first, each kind by its last contact."""
    order = (col(Device.revoked_at).is_not(None), col(Device.last_contact_at).desc(), Device.id)
    return [Owned(*row) for row in session.exec(_owned(viewer).order_by(*order))]


def _owned(viewer: Viewer):  # type: ignore[no-untyped-def]  # noqa: ANN202 (a select of two tables)
    own = col(Device.account_id) == viewer.account_id
    return (
        select(Device, Account)
        .join(Account, col(Account.id) == col(Device.account_id))
        .where(sa.or_(own, answers_for(viewer, col(Account.id))))
    )


def revoke(
    session: Session, act: Act, viewer: Viewer, device_id: str, reason: RevokeReason
) -> Device:
    """Revoke a device and end its sessions; revoking a revoked one changes nothing."""
    device = owned(session, viewer, device_id, lock=True).device
    if device.revoked_at is None:
        _revoke(session, act, device, reason)
    return device


def _revoke(session: Session, act: Act, device: Device, reason: RevokeReason) -> None:
    device.revoked_at, device.revoked_by = act.at, act.actor.account_id
    device.revoked_why = reason.value
    session.add(device)
    seen = select(DeviceSession.session_key).where(DeviceSession.device_id == device.id)
    for session_key in session.exec(seen):
        sessions.end_session(session, act, session_key)
    _enter(session, act, "revoked", device, reason=reason.value)


def wipe(session: Session, act: Act, device_id: str) -> Device:
    """Note that a revoked device says, by its own signature, that it holds nothing any more.

    Raises RuleBroken `device.not_revoked`: a live one is never told to wipe itself.
    """
    device = session.exec(
        select(Device).where(Device.id == device_id).with_for_update()
    ).one_or_none()
    if device is None:
        raise NotFound("device.unknown")
    if device.life is DeviceLife.ACTIVE:
        raise RuleBroken("device.not_revoked")
    if device.wiped_at is None:
        device.wiped_at = act.at
        session.add(device)
        _enter(session, act, "wiped", device)
    return device


def close_account(
    session: Session, act: Act, viewer: Viewer, account_id: str, lane_townships: dict[str, str]
) -> Person:
    """Close an account within reach and revoke the devices it logged with."""
    person = people.close(session, act, viewer, account_id, lane_townships)
    live = select(Device).where(Device.account_id == account_id, col(Device.revoked_at).is_(None))
    for device in session.exec(live.order_by(Device.id)):
        _revoke(session, act, device, RevokeReason.ACCOUNT_CLOSED)
    return person


def _enter(session: Session, act: Act, what: str, device: Device, **fact: str) -> None:
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind=f"device.{what}",
        ref=device.id,
        fact=fact,
    )

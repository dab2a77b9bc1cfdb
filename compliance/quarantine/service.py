"""Sealed things arrive, once each; the desk accepts a record into the ledger or rejects it.

They come from revoked devices, and from live ones whose owner can no longer open them. Whoever
manages the owner's account decides. An accepted record is logged as its owner's, under its own id,
in the same transaction as the decision; one that is in the ledger already says so and changes
nothing there.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act, Actor
from compliance.devices.models import Device
from compliance.devices.reach import answers_for
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.quarantine.manifest import Manifest
from compliance.quarantine.models import SealedFate, SealedItem, SealedKind

MOST_OF_A_DEVICE = 5000
MOST_BYTES_OF_A_DEVICE = 2 * 1024**3
"""Twice what a phone gathers in a month without a signal."""
MOST_BYTES = 20 * 1024**3
"""Of everything that is kept sealed: past that the disk is needed for what is in the ledger."""

SHORTEST_REASON = 5

UNDECIDED = timedelta(days=180)
"""How long a record waits for the desk: sealed bytes hold what the law wants gone some day."""


@dataclass(frozen=True, slots=True)
class Held:
    """A sealed item, the device it came from and the account it belongs to."""

    item: SealedItem
    device: Device
    owner: Account


@dataclass(frozen=True, slots=True)
class Taken:
    """What logging left: the entry as people read it, and whether it was there before."""

    receipt: ledger.Receipt
    shown: str
    replayed: bool


Log = Callable[[Session, Act, Viewer], Taken]
"""How a kind of record is logged: given the session and its owner, as act and as viewer."""


def check_room(session: Session, manifest: Manifest, size: int) -> SealedItem | None:
    """Return the item if it has arrived before, else None when there is room for it.

    Raises Conflict `quarantine.other_content` for a name under which other bytes came, RuleBroken
    `quarantine.full` when the device, or everybody together, has sent too much.
    """
    query = select(SealedItem).where(
        SealedItem.device_id == manifest.device, SealedItem.name == manifest.name
    )
    item = session.exec(query).one_or_none()
    if item is not None:
        if item.sealed_sha256 != manifest.sealed_sha256:
            raise Conflict("quarantine.other_content")
        return item
    own = SealedItem.device_id == manifest.device
    count = select(sa.func.count()).where(own)
    bytes_ = sa.func.coalesce(sa.func.sum(SealedItem.size), 0)
    kept = select(bytes_).where(col(SealedItem.cleared_at).is_(None))
    full = (
        session.exec(count).one() >= MOST_OF_A_DEVICE
        or session.exec(kept.where(own)).one() + size > MOST_BYTES_OF_A_DEVICE
        or session.exec(kept).one() + size > MOST_BYTES
    )
    if full:
        raise RuleBroken("quarantine.full")
    return None


def arrive(
    session: Session, act: Act, manifest: Manifest, jws: str, size: int, refused: str = ""
) -> SealedItem:
    """Note a sealed item whose bytes are stored and whose manifest is proved; again, the same.

    `refused` is why the phone says that it hands over what it would rather have sent.
    """
    known = check_room(session, manifest, size)
    if known is not None:
        return known
    item = SealedItem(
        id=act.new_id(),
        device_id=manifest.device,
        name=manifest.name,
        kind=manifest.kind,
        number=manifest.order,
        of_kind=manifest.of_kind,
        sealed_sha256=manifest.sealed_sha256,
        size=size,
        sealed_at=manifest.sealed_at,
        arrived_at=act.at,
        manifest=jws,
        refused=refused,
        state=SealedFate.WAITING,
    )
    session.add(item)
    session.flush()
    return item


def held(session: Session, viewer: Viewer, item_id: str, *, lock: bool = False) -> Held:
    """Return an item whose owner's account the viewer manages; else NotFound."""
    require(viewer, Action.QUARANTINE_DECIDE)
    query = (
        select(SealedItem, Device, Account)
        .join(Device, col(Device.id) == col(SealedItem.device_id))
        .join(Account, col(Account.id) == col(Device.account_id))
        .where(SealedItem.id == item_id, answers_for(viewer, col(Account.id)))
    )
    found = session.exec(query.with_for_update(of=SealedItem) if lock else query).one_or_none()
    if found is None:
        raise NotFound("quarantine.unknown")
    return Held(*found)


def photos_of(session: Session, device_id: str, names: Collection[str]) -> dict[str, SealedItem]:
    """Return the sealed photos of a device among `names`, by name."""
    query = select(SealedItem).where(
        SealedItem.device_id == device_id,
        SealedItem.kind == SealedKind.PHOTO,
        col(SealedItem.name).in_(sorted(names)),
    )
    return {item.name: item for item in session.exec(query)}


def accept(
    session: Session,
    act: Act,
    viewer: Viewer,
    item_id: str,
    photos: Collection[str],
    log: Log,
) -> Taken:
    """Log a record as its owner's by `log` and enter the decision behind it.

    Raises RuleBroken `quarantine.decided`, and what logging such a record raises.
    """
    found = _undecided(session, viewer, item_id)
    if found.item.kind is SealedKind.PHOTO:
        raise RuleBroken("quarantine.photo_alone")
    owner = sessions.viewer_of(session, found.owner)
    by_owner = Act(act.at, Actor(owner.account_id, owner.role.value), act.chance)
    taken = log(session, by_owner, owner)
    ledger.append(
        session,
        act,
        subject=taken.receipt.subject,
        kind="quarantine.accepted",
        ref=found.item.name,
        fact=_fact(found, already_there=taken.replayed),
    )
    found.item.entry = taken.shown
    _decide(session, act, found, SealedFate.ACCEPTED, photos)
    return taken


def reject(
    session: Session,
    act: Act,
    viewer: Viewer,
    item_id: str,
    photos: Collection[str],
    reason: str,
) -> None:
    """Keep a record or photo out of the ledger, for a reason that is entered in its place.

    Raises RuleBroken `quarantine.decided`, InvalidInput `quarantine.reason` for less than a few
    words.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput("quarantine.reason", fields={"reason": "quarantine.reason"})
    found = _undecided(session, viewer, item_id)
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="quarantine.rejected",
        ref=found.item.name,
        fact=_fact(found),
        body={"reason": reason.strip()},
    )
    found.item.reason = reason.strip()
    _decide(session, act, found, SealedFate.REJECTED, photos)


def expire(session: Session, act: Act, limit: int) -> None:
    """Reject what nobody decided on within UNDECIDED, each record with its entry."""
    query = (
        select(SealedItem, Device, Account)
        .join(Device, col(Device.id) == col(SealedItem.device_id))
        .join(Account, col(Account.id) == col(Device.account_id))
        .where(
            SealedItem.state == SealedFate.WAITING,
            col(SealedItem.arrived_at) < act.at - UNDECIDED,
        )
        .order_by(col(SealedItem.arrived_at), SealedItem.id)
        .limit(limit)
        .with_for_update(of=SealedItem, skip_locked=True)
    )
    for found in (Held(*row) for row in session.exec(query)):
        ledger.append(
            session,
            act,
            subject=ledger.DISTRICT_SUBJECT,
            kind="quarantine.rejected",
            ref=found.item.name,
            fact=_fact(found, expired=True),
        )
        _decide(session, act, found, SealedFate.REJECTED, [])


def _undecided(session: Session, viewer: Viewer, item_id: str) -> Held:
    found = held(session, viewer, item_id, lock=True)
    if found.item.state is not SealedFate.WAITING:
        raise RuleBroken("quarantine.decided")
    return found


def _fact(found: Held, **more: object) -> dict[str, object]:
    revoked = found.device.revoked_at
    return {
        "device": found.device.id,
        "number": found.item.number,
        "kind": found.item.kind.value,
        "sealed": found.item.sealed_sha256,
        "sealed_after_revocation": bool(revoked and found.item.sealed_at > revoked),
        **more,
    }


def _decide(
    session: Session,
    act: Act,
    found: Held,
    state: SealedFate,
    photos: Collection[str],
) -> None:
    named = photos_of(session, found.device.id, photos).values()
    waiting = [each for each in named if each.state is SealedFate.WAITING]
    for item in [found.item, *waiting]:
        item.state, item.decided_at, item.decided_by = state, act.at, act.actor.account_id
        session.add(item)

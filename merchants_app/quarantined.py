"""Sealed records opened for the desk: read, shown with their photos, accepted or rejected.

What cannot be opened or read is told as such and stays where it is. A photo is only ever shown as a
clean copy; the bytes of a lost phone are nobody's to trust.
"""

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from compliance.accounts import sessions
from compliance.accounts.permissions import Viewer
from compliance.act import Act, Actor
from compliance.errors import ComplianceError, InvalidInput, NotFound
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.patrols import evidence
from compliance.patrols import service as patrols
from compliance.patrols.evidence import Around
from compliance.patrols.models import Photo
from compliance.patrols.payload import Origin, Payload
from compliance.patrols.presence import Doubt
from compliance.quarantine import manifest, queries, service
from compliance.quarantine.manifest import Unsealed
from compliance.quarantine.models import SealedItem, SealedKind
from compliance.quarantine.service import Held, Log, Taken
from compliance.suspect_codes import service as suspect_codes
from compliance.suspect_codes.payload import Payload as Report
from merchants_app import photos, queue_keys, suspects, unsealing, visits

if TYPE_CHECKING:
    from merchants_app.context import Context

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Inside:
    """What a seal held, as far as it could be opened: `fault` is the code of what could not be.

    `visit` or `report` is the record as the rules read it, `said` its fields when they cannot.
    """

    record: Unsealed | None = None
    visit: Payload | None = None
    report: Report | None = None
    plain: dict[str, Any] = field(default_factory=dict)
    fault: str = ""

    @property
    def photos(self) -> list[str]:
        """The SHA-256 of every photo the record names, each once."""
        if self.visit is not None:
            return list(dict.fromkeys(sha256 for _, sha256 in self.visit.photo_places()))
        if self.report is not None:
            return list(self.report.photos)
        return list(self.record.photos) if self.record else []

    @property
    def origin(self) -> Origin | None:
        """The phone that the record says it was made on."""
        sent = self.visit or self.report
        return sent.origin if sent else None

    @property
    def seen_at(self) -> datetime | None:
        """When the phone says it was seen."""
        if self.visit is not None:
            return self.visit.observed_at
        return self.report.seen_at if self.report else None


def read(kind: SealedKind, name: str, plain: bytes, device_id: str) -> Inside:
    """Return what a record's bytes say, the fault named where the rules cannot read them.

    A record that names another phone as its origin would speak for that one's owner.
    """
    try:
        record = manifest.read_record(plain, name)
    except InvalidInput as refusal:
        return Inside(fault=refusal.code)
    raw = record.body.encode()
    try:
        if kind is SealedKind.PATROL:
            body, visit = visits.read_payload(raw)
            inside = Inside(record, visit=visit, plain=body)
        else:
            body, report = suspects.read_report(raw)
            inside = Inside(record, report=report, plain=body)
    except InvalidInput as refusal:
        return Inside(record, plain=manifest.fields_of(record.body), fault=refusal.code)
    if inside.origin is not None and inside.origin.device != device_id:
        return Inside(record, plain=body, fault="quarantine.other_device")
    return inside


def unsealed(context: "Context", device_keys: str, item: SealedItem) -> bytes:
    """Return what is inside a stored seal; raise InvalidInput when it is gone or does not open."""
    data = context.sealed(item.device_id).get(item.sealed_sha256)
    if data is None:
        raise InvalidInput("quarantine.lost")
    keys = queue_keys.held(context.settings).by_id
    key = unsealing.content_key(keys, device_keys)
    return unsealing.opened([key], item.device_id, item.name, data)


async def look(context: "Context", found: Held) -> Inside:
    """Return what a held record says."""
    item = found.item
    try:
        plain = await asyncio.to_thread(unsealed, context, found.device.content_key, item)
    except InvalidInput as refusal:
        return Inside(fault=refusal.code)
    if item.kind is SealedKind.PHOTO:
        return Inside()
    return read(item.kind, item.name, plain, item.device_id)


def seen_at(inside: Inside, item: SealedItem) -> datetime:
    """Return when a visit was made as far as that is believed, else when the record arrived."""
    arrived = item.arrived_at
    return evidence.seen_at(inside.visit, arrived) if inside.visit else arrived


def shop_of(session: Session, inside: Inside, item: SealedItem) -> Shop | None:
    """Return the shop that was behind the door the record names, None when there was none."""
    if inside.visit is None:
        return None
    try:
        return shops.by_token_at(session, inside.visit.door, seen_at(inside, item)).shop
    except ComplianceError:
        return None


def not_stored(session: Session, names: Collection[str]) -> set[str]:
    """Return the photos among `names` that are not evidence already."""
    stored = session.exec(select(Photo.sha256).where(col(Photo.sha256).in_(sorted(names))))
    return set(names) - set(stored)


async def photo(context: "Context", found: Held, sha256: str) -> bytes:
    """Return a clean copy (JPEG) of a photo that the same device sealed; else NotFound."""
    return await asyncio.get_running_loop().run_in_executor(
        context.darkroom.threads, photos.cleaned, await _photo(context, found, sha256)
    )


async def _photo(context: "Context", found: Held, sha256: str) -> bytes:
    """Return a photo's bytes, which have this hash; NotFound when none did arrive or opens."""
    named = await context.database.read(
        partial(service.photos_of, device_id=found.device.id, names=[sha256])
    )
    if sha256 not in named:
        raise NotFound("photo.unknown")
    key = found.device.content_key
    try:
        plain = await asyncio.to_thread(unsealed, context, key, named[sha256])
    except InvalidInput:
        raise NotFound("photo.unknown") from None
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise NotFound("photo.unknown")
    return plain


async def accept(context: "Context", act: Act, viewer: Viewer, item_id: str) -> Taken:
    """Store the photos of a record as its owner's, then log it with the decision.

    The viewer vouches for it: a lane may have been handed on since the owner was there.
    Raises InvalidInput with the fault of a record that cannot be read, and what logging raises.
    """
    found = await context.database.read(lambda s: service.held(s, viewer, item_id))
    inside = await look(context, found)
    if inside.fault:
        raise InvalidInput(inside.fault)
    owner = await context.database.read(lambda s: sessions.viewer_of(s, found.owner))
    await store_photos(context, act, owner, found, inside.photos)
    log = await log_of(context, viewer, found.item, inside)
    return await context.database.write(
        lambda s: service.accept(s, act, viewer, item_id, inside.photos, log)
    )


async def store_photos(
    context: "Context", act: Act, owner: Viewer, found: Held, names: Collection[str]
) -> None:
    """Store the photos that arrived; what did not is named when the record is logged."""
    by_owner = Act(act.at, Actor(owner.account_id, owner.role.value), act.chance)
    for sha256 in names:
        if not await is_stored(context, sha256):
            try:
                data = await _photo(context, found, sha256)
            except NotFound:
                continue
            await photos.store(context, owner, by_owner, data)


async def is_stored(context: "Context", sha256: str) -> bool:
    """Return whether a photo is among the evidence already."""
    return await context.database.read(lambda s: s.get(Photo, sha256)) is not None


async def log_of(context: "Context", viewer: Viewer, item: SealedItem, inside: Inside) -> Log:
    """Return how the record is logged, under its own id, as of the time when it arrived."""
    name, visit, report = item.name, inside.visit, inside.report
    rules = await context.rulebook.on(context, seen_at(inside, item))
    around = Around(
        key=visits.presence_key(context),
        doubts=(Doubt.QUARANTINED,),
        arrived_at=item.arrived_at,
        vouched=viewer,
    )

    def log(session: Session, act: Act, owner: Viewer) -> Taken:
        if visit is not None:
            done = patrols.log(
                session,
                act,
                owner,
                name,
                inside.plain,
                visit,
                rules.catalogue,
                rules.calendar,
                around=around,
            )
            return Taken(done.receipt, f"{done.merchant} / {done.receipt.seq}", done.replayed)
        if report is None:
            raise InvalidInput("quarantine.not_a_record")
        token = suspects.token_in(context.settings, report.content)
        told = suspect_codes.report(session, act, owner, name, inside.plain, report, token)
        return Taken(told.receipt, f"{told.chain} / {told.receipt.seq}", told.replayed)

    return log


async def clear_quarantine(context: "Context") -> None:
    """Let what nobody decides on expire, and remove the bytes of what was decided long ago.

    Safe with many workers.
    """
    now = context.clock()
    await context.database.write(lambda s: service.expire(s, context.act(), AT_ONCE))
    due = await context.database.read(lambda s: queries.to_clear(s, now, AT_ONCE))
    for item in due:
        await asyncio.to_thread(context.sealed(item.device_id).remove, item.sealed_sha256)
    await context.database.write(lambda s: queries.mark_cleared(s, now, [item.id for item in due]))


async def reject(context: "Context", act: Act, viewer: Viewer, item_id: str, reason: str) -> None:
    """Keep an item out of the ledger, with the photos it names."""
    found = await context.database.read(lambda s: service.held(s, viewer, item_id))
    named = (await look(context, found)).photos
    await context.database.write(lambda s: service.reject(s, act, viewer, item_id, named, reason))

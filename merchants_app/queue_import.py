"""Reading the file a phone wrote when it could not send: every line proved, opened, logged once.

Nothing of a line is believed before the signature of the enrolled key holds. Photos are stored as
they come, records wait for the end of the file and are logged in the device's own order. A line
that cannot be read, proved or logged is named and keeps none of the others back. What a revoked
device wrote goes to quarantine.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from compliance.devices import service as devices
from compliance.devices.models import Device, DeviceLife
from compliance.errors import ComplianceError, InvalidInput
from compliance.patrols.models import Patrol
from compliance.quarantine.manifest import Manifest, read_manifest
from compliance.quarantine.models import SealedKind
from compliance.suspect_codes.models import SuspectCode
from merchants_app import handing_over, photos, quarantined, queue_keys, suspects, unsealing, visits
from merchants_app.quarantined import Inside, is_stored

if TYPE_CHECKING:
    from merchants_app.context import Context

FORMAT = "menqian-queue"

LONGEST_LINE = 2 * handing_over.MOST_BYTES
"""Bytes: the largest sealed thing in base64url with its manifest. What is longer is damaged, and is
read in pieces of which none is a line."""


class QueueOutcome(StrEnum):
    IMPORTED = "imported"
    ALREADY_THERE = "already_there"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one line: `number` is the device's own of a record, 0 for all else; `shown` is
    the ledger entry, `refusal` why not.
    """

    line: int
    outcome: QueueOutcome
    kind: SealedKind | None = None
    number: int = 0
    shown: str = ""
    refusal: ComplianceError | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """A device, its owner, and the content keys that may open what it sealed."""

    device: Device
    owner: Viewer
    keys: list[bytes]

    @property
    def live(self) -> bool:
        return self.device.life is DeviceLife.ACTIVE


@dataclass(frozen=True, slots=True)
class Line:
    """One proved line."""

    number: int
    told: Manifest
    jws: str
    sealed: bytes


@dataclass(slots=True)
class QueueImport:
    """One run over one file; with `dry` nothing is stored."""

    context: "Context"
    dry: bool = False
    senders: dict[str, Sender] = field(default_factory=dict)
    wrapped: str = ""
    photos_read: set[str] = field(default_factory=set)

    async def run(self, file: Path) -> AsyncIterator[Told]:
        """Yield what came of each line: photos as they are read, then records in order."""
        records: list[Line] = []
        with file.open("rb") as source:
            for number, raw in enumerate(iter(lambda: source.readline(LONGEST_LINE), b""), 1):
                if number == 1 and self._is_head(raw):
                    continue
                try:
                    line = await self._proved(number, raw)
                except ComplianceError as refusal:
                    yield Told(number, QueueOutcome.REFUSED, refusal=refusal)
                    continue
                if line.told.kind is SealedKind.PHOTO:
                    yield await self._try(line)
                else:
                    records.append(line)
        for line in sorted(records, key=lambda each: (each.told.device, each.told.order)):
            yield await self._try(line)

    def _is_head(self, raw: bytes) -> bool:
        try:
            head = json.loads(raw)
            self.wrapped = str(head.get("content_key", ""))
            return bool(head["format"] == FORMAT and head["v"] == 1)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False

    async def _proved(self, number: int, raw: bytes) -> Line:
        try:
            line = json.loads(raw)
            jws, text = str(line["manifest"]), str(line["data"])
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise InvalidInput("queue.damaged_line") from None
        claimed = read_manifest(unsealing.claimed(jws))
        sender = await self._sender(claimed.device)
        told = handing_over.signed_for(sender.device, claimed.name, jws)
        handing_over.check_bytes(told, sealed)
        return Line(number, told, jws, sealed)

    async def _sender(self, device_id: str) -> Sender:
        if device_id not in self.senders:
            read = self.context.database.read
            device = await read(partial(devices.known, device_id=device_id))
            owner = await read(
                lambda s: sessions.viewer_of(s, s.get_one(Account, device.account_id))
            )
            self.senders[device_id] = Sender(device, owner, self._keys(device))
        return self.senders[device_id]

    def _keys(self, device: Device) -> list[bytes]:
        """Return the keys that fit: the enrolled one, then the one the file brings along."""
        known, found = queue_keys.held(self.context.settings).by_id, []
        for wrapped in (device.content_key, self.wrapped):
            try:
                found.append(unsealing.content_key(known, wrapped))
            except InvalidInput:
                continue
        return found

    async def _try(self, line: Line) -> Told:
        kind, number = line.told.kind, line.told.order
        try:
            outcome, shown = await self._take(line)
        except ComplianceError as refusal:
            return Told(line.number, QueueOutcome.REFUSED, kind, number, refusal=refusal)
        return Told(line.number, outcome, kind, number, shown)

    async def _take(self, line: Line) -> tuple[QueueOutcome, str]:
        sender = self.senders[line.told.device]
        if not sender.live:
            if not self.dry:
                act = self.context.act()
                await handing_over.keep(self.context, act, line.told, line.jws, line.sealed)
            return QueueOutcome.QUARANTINED, ""
        plain = unsealing.opened(sender.keys, sender.device.id, line.told.name, line.sealed)
        if line.told.kind is SealedKind.PHOTO:
            return await self._take_photo(sender, line, plain), ""
        inside = quarantined.read(line.told.kind, line.told.name, plain, sender.device.id)
        if inside.fault:
            raise InvalidInput(inside.fault)
        return await self._log(sender.owner, line, inside)

    async def _take_photo(self, sender: Sender, line: Line, plain: bytes) -> QueueOutcome:
        name = line.told.name
        if hashlib.sha256(plain).hexdigest() != name:
            raise InvalidInput("photo.hash_differs")
        self.photos_read.add(name)
        there = await is_stored(self.context, name)
        if not self.dry:
            owner = sender.owner
            await photos.store(self.context, owner, self.context.act(owner), plain)
        return QueueOutcome.ALREADY_THERE if there else QueueOutcome.IMPORTED

    async def _log(self, owner: Viewer, line: Line, inside: Inside) -> tuple[QueueOutcome, str]:
        name = line.told.name
        if self.dry:
            return await self._would_log(name, inside), ""
        act, record = self.context.act(owner), inside.record
        raw = record.body.encode() if record else b""
        if inside.visit is not None:
            logged = await visits.log(self.context, owner, act, name, raw)
            shown, replayed = f"{logged.merchant} / {logged.receipt.seq}", logged.replayed
        else:
            told = await suspects.report(self.context, owner, act, name, raw)
            shown, replayed = f"{told.chain} / {told.receipt.seq}", told.replayed
        return QueueOutcome.ALREADY_THERE if replayed else QueueOutcome.IMPORTED, shown

    async def _would_log(self, name: str, inside: Inside) -> QueueOutcome:
        model = Patrol if inside.visit is not None else SuspectCode
        if await self.context.database.read(lambda s: s.get(model, name)) is not None:
            return QueueOutcome.ALREADY_THERE
        for sha256 in inside.photos:
            known = sha256 in self.photos_read or await is_stored(self.context, sha256)
            if not known:
                raise InvalidInput("patrol.photo_missing", photos=sha256)
        return QueueOutcome.IMPORTED


def run(context: "Context", file: Path, *, dry: bool) -> list[Told]:
    """Import `file` and return what came of each line, in the order of `QueueImport.run`."""

    async def collect() -> list[Told]:
        return [told async for told in QueueImport(context, dry).run(file)]

    return asyncio.run(collect())

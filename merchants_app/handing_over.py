"""What a phone hands over sealed: proved by its signature, durable, then noted, each once."""

import asyncio
import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING

from compliance.act import Act
from compliance.devices import service as devices
from compliance.devices.models import Device
from compliance.errors import InvalidInput
from compliance.quarantine import manifest, service
from compliance.quarantine.manifest import Manifest
from compliance.quarantine.models import SealedItem
from merchants_app import phones, unsealing

if TYPE_CHECKING:
    from merchants_app.context import Context

MOST_BYTES = 12 * 1024 * 1024


CODE = re.compile(r"[a-z0-9_.]{1,64}")


def signed_for(device: Device, name: str, jws: str) -> Manifest:
    """Return a manifest once it is proved that this device made it for a thing of this name.

    Raises InvalidInput `quarantine.signature`, `quarantine.manifest`.
    """
    told = manifest.read_manifest(unsealing.signed(device.signing_key, jws))
    if (told.device, told.account, told.name) != (device.id, device.account_id, name):
        raise InvalidInput("quarantine.manifest")
    return told


def check_bytes(told: Manifest, data: bytes) -> None:
    """Raise InvalidInput `quarantine.damaged` unless these are the bytes the manifest is about."""
    if hashlib.sha256(data).hexdigest() != told.sealed_sha256:
        raise InvalidInput("quarantine.damaged")


async def announced(context: "Context", device_id: str, name: str, jws: str) -> Manifest:
    """Return the manifest of what a phone is about to send, before a byte of that is read.

    Raises NotFound `device.unknown`, InvalidInput `quarantine.signature`, `quarantine.manifest`.
    """
    device = await context.database.read(
        partial(devices.known, device_id=phones.read_id(device_id))
    )
    return signed_for(device, name.lower(), jws)


async def keep(
    context: "Context", act: Act, told: Manifest, jws: str, data: bytes, refused: str = ""
) -> SealedItem:
    """Keep the bytes of a proved manifest and return the item; they are durable before it is noted.

    What comes again changes nothing, nor does it bring back what was cleared. `refused` is the code
    for which the phone says that the record was not taken, heeded in the form of a code. Raises
    InvalidInput `quarantine.damaged`, `quarantine.too_large`, and what `check_room` raises.
    """
    check_bytes(told, data)
    if len(data) > MOST_BYTES:
        raise InvalidInput("quarantine.too_large", megabytes=MOST_BYTES // 1024 // 1024)
    size, why = len(data), refused if CODE.fullmatch(refused) else ""
    known = await context.database.read(partial(service.check_room, manifest=told, size=size))
    if known is not None:
        return known
    await asyncio.to_thread(context.sealed(told.device).put, data)
    return await context.database.write(
        partial(service.arrive, act=act, manifest=told, jws=jws, size=size, refused=why)
    )


async def farewell(context: "Context", act: Act, device_id: str, jws: bytes) -> Device:
    """Note that a device has wiped itself; raise InvalidInput unless it signed so."""
    known_by = phones.read_id(device_id)
    device = await context.database.read(partial(devices.known, device_id=known_by))
    manifest.read_farewell(unsealing.signed(device.signing_key, jws), known_by)
    return await context.database.write(partial(devices.wipe, act=act, device_id=known_by))

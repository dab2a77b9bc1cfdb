"""Phones as they make themselves known: keys read and tried out before anything depends on them."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.devices import service
from compliance.devices.keys import Enrolment
from compliance.devices.models import Device
from compliance.devices.service import Keys
from compliance.errors import InvalidInput
from merchants_app import queue_keys, unsealing
from merchants_app.forms import faults
from merchants_app.settings import Settings

if TYPE_CHECKING:
    from merchants_app.context import Context


def read_id(text: str) -> str:
    """Return a device's id in lower case; raise InvalidInput unless it has 32 hex digits."""
    lowered = text.lower()
    if len(lowered) != 32 or set(lowered) - set("0123456789abcdef"):
        raise InvalidInput("device.bad_id")
    return lowered


def read(settings: Settings, raw: bytes) -> tuple[str, Keys]:
    """Return name and keys of a phone; raise InvalidInput naming what is wrong with them.

    The content key is opened here and now: one that the platform could not open later would strand
    every record sealed with it.
    """
    try:
        asked = Enrolment.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidInput("device.invalid", fields=faults(error)) from None
    signing_key = asked.signing_key.model_dump()
    unsealing.check_signing_key(signing_key)
    key = unsealing.content_key(queue_keys.held(settings).by_id, asked.content_key)
    return asked.name, Keys(signing_key, asked.content_key, unsealing.print_of(key))


async def contact(context: "Context", viewer: Viewer | None, act: Act, device_id: str) -> Device:
    """Return how a device stands, the contact noted when its owner made it."""
    known_by = read_id(device_id)
    device, due = await context.database.read(
        lambda s: (found := service.known(s, known_by), service.contact_due(s, act, viewer, found))
    )
    if viewer is not None and due:
        await context.database.write(lambda s: service.contact(s, act, viewer, known_by))
    return device

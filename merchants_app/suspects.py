"""A report of a suspect code as it arrives: read strictly, compared with what our codes say."""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

import qr
from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.devices import service as devices
from compliance.errors import InvalidInput
from compliance.patrols.payload import plain
from compliance.suspect_codes import service
from compliance.suspect_codes.payload import Payload
from compliance.suspect_codes.service import Reported
from merchants_app.forms import faults
from merchants_app.visits import read_id

if TYPE_CHECKING:
    from sqlmodel import Session

    from merchants_app.context import Context
    from merchants_app.settings import Settings


def read_report(raw: bytes) -> tuple[dict[str, Any], Payload]:
    """Return a report as plain JSON and as a model; raise InvalidInput naming fields at fault."""
    body = plain(raw)
    try:
        return body, Payload.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidInput("suspect_code.invalid", fields=faults(error)) from None


def token_in(settings: "Settings", content: str) -> str | None:
    """Return the door token of a code in our form, None for every other."""
    try:
        return qr.read_door_url(content, settings.base_url)
    except qr.ForeignCode:
        return None


async def report(context: "Context", viewer: Viewer, act: Act, name: str, raw: bytes) -> Reported:
    """Store the report in `raw` under the id `name`."""
    report_id = read_id(name)
    body, sent = read_report(raw)
    token = token_in(context.settings, sent.content)

    def store(session: "Session") -> Reported:
        if sent.origin is not None:
            devices.require_alive(session, viewer.account_id, sent.origin.device)
        return service.report(session, act, viewer, report_id, body, sent, token)

    return await context.database.write(store)

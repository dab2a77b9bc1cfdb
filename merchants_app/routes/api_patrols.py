"""Patrol records and photos from programs and phones: sent until received, stored once.

Only 201 means received: a captive portal answers 200 to anything.
"""

import base64
import hashlib
from datetime import datetime
from typing import Any

from litestar import Request, get, put
from litestar.params import FromPath

from compliance.accounts.permissions import Action
from compliance.act import LOCAL
from compliance.errors import InvalidInput
from compliance.patrols import kinds, records
from compliance.patrols.payload import Payload
from compliance.patrols.service import Logged
from merchants_app import photos, regions, visits
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.described import BYTES, inlined, takes
from merchants_app.pages import language
from merchants_app.words import label

MOST_BYTES = 512 * 1024
"""Of a record: sixty points, each with a full note and twelve photos, fill a third of it."""


def base64url(data: bytes) -> str:
    """Return RFC 4648 base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def beijing(at: datetime | None) -> str | None:
    """Return an instant as ISO 8601 with Beijing's offset."""
    return at.astimezone(LOCAL).isoformat(timespec="milliseconds") if at else None


def answer(logged: Logged, lang: str) -> dict[str, Any]:
    """Return what a client keeps; the receipt of one record is the same bytes every time."""
    receipt = logged.receipt
    return {
        "receipt": {
            "merchant": logged.merchant,
            "seq": receipt.seq,
            "entry": base64url(receipt.content),
            "entry_hash": receipt.entry_hash,
            "salt": receipt.salt.hex(),
            "received_at": beijing(receipt.at),
        },
        "findings": [
            {
                "id": each.id,
                "code": each.code,
                "state": each.state.value,
                "due_at": beijing(each.due_at),
            }
            for each in logged.findings
        ],
        "again": [
            {"id": each.id, "code": each.code, "state": each.state.value} for each in logged.again
        ],
        "warnings": [
            {"code": doubt, "detail": label(lang, doubt, "doubt")} for doubt in logged.warnings
        ],
        "replayed": logged.replayed,
    }


@put(
    "/api/v1/patrols/{patrol_id:str}",
    opt=may(*kinds.MAY_LOG.values()),
    status_code=201,
    request_max_body_size=MOST_BYTES,
    operation_class=takes("application/json", inlined(Payload)),
)
async def put_patrol(request: Request, patrol_id: FromPath[str]) -> dict[str, Any]:
    """Log a visit under the client's own id; the same content again gets the same receipt."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    raw, address = await request.body(), regions.address_of(request)
    logged = await visits.log(context, viewer, act, patrol_id, raw, address)
    return answer(logged, language(request))


@get("/api/v1/patrols/{patrol_id:str}", opt=may(*kinds.MAY_LOG.values()))
async def get_patrol(request: Request, patrol_id: FromPath[str]) -> dict[str, Any]:
    """Give the own record back as it was sent (null when it was erased by law), with its receipt.

    Who is told that an id holds other content sees here which.
    """
    context, viewer = context_of(request), signed_in_viewer(request)
    name = visits.read_id(patrol_id)
    own = await context.database.read(lambda session: records.own(session, viewer, name))
    shop = {"number": own.logged.merchant, "name": own.shop}
    return {"id": name, "shop": shop, "body": own.body, **answer(own.logged, language(request))}


@put(
    "/api/v1/photos/{sha256:str}",
    opt=may(Action.PHOTO_STORE),
    status_code=201,
    operation_class=takes("application/octet-stream", BYTES),
)
async def put_photo(request: Request, sha256: FromPath[str]) -> dict[str, Any]:
    """Store a photo, sent as raw bytes, under the SHA-256 of those bytes."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    data = await request.body()
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise InvalidInput("photo.hash_differs")
    photo = await photos.store(context, viewer, act, data)
    return {"sha256": photo.sha256, "size": photo.size, "media_type": photo.media_type}


ROUTES = [put_patrol, get_patrol, put_photo]

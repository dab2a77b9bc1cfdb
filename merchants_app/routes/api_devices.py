"""A phone makes itself known, asks how it stands, hands over what it must not send, says farewell.

Only enrolling needs an account. What comes later is proved by the signature of the enrolled key:
a revoked phone has no session any more, and a person who hands over may have forgotten the PIN.
Only 201 means received: a captive portal answers 200 to anything.
"""

from datetime import datetime
from typing import Any

from litestar import Request, get, put
from litestar.params import FromPath

from compliance.accounts.permissions import Action
from compliance.devices import service
from compliance.devices.keys import Enrolment
from compliance.devices.models import Device
from merchants_app import handing_over, phones, queue_keys
from merchants_app.access import anyone, may, signed_in
from merchants_app.context import act_for, context_of, signed_in_viewer, viewer_of
from merchants_app.described import BYTES, inlined, takes
from merchants_app.routes.api_patrols import beijing

MOST_BYTES = 64 * 1024
"""Of an enrolment or a farewell: three keys, or one signature."""

MANIFEST = "menqian-manifest"
REFUSED = "menqian-refused"


def told(device: Device, at: datetime) -> dict[str, Any]:
    """Return how a device stands, and the server's clock for measuring the phone's."""
    return {"state": device.life.value, "server_time": beijing(at)}


@get("/api/v1/devices/key", opt=signed_in(), sync_to_thread=True)
def get_queue_key(request: Request) -> dict[str, Any]:
    """Give the public key for which a phone wraps the key of its contents."""
    keys = queue_keys.held(context_of(request).settings)
    return {"kid": keys.current, "jwk": keys.public}


@put(
    "/api/v1/devices/{device_id:str}",
    opt=may(Action.PATROL_LOG),
    status_code=201,
    request_max_body_size=MOST_BYTES,
    operation_class=takes("application/json", inlined(Enrolment)),
)
async def put_device(request: Request, device_id: FromPath[str]) -> dict[str, Any]:
    """Make a phone known under its own id; the same keys again are the same phone."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    name, keys = phones.read(context.settings, await request.body())
    known_by = phones.read_id(device_id)
    device = await context.database.write(
        lambda session: service.enrol(session, act, viewer, known_by, name, keys)
    )
    return told(device, act.at)


@get("/api/v1/devices/{device_id:str}", opt=anyone())
async def get_device(request: Request, device_id: FromPath[str]) -> dict[str, Any]:
    """Say how a phone stands; whoever is signed in on it as its owner is noted as a contact."""
    device = await phones.contact(
        context_of(request), viewer_of(request), act_for(request), device_id
    )
    return told(device, act_for(request).at)


@put(
    "/api/v1/devices/{device_id:str}/sealed/{name:str}",
    opt=anyone(),
    status_code=201,
    operation_class=takes("application/octet-stream", BYTES),
)
async def put_sealed(
    request: Request, device_id: FromPath[str], name: FromPath[str]
) -> dict[str, Any]:
    """Keep a sealed record or photo for the desk to decide on; the same bytes again are one.

    A live phone hands over a record that was refused, and says why in `Menqian-Refused`.
    """
    context, jws = context_of(request), request.headers.get(MANIFEST, "")
    told = await handing_over.announced(context, device_id, name, jws)
    data, refused = await request.body(), request.headers.get(REFUSED, "")
    item = await handing_over.keep(context, act_for(request), told, jws, data, refused)
    return {"name": item.name, "sha256": item.sealed_sha256}


@put(
    "/api/v1/devices/{device_id:str}/wiped",
    opt=anyone(),
    status_code=200,
    request_max_body_size=MOST_BYTES,
    operation_class=takes("application/jose", {"type": "string"}),
)
async def put_wiped(request: Request, device_id: FromPath[str]) -> dict[str, Any]:
    """Note that a revoked phone has wiped itself, as its own signature says."""
    act = act_for(request)
    device = await handing_over.farewell(context_of(request), act, device_id, await request.body())
    return told(device, act.at)


ROUTES = [get_queue_key, put_device, get_device, put_sealed, put_wiped]

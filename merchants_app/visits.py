"""A visit as it arrives: JSON from a program or a form from a page, both become the same record.

The form makes the record's id when it is shown, so pressing the button twice sends one record. A
fault has its own fields, named after its code: `note_O02`, `photo_O02`.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from litestar.datastructures import UploadFile
from pydantic import Field, ValidationError, create_model
from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.devices import service as devices
from compliance.errors import InvalidInput
from compliance.findings.models import Cause
from compliance.patrols import evidence, payload, service
from compliance.patrols.evidence import Around
from compliance.patrols.models import PatrolKind
from compliance.patrols.payload import Payload
from compliance.patrols.service import Logged
from merchants_app import photos, regions
from merchants_app.forms import FormModel, faults

if TYPE_CHECKING:
    from merchants_app.context import Context


def read_payload(raw: bytes) -> tuple[dict[str, Any], Payload]:
    """Return a record as plain JSON and as a model; raise InvalidInput naming fields at fault."""
    body = payload.plain(raw)
    try:
        return body, Payload.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidInput("patrol.invalid", fields=faults(error)) from None


def read_id(text: str) -> str:
    """Return a record's id in lower case; raise InvalidInput unless it has 32 hex digits."""
    lowered = text.lower()
    if len(lowered) != 32 or set(lowered) - set("0123456789abcdef"):
        raise InvalidInput("patrol.bad_id")
    return lowered


def presence_key(context: "Context") -> bytes:
    """Return the key of the codes that merchants' phones show, derived from the platform's own."""
    return hashlib.blake2b(context.settings.key(), person=b"menqian-presence").digest()


def around(context: "Context", address: str) -> Around:
    """Return what the doors know of a record that comes from `address`; of that, the region."""
    region = regions.region_of(address, context.settings.network_regions)
    return Around(region.name, region.away, presence_key(context))


async def log(
    context: "Context", viewer: Viewer, act: Act, name: str, raw: bytes, address: str = ""
) -> Logged:
    """Log the record in `raw` under the id `name`, by the rules in force when it was made.

    Raises NotAllowed `device.revoked` for a phone whose records go to quarantine.
    """
    patrol_id = read_id(name)
    body, sent = read_payload(raw)
    rules = await context.rulebook.on(context, evidence.seen_at(sent, act.at))
    known = around(context, address)

    def store(session: Session) -> Logged:
        if sent.origin is not None:
            devices.require_alive(session, viewer.account_id, sent.origin.device)
        plain = (patrol_id, body, sent, rules.catalogue, rules.calendar)
        return service.log(session, act, viewer, *plain, around=known)

    return await context.database.write(store)


class VisitForm(FormModel):
    """What the page of a door sends; `kept` are photos stored already."""

    id: str
    kind: PatrolKind
    observed_at: str
    lat: float | None = None
    lng: float | None = None
    accuracy_m: float | None = None
    codes: list[str] = Field(default=[])
    note: str = ""
    kept: list[str] = Field(default=[])
    officer: str = ""
    plan_ref: str | None = None
    credentials_shown: str = ""


def form_for(codes: list[str]) -> type[VisitForm]:
    """Return the form with the fields of the chosen faults."""
    own: dict[str, Any] = {}
    for code in codes:
        own[f"cause_{code}"] = (Cause, Cause.MERCHANT)
        own[f"fixed_{code}"] = (str, "")
        own[f"note_{code}"] = (str, "")
        own[f"kept_{code}"] = (list[str], [])
    return create_model("VisitForm", __base__=VisitForm, **own)


async def keep_photos(
    context: "Context", viewer: Viewer, act: Act, values: dict[str, Any]
) -> dict[str, str]:
    """Store the photos among `values`, which then name them; return field → why one was refused.

    A refused form is shown again with its photos kept: a browser would ask for them anew.
    """
    refused = {}
    uploads = {name: each for name, each in values.items() if isinstance(each, UploadFile)}
    for name, upload in sorted(uploads.items()):  # a form's fields come in any order
        del values[name]
        _, _, code = name.partition("_")
        try:
            photo = await photos.store(context, viewer, act, await upload.read())
        except InvalidInput as refusal:
            refused[name] = refusal.code
            continue
        kept = values.setdefault(f"kept_{code}" if code else "kept", [])
        if photo.sha256 not in kept:
            kept.append(photo.sha256)
    return refused


def body_of(form: VisitForm, door: str, certificate: str | None) -> dict[str, Any]:
    """Return the record that a form says, as a program would send it."""
    body: dict[str, Any] = {
        "door": door,
        "kind": form.kind.value,
        "observed_at": form.observed_at,
        "items": [_item(form.model_dump(), code) for code in form.codes],
        "note": form.note,
        "photos": form.kept,
    }
    if form.lat is not None and form.lng is not None:
        body["position"] = {
            "lat": form.lat,
            "lng": form.lng,
            "accuracy_m": form.accuracy_m or 0.0,
            "crs": "WGS84",
        }
    if form.kind is PatrolKind.INSPECTION:
        body["officers"] = [each for each in (certificate, form.officer) if each]
        body["plan_ref"] = form.plan_ref
        body["credentials_shown"] = form.credentials_shown == "yes"
    return body


def _item(values: dict[str, Any], code: str) -> dict[str, Any]:
    return {
        "code": code,
        "result": "fault",
        "cause": values[f"cause_{code}"].value,
        "fixed_on_spot": values[f"fixed_{code}"] == "yes",
        "note": values[f"note_{code}"],
        "photos": values[f"kept_{code}"],
    }


def raw_of(body: dict[str, Any]) -> bytes:
    """Return a body's bytes, as if a program had sent it."""
    return json.dumps(body, ensure_ascii=False).encode()


def field_of(path: str, codes: list[str]) -> str:
    """Return the form's field for a path in the record: `items.0.note` is `note_O02`."""
    parts = path.split(".")
    if parts[0] == "items" and len(parts) > 2 and int(parts[1]) < len(codes):
        field = {"photos": "photo", "fixed_on_spot": "fixed", "code": "cause"}.get(parts[2])
        return f"{field or parts[2]}_{codes[int(parts[1])]}"
    return {"officers": "officer", "photos": "photo"}.get(parts[0], parts[0])

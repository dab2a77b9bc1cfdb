"""What tests of patrols share: bodies as a phone sends them, photos as a phone takes them."""

import hashlib
import json
import secrets
from io import BytesIO

from PIL import Image

from compliance.accounts.permissions import Role
from compliance.patrols import service
from compliance.patrols.photos import Developed, keep
from merchants_app import rulebook
from merchants_app.visits import read_payload


def fault(code, **named):
    return {"code": code, "result": "fault", **named}


def ok(code):
    return {"code": code, "result": "ok"}


def body(world, shop, *items, kind="patrol", **named):
    """Return a record as sent, seen at the door just now."""
    return {
        "door": shop.door,
        "kind": kind,
        "observed_at": world.clock().isoformat(),
        "position": {"lat": shop.lat, "lng": shop.lng, "accuracy_m": 12.5, "crs": "WGS84"},
        "items": list(items),
        "note": "",
        "photos": [],
        **named,
    }


def chief_of(world, *shops, **named):
    return world.viewer(Role.LANE_CHIEF, *(("lane", shop.lane_id) for shop in shops), **named)


def log(world, viewer, sent, patrol_id=None, **named):
    """Log a record through the service, in a transaction of its own."""
    rules = world.read(rulebook.read, world.clock())
    raw = json.dumps(sent, ensure_ascii=False).encode()
    plain, payload = read_payload(raw)
    return world.write(
        service.log,
        viewer,
        patrol_id or secrets.token_hex(16),
        plain,
        payload,
        rules.catalogue,
        rules.calendar,
        by=viewer,
        **named,
    )


PHOTO = "a" * 64


def store_photo(world, viewer, sha256=PHOTO):
    """Note a photo as stored, without its bytes."""
    developed = Developed(sha256, "b" * 64, 1000, "image/jpeg", 640, 480)
    world.write(keep, viewer, developed, by=viewer)


def picture(colour="teal", size=(640, 480), form="JPEG", **named):
    """Return the bytes of a photo."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, form, **named)
    return file.getvalue()


def sha256(data):
    return hashlib.sha256(data).hexdigest()

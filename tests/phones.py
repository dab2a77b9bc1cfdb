"""A phone in Python: enrols, seals, signs and exports as `assets/patrol/vault.js` does."""

import base64
import hashlib
import json
import secrets
from collections import Counter

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from compliance.devices import service as devices
from compliance.devices.keys import SigningKey
from compliance.devices.models import RevokeReason
from compliance.devices.service import Keys
from compliance.quarantine import service as quarantine
from compliance.quarantine.manifest import read_manifest
from merchants_app import queue_keys, unsealing
from merchants_app.unsealing import print_of
from tests.visits import body, fault, picture


class Phone:
    """One device of `viewer`; `records` and `photos` are what it has sealed, in order."""

    def __init__(self, world, viewer, device_id=None):
        self.world, self.viewer = world, viewer
        self.id = device_id or secrets.token_hex(16)
        self.key = secrets.token_bytes(32)
        self.signing = ECKey.generate_key("P-256")
        self.count = 0
        self.counts = Counter()
        self.records, self.photos = [], []

    @property
    def public(self):
        return self.signing.as_dict(private=False)

    def wrapped(self, key=None):
        """Return the content key wrapped for the platform, anew at each call."""
        keys = queue_keys.held(self.world.context.settings)
        head = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": keys.current}
        return jwe.encrypt_compact(head, key or self.key, ECKey.import_key(keys.public))

    def enrolment(self, name="样例手机"):
        return {"name": name, "signing_key": self.public, "content_key": self.wrapped()}

    def enrol(self):
        """Make the phone known through the service."""
        signing = SigningKey.model_validate(self.public).model_dump()
        keys = Keys(signing, self.wrapped(), print_of(self.key))
        viewer = self.viewer
        return self.world.write(devices.enrol, viewer, self.id, "样例手机", keys, by=viewer)

    def signed(self, payload):
        raw = json.dumps(payload).encode()
        return jws.serialize_compact({"alg": "ES256", "kid": self.id}, raw, self.signing)

    def farewell(self):
        return self.signed({"v": 1, "device": self.id, "kind": "wiped"})

    def seal(self, kind, name, plain, order=0, **told):
        """Return manifest and sealed bytes of `plain`."""
        iv = secrets.token_bytes(12)
        sealed = iv + AESGCM(self.key).encrypt(iv, plain, f"menqian/1/{self.id}/{name}".encode())
        manifest = {
            "v": 1,
            "device": self.id,
            "account": self.viewer.account_id,
            "order": order,
            "kind": kind,
            "name": name,
            "sealed_sha256": hashlib.sha256(sealed).hexdigest(),
            "sealed_at": self.world.clock().isoformat(),
            **told,
        }
        return self.signed(manifest), sealed

    def photo(self, data):
        """Seal a photo and return its name."""
        name = hashlib.sha256(data).hexdigest()
        self.photos.append((name, *self.seal("photo", name, data)))
        return name

    def record(self, sent, shop=None, kind="patrol", record_id=None, **told):
        """Seal a record as the next in order and return its id."""
        self.count += 1
        self.counts[kind] += 1
        name = record_id or secrets.token_hex(16)
        plain = {
            "id": name,
            "kind": kind,
            "body": sent if isinstance(sent, str) else json.dumps(sent, ensure_ascii=False),
            "shop": {"number": shop.number, "name": shop.name} if shop else None,
            "photos": sent.get("photos", []) if isinstance(sent, dict) else [],
        }
        raw = json.dumps(plain, ensure_ascii=False).encode()
        counted = {"of_kind": self.counts[kind], **told}
        self.records.append((name, *self.seal(kind, name, raw, self.count, **counted)))
        return name

    def hand_over(self):
        """Bring everything sealed into quarantine; return the ids of the items, records first."""
        world, ids = self.world, []
        for _, manifest, data in [*self.records, *self.photos]:
            told = read_manifest(unsealing.claimed(manifest))
            world.context.sealed(self.id).put(data)
            ids.append(world.write(quarantine.arrive, told, manifest, len(data)).id)
        return ids

    def lines(self):
        """Return the lines of an export: the head, photos, records in order."""
        head = {
            "format": "menqian-queue",
            "v": 1,
            "device": self.id,
            "account": self.viewer.account_id,
            "content_key": self.wrapped(),
            "made_at": self.world.clock().isoformat(),
        }
        sealed = [
            {"manifest": manifest, "data": base64.urlsafe_b64encode(data).decode().rstrip("=")}
            for _, manifest, data in [*self.photos, *self.records]
        ]
        return [json.dumps(each) for each in [head, *sealed]]

    def export(self, file):
        """Write the export to `file` and return it."""
        file.write_text("\n".join(self.lines()) + "\n", encoding="utf-8")
        return file


def phones_of(street):
    """Enrol two phones of the lane chief, one lost with a visit in it; return ids by their names."""
    world, chief = street.world, street.chief
    kept, lost = Phone(world, chief), Phone(world, chief)
    kept.enrol()
    lost.enrol()
    sent = fault("O02", note="占道", photos=[lost.photo(picture())])
    lost.record(body(world, street.shop, sent), street.shop)
    world.write(devices.revoke, chief, lost.id, RevokeReason.STOLEN, by=chief)
    return {"device_id": [kept.id], "item_id": lost.hand_over()[:1]}

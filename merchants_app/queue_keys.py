"""The platform's key for phones' queues: what a phone cannot show or send, this machine can open.

Phones wrap the key of their contents for the public half (ECDH-ES on P-256). The private half lies
in the data folder, or in the file of `MENQIAN_QUEUE_KEY`, where further keys may stand behind the
first: those open what phones sealed for them, new phones are given the first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlmodel import Session, select

from compliance.devices.models import Device
from merchants_app.secret_files import made_once
from merchants_app.settings import BadSettings, Settings
from merchants_app.unsealing import key_id

KEPT = "queue.pem"
"""The key the platform made for itself, in the data folder."""

CURVE = "P-256"
_PEM = re.compile(rb"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class QueueKeys:
    """Every key by its id (RFC 7638 thumbprint); `current` is the one new phones are given."""

    current: str
    by_id: Mapping[str, ECKey]

    @property
    def public(self) -> dict[str, str]:
        """The public JWK that phones wrap for."""
        return {name: str(value) for name, value in self.by_id[self.current].as_dict(False).items()}


def held(settings: Settings) -> QueueKeys:
    """Return the keys in force, made and kept when none is set; raise BadSettings."""
    file = settings.data_dir / KEPT
    try:
        return given(settings) or _read(made_once(file, _new))
    except (OSError, ValueError) as error:
        raise BadSettings(f"{file}: {error}") from None


def given(settings: Settings) -> QueueKeys | None:
    """Return the keys that the settings name, or None; raise BadSettings when there are none."""
    if settings.queue_key is None:
        return None
    try:
        return _read(settings.queue_key.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSettings(f"MENQIAN_QUEUE_KEY: {error}") from None


def faults(settings: Settings, session: Session) -> list[str]:
    """Return what is wrong with the keys, and how to mend it."""
    keys, found = held(settings), []
    file = settings.queue_key or settings.data_dir / KEPT
    if file.stat().st_mode & 0o077:
        found.append(f"others may read {file}, which opens every phone's queue: `chmod 600` it")
    if lost := strangers(session, keys):
        found.append(
            f"{lost} phones sealed their queues for a key that is not here: put the former key "
            "behind the new one in the file of MENQIAN_QUEUE_KEY"
        )
    return found


def _new() -> bytes:
    return ECKey.generate_key(CURVE).as_pem(private=True)


@lru_cache(maxsize=4)
def _read(pem: bytes) -> QueueKeys:
    try:
        keys = [ECKey.import_key(block) for block in _PEM.findall(pem)]
    except (JoseError, TypeError) as error:
        message = f"not a key on {CURVE} without a password ({error})"
        raise ValueError(message) from None
    if not keys or any(key.curve_name != CURVE for key in keys):
        message = f"no private key on {CURVE}"
        raise ValueError(message)
    by_id = {key.thumbprint(): key for key in keys}
    return QueueKeys(next(iter(by_id)), by_id)


def strangers(session: Session, keys: QueueKeys) -> int:
    """Return how many phones wrapped their contents for a key that is not here."""
    wrapped = session.exec(select(Device.content_key).where(Device.wiped_at.is_(None)))  # type: ignore[union-attr]
    return sum(1 for each in wrapped if key_id(each) not in keys.by_id)

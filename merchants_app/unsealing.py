"""Proving and opening what a phone has sealed: JWS manifests, the wrapped key, AES-256-GCM.

Bytes in, bytes out; nothing is stored here. The forms are those of the phone's own
`assets/patrol/vault.js`: iv (12 bytes) || ciphertext || tag, with `menqian/1/<device>/<name>` as
additional data, under a key of 32 bytes that a JWE wraps for the platform.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.util import json_b64decode

from compliance.errors import InvalidInput

KEY_BYTES = 32
IV_BYTES = 12
WRAPPING = ["ECDH-ES+A256KW", "A256GCM"]
SIGNING = ["ES256"]


def check_signing_key(jwk: Mapping[str, Any]) -> None:
    """Raise InvalidInput `device.signing_key` unless the JWK is a point on the curve."""
    try:
        ECKey.import_key(dict(jwk))
    except (JoseError, ValueError, TypeError):
        raise InvalidInput("device.signing_key") from None


def signed(jwk: Mapping[str, Any], text: str | bytes) -> bytes:
    """Return the payload of a JWS; raise InvalidInput `quarantine.signature` if another made it."""
    try:
        return jws.deserialize_compact(
            text, ECKey.import_key(dict(jwk)), algorithms=SIGNING
        ).payload
    except (JoseError, ValueError, TypeError, RecursionError):
        raise InvalidInput("quarantine.signature") from None


def claimed(text: str) -> bytes:
    """Return what a JWS says, unproved: only to find out whose signature to ask for."""
    try:
        return jws.extract_compact(text.encode()).payload
    except (JoseError, ValueError, TypeError, RecursionError):
        raise InvalidInput("quarantine.signature") from None


def key_id(wrapped: str) -> str:
    """Return the id of the key that a JWE was wrapped for, empty when it says none."""
    try:
        return str(json_b64decode(wrapped.encode().partition(b".")[0]).get("kid", ""))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ""


def content_key(keys: Mapping[str, ECKey], wrapped: str) -> bytes:
    """Return the 32 bytes inside a JWE; raise InvalidInput `device.content_key`."""
    own = keys.get(key_id(wrapped))
    try:
        plain = jwe.decrypt_compact(wrapped, own, algorithms=WRAPPING).plaintext if own else None
    except (JoseError, ValueError, TypeError, RecursionError):
        plain = None
    if plain is None or len(plain) != KEY_BYTES:
        raise InvalidInput("device.content_key", fields={"content_key": "device.content_key"})
    return plain


def print_of(key: bytes) -> str:
    """Return the SHA-256 of a content key: which key it is, and nothing about it."""
    return hashlib.sha256(key).hexdigest()


def opened(keys: Iterable[bytes], device_id: str, name: str, sealed: bytes) -> bytes:
    """Return what is inside a seal by the first of `keys` that fits.

    Raises InvalidInput `quarantine.cannot_open`.
    """
    label = f"menqian/1/{device_id}/{name}".encode()
    for key in keys:
        try:
            return AESGCM(key).decrypt(sealed[:IV_BYTES], sealed[IV_BYTES:], label)
        except (InvalidTag, ValueError):
            continue
    raise InvalidInput("quarantine.cannot_open")

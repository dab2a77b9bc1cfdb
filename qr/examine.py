"""What the seals in a PDF prove, read from its bytes without opening it as a PDF.

Whatever a stranger hands in, nothing here follows its structure: the bytes are searched for the hex
in which a seal stands, the seal's own signature is checked, and the bytes it covers are hashed. So
a seal is still recognised in a file that was damaged or extended, and says which file it was made
for; and a file made to hurt a PDF reader finds none.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

_HEX = re.compile(rb"(?:[0-9A-Fa-f]{64,}+[^0-9A-Fa-f]?+)++")
"""Runs of hex digits, bridged where one single byte was spoilt; possessive, so never slow."""

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]")
_CLAIM = re.compile(rb"(?:/|\\057)C(?:/|\\057)([0-9A-F]{16})(?![0-9A-F])")
_LEAST, _MOST = 1024, 200_000  # hex digits of a seal
_SEALS = 8
_SPOILT = bytes(c if chr(c) in "0123456789abcdefABCDEF" else ord("0") for c in range(256))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp over a seal: when, and what its certificate calls itself (not who it is)."""

    at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class Found:
    """A seal: its certificate (SHA-256), the digest of the bytes it was made for, whether it holds.

    `valid`: it was really made with that certificate's key. `intact`: and its bytes are here,
    unchanged. `whole`: and nothing stands behind them.
    """

    fingerprint: str
    digest: str
    valid: bool
    intact: bool
    whole: bool
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """The seals of a file, and the check codes it names without any proof."""

    found: tuple[Found, ...]
    claims: tuple[str, ...]


def examine(data: bytes) -> Examined:
    """Return what the seals in `data` prove; for anything that is no sealed PDF, nothing."""
    claims = dict.fromkeys(match[1].decode() for match in _CLAIM.finditer(data))
    found = (_found(data, start, hexes) for start, hexes in _runs(data))
    return Examined(tuple(each for each in found if each), tuple(claims)[:_SEALS])


def _runs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the place and the digits of what may be a seal."""
    number = 0
    for run in _HEX.finditer(data):
        if len(run[0]) >= _LEAST and number < _SEALS:
            number += 1
            start = run[0].find(b"3082", 0, 8)
            yield run.start() + max(start, 0), run[0][max(start, 0) :][:_MOST]


def _found(data: bytes, start: int, hexes: bytes) -> Found | None:
    even = hexes.translate(_SPOILT)[: len(hexes) // 2 * 2]
    try:
        content = cms.ContentInfo.load(bytes.fromhex(even.decode()))["content"]
        signer = content["signer_infos"][0]
        certificate = _certificate(content, signer)
        (told,) = next(
            each["values"]
            for each in signer["signed_attrs"]
            if each["type"].native == "message_digest"
        )
        digest = bytes(told.native)
        actual = _covered(data, start)
        intact, valid = validate_sig_integrity(signer, certificate, "data", actual[0])
        stamp = _stamp(signer) if valid else None
    except Exception:  # noqa: BLE001 (parsers raise anything on broken bytes; all mean: no seal)
        return None
    return Found(
        fingerprint=certificate.sha256.hex(),
        digest=digest.hex(),
        valid=valid,
        intact=valid and intact,
        whole=valid and intact and actual[1],
        stamp=stamp,
    )


def _covered(data: bytes, start: int) -> tuple[bytes, bool]:
    """Return the hash of the bytes around the seal at `start`, and whether those are all."""
    for match in _RANGE.finditer(data):
        first, length, second, rest = map(int, match.groups())
        # The gap is the hex in its angle brackets and nothing else, or it could hide something.
        gap = data[length:second]
        closed = gap[:1] == b"<" and gap[-1:] == b">" and gap[1:-1].translate(_SPOILT) == gap[1:-1]
        if first == 0 and length + 1 == start and closed and second + rest <= len(data):
            covered = data[:length] + data[second : second + rest]
            return hashlib.sha256(covered).digest(), second + rest == len(data)
    return b"", False


def _certificate(content: cms.SignedData, signer: cms.SignerInfo) -> asn1.Certificate:
    """Return the certificate that the signer information names; raise LookupError without one."""
    named = signer["sid"].chosen
    for each in content["certificates"]:
        held = each.chosen
        if (held.issuer.dump(), held.serial_number) == (
            named["issuer"].dump(),
            named["serial_number"].native,
        ):
            return held
    raise LookupError


def _stamp(signer: cms.SignerInfo) -> Stamp | None:
    """Return the time stamp if it was really made, over this very signature."""
    if isinstance(signer["unsigned_attrs"], core.Void):
        return None
    for each in signer["unsigned_attrs"]:
        if each["type"].native != "signature_time_stamp_token":
            continue
        token = each["values"][0]["content"]
        inner = token["encap_content_info"]["content"]
        told = inner.parsed
        if not isinstance(told, tsp.TSTInfo):
            continue
        imprint = told["message_imprint"]
        name = imprint["hash_algorithm"]["algorithm"].native
        over = hashlib.new(name, signer["signature"].native).digest()
        by = token["signer_infos"][0]
        certificate = _certificate(token, by)
        hashed = hashlib.new(by["digest_algorithm"]["algorithm"].native, bytes(inner)).digest()
        holds = validate_sig_integrity(by, certificate, "tst_info", hashed)
        if over == imprint["hashed_message"].native and all(holds):
            return Stamp(told["gen_time"].native, str(certificate.subject.human_friendly))
    return None

"""A PDF sealed: PAdES over the whole file (`ETSI.CAdES.detached`), B-B, or B-T with a time stamp.

Key, instant and time stamper come from outside; nothing here knows whose they are. What a seal says
afterwards is read by `qr.examine`, which every sealed file passes before it is handed out.
"""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import keys, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from qr.examine import Found, examine

FIELD = "MenqianSeal"
YEARS = 20
"""How long a seal made here is good for: longer than any paper has to be kept."""

_EARLIER = timedelta(days=1)
"""A machine whose clock is a little behind takes a fresh certificate too."""


class BadKey(ValueError):
    """Key and certificate cannot be read, or do not belong together."""


class StampFailed(Exception):
    """No usable time stamp was given; the message says why."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A private key, its certificate and those above it."""

    key: keys.PrivateKeyInfo = field(repr=False)
    certificate: asn1.Certificate
    above: tuple[asn1.Certificate, ...] = ()

    @classmethod
    def read(cls, key: bytes, certificates: bytes) -> "Seal":
        """Return the seal of PEM files, its own certificate first; raise BadKey."""
        try:
            private = serialization.load_pem_private_key(key, password=None)
            own, *above = (
                asn1.Certificate.load(der) for _, _, der in pem.unarmor(certificates, multiple=True)
            )
            public = x509.load_der_x509_certificate(own.dump()).public_key()
        except (ValueError, TypeError) as error:
            raise BadKey(str(error)) from error
        if _plain(private.public_key()) != _plain(public):
            raise BadKey("the key is not that of the first certificate")
        der = private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(keys.PrivateKeyInfo.load(der), own, tuple(above))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        digest: bytes = self.certificate.sha256
        return digest.hex()

    @property
    def subject(self) -> str:
        return str(self.certificate.subject.native.get("common_name", ""))

    @property
    def issuer(self) -> str:
        return str(self.certificate.issuer.native.get("common_name", ""))

    @property
    def good_until(self) -> datetime:
        until: datetime = self.certificate.not_valid_after
        return until

    @property
    def certificates(self) -> bytes:
        """The certificates as PEM, one's own first."""
        chain = (self.certificate, *self.above)
        return b"".join(pem.armor("CERTIFICATE", each.dump()) for each in chain)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file and what its seal says: see `qr.examine.Found`."""

    pdf: bytes
    found: Found

    @property
    def file_hash(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.pdf).hexdigest()


def make_seal(organisation: str, at: datetime) -> tuple[bytes, bytes]:
    """Return key and certificates (PEM) of a new P-256 seal under an authority of its own.

    The authority's key is forgotten at once: it signs this one certificate and never another.
    """
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    above = _name(organisation, "门前平台自建根证书")
    root = _certificate(above, above, authority.public_key(), authority, at, authority=True)
    leaf = _certificate(
        _name(organisation, "门前平台文书签章"), above, own.public_key(), authority, at
    )
    key = own.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return key, b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root))


def seal_pdf(
    pdf: bytes,
    seal: Seal,
    at: datetime,
    *,
    reason: str,
    address: str = "",
    stamper: TimeStamper | None = None,
) -> Sealed:
    """Return `pdf` sealed so that any later change shows; with `stamper`, time-stamped.

    `reason` and `address` (ASCII) stand in the seal for whoever opens it. Not to be called from an
    event loop. Raises StampFailed when the time stamper gives nothing that holds.
    """
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
        contact_info=address or None,
    )
    store = SimpleCertificateStore.from_certs([seal.certificate, *seal.above])  # type: ignore[no-untyped-call]
    signer = _Signer(meta, SimpleSigner(seal.certificate, seal.key, store), timestamper=stamper)
    signer.at = at
    out = io.BytesIO()
    try:
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    except Exception as error:
        if stamper is None:
            raise
        # A service that answers nonsense fails in many ways; none of them may cost the seal.
        raise StampFailed(f"{type(error).__name__}: {error}"[:200]) from error
    sealed = out.getvalue()
    found = next((each for each in examine(sealed).found if each.intact and each.whole), None)
    if found is None or found.fingerprint != seal.fingerprint:
        raise RuntimeError("the seal just made does not hold")
    if stamper is not None and found.stamp is None:
        raise StampFailed("the time stamp is not over this seal")
    return Sealed(sealed, found)


class _Signer(PdfSigner):
    """Takes the instant from outside instead of asking the machine."""

    at: datetime

    def init_signing_session(self, *args: Any, **named: Any) -> Any:
        session = super().init_signing_session(*args, **named)
        session.system_time = self.at
        return session


def _plain(public: Any) -> bytes:
    done: bytes = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return done


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    at: datetime,
    *,
    authority: bool = False,
) -> x509.Certificate:
    usage = {
        "digital_signature": not authority,
        "content_commitment": not authority,
        "key_cert_sign": authority,
        "crl_sign": authority,
    }
    unused = ["key_encipherment", "data_encipherment", "key_agreement"]
    unused += ["encipher_only", "decipher_only"]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _EARLIER)
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(unused, False)), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )

"""What tests of seals share: a seal, a time-stamping service of our own, and changed copies."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from qr.seal import Seal, make_seal

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STAMPED_AT = datetime(2026, 11, 23, 1, 0, 7, tzinfo=UTC)
AUTHORITY = "样例时间戳服务"


@cache
def seal() -> Seal:
    return Seal.read(*make_seal("样例区", AT))


@cache
def stamping_authority() -> tuple[asn1.Certificate, keys.PrivateKeyInfo]:
    """Return certificate and key of a time-stamping service that nobody vouches for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=900))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = certificate.public_bytes(serialization.Encoding.DER)
    return asn1.Certificate.load(public), keys.PrivateKeyInfo.load(der)


def stamper() -> DummyTimeStamper:
    return DummyTimeStamper(*stamping_authority(), fixed_dt=STAMPED_AT)


@contextmanager
def stamping_service(answer: bytes | None = None) -> Iterator[str]:
    """Run an RFC 3161 service on the loopback and give its address; `answer` is sent instead."""
    service = stamper()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer
            if body is None:
                body = service.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def flipped(data: bytes, place: int) -> bytes:
    """Return `data` with one bit of one byte changed."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

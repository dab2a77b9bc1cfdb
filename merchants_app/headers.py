"""Headers every answer carries: what a browser may load, and that codes in addresses stay here."""

from litestar.types import Message, Scope

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

ALWAYS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
PRIVATE = (b"cache-control", b"private, no-store")


async def secure(message: Message, scope: Scope) -> None:
    """Add the headers; an answer that says nothing of caching is private and not stored."""
    if message["type"] != "http.response.start":
        return
    headers = list(message.get("headers", []))
    headers.extend(ALWAYS)
    if scope["scheme"] == "https":
        headers.append(HSTS)
    if not any(name.lower() == b"cache-control" for name, _ in headers):
        headers.append(PRIVATE)
    message["headers"] = headers

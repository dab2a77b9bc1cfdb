"""Headers every answer carries: what a browser may load, and that codes in addresses stay here."""

from litestar.types import Message, Scope

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

DECODING_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Where door codes are decoded: the decoder is WebAssembly, nothing else differs."""

CONTENT_POLICY = (b"content-security-policy", POLICY.encode())
"""For every answer that does not bring a policy of its own."""

ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
PRIVATE = (b"cache-control", b"private, no-store")
OURS = (b"menqian", b"1")
"""On every answer of the API: how a phone tells our server from a captive portal that says 200."""


async def secure(message: Message, scope: Scope) -> None:
    """Add the headers; an answer that says nothing of caching is private and not stored."""
    if message["type"] != "http.response.start":
        return
    headers = list(message.get("headers", []))
    headers.extend(ALWAYS)
    named = {name.lower() for name, _ in headers}
    if CONTENT_POLICY[0] not in named:
        headers.append(CONTENT_POLICY)
    if scope["path"].startswith("/api/"):
        headers.append(OURS)
    if scope["scheme"] == "https":
        headers.append(HSTS)
    if PRIVATE[0] not in named:
        headers.append(PRIVATE)
    message["headers"] = headers

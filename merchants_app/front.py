"""The shortest way to an unchanged door: a passer-by's page straight from memory.

Measured: the framework's routing, guard and response cost three times what a bare route does, and
scanning a door is what this service is asked for most. So a plain GET of a kept page (no session
cookie, no query) is answered here, before the framework; everything else goes on unchanged. What is
sent is byte for byte what `routes/doors.py` would send.
"""

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from litestar.types import ASGIApp, Receive, Scope, Send

from compliance.merchants.identifiers import normalise_token
from merchants_app.access import cookie_name
from merchants_app.logs import REQUESTS
from merchants_app.pages import size_of
from merchants_app.words import language_of

if TYPE_CHECKING:
    from merchants_app.context import Context
    from merchants_app.doors import KeptPage

PREFIX = "/q/"
PRINTED = "/Q/"
"""As the symbol on a door has it, all capitals (`qr.door_url`); from here on small letters."""
LENGTH = len(PREFIX) + 16
CACHING = [(b"cache-control", b"public, no-cache"), (b"vary", b"Cookie")]


class DoorFront:
    """Answers what it can from the kept pages; passes on the rest."""

    def __init__(self, context: "Context", following: ASGIApp) -> None:
        self._doors = context.doors
        self._following = following
        self._sid = cookie_name(secure=context.settings.secure)
        self._found = REQUESTS.labels("GET", "200")
        self._unchanged = REQUESTS.labels("GET", "304")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path.startswith(PRINTED):
            path = scope["path"] = PREFIX + path[len(PRINTED) :]
        if (
            len(path) == LENGTH
            and path.startswith(PREFIX)
            and scope.get("method") == "GET"
            and not scope["query_string"]
        ):
            cookie, asked = b"", b""
            for name, value in scope["headers"]:
                if name == b"cookie":
                    cookie = value
                elif name == b"if-none-match":
                    asked = value
            key = self._key(path[len(PREFIX) :], cookie)
            if key and (page := await self._doors.find(key)) is not None:
                await self._answer(page, asked, send)
                return
        await self._following(scope, receive, send)

    def _key(self, token: str, cookie: bytes) -> tuple[str, str, str] | None:
        if not token.isupper():
            token = normalise_token(token)
        if not cookie:
            return token, "zh", "normal"
        cookies = {
            name: each.value for name, each in SimpleCookie(cookie.decode("latin-1")).items()
        }
        if self._sid in cookies:
            return None
        return token, language_of({}, cookies), size_of({}, cookies)

    async def _answer(self, page: "KeptPage", asked: bytes, send: Send) -> None:
        tag = page.etag.encode()
        unchanged = asked == tag
        (self._unchanged if unchanged else self._found).inc()
        headers = [
            *CACHING,
            (b"etag", tag),
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"0" if unchanged else str(len(page.body)).encode()),
        ]
        status = 304 if unchanged else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if unchanged else page.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

"""Logs as JSON lines with a request id; no phone, token, code or cookie ever enters one."""

import logging
import re
import secrets
import sys
import time
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram
from structlog.tracebacks import ExceptionDictTransformer

REQUESTS = Counter("menqian_requests", "Answers by method and status", ["method", "status"])
SECONDS = Histogram("menqian_request_seconds", "Time to the start of the answer", ["method"])

_TOKEN = re.compile(r"(?i)(/q/|/door/)[0-9a-z]{6,}")
_NUMBER = re.compile(r"\d{7,}")


def scrub(path: str) -> str:
    """Return a path without what it must not tell: door tokens and long numbers."""
    return _NUMBER.sub("…", _TOKEN.sub(r"\1…", path))


def configure(level: str) -> None:
    """Log JSON lines to standard error, from `level` upwards."""
    # It names whole addresses, and a provider of messages wants the phone in its address.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                ExceptionDictTransformer(show_locals=False, max_frames=12)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class RequestLog(ASGIMiddleware):
    """Gives each request an id, counts it, and logs what changed something or failed."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        began = time.perf_counter()
        request_id = secrets.token_hex(6)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        method: str = scope["method"]  # type: ignore[typeddict-item]

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", [])
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
                seconds = time.perf_counter() - began
                REQUESTS.labels(method, str(status)).inc()
                SECONDS.labels(method).observe(seconds)
                if method not in {"GET", "HEAD"} or status >= 500:
                    _line(scope, status, seconds)
            await send(message)

        await next_app(scope, receive, watch)


def _line(scope: Any, status: int, seconds: float) -> None:
    structlog.get_logger().info(
        "request",
        method=scope["method"],
        path=scrub(scope["path"]),
        status=status,
        ms=round(seconds * 1000, 1),
    )

"""Where refusals become answers: the only file that knows HTTP numbers.

Programs get RFC 9457 `application/problem+json`, people a page that says what to do. What nobody
foresaw is logged with its request id and told without any detail.
"""

from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from compliance.errors import (
    ComplianceError,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    RuleBroken,
)
from merchants_app import pages, words
from merchants_app.context import viewer_of

log = structlog.get_logger()

FAMILIES: dict[type[ComplianceError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidInput: 422,
    Conflict: 409,
    RuleBroken: 409,
}

EXCEPTIONS = {
    "account.sign_in_needed": 401,
    "account.too_many_tries": 429,
    "code.too_many": 429,
    "suspect_code.too_many": 429,
    "door.withdrawn": 410,
    "photo.too_large": 413,
    "photo.too_many_pixels": 413,
    "photo.not_an_image": 415,
    "quarantine.full": 507,
    "quarantine.too_large": 413,
}
"""Codes whose status differs from their family's."""

TEMPLATES = {"door.unbound": "blanks/unbound.html"}
"""Codes that have a page of their own."""

_HTTP_CODES = {
    400: "request.invalid",
    404: "request.not_found",
    405: "request.method",
    413: "request.too_large",
    415: "request.media_type",
}


def status_of(refusal: ComplianceError) -> int:
    """Return the HTTP status of a refusal."""
    return EXCEPTIONS.get(refusal.code) or next(
        status for family, status in FAMILIES.items() if isinstance(refusal, family)
    )


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Return whether a program asks: by address, or by what it accepts."""
    accept = request.headers.get("accept", "")
    path = request.url.path
    return path.startswith(("/api/", "/open311/", "/schema", "/health", "/metrics")) or (
        "json" in accept and "html" not in accept
    )


def refuse(request: Request[Any, Any, Any], refusal: ComplianceError) -> Response[Any]:
    """Answer a refusal; without a session, a page leads to where one signs in."""
    status = status_of(refusal)
    if wants_json(request):
        return _problem(request, status, refusal)
    if refusal.code == "account.sign_in_needed" and request.method == "GET":
        return Redirect(f"/sign-in?next={request.url.path}", status_code=303)
    return _page(request, status, refusal)


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refused, in the same two shapes."""
    code = _HTTP_CODES.get(error.status_code, "request.invalid")
    refusal = NotFound(code) if error.status_code == 404 else InvalidInput(code)
    if wants_json(request):
        return _problem(request, error.status_code, refusal)
    return _page(request, error.status_code, refusal)


def refuse_unforeseen(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Log what nobody foresaw and answer 500 with the request's number, and nothing more."""
    log.error("unforeseen", path=request.url.path, method=request.method, exc_info=error)
    reference = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    refusal = ComplianceError("request.failed", reference=reference)
    if wants_json(request):
        return _problem(request, 500, refusal)
    return _page(request, 500, refusal)


def _problem(
    request: Request[Any, Any, Any], status: int, refusal: ComplianceError
) -> Response[dict[str, Any]]:
    lang = pages.language(request)
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "code": refusal.code,
        "title": words.translate(lang, f"family.{status}"),
        "detail": pages.message(lang, refusal.code, refusal),
        "instance": request.url.path,
    }
    if refusal.fields:
        body["errors"] = [
            {"field": name, "code": code, "detail": pages.message(lang, code, refusal)}
            for name, code in refusal.fields.items()
        ]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )


def _page(request: Request[Any, Any, Any], status: int, refusal: ComplianceError) -> Response[str]:
    lang = pages.language(request)
    context = {
        "status": status,
        "code": refusal.code,
        "title": words.translate(lang, f"family.{status}"),
        "detail": pages.message(lang, refusal.code, refusal),
        "faults": {
            name: pages.message(lang, code, refusal) for name, code in refusal.fields.items()
        },
        "signed_in": viewer_of(request) is not None,
    }
    template = TEMPLATES.get(refusal.code, "errors/error.html")
    answer = pages.page(request, template, context, status)
    answer.media_type = MediaType.HTML
    return answer


HANDLERS: dict[int | type[Exception], Any] = {
    ComplianceError: refuse,
    HTTPException: refuse_http,
    Exception: refuse_unforeseen,
}

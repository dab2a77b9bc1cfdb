"""Who may call a route: every handler says it, and an app with one that does not refuses to start.

`opt=may(Action.X)` on a handler; `anyone()` must be said out loud. The guard finds out who asks
(cookie or bearer token), checks the role and, for whatever changes something, that the request
comes from our own pages: `Sec-Fetch-Site`, else `Origin`, and a form token bound to the session.
What a person may reach (own shop, lane, township) is decided by the services, on the data.
"""

import hmac
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from compliance.accounts import sessions
from compliance.accounts.permissions import Action, Viewer, require
from compliance.errors import NotAllowed
from merchants_app.context import act_for, context_of
from merchants_app.navigation import links_for
from merchants_app.pages import TOKEN_FIELD

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TOKEN_HEADER = "x-form-token"  # noqa: S105 (the name of a header)


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of its caller."""

    actions: frozenset[Action] = frozenset()
    signed_in: bool = False
    operators: bool = False


def anyone() -> dict[str, Any]:
    """Open to the public; somebody signed in is still recognised."""
    return {"access": Access()}


def signed_in() -> dict[str, Any]:
    """Open to everybody with an account."""
    return {"access": Access(signed_in=True)}


def may(*actions: Action) -> dict[str, Any]:
    """Open to roles that have one of `actions`."""
    return {"access": Access(actions=frozenset(actions), signed_in=True)}


def operators() -> dict[str, Any]:
    """Open from loopback, or with the operators' token."""
    return {"access": Access(operators=True)}


def cookie_name(*, secure: bool) -> str:
    """Return the session cookie's name; `__Host-` binds it to this host, and needs HTTPS."""
    return "__Host-sid" if secure else "sid"


async def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer | None:
    """Return who asks, by bearer token or session cookie."""
    context = context_of(connection)
    act = act_for(connection)
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        secret = header[7:].strip()
        return await context.database.read(lambda s: sessions.viewer_of_token(s, act, secret))
    cookie = connection.cookies.get(cookie_name(secure=context.settings.secure))
    if not cookie:
        return None
    found = await context.database.read(lambda s: sessions.viewer_of_session(s, act, cookie))
    if found is None:
        return None
    viewer, due = found
    if due:
        await context.database.write(lambda s: sessions.see(s, act, viewer.session_key))
    return viewer


async def check_access(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Let the call through, or raise NotAllowed; leaves `connection.state.viewer`."""
    access: Access = handler.opt.get("access", Access())
    if access.operators:
        _check_operator(connection)
    viewer = await identify(connection)
    connection.state.viewer = viewer
    connection.state.navigation = links_for(viewer)
    if access.signed_in and viewer is None:
        raise NotAllowed("account.sign_in_needed")
    if access.actions and viewer is not None and not any(map(viewer.may, access.actions)):
        require(viewer, next(iter(access.actions)))
    if isinstance(connection, Request) and connection.method not in SAFE:
        await _check_origin(connection, viewer)


async def _check_origin(request: Request[Any, Any, Any], viewer: Viewer | None) -> None:
    if request.headers.get("authorization"):
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site == "same-origin"
    else:
        origin = request.headers.get("origin")
        ours = origin in {context_of(request).settings.base_url, str(request.base_url).rstrip("/")}
    if not ours:
        raise NotAllowed("form.foreign")
    if viewer is None or not viewer.csrf:
        return
    token = request.headers.get(TOKEN_HEADER, "")
    if not token and request.headers.get("content-type", "").startswith(FORMS):
        token = str((await request.form()).get(TOKEN_FIELD, ""))
    if not hmac.compare_digest(token.encode(), viewer.csrf.encode()):
        raise NotAllowed("form.stale")


def _check_operator(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    settings = context_of(connection).settings
    token = connection.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(token, settings.metrics_token):
        return
    client = connection.client.host if connection.client else ""
    if client not in {"127.0.0.1", "::1"} or "x-forwarded-for" in connection.headers:
        raise NotAllowed("account.not_allowed")


def check_routes(handlers: list[HTTPRouteHandler]) -> None:
    """Raise TypeError naming the handlers that do not say who may call them."""
    silent = sorted(
        {str(handler) for handler in handlers if not isinstance(handler.opt.get("access"), Access)}
    )
    if silent:
        message = f"these routes do not say who may call them: {', '.join(silent)}"
        raise TypeError(message)

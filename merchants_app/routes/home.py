"""The way in: where each role begins, the privacy page, and what operators look at."""

import sqlalchemy as sa
from litestar import Request, Response, get
from litestar.response import Redirect
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from compliance.accounts.permissions import Role
from compliance.errors import ComplianceError, NotFound
from compliance.merchants import binding, shops
from compliance.merchants.identifiers import parse_blank_serial, parse_door_number
from merchants_app.access import anyone, operators, signed_in
from merchants_app.context import context_of, signed_in_viewer, viewer_of
from merchants_app.errors import status_of
from merchants_app.navigation import wings_for
from merchants_app.pages import Form, language, page

FIRST_PAGE = {
    Role.MERCHANT: "/shop",
    Role.WASTE_HAULER: "/contracts",
    Role.LANE_CHIEF: "/patrols",
    Role.ENFORCEMENT_OFFICER: "/patrols",
    Role.ASSOCIATION_REVIEWER: "/reviews",
    Role.TOWNSHIP_DESK: "/coverage",
    Role.DISTRICT_DESK: "/coverage",
    Role.AUDITOR: "/coverage",
}
"""Where a role's day begins."""


@get("/", opt=anyone(), include_in_schema=False)
async def home(request: Request) -> Response:
    viewer = viewer_of(request)
    if viewer is not None:
        return Redirect(FIRST_PAGE[viewer.role], status_code=303)
    return page(request, "home/home.html", {"form": Form()})


@get("/find", opt=anyone(), include_in_schema=False)
async def find(request: Request) -> Response:
    """Lead from a door number, as printed under the code, to the door."""
    context, typed = context_of(request), request.query_params.get("number", "")
    try:
        if serial := parse_blank_serial(typed):
            token = await context.database.read(lambda s: binding.token_of(s, serial))
            return Redirect(f"/q/{token}", status_code=303)
        number = parse_door_number(typed)
        shop = await context.database.read(lambda session: shops.by_number(session, number))
    except ComplianceError as refusal:
        named = NotFound("door.number_unknown", fields={"number": "door.number_unknown"})
        form = Form.refused({"number": typed}, named, language(request))
        return page(request, "home/home.html", {"form": form}, status_of(refusal))
    return Redirect(f"/q/{shop.door}", status_code=303)


@get("/more", opt=signed_in(), include_in_schema=False)
async def more(request: Request) -> Response:
    """Show every room that the navigation has no place for."""
    return page(request, "home/more.html", {"wings": wings_for(signed_in_viewer(request))})


@get("/privacy", opt=anyone(), include_in_schema=False)
async def privacy(request: Request) -> Response:
    return page(request, "home/privacy.html", {})


@get("/health", opt=anyone(), include_in_schema=False)
async def health(request: Request) -> dict[str, str]:
    """Answer only when the database takes a write."""
    await context_of(request).database.write(lambda session: session.execute(sa.text("SELECT 1")))
    return {"status": "ok"}


@get("/metrics", opt=operators(), include_in_schema=False)
async def metrics() -> Response[bytes]:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


ROUTES = [home, find, more, privacy, health, metrics]

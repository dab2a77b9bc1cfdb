"""The address in the code on the door: who scans decides what opens.

The public face is kept ready in memory (`merchants_app.doors`) and carries an ETag; whoever is
signed in and has something to do with this shop is led to it. `?public` shows everybody the face
that passers-by see.
"""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Role, Viewer, reaches
from compliance.act import Act
from compliance.doors.face import PublicFace, public_face
from compliance.errors import NotFound
from compliance.merchants import binding, identifiers, operators, shops
from compliance.merchants.shops import Shop
from compliance.notices import sittings
from merchants_app import pages
from merchants_app.access import anyone
from merchants_app.context import act_for, context_of, viewer_of
from merchants_app.doors import KeptPage

PUBLIC = "public, no-cache"
"""Shared caches may keep the page and must ask each time whether it is still true."""


APP = "patrol_app"
"""The cookie of a phone that has taken the patroller's app along."""


def own_face(viewer: Viewer, shop: Shop) -> str | None:
    """Return where a signed-in person who scans this door is led, or None for the public face."""
    if viewer.role is Role.MERCHANT and reaches(viewer, Action.SHOP_READ, shop.place):
        return "/shop"
    if reaches(viewer, Action.PATROL_LOG, shop.place):
        return f"/patrols/door/{shop.door}"
    if reaches(viewer, Action.SHOP_READ, shop.place):
        return f"/merchants/{shop.tenancy_id}"
    return None


def led_to(session: Session, act: Act, viewer: Viewer, token: str) -> str | None:
    """Return where a signed-in person who scans a code is led: a blank plate is to be bound."""
    try:
        shop = shops.by_token(session, token)
    except NotFound as refusal:
        if refusal.code == "door.unbound" and binding.may_bind(session, viewer, token):
            return f"/blanks/bind/{token}"
        raise
    if viewer.role is Role.MERCHANT:
        return operators_way(session, act, viewer, shop)
    return own_face(viewer, shop)


def operators_way(session: Session, act: Act, viewer: Viewer, shop: Shop) -> str | None:
    """Return where an operator is led: on with a sitting left halfway, or to the own shop.

    The door of another shop with the same phone on file leads to the list of both.
    """
    target = own_face(viewer, shop)
    if target:
        begun = sittings.unfinished(session, act, shop)
        here = begun is not None and begun.session_key == viewer.session_key
        return "/notices/sign/resume" if here else target
    mine = operators.shops_of(session, viewer)
    return "/shops" if any(each.tenancy_id == shop.tenancy_id for each in mine) else None


def in_app(request: Request, target: str, token: str) -> str:
    """Return the same door in the app, on a phone that took it along."""
    at_door = target.startswith("/patrols/door/") and APP in request.cookies
    return f"/patrols/app#door={token}" if at_door else target


@get("/q/{token:str}", opt=anyone(), include_in_schema=False)
async def door(request: Request, token: FromPath[str]) -> Response[Any]:
    context, token = context_of(request), identifiers.normalise_token(token)
    viewer, query, act = viewer_of(request), request.query_params, act_for(request)
    if viewer is not None and "public" not in query:
        target = await context.database.read(lambda s: led_to(s, act, viewer, token))
        if target:
            return Redirect(in_app(request, target, token), status_code=303)
    kept = await kept_page(request, token)
    headers = {"ETag": kept.etag, "Cache-Control": PUBLIC, "Vary": "Cookie"}
    if request.headers.get("if-none-match") == kept.etag:
        return Response(b"", status_code=304, headers=headers)
    chosen = pages.remembered(request)
    return Response(kept.body, media_type=MediaType.HTML, headers=headers, cookies=chosen)


async def kept_page(request: Request, token: str) -> KeptPage:
    """Return the page from memory, or render and keep it."""
    context, lang = context_of(request), pages.language(request)
    size = pages.size_of(request.query_params, request.cookies)
    key = (token, lang, size)
    if (found := await context.doors.find(key)) is not None:
        return found
    drops = context.doors.drops
    now = context.clock()

    def make(session: Session) -> PublicFace:
        return public_face(session, shops.by_token(session, token), now)

    face = await context.database.read(make)
    text = pages.render(
        "doors/door.html", {"face": face, "now": now}, lang=lang, size=size, path=f"/q/{token}"
    )
    page = KeptPage(text.encode(), face.subjects, face.good_until, now)
    context.doors.keep(key, page, drops)
    return page


@get("/api/v1/door/{token:str}", opt=anyone())
async def door_as_data(request: Request, token: FromPath[str]) -> Response[dict[str, Any]]:
    """The public face of a door as JSON."""
    context, token = context_of(request), identifiers.normalise_token(token)
    now = context.clock()
    face = await context.database.read(
        lambda session: public_face(session, shops.by_token(session, token), now)
    )
    headers = {"ETag": f'"{face.head[1][:20]}"', "Cache-Control": PUBLIC}
    return Response(as_data(face), headers=headers)


def as_data(face: PublicFace) -> dict[str, Any]:
    """Return a face as the contract names things; times are ISO 8601 with offset."""
    return {
        "merchant": face.shop.number,
        "name": face.shop.name,
        "address": face.shop.address,
        "township": face.shop.township,
        "lane": face.shop.lane,
        "filled": face.filled,
        "notices": [
            {
                "kind": kind.value,
                "standing": slot.standing.value,
                "number": slot.number,
                "version": slot.version,
                "valid_from": slot.valid_from,
                "valid_to": slot.valid_to,
                "text_hash": slot.text_hash,
            }
            for kind, slot in face.notices.items()
        ],
        "visits": [
            {"kind": each.kind, "role": each.role, "at": each.at, "faults": each.fault_count}
            for each in face.visits
        ],
        "findings": [
            {"item": each.name, "state": each.state, "due_at": each.due_at, "reason": each.reason}
            for each in face.findings
        ],
        "ledger": {"seq": face.head[0], "entry_hash": face.head[1]},
    }


ROUTES = [door, door_as_data]

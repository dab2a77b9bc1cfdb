"""Shops for programs, each role seeing what it may: `/api/v1/merchants`.

The phone is never told whole here; revealing it asks for a reason and leaves a trace.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.coverage.service import marks_of
from compliance.coverage.slots import Mark
from compliance.errors import InvalidInput, NotFound
from compliance.merchants import listing, shops
from compliance.merchants.identifiers import mask_phone, parse_door_number
from compliance.merchants.listing import ShopStatus, Wanted
from compliance.merchants.shops import Shop
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.forms import FormModel

MOST = 200


class Asked(FormModel):
    """The query of a list."""

    q: str = Field(default="", max_length=60)
    township: str = ""
    lane: str = ""
    status: ShopStatus = ShopStatus.OPEN
    cursor: str = Field(default="", max_length=32)
    limit: int = Field(default=50, ge=1, le=MOST)

    @property
    def wanted(self) -> Wanted:
        return Wanted(q=self.q, township=self.township, lane=self.lane, status=self.status)


@get("/api/v1/merchants", opt=may(Action.SHOP_READ))
async def list_merchants(request: Request) -> dict[str, Any]:
    """Shops within the caller's reach, page by page: send `next` as `cursor` for the following."""
    context, viewer = context_of(request), signed_in_viewer(request)
    known = {name: value for name, value in request.query_params.items() if name != "lang"}
    asked, now = forms.check(Asked, known), context.clock()

    def find(session: Session) -> dict[str, Any]:
        found, cursor = listing.after(session, viewer, asked.wanted, asked.cursor, asked.limit)
        marks = marks_of(session, [shop.tenancy_id for shop in found], now)
        shown = [as_data(shop, marks[shop.tenancy_id], viewer) for shop in found]
        return {"merchants": shown, "next": cursor}

    return await context.database.read(find)


@get("/api/v1/merchants/{number:str}", opt=may(Action.SHOP_READ))
async def show_merchant(request: Request, number: FromPath[str]) -> dict[str, Any]:
    """The tenancy now behind a door number; an earlier one of the same door by `?tenancy=`."""
    context, viewer = context_of(request), signed_in_viewer(request)
    tenancy, now = request.query_params.get("tenancy", ""), context.clock()

    def find(session: Session) -> dict[str, Any]:
        shop = _asked_for(session, viewer, number, tenancy)
        marks = marks_of(session, [shop.tenancy_id], now)
        return as_data(shop, marks[shop.tenancy_id], viewer)

    return await context.database.read(find)


def _asked_for(session: Session, viewer: Viewer, number: str, tenancy: str) -> Shop:
    try:
        door = parse_door_number(number)
    except InvalidInput:
        raise NotFound("shop.unknown") from None
    wanted = tenancy or shops.by_number(session, door).tenancy_id
    shop = shops.seen_by(session, viewer, Action.SHOP_READ, wanted)
    if shop.number != door:
        raise NotFound("shop.unknown")
    return shop


def as_data(shop: Shop, marks: tuple[Mark, ...], viewer: Viewer) -> dict[str, Any]:
    """Return a shop as this viewer may see it."""
    return {
        "number": shop.number,
        "door": shop.door,
        "tenancy": shop.tenancy_id,
        "name": shop.name,
        "uscc": shop.uscc,
        "uscc_state": shop.uscc_state,
        "category": shop.category,
        "address": shop.address,
        "lane": shop.lane,
        "township": shop.township,
        "township_code": shop.township_code,
        "position": _position(shop),
        "opened_on": shop.opened_on,
        "closed_on": shop.closed_on,
        "filled": sum(mark.filled for mark in marks),
        "slots": {mark.slot.value: mark.standing.value for mark in marks},
        **_personal(shop, viewer),
    }


def _personal(shop: Shop, viewer: Viewer) -> Mapping[str, Any]:
    """Return what names a person: for those who look after the shop, and for itself."""
    if viewer.role is not Role.MERCHANT and not viewer.may(Action.PHONE_CHANGE):
        return {}
    return {
        "operator": shop.operator_name,
        "phone": mask_phone(shop.phone) if shop.phone else None,
    }


def _position(shop: Shop) -> dict[str, Any] | None:
    if shop.lat is None or shop.lng is None:
        return None
    return {"lat": shop.lat, "lng": shop.lng, "crs": "WGS84"}


ROUTES = [list_merchants, show_merchant]

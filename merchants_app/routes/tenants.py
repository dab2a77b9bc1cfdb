"""What happens to one shop at the desk: another phone, a look at it, another tenant, the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field

from compliance.accounts.permissions import Action
from compliance.merchants import phones, service, shops
from compliance.merchants.categories import Category
from compliance.merchants.shops import Shop
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page
from merchants_app.routes.merchants import NewTenant


@dataclass(frozen=True, slots=True)
class ShopForm:
    """A shop, and a form about it."""

    shop: Shop
    form: Form


@dataclass(frozen=True, slots=True)
class TenantForm:
    """A door, and the form of who moves in."""

    shop: Shop
    form: Form
    categories: Sequence[Category]


class NewPhone(FormModel):
    phone: str = Field(max_length=30)
    checked: str = Field(min_length=2, max_length=200)


class Reason(FormModel):
    reason: str = Field(min_length=2, max_length=200)


async def _shop(request: Request, action: Action, tenancy_id: str) -> Shop:
    viewer = signed_in_viewer(request)
    return await context_of(request).database.read(
        lambda session: shops.seen_by(session, viewer, action, tenancy_id)
    )


@get("/merchants/{tenancy_id:str}/phone", opt=may(Action.PHONE_CHANGE), include_in_schema=False)
async def phone_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    shop = await _shop(request, Action.PHONE_CHANGE, tenancy_id)
    return page(request, "merchants/phone.html", ShopForm(shop, Form()))


@post("/merchants/{tenancy_id:str}/phone", opt=may(Action.PHONE_CHANGE), include_in_schema=False)
async def change_phone(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    shop = await _shop(request, Action.PHONE_CHANGE, tenancy_id)
    try:
        given = await forms.read(request, NewPhone)
        await context.database.write(
            lambda session: phones.change(
                session, act, viewer, tenancy_id, phone=given.phone, checked=given.checked
            )
        )
    except REFUSALS as refusal:
        view = ShopForm(shop, await desk.again(request, NewPhone, refusal))
        return page(request, "merchants/phone.html", view, status_of(refusal))
    return Redirect(f"/merchants/{tenancy_id}?done=phone", status_code=303)


@get(
    "/merchants/{tenancy_id:str}/phone/reveal",
    opt=may(Action.PHONE_REVEAL),
    include_in_schema=False,
)
async def reveal_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    shop = await _shop(request, Action.PHONE_REVEAL, tenancy_id)
    return page(request, "merchants/reveal.html", ShopForm(shop, Form()))


@post(
    "/merchants/{tenancy_id:str}/phone/reveal",
    opt=may(Action.PHONE_REVEAL),
    include_in_schema=False,
    status_code=200,
)
async def reveal_phone(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    shop = await _shop(request, Action.PHONE_REVEAL, tenancy_id)
    try:
        given = await forms.read(request, Reason)
        await context.database.write(
            lambda session: phones.reveal(session, act, viewer, tenancy_id, given.reason)
        )
    except REFUSALS as refusal:
        view = ShopForm(shop, await desk.again(request, Reason, refusal))
        return page(request, "merchants/reveal.html", view, status_of(refusal))
    return page(request, "merchants/revealed.html", {"shop": shop})


@get(
    "/merchants/{tenancy_id:str}/hand-over", opt=may(Action.SHOP_HAND_OVER), include_in_schema=False
)
async def hand_over_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    shop = await _shop(request, Action.SHOP_HAND_OVER, tenancy_id)
    return page(request, "merchants/hand_over.html", TenantForm(shop, Form(), list(Category)))


@post(
    "/merchants/{tenancy_id:str}/hand-over", opt=may(Action.SHOP_HAND_OVER), include_in_schema=False
)
async def hand_over(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    shop = await _shop(request, Action.SHOP_HAND_OVER, tenancy_id)
    try:
        given = await forms.read(request, NewTenant)
        new = await context.database.write(
            lambda session: service.hand_over(session, act, viewer, tenancy_id, given.business)
        )
    except REFUSALS as refusal:
        view = TenantForm(shop, await desk.again(request, NewTenant, refusal), list(Category))
        return page(request, "merchants/hand_over.html", view, status_of(refusal))
    return Redirect(f"/merchants/{new.tenancy_id}?done=moved-in", status_code=303)


@get("/merchants/{tenancy_id:str}/close", opt=may(Action.SHOP_HAND_OVER), include_in_schema=False)
async def close_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    shop = await _shop(request, Action.SHOP_HAND_OVER, tenancy_id)
    return page(request, "merchants/close.html", {"shop": shop})


@post("/merchants/{tenancy_id:str}/close", opt=may(Action.SHOP_HAND_OVER), include_in_schema=False)
async def close(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    await context.database.write(lambda session: service.close(session, act, viewer, tenancy_id))
    return Redirect(f"/merchants/{tenancy_id}?done=closed", status_code=303)


ROUTES = [
    phone_page,
    change_phone,
    reveal_page,
    reveal_phone,
    hand_over_page,
    hand_over,
    close_page,
    close,
]

"""The desk's shops: the list, one shop's file, and a new shop registered by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.coverage import conditions
from compliance.coverage.conditions import Missing, lacking
from compliance.coverage.service import marks_of
from compliance.coverage.shopfile import ShopFile, shop_file
from compliance.coverage.slots import Mark
from compliance.erasures import telling
from compliance.erasures.models import Erasure
from compliance.grades import service as grades
from compliance.grades.rules import Colour
from compliance.merchants import codes, listing, service, shops
from compliance.merchants.categories import Category
from compliance.merchants.codes import Code
from compliance.merchants.listing import ShopOrder, ShopStatus, Wanted
from compliance.merchants.service import Business, Location
from compliance.merchants.shops import Shop
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.words import translate

SIZE = 50
DONE = {
    "registered": "店铺已登记",
    "phone": "手机号已更换，原来的登录已全部退出",
    "moved-in": "新商户已登记，从今天起重新建档",
    "closed": "已登记闭店",
    "code": "新门码已启用，旧码已收回",
    "withdrawn": "门码已收回",
}
"""What a shop's file says after something was done, by `?done=`."""


class Asked(FormModel):
    """The address of a list: what is looked for, its order and its page."""

    q: str = Field(default="", max_length=60)
    township: str = ""
    lane: str = ""
    status: ShopStatus = ShopStatus.OPEN
    missing: Missing | Literal[""] = ""
    sort: str = Field(default="number", pattern="^-?(number|name|lane|opened)$")
    page: int = Field(default=1, ge=1, le=100_000)

    def wanted(self, now: datetime) -> Wanted:
        return Wanted(
            q=self.q,
            township=self.township,
            lane=self.lane,
            status=self.status,
            order=ShopOrder(self.sort.removeprefix("-")),
            falling=self.sort.startswith("-"),
            also=(lacking(Missing(self.missing)),) if self.missing else (),
            given=conditions.at(now),
        )


@dataclass(frozen=True, slots=True)
class ShopList:
    """One page of the list with each shop's five slots."""

    form: Form
    shops: Sequence[Shop]
    marks: Mapping[str, tuple[Mark, ...]]
    total: int
    page: int
    size: int
    places: Places
    statuses: Sequence[ShopStatus]
    missing: Sequence[Missing]
    may_register: bool


@get("/merchants", opt=may(Action.SHOP_READ), include_in_schema=False)
async def shop_list(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    if viewer.role is Role.MERCHANT:
        return Redirect("/shop", status_code=303)
    given = {name: request.query_params.get(name) for name in Asked.model_fields}
    asked = forms.check(Asked, {name: value for name, value in given.items() if value})
    now = context.clock()
    view = await context.database.read(lambda session: _found(session, viewer, asked, now))
    return page(request, "merchants/list.html", view)


def _found(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> ShopList:
    wanted = asked.wanted(now)
    found = listing.page(session, viewer, wanted, page=asked.page, size=SIZE)
    return ShopList(
        form=Form(asked.model_dump(mode="json")),
        shops=found,
        marks=marks_of(session, [shop.tenancy_id for shop in found], now),
        total=listing.count(session, viewer, wanted),
        page=asked.page,
        size=SIZE,
        places=desk.places_of(session, viewer, Action.SHOP_READ, asked.township),
        statuses=list(ShopStatus),
        missing=list(Missing),
        may_register=viewer.may(Action.SHOP_IMPORT),
    )


@dataclass(frozen=True, slots=True)
class FilePage:
    """A shop's file, and what the viewer may do from here."""

    file: ShopFile
    codes: Sequence[Code]
    now: datetime
    may: Mapping[str, bool]
    colour: Colour
    erasure: Erasure | None


@get("/merchants/{tenancy_id:str}", opt=may(Action.SHOP_READ), include_in_schema=False)
async def shop_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    if viewer.role is Role.MERCHANT:
        return Redirect("/shop", status_code=303)
    view = await context.database.read(
        lambda session: _file(session, viewer, tenancy_id, context.clock())
    )
    done = DONE.get(request.query_params.get("done", ""))
    flash = translate(language(request), done) if done else None
    return page(request, "merchants/file.html", view, flash=flash)


def _file(session: Session, viewer: Viewer, tenancy_id: str, now: datetime) -> FilePage:
    shop = shops.seen_by(session, viewer, Action.SHOP_READ, tenancy_id)
    allowed = {action.name.lower(): viewer.may(action) for action in Action}
    history = codes.of_door(session, shop.premises_id)
    erasure = telling.of_tenancy(session, tenancy_id)
    colour = grades.colours(session, [tenancy_id], now)[tenancy_id]
    return FilePage(shop_file(session, shop, now), history, now, allowed, colour, erasure)


class NewTenant(FormModel):
    """Who keeps shop, as typed; what is not known yet is left empty."""

    name: str = Field(max_length=80)
    category: Category
    uscc: str = Field(default="", max_length=40)
    operator: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=30)
    hauler: str = Field(default="", max_length=80)

    @property
    def business(self) -> Business:
        return Business(**self.model_dump(include=set(Business.__slots__)))


class NewShop(NewTenant):
    """A shop at a new door."""

    township: str
    lane: str = Field(max_length=64)
    make_lane: Literal["yes", ""] = ""
    address: str = Field(max_length=160)
    frontage_m: float | None = Field(default=None, gt=0, le=1000)

    @property
    def location(self) -> Location:
        return Location(self.township, self.lane, self.address, self.frontage_m)


@dataclass(frozen=True, slots=True)
class NewShopPage:
    form: Form
    places: Places
    categories: Sequence[Category]


def _new_page(session: Session, viewer: Viewer, form: Form) -> NewShopPage:
    chosen = str(form.values.get("township", ""))
    places = desk.places_of(session, viewer, Action.SHOP_IMPORT, chosen)
    if len(places.townships) == 1:
        form = Form({"township": places.townships[0].code, **form.values}, form.errors)
    return NewShopPage(form, places, list(Category))


@get("/merchants/new", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def new_shop_page(request: Request) -> Response:
    viewer, database = signed_in_viewer(request), context_of(request).database
    view = await database.read(lambda session: _new_page(session, viewer, Form()))
    return page(request, "merchants/new.html", view)


@post("/merchants/new", opt=may(Action.SHOP_IMPORT), include_in_schema=False)
async def new_shop(request: Request) -> Response:
    database, viewer = context_of(request).database, signed_in_viewer(request)
    try:
        shop = await _register(request, await forms.read(request, NewShop))
    except REFUSALS as refusal:
        form = await desk.again(request, NewShop, refusal)
        view = await database.read(lambda session: _new_page(session, viewer, form))
        return page(request, "merchants/new.html", view, status_of(refusal))
    return Redirect(f"/merchants/{shop.tenancy_id}?done=registered", status_code=303)


async def _register(request: Request, given: NewShop) -> Shop:
    act, viewer, make_lane = act_for(request), signed_in_viewer(request), bool(given.make_lane)
    return await context_of(request).database.write(
        lambda session: service.register(
            session, act, viewer, given.business, given.location, make_lane=make_lane
        )
    )


ROUTES = [shop_list, shop_page, new_shop_page, new_shop]

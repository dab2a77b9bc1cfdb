"""The merchant's home: the own shop on a phone, what stands, and the one thing to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litestar import Request, Response, get
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.coverage.conditions import day_of
from compliance.coverage.shopfile import ShopFile, shop_file
from compliance.merchants import shops
from merchants_app.access import may
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.pages import page


@dataclass(frozen=True, slots=True)
class Home:
    """Every shop of the account; nearly always one."""

    files: Sequence[ShopFile]
    now: datetime
    today: date


@get("/shop", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def shop_home(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    now = context.clock()

    def collect(session: Session) -> Home:
        own = [
            shops.seen_by(session, viewer, Action.SHOP_READ, each)
            for each in sorted(viewer.tenancies)
        ]
        return Home([shop_file(session, shop, now) for shop in own], now, day_of(now))

    return page(request, "shop/home.html", await context.database.read(collect))


ROUTES = [shop_home]

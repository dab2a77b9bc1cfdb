"""The merchant's home: the own shop on a phone, what stands, and the one thing to do next.

Who keeps several shops with one phone chooses among them; each has a session of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.coverage.conditions import day_of
from compliance.coverage.shopfile import ShopFile, shop_file
from compliance.merchants import operators, shops
from compliance.merchants.shops import Shop
from compliance.notices import sittings, steps
from compliance.patrols import merchant_codes
from compliance.votes import queries as votes
from compliance.votes.queries import OwnVote
from merchants_app import colours, visits
from merchants_app.access import may
from merchants_app.colours import ShopColour
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.pages import language, page
from merchants_app.routes.accounts import agent_of, welcome


@dataclass(frozen=True, slots=True)
class PresenceCode:
    """Six digits for a patroller's eyes, and the instant at which they change."""

    digits: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """Every shop of the account, nearly always one; a sitting left halfway, and what it lacks.

    `codes` are the digits of each shop by its tenancy, `colours` its colour with the reasons.
    """

    files: Sequence[ShopFile]
    codes: Mapping[str, PresenceCode]
    colours: Mapping[str, ShopColour]
    begun: bool
    left: int
    here: bool
    others: int
    votes: Sequence[OwnVote]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Shops:
    """Every shop of the phone, with what waits in each."""

    files: Sequence[ShopFile]


@get("/shop", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def shop_home(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    context = context_of(request)
    key, lang = visits.presence_key(context), language(request)
    view = await context.database.read(lambda s: _home(s, act, viewer, key, lang))
    return page(request, "shop/home.html", view)


def _code(key: bytes, shop: Shop, at: datetime) -> PresenceCode:
    digits = merchant_codes.code_at(key, shop.tenancy_id, at)
    return PresenceCode(digits, merchant_codes.changes_at(at))


def _home(session: Session, act: Act, viewer: Viewer, key: bytes, lang: str) -> Home:
    tenancies = sorted(viewer.tenancies)
    own = [shops.seen_by(session, viewer, Action.SHOP_READ, each) for each in tenancies]
    begun = next(filter(None, (sittings.unfinished(session, act, shop) for shop in own)), None)
    return Home(
        files=[shop_file(session, shop, act.at) for shop in own],
        codes={shop.tenancy_id: _code(key, shop, act.at) for shop in own},
        colours={shop.tenancy_id: colours.of_shop(session, shop, act.at, lang) for shop in own},
        begun=begun is not None,
        left=steps.left_to_read(session, begun) if begun else 0,
        here=begun is not None and begun.session_key == viewer.session_key,
        others=len(operators.shops_of(session, viewer)) - 1,
        votes=votes.running(session, viewer),
        now=act.at,
        today=day_of(act.at),
    )


@get("/shops", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def choose(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Shops:
        mine = operators.shops_of(session, viewer)
        return Shops([shop_file(session, shop, act.at) for shop in mine])

    view = await context_of(request).database.read(collect)
    if len(view.files) == 1:
        return Redirect("/shop", status_code=303)
    return page(request, "shop/choose.html", view)


@post("/shops/{tenancy_id:str}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def enter(request: Request, tenancy_id: FromPath[str]) -> Redirect:
    """Go to another shop of the same phone."""
    viewer, act, agent = signed_in_viewer(request), act_for(request), agent_of(request)
    if tenancy_id in viewer.tenancies:
        return Redirect("/shop", status_code=303)
    opened = await context_of(request).database.write(
        lambda s: operators.enter(s, act, viewer, tenancy_id, agent)
    )
    return welcome(request, opened, "/shop")


ROUTES = [shop_home, choose, enter]

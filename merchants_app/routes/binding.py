"""Binding a blank plate on the spot: the shops it may hang at, one tap to confirm, the receipt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.errors import Conflict, InvalidInput
from compliance.merchants import binding, shops
from compliance.merchants.binding import Blank, Bound, Choice, Standing
from compliance.merchants.identifiers import normalise_token
from compliance.merchants.shops import Shop
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page


class Where(FormModel):
    """Where the phone says it is, if it says so; WGS-84."""

    lat: float | None = Field(default=None, ge=-90, le=90)
    lng: float | None = Field(default=None, ge=-180, le=180)
    accuracy_m: float | None = Field(default=None, ge=0)

    @property
    def standing(self) -> Standing | None:
        if self.lat is None or self.lng is None:
            return None
        return Standing((self.lat, self.lng), self.accuracy_m or 0.0)


class Search(Where):
    q: str = ""


class Confirmation(Where):
    """`door` is the code that the page said would be withdrawn."""

    door: str = Field(default="", max_length=16)


@dataclass(frozen=True, slots=True)
class ChoosePage:
    blank: Blank
    form: Form
    choices: Sequence[Choice]
    total: int
    located: bool


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    blank: Blank
    form: Form
    shop: Shop
    distance_m: int | None
    bound_here: bool


def _asked(request: Request, model: type[Where]) -> dict[str, str]:
    """Return what an address says about the search; a position that cannot be is no position."""
    given = request.query_params
    values = {name: given[name] for name in model.model_fields if given.get(name)}
    try:
        found = forms.check(Where, {k: v for k, v in values.items() if k in Where.model_fields})
        sane = all(
            math.isfinite(value) for value in found.model_dump().values() if value is not None
        )
    except InvalidInput:
        sane = False
    return values if sane else {k: v for k, v in values.items() if k not in Where.model_fields}


@get("/blanks/bind/{blank:str}", opt=may(Action.CODE_BIND), include_in_schema=False)
async def choose_page(request: Request, blank: FromPath[str]) -> Response:
    viewer, token = signed_in_viewer(request), normalise_token(blank)
    values = _asked(request, Search)
    search = forms.check(Search, values)
    near = search.standing.point if search.standing else None

    def collect(session: Session) -> ChoosePage:
        plate = _unbound(session, viewer, token)
        found, total = binding.choices(session, viewer, plate, q=search.q, near=near)
        return ChoosePage(plate, Form(values), found, total, near is not None)

    try:
        view = await context_of(request).database.read(collect)
    except _Hangs:
        return Redirect(f"/blanks/bound/{token}", status_code=303)
    return page(request, "blanks/choose.html", view)


class _Hangs(Exception):
    """The plate is bound already: there is a receipt to show and nothing to choose."""


def _unbound(session: Session, viewer: Viewer, token: str) -> Blank:
    plate = binding.blank_seen_by(session, viewer, token)
    if plate.tenancy_id:
        raise _Hangs
    if plate.withdrawn_at:
        raise Conflict("blank.withdrawn")
    return plate


async def _confirm_page(
    request: Request, blank: str, tenancy_id: str, form: Form, status: int = 200
) -> Response[str]:
    viewer, where = signed_in_viewer(request), forms.check(Where, _asked(request, Where))

    def collect(session: Session) -> ConfirmPage:
        plate = binding.blank_seen_by(session, viewer, normalise_token(blank))
        shop = shops.seen_by(session, viewer, Action.CODE_BIND, tenancy_id)
        away = binding.how_far(shop, where.standing.point if where.standing else None)
        return ConfirmPage(plate, form, shop, away, bound_here=plate.tenancy_id == tenancy_id)

    view = await context_of(request).database.read(collect)
    return page(request, "blanks/confirm.html", view, status)


@get(
    "/blanks/bind/{blank:str}/{tenancy_id:str}",
    opt=may(Action.CODE_BIND),
    include_in_schema=False,
)
async def confirm_page(
    request: Request, blank: FromPath[str], tenancy_id: FromPath[str]
) -> Response:
    return await _confirm_page(request, blank, tenancy_id, Form(_asked(request, Where)))


@post(
    "/blanks/bind/{blank:str}/{tenancy_id:str}",
    opt=may(Action.CODE_BIND),
    include_in_schema=False,
)
async def bind(request: Request, blank: FromPath[str], tenancy_id: FromPath[str]) -> Response:
    try:
        await _bind(request, normalise_token(blank), tenancy_id)
    except REFUSALS as refusal:
        form = await desk.again(request, Confirmation, refusal)
        return await _confirm_page(request, blank, tenancy_id, form, status_of(refusal))
    return Redirect(f"/blanks/bound/{normalise_token(blank)}", status_code=303)


async def _bind(request: Request, token: str, tenancy_id: str) -> Bound:
    act, viewer = act_for(request), signed_in_viewer(request)
    given = await forms.read(request, Confirmation)
    return await context_of(request).database.write(
        lambda session: binding.bind(
            session, act, viewer, token, tenancy_id, door=given.door, standing=given.standing
        )
    )


@get("/blanks/bound/{blank:str}", opt=may(Action.CODE_BIND), include_in_schema=False)
async def receipt_page(request: Request, blank: FromPath[str]) -> Response:
    viewer, token = signed_in_viewer(request), normalise_token(blank)
    found = await context_of(request).database.read(
        lambda session: binding.receipt(session, viewer, token)
    )
    patrols = viewer.may(Action.PATROL_LOG)
    return page(request, "blanks/bound.html", {"bound": found, "patrols": patrols})


ROUTES = [choose_page, confirm_page, bind, receipt_page]

"""Signing in and out: staff by name and password, merchants by door and a code to the phone."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from compliance.accounts import merchants, service, sessions
from compliance.accounts.merchants import AtDoor
from compliance.accounts.service import Attempt
from compliance.accounts.sessions import Opened
from compliance.errors import ComplianceError, InvalidInput
from compliance.merchants import shops
from compliance.merchants.identifiers import normalise_token
from compliance.merchants.shops import Shop
from merchants_app import forms
from merchants_app.access import anyone, cookie_name, signed_in
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.routes.home import FIRST_PAGE
from merchants_app.words import mask_phone

DEVICE = "device"
DEVICE_DAYS = 365


class SignIn(FormModel):
    name: str
    password: str
    next: str = ""


class PhoneCode(FormModel):
    code: str


def safe_next(target: str) -> str | None:
    """Return `target` when it stays on this site: one leading slash, no scheme, no host."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if ours and "\n" not in target else None


def origin_of(request: Request) -> str:
    """Return what failures are counted by: the device that signed in before, else the network."""
    device = request.cookies.get(DEVICE)
    return f"device:{device[:48]}" if device else (request.client.host if request.client else "?")


def attempt_of(request: Request, form: SignIn) -> Attempt:
    known = DEVICE in request.cookies
    return Attempt(form.name, form.password, origin_of(request), known, agent_of(request))


def agent_of(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _cookie(request: Request, name: str, value: str, lifetime: timedelta) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=context_of(request).settings.secure,
    )


def welcome(request: Request, opened: Opened, target: str) -> Redirect:
    """Set the new session's cookie and lead on; the device is remembered for the throttle."""
    name = cookie_name(secure=context_of(request).settings.secure)
    device = request.cookies.get(DEVICE) or secrets.token_hex(16)
    return Redirect(
        target,
        status_code=303,
        cookies=[
            _cookie(request, name, opened.secret, opened.lifetime),
            _cookie(request, DEVICE, device, timedelta(days=DEVICE_DAYS)),
        ],
    )


@get("/sign-in", opt=anyone(), include_in_schema=False)
async def sign_in_page(request: Request) -> Response:
    values = {"next": request.query_params.get("next", "")}
    return page(request, "accounts/sign_in.html", {"form": Form(values)})


@post("/sign-in", opt=anyone(), include_in_schema=False)
async def sign_in(request: Request) -> Response:
    database, act = context_of(request).database, act_for(request)
    try:
        form = await forms.read(request, SignIn)
        attempt = attempt_of(request, form)
        entered = await database.write(lambda s: service.sign_in(s, act, attempt))
        if entered is None:
            raise InvalidInput("account.wrong", fields={"password": "account.wrong"})
    except ComplianceError as refusal:
        values = await forms.values_of(request, SignIn) | {"password": ""}
        again = Form.refused(values, refusal, language(request))
        return page(request, "accounts/sign_in.html", {"form": again}, 422)
    role, opened = entered
    return welcome(request, opened, safe_next(form.next) or FIRST_PAGE[role])


@post("/sign-out", opt=signed_in(), include_in_schema=False)
async def sign_out(request: Request) -> Redirect:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    await context.database.write(lambda s: sessions.end_session(s, act, viewer.session_key))
    answer = Redirect("/", status_code=303)
    answer.delete_cookie(cookie_name(secure=context.settings.secure))
    return answer


BINDING = "door_binding"
BINDING_MINUTES = 10


@dataclass(frozen=True, slots=True)
class MerchantSignIn:
    """The page on which an operator proves who is at the door."""

    shop: Shop
    phone: str
    form: Form
    sent: bool


async def shop_at(request: Request, token: str) -> Shop:
    door = normalise_token(token)
    return await context_of(request).database.read(lambda s: shops.by_token(s, door))


def at_door(request: Request, shop: Shop, binding: str) -> AtDoor:
    bound_to = sessions.key_of(binding)
    return AtDoor(shop.tenancy_id, shop.name, shop.phone, bound_to, agent_of(request))


@get("/q/{token:str}/sign-in", opt=anyone(), include_in_schema=False)
async def merchant_sign_in_page(request: Request, token: FromPath[str]) -> Response:
    shop = await shop_at(request, token)
    sent = BINDING in request.cookies and "sent" in request.query_params
    view = MerchantSignIn(shop, mask_phone(shop.phone), Form(), sent)
    return page(request, "accounts/merchant_sign_in.html", view)


@post("/q/{token:str}/sign-in/code", opt=anyone(), include_in_schema=False)
async def send_sign_in_code(request: Request, token: FromPath[str]) -> Response:
    act, shop, binding = act_for(request), await shop_at(request, token), secrets.token_hex(16)
    at = at_door(request, shop, binding)
    await context_of(request).database.write(lambda s: merchants.send_code(s, act, at))
    answer = Redirect(f"/q/{token}/sign-in?sent=1", status_code=303)
    answer.set_cookie(_cookie(request, BINDING, binding, timedelta(minutes=BINDING_MINUTES)))
    return answer


@post("/q/{token:str}/sign-in", opt=anyone(), include_in_schema=False)
async def merchant_sign_in(request: Request, token: FromPath[str]) -> Response:
    act, shop = act_for(request), await shop_at(request, token)
    at = at_door(request, shop, request.cookies.get(BINDING, ""))
    try:
        code = (await forms.read(request, PhoneCode)).code
        opened = await context_of(request).database.write(
            lambda s: merchants.enter(s, act, at, code)
        )
        if opened is None:
            raise InvalidInput("code.wrong", fields={"code": "code.wrong"})  # noqa: TRY301
    except InvalidInput as refusal:
        form = Form.refused({}, refusal, language(request))
        view = MerchantSignIn(shop, mask_phone(shop.phone), form, sent=True)
        return page(request, "accounts/merchant_sign_in.html", view, 422)
    return welcome(request, opened, "/shops")


ROUTES = [
    sign_in_page,
    sign_in,
    sign_out,
    merchant_sign_in_page,
    send_sign_in_code,
    merchant_sign_in,
]

"""The sitting at which a merchant signs, one thing a page: begin, read each, name, check, sign.

Where one stands is kept on the server (`compliance.notices.sittings`), so going back, reloading or
sending twice does no harm, and nothing of it needs a script.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import ComplianceError, InvalidInput, NotAllowed, NotFound
from compliance.merchants.shops import Shop
from compliance.notices import drawing, signing, sittings
from compliance.notices.models import Signature, Sitting
from compliance.notices.service import Paper
from compliance.notices.sittings import SignerRole
from merchants_app import forms, signatures
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page
from merchants_app.routes.notices import own_shop
from merchants_app.signatures import Signed, Signer
from merchants_app.words import language_of

T = TypeVar("T")


class Begin(FormModel):
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Everything on the table: the sitting, its papers, the shop, and what was typed."""

    sitting: Sitting
    papers: Sequence[Paper]
    shop: Shop
    form: Form
    place: int = 0
    roles: Sequence[SignerRole] = tuple(SignerRole)
    box: tuple[int, int] = drawing.BOX


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was signed, to be kept."""

    sitting: Sitting
    signed: Sequence[tuple[Paper, Signature]]
    shop: Shop


def _lay(session: Session, act: Act, viewer: Viewer, form: Form, place: int = 0) -> Table:
    sitting = sittings.current(session, act, viewer)
    papers = sittings.papers(session, act, sitting)
    return Table(sitting, papers, own_shop(session, viewer), form, place)


async def table(request: Request, form: Form | None = None, place: int = 0) -> Table:
    """Return what lies on the table of this browser; raise NotFound `sitting.none`."""
    viewer, act = signed_in_viewer(request), act_for(request)
    return await context_of(request).database.read(
        lambda s: _lay(s, act, viewer, form or Form(), place)
    )


async def step(request: Request, do: Callable[[Session, Act, Sitting], T]) -> T:
    """Do one step of the sitting of this browser in one transaction."""
    viewer, act = signed_in_viewer(request), act_for(request)
    return await context_of(request).database.write(
        lambda s: do(s, act, sittings.current(s, act, viewer))
    )


def _again(typed: dict[str, Any], refusal: ComplianceError, request: Request) -> Form:
    return Form.refused(typed, refusal, language_of(dict(request.query_params), request.cookies))


@get("/notices/sign", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def start(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    only = request.query_params.get("notice")

    def collect(session: Session) -> dict[str, Any]:
        shop = own_shop(session, viewer)
        waiting = sittings.offered(session, act, shop, only)
        return {"shop": shop, "papers": waiting, "only": only}

    return page(request, "notices/start.html", await context_of(request).database.read(collect))


@post("/notices/sign", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def begin(request: Request) -> Redirect:
    viewer, act = signed_in_viewer(request), act_for(request)
    form = await forms.read(request, Begin)
    await context_of(request).database.write(
        lambda s: sittings.open_sitting(s, act, viewer, own_shop(s, viewer), form.notice)
    )
    return Redirect("/notices/sign/1", status_code=303)


@get("/notices/sign/{place:int}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def read_page(request: Request, place: FromPath[int]) -> Response:
    view = await table(request, place=place)
    if not 1 <= place <= len(view.papers):
        raise NotFound("notice.unknown")
    return page(request, "notices/read.html", view)


@post("/notices/sign/{place:int}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def have_read(request: Request, place: FromPath[int]) -> Redirect:
    def note(session: Session, act: Act, sitting: Sitting) -> bool:
        sittings.read_one(session, act, sitting, place)
        return place < len(sittings.laid_out(sitting))

    more = await step(request, note)
    return Redirect(f"/notices/sign/{place + 1 if more else 'agree'}", status_code=303)


@get("/notices/sign/agree", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def agree_page(request: Request) -> Response:
    view = await table(request)
    known = view.sitting.signer_name or view.shop.operator_name
    form = Form({"signer_name": known, "signer_role": view.sitting.signer_role})
    return page(request, "notices/agree.html", replace(view, form=form))


@post("/notices/sign/agree", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def agree(request: Request) -> Response:
    try:
        name, role = (await forms.read(request, Signer)).checked()
        await step(request, lambda s, act, own: sittings.agree(s, act, own, name, role))
    except InvalidInput as refusal:
        typed = await forms.values_of(request, Signer)
        view = await table(request, _again(typed, refusal, request))
        return page(request, "notices/agree.html", view, 422)
    return Redirect("/notices/sign/check", status_code=303)


@get("/notices/sign/check", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def check_page(request: Request) -> Response:
    view = await table(request)
    if view.sitting.agreed_at is None:
        return Redirect("/notices/sign/agree", status_code=303)
    return page(request, "notices/check.html", view)


@post("/notices/sign/check", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def send_code(request: Request) -> Response:
    viewer = signed_in_viewer(request)
    try:
        await step(
            request, lambda s, act, own: sittings.send_code(s, act, own, own_shop(s, viewer))
        )
    except NotAllowed as refusal:
        view = await table(request, _again({}, refusal, request))
        return page(request, "notices/check.html", view, 429)
    return Redirect("/notices/sign/code", status_code=303)


@get("/notices/sign/code", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def code_page(request: Request) -> Response:
    view = await table(request)
    if view.sitting.finished_at is not None:
        return Redirect(f"/notices/signed/{view.sitting.id}", status_code=303)
    return page(request, "notices/code.html", view)


@post("/notices/sign/code", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def sign(request: Request) -> Response:
    view = await table(request)
    try:
        if view.sitting.finished_at is None:
            await _sign(request, view.sitting)
    except ComplianceError as refusal:
        view = await table(request)
        if view.sitting.finished_at is None:
            if not isinstance(refusal, InvalidInput):
                raise
            typed = signatures.typed_again(await forms.values_of(request, Signed))
            view = await table(request, _again(typed, refusal, request))
            return page(request, "notices/code.html", view, 422)
    return Redirect(f"/notices/signed/{view.sitting.id}", status_code=303)


async def _sign(request: Request, sitting: Sitting) -> None:
    """Prove the code, which counts a try of its own, then sign in one transaction."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    form = await forms.read(request, Signed)
    if not form.code:
        raise InvalidInput("code.missing", fields={"code": "code.missing"})
    mark = form.mark()
    signing.check_name(sitting, mark)
    code = await context.database.write(lambda s: sittings.try_code(s, act, sitting, form.code))
    if code is None:
        raise InvalidInput("code.wrong", fields={"code": "code.wrong"})
    address = request.client.host if request.client else ""
    device = signing.Device.of(request.headers.get("user-agent", ""), address)
    await context.database.write(
        lambda s: signing.sign(
            s,
            act,
            viewer,
            sitting.id,
            mark=mark,
            hashes=form.hashes,
            code_id=code.id,
            device=device,
        )
    )


@get("/notices/signed", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def last_confirmation(request: Request) -> Response:
    return await _confirmation(request)


@get("/notices/signed/{sitting_id:str}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def confirmation(request: Request, sitting_id: FromPath[str]) -> Response:
    return await _confirmation(request, sitting_id)


async def _confirmation(request: Request, sitting_id: str | None = None) -> Response:
    """Show what a sitting signed, for as long as the shop is there; without an id, the last."""
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> Confirmation:
        sitting = sittings.finished(session, viewer, sitting_id)
        signed = signing.outcome(session, act, sitting)
        return Confirmation(sitting, signed, own_shop(session, viewer))

    view = await context_of(request).database.read(collect)
    return page(request, "notices/signed.html", view)


ROUTES = [
    start,
    begin,
    read_page,
    have_read,
    agree_page,
    agree,
    check_page,
    send_code,
    code_page,
    sign,
    last_confirmation,
    confirmation,
]

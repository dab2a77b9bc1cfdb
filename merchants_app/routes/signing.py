"""The sitting at which a merchant signs: begin, go on where one was, read each, or decline.

Where one stands is kept on the server (`compliance.notices.sittings`), so going back, reloading or
sending twice does no harm, and nothing of it needs a script. What follows the reading is in
`merchants_app.routes.signing_steps`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import ComplianceError, InvalidInput, NotFound
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import drawing, service, sittings, steps
from compliance.notices.consent import CONSENT, Consent
from compliance.notices.evidence import HelperRole
from compliance.notices.models import Sitting
from compliance.notices.service import Paper
from compliance.notices.steps import SignerRole, Step
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.routes.notices import own_shop
from merchants_app.signatures import Declined, Read, device_of

T = TypeVar("T")

ADDRESS = {
    Step.WHO: "/notices/sign/who",
    Step.AGREE: "/notices/sign/agree",
    Step.MARK: "/notices/sign/mark",
    Step.CHECK: "/notices/sign/check",
    Step.CODE: "/notices/sign/code",
}


class Begin(FormModel):
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What waits, and a sitting that was begun, here or in another browser."""

    shop: Shop
    papers: Sequence[Paper]
    only: str | None
    begun: Sitting | None
    left: int
    here: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Everything on the table: the sitting, its papers, the shop, and what was typed."""

    sitting: Sitting
    papers: Sequence[Paper]
    shop: Shop
    form: Form
    place: int
    known: Sequence[tuple[str, SignerRole]]
    roles: Sequence[SignerRole] = tuple(SignerRole)
    helpers: Sequence[HelperRole] = tuple(HelperRole)
    box: tuple[int, int] = drawing.BOX
    consent: Consent = CONSENT


def _lay(session: Session, act: Act, viewer: Viewer, form: Form, place: int) -> Table:
    sitting = sittings.current(session, act, viewer)
    shop = shops.seen_by(session, viewer, Action.NOTICE_SIGN, sitting.tenancy_id)
    papers = sittings.papers(session, act, sitting)
    return Table(sitting, papers, shop, form, place, steps.known_signers(session, shop))


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
        lambda s: do(s, act, sittings.current(s, act, viewer, locked=True))
    )


async def again(
    request: Request,
    template: str,
    model: type[FormModel],
    refusal: ComplianceError,
    place: int = 0,
) -> Response:
    """Show a page of the table once more, with what was typed and what is wrong with it."""
    typed = await forms.values_of(request, model)
    lang = language(request)
    view = await table(request, Form.refused(typed, refusal, lang), place)
    return page(request, template, view, 422)


def address_of(session: Session, act: Act, sitting: Sitting) -> str:
    """Return the page on which a sitting goes on."""
    next_step, place = steps.next_step(session, act, sitting)
    if next_step is Step.DONE:
        return f"/notices/signed/{sitting.id}"
    return f"/notices/sign/{place}" if next_step is Step.READ else ADDRESS[next_step]


@get("/notices/sign", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def start(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    only = request.query_params.get("notice")

    def collect(session: Session) -> Start:
        shop = own_shop(session, viewer)
        waiting = sittings.offered(session, act, shop, only)
        begun = None if only else sittings.unfinished(session, act, shop)
        left = steps.left_to_read(session, begun) if begun else 0
        here = begun is not None and begun.session_key == viewer.session_key
        return Start(shop, waiting, only, begun, left, here)

    return page(request, "notices/start.html", await context_of(request).database.read(collect))


@post("/notices/sign", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def begin(request: Request) -> Redirect:
    viewer, act, device = signed_in_viewer(request), act_for(request), device_of(request)
    only = (await forms.read(request, Begin)).notice
    await context_of(request).database.write(
        lambda s: sittings.open_sitting(s, act, viewer, own_shop(s, viewer), only, device=device)
    )
    return Redirect("/notices/sign/1", status_code=303)


@get("/notices/sign/resume", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def resume(request: Request) -> Redirect:
    """Lead back to where this browser was."""
    viewer, act = signed_in_viewer(request), act_for(request)
    target = await context_of(request).database.read(
        lambda s: address_of(s, act, sittings.current(s, act, viewer))
    )
    return Redirect(target, status_code=303)


@post("/notices/sign/resume", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def take_over(request: Request) -> Redirect:
    """Go on here with what was begun in another browser."""
    viewer, act, device = signed_in_viewer(request), act_for(request), device_of(request)

    def do(session: Session) -> str:
        sitting = sittings.take_over(session, act, viewer, own_shop(session, viewer), device)
        return address_of(session, act, sitting)

    return Redirect(await context_of(request).database.write(do), status_code=303)


@get("/notices/sign/{place:int}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def read_page(request: Request, place: FromPath[int]) -> Response:
    view = await table(request, place=place)
    if not 1 <= place <= len(view.papers):
        raise NotFound("notice.unknown")
    return page(request, "notices/read.html", view)


@post("/notices/sign/{place:int}", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def have_read(request: Request, place: FromPath[int]) -> Redirect:
    noted = (await forms.read(request, Read)).noted()

    def note(session: Session, act: Act, sitting: Sitting) -> str:
        steps.read_one(session, act, sitting, place, **noted)
        return address_of(session, act, sitting)

    return Redirect(await step(request, note), status_code=303)


def _asked_place(request: Request) -> int:
    asked = request.query_params.get("place", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0


@get("/notices/sign/refuse", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def refuse_page(request: Request) -> Response:
    view = await table(request, place=_asked_place(request))
    if not 1 <= view.place <= len(view.papers):
        raise NotFound("notice.unknown")
    return page(request, "notices/refuse_at_table.html", view)


@post("/notices/sign/refuse", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def refuse(request: Request) -> Response:
    """Decline one notice on the table, or all; what is left on it goes on."""
    place, device = _asked_place(request), device_of(request)
    try:
        form = await forms.read(request, Declined)
        target = await step(
            request,
            lambda s, act, own: _decline(s, act, own, 0 if form.all else place, form, device),
        )
    except InvalidInput as refusal:
        return await again(request, "notices/refuse_at_table.html", Declined, refusal, place)
    return Redirect(target, status_code=303)


def _decline(
    session: Session, act: Act, sitting: Sitting, place: int, form: Declined, device: Any
) -> str:
    laid = [notice_id for notice_id, _ in sittings.laid_out(sitting)]
    if not 0 <= place <= len(laid):
        raise NotFound("notice.unknown")
    for notice_id in laid[place - 1 : place] if place else laid:
        service.refuse(session, act, notice_id, form.reason, device=device)
    return address_of(session, act, sitting) if sittings.laid_out(sitting) else "/notices"


@post("/notices/{notice_id:str}/reconsider", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def reconsider(request: Request, notice_id: FromPath[str]) -> Redirect:
    """Take a refusal back."""
    viewer, act = signed_in_viewer(request), act_for(request)

    def do(session: Session) -> None:
        service.seen_by(session, act, viewer, Action.NOTICE_SIGN, notice_id)
        service.reconsider(session, act, notice_id)

    await context_of(request).database.write(do)
    return Redirect(f"/notices/{notice_id}", status_code=303)


ROUTES = [
    start,
    begin,
    resume,
    take_over,
    read_page,
    have_read,
    refuse_page,
    refuse,
    reconsider,
]

"""The questions of a sitting after the reading, one a page: who signs, who helps, the agreement,
the signature, a look at the answers, the code; and the confirmation that can be kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.act import Act
from compliance.errors import ComplianceError, InvalidInput, NotAllowed
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices import signing, sittings, steps
from compliance.notices.models import Signature, Sitting
from compliance.notices.service import Paper
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.pages import Form, language, page
from merchants_app.routes.signing import address_of, again, step, table
from merchants_app.signatures import (
    OTHER,
    Agreed,
    Chosen,
    Helped,
    Marked,
    Named,
    Proved,
    choice_of,
    device_of,
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was signed, to be kept."""

    sitting: Sitting
    signed: Sequence[tuple[Paper, Signature]]
    shop: Shop


@get("/notices/sign/who", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def who_page(request: Request) -> Response:
    view = await table(request)
    if not view.known:
        return Redirect("/notices/sign/another", status_code=303)
    name, role = view.sitting.signer_name, view.sitting.signer_role
    known = next((choice_of(*each) for each in view.known if each == (name, role)), None)
    form = Form({"signer": known or OTHER} if name else {})
    return page(request, "notices/who.html", replace(view, form=form))


@post("/notices/sign/who", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def who(request: Request) -> Response:
    try:
        form = await forms.read(request, Chosen)
        named = await step(request, lambda s, act, own: _choose(s, act, own, form))
    except InvalidInput as refusal:
        return await again(request, "notices/who.html", Chosen, refusal)
    return Redirect(f"/notices/sign/{'agree' if named else 'another'}", status_code=303)


def _choose(session: Session, act: Act, sitting: Sitting, form: Chosen) -> bool:
    shop = shops.by_tenancy(session, sitting.tenancy_id)
    chosen = form.of(steps.known_signers(session, shop))
    if chosen:
        steps.name_signer(session, act, sitting, *chosen)
    return chosen is not None


@get("/notices/sign/another", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def another_page(request: Request) -> Response:
    view = await table(request)
    name, role = view.sitting.signer_name, view.sitting.signer_role
    form = (
        Form() if (name, role) in view.known else Form({"signer_name": name, "signer_role": role})
    )
    return page(request, "notices/another.html", replace(view, form=form))


@post("/notices/sign/another", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def another(request: Request) -> Response:
    try:
        name, role = (await forms.read(request, Named)).checked()
        await step(request, lambda s, act, own: steps.name_signer(s, act, own, name, role))
    except InvalidInput as refusal:
        return await again(request, "notices/another.html", Named, refusal)
    return Redirect("/notices/sign/agree", status_code=303)


@get("/notices/sign/helper", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def helper_page(request: Request) -> Response:
    view = await table(request)
    said = {f"helper_{name}": value for name, value in view.sitting.helper.items()}
    return page(request, "notices/helper.html", replace(view, form=Form(said)))


@post("/notices/sign/helper", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def helper(request: Request) -> Response:
    try:
        form = await forms.read(request, Helped)
        await step(request, lambda s, act, own: _help(s, act, own, form))
    except InvalidInput as refusal:
        return await again(request, "notices/helper.html", Helped, refusal)
    return Redirect("/notices/sign/agree", status_code=303)


def _help(session: Session, act: Act, sitting: Sitting, form: Helped) -> None:
    if form.nobody:
        steps.drop_helper(session, act, sitting)
    else:
        name, reason = form.helper_name, form.helper_reason
        steps.declare_helper(session, act, sitting, name, form.role(), reason)


@get("/notices/sign/agree", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def agree_page(request: Request) -> Response:
    view = await table(request)
    if not view.sitting.signer_name:
        return Redirect("/notices/sign/resume", status_code=303)
    return page(request, "notices/agree.html", view)


@post("/notices/sign/agree", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def agree(request: Request) -> Response:
    try:
        (await forms.read(request, Agreed)).check()
        target = await step(request, _agree)
    except InvalidInput as refusal:
        return await again(request, "notices/agree.html", Agreed, refusal)
    return Redirect(target, status_code=303)


def _agree(session: Session, act: Act, sitting: Sitting) -> str:
    steps.agree(session, act, sitting)
    return address_of(session, act, sitting)


@get("/notices/sign/mark", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def mark_page(request: Request) -> Response:
    view = await table(request)
    if view.sitting.agreed_at is None:
        return Redirect("/notices/sign/resume", status_code=303)
    made = {"signature_path": view.sitting.strokes or "", "signed_name": view.sitting.typed}
    return page(request, "notices/mark.html", replace(view, form=Form(made)))


@post("/notices/sign/mark", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def mark(request: Request) -> Response:
    try:
        made = (await forms.read(request, Marked)).mark()
        await step(request, lambda s, act, own: steps.put_mark(s, act, own, made))
    except InvalidInput as refusal:
        return await again(request, "notices/mark.html", Marked, refusal)
    return Redirect("/notices/sign/check", status_code=303)


@get("/notices/sign/check", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def check_page(request: Request) -> Response:
    view = await table(request)
    if view.sitting.agreed_at is None or not (view.sitting.strokes or view.sitting.typed):
        return Redirect("/notices/sign/resume", status_code=303)
    return page(request, "notices/check.html", view)


@post("/notices/sign/check", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def send_code(request: Request) -> Response:
    try:
        await step(request, _send)
    except NotAllowed as refusal:
        view = await table(request, Form.refused({}, refusal, language(request)))
        return page(request, "notices/check.html", view, 429)
    return Redirect("/notices/sign/code", status_code=303)


def _send(session: Session, act: Act, sitting: Sitting) -> None:
    steps.send_code(session, act, sitting, shops.by_tenancy(session, sitting.tenancy_id))


@get("/notices/sign/code", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def code_page(request: Request) -> Response:
    view = await table(request)
    if view.sitting.finished_at is not None:
        return Redirect(f"/notices/signed/{view.sitting.id}", status_code=303)
    return page(request, "notices/code.html", view)


@post("/notices/sign/code", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def sign(request: Request) -> Response:
    sitting = (await table(request)).sitting
    try:
        if sitting.finished_at is None:
            await _sign(request, sitting)
    except ComplianceError as refusal:
        if (await table(request)).sitting.finished_at is None:
            if not isinstance(refusal, InvalidInput):
                raise
            return await again(request, "notices/code.html", Proved, refusal)
    return Redirect(f"/notices/signed/{sitting.id}", status_code=303)


async def _sign(request: Request, sitting: Sitting) -> None:
    """Prove the code, which counts a try of its own, then sign in one transaction."""
    database, act, viewer = (
        context_of(request).database,
        act_for(request),
        signed_in_viewer(request),
    )
    form = await forms.read(request, Proved)
    if not form.code:
        raise InvalidInput("code.missing", fields={"code": "code.missing"})
    code = await database.write(lambda s: steps.try_code(s, act, sitting, form.code))
    if code is None:
        raise InvalidInput("code.wrong", fields={"code": "code.wrong"})
    device, code_id = device_of(request, form.timezone), code.id
    await database.write(
        lambda s: signing.sign(
            s, act, viewer, sitting.id, hashes=form.hashes, code_id=code_id, device=device
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
        return Confirmation(sitting, signed, shops.by_tenancy(session, sitting.tenancy_id))

    view = await context_of(request).database.read(collect)
    return page(request, "notices/signed.html", view)


ROUTES = [
    who_page,
    who,
    another_page,
    another,
    helper_page,
    helper,
    agree_page,
    agree,
    mark_page,
    mark,
    check_page,
    send_code,
    code_page,
    sign,
    last_confirmation,
    confirmation,
]

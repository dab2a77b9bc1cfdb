"""Notices as people read them: the merchant's four, one with its signatures, the public face."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, reaches
from compliance.act import Act
from compliance.contracts import service as uploads
from compliance.erasures import telling
from compliance.erasures.models import Erasure
from compliance.errors import ComplianceError, NotFound
from compliance.merchants import identifiers, shops
from compliance.merchants.shops import Shop
from compliance.notices import service, sittings, slots
from compliance.notices.consent import ACCOUNT_CONSENT, Consent
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Signature
from compliance.notices.service import Paper
from compliance.notices.signing import COUNTERSIGNS
from compliance.notices.slots import Slots
from compliance.notices.suggesting import is_catering
from compliance.votes import adopting
from merchants_app import forms, originals, papers, sealing
from merchants_app.access import anyone, may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.routes.cares import care_page
from merchants_app.signatures import device_of


class Reason(FormModel):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnNotices:
    """The merchant's four slots and what waits for a signature."""

    shop: Shop
    slots: Slots
    waiting: Sequence[Paper]
    filled: int
    signed: bool
    kitchen: bool
    """Whether it has to use the city's own waste contract."""
    returned: str
    """Why the last one it sent in came back; empty when none did."""
    checking: str
    """The contract that lies with the desk; empty when none does."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One notice with everything the viewer may see and do about it."""

    paper: Paper
    signatures: Sequence[Signature]
    closing: tuple[str, ...]
    may: dict[str, bool]
    pages: Sequence[str]
    """Where the pictures of an uploaded contract are shown, to those who may see them."""
    originals: int
    upload: str
    erased: Mapping[str, Erasure]
    """By which erasure a party's name went; "" for the notice itself."""
    consent: Consent = ACCOUNT_CONSENT


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """One slot of a door as anybody may read it; `paper` is None when nothing was issued."""

    shop: Shop
    kind: NoticeKind
    paper: Paper | None
    vote: str
    """The vote that adopted a covenant; empty for what was not voted on here."""


def own_shop(session: Session, viewer: Viewer) -> Shop:
    """Return the shop of a merchant's account, which holds exactly one."""
    return shops.seen_by(session, viewer, Action.NOTICE_SIGN, next(iter(viewer.tenancies), ""))


@get("/notices", opt=may(Action.NOTICE_READ), include_in_schema=False)
async def notices(request: Request) -> Response:
    viewer, act, context = signed_in_viewer(request), act_for(request), context_of(request)
    if viewer.may(Action.NOTICE_COUNTERSIGN) and not viewer.may(Action.SHOP_READ):
        return Redirect("/contracts", status_code=303)
    if viewer.may(Action.NOTICE_SIGN):
        own = await context.database.read(lambda s: _own(s, act, viewer))
        return page(request, "notices/own.html", own)
    return await care_page(request)


def _own(session: Session, act: Act, viewer: Viewer) -> OwnNotices:
    shop = own_shop(session, viewer)
    stands = slots.of_tenancy(session, shop.tenancy_id, act.day)
    waiting = sittings.to_sign(session, act, shop)
    filled = sum(slot.filled for slot in stands.values())
    signed = sittings.has_signed(session, viewer)
    contract = stands[NoticeKind.WASTE_CONTRACT]
    last = uploads.of_notice(session, contract.notice_id or "")
    returned = last.reason if last else ""
    checking = uploads.being_checked(session, shop.tenancy_id)
    kitchen = is_catering(shop)
    return OwnNotices(shop, stands, waiting, filled, signed, kitchen, returned, checking)


@get("/notices/{name:str}", opt=may(Action.NOTICE_READ), include_in_schema=False)
async def notice(request: Request, name: FromPath[str]) -> Response:
    """Show a notice; its id with `.pdf` behind it gives the paper."""
    viewer, act = signed_in_viewer(request), act_for(request)
    notice_id = name.removesuffix(".pdf")
    view = await context_of(request).database.read(
        lambda s: collect(s, act, viewer, Action.NOTICE_READ, notice_id)
    )
    if name.endswith(".pdf"):
        return await _pdf(request, view)
    return page(request, "notices/show.html", view)


def collect(
    session: Session, act: Act, viewer: Viewer, action: Action, notice_id: str
) -> NoticePage:
    """Return the page of a notice that `viewer` may do `action` to."""
    paper = service.seen_by(session, act, viewer, action, notice_id)
    signatures = service.signatures_of(session, notice_id)
    return NoticePage(
        paper,
        signatures,
        papers.closing_lines(paper, signatures),
        _possible(viewer, paper, signatures),
        *_pictures(session, viewer, paper),
        telling.of_notice(session, paper.notice),
    )


def _pictures(session: Session, viewer: Viewer, paper: Paper) -> tuple[Sequence[str], int, str]:
    """Return where the pages of an uploaded contract are, how many files it came in, its id."""
    found = uploads.of_notice(session, paper.notice.id) if paper.uploaded else None
    if found is None or not reaches(viewer, Action.CONTRACT_READ, paper.place):
        return (), 0, ""
    return originals.addresses_of(found), len(found.files), found.id


def _possible(viewer: Viewer, paper: Paper, signatures: Sequence[Signature]) -> dict[str, bool]:
    """Return which deeds the page offers: allowed to this person, and possible now."""
    kind, state, place = paper.notice.kind, paper.notice.state, paper.place
    countersigns = kind in COUNTERSIGNS and COUNTERSIGNS[kind][1] is viewer.role
    already = {each.party for each in signatures}
    deeds = {
        "sign": (Action.NOTICE_SIGN, paper.signable),
        "refuse": (Action.NOTICE_SIGN, paper.can("refuse")),
        "serve": (
            Action.NOTICE_SERVE,
            paper.can("serve") and kind is NoticeKind.RESPONSIBILITY_STATEMENT,
        ),
        "revoke": (Action.NOTICE_ISSUE, paper.can("revoke")),
        "issue": (Action.NOTICE_ISSUE, paper.shop.closed_on is None),
        "export": (Action.EVIDENCE_EXPORT, bool(signatures)),
        "erase": (Action.PERSONAL_DATA_ERASE, True),
        "check": (Action.CONTRACT_CHECK, paper.can("accept")),
        "upload": (
            Action.CONTRACT_UPLOAD,
            kind is NoticeKind.WASTE_CONTRACT and paper.shop.closed_on is None,
        ),
        "countersign": (
            Action.NOTICE_COUNTERSIGN,
            state == "signed" and countersigns and COUNTERSIGNS[kind][0] not in already,
        ),
    }
    return {
        name: bool(possible) and reaches(viewer, action, place)
        for name, (action, possible) in deeds.items()
    }


async def _pdf(request: Request, view: NoticePage) -> Response[bytes]:
    """Give the sealed file of what was signed or served, of anything else a preview."""
    context, paper = context_of(request), view.paper
    if view.signatures or paper.notice.state is NoticeState.SERVED_UNSIGNED:
        made = await sealing.sealed(context, act_for(request), paper)
    else:
        base_url = context.settings.base_url
        made = await asyncio.to_thread(papers.notice_pdf, paper, (), base_url)
    named = f'inline; filename="{paper.notice.number}.pdf"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": named})


@get("/notices/{notice_id:str}/refuse", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def refuse_page(request: Request, notice_id: FromPath[str]) -> Response:
    return await form_page(request, notice_id, "notices/refuse.html", Action.NOTICE_SIGN)


@post("/notices/{notice_id:str}/refuse", opt=may(Action.NOTICE_SIGN), include_in_schema=False)
async def refuse(request: Request, notice_id: FromPath[str]) -> Response:
    viewer, act, device = signed_in_viewer(request), act_for(request), device_of(request)

    def do(session: Session, typed: Reason) -> None:
        service.seen_by(session, act, viewer, Action.NOTICE_SIGN, notice_id)
        service.refuse(session, act, notice_id, typed.reason, device=device)

    return await settle(request, notice_id, Reason, do, "notices/refuse.html", Action.NOTICE_SIGN)


async def form_page(
    request: Request,
    notice_id: str,
    template: str,
    action: Action,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    """Show a page that asks something about one notice."""
    viewer, act = signed_in_viewer(request), act_for(request)
    view = await context_of(request).database.read(
        lambda s: service.seen_by(s, act, viewer, action, notice_id)
    )
    return page(request, template, {"paper": view, "form": form or Form()}, status)


async def settle(
    request: Request,
    notice_id: str,
    model: type[FormModel],
    do: Any,
    template: str,
    action: Action,
) -> Response:
    """Read a form, do what it asks in one transaction, and lead back to the notice."""
    try:
        typed = await forms.read(request, model)
        await context_of(request).database.write(lambda s: do(s, typed))
    except ComplianceError as refusal:
        if not refusal.fields:
            raise
        lang = language(request)
        again = Form.refused(await forms.values_of(request, model), refusal, lang)
        return await form_page(request, notice_id, template, action, again, 422)
    return Redirect(f"/notices/{notice_id}", status_code=303)


@get("/q/{token:str}/notices/{kind:str}", opt=anyone(), include_in_schema=False)
async def public_notice(request: Request, token: FromPath[str], kind: FromPath[str]) -> Response:
    """Show what anybody may read of one slot: no price, no account, no person."""
    act, token = act_for(request), identifiers.normalise_token(token)
    wanted = next((each for each in NoticeKind if each == kind), None)
    if wanted is None:
        raise NotFound("notice.unknown")

    def find(session: Session) -> PublicNotice:
        shop = shops.by_token(session, token)
        paper = service.papers_of(session, act, shop).get(wanted)
        covenant = paper if wanted is NoticeKind.COVENANT else None
        vote = adopting.vote_of(session, covenant.notice, shop.lane_id) if covenant else ""
        return PublicNotice(shop, wanted, paper, vote)

    return page(request, "notices/public.html", await context_of(request).database.read(find))


ROUTES = [notices, notice, refuse_page, refuse, public_notice]

"""Drafts of texts: written by several people, compared, looked at in a shop's place, published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput
from compliance.notices import comparing, drafting, previewing, publishing, texts
from compliance.notices.comparing import Change, Pair
from compliance.notices.drafting import Fault
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import NoticeDraft, NoticeText
from compliance.notices.previewing import Preview
from compliance.notices.values import OF_KIND
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.words import translate

Short = Annotated[str, Field(max_length=120)]


class Written(FormModel):
    """What stands in the form; nothing is needed to save it."""

    revision: int
    version: Annotated[str, Field(max_length=16)] = ""
    title: Short = ""
    effective_from: date | None = None
    body: Annotated[str, Field(max_length=20_000)] = ""
    summary: Annotated[str, Field(max_length=300)] = ""
    summary_en: Annotated[str, Field(max_length=600)] = ""
    emphasis: Short = ""
    rule_version: Annotated[str, Field(max_length=16)] = ""


class Begun(FormModel):
    kind: NoticeKind


class Revision(FormModel):
    revision: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list: who saved it last, and how many faults it has."""

    draft: NoticeDraft
    saved_by: str
    faults: int


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft and what keeps it from being published; `theirs` when somebody was faster."""

    draft: NoticeDraft
    saved_by: str
    faults: Sequence[Fault]
    form: Form
    names: Sequence[str]
    in_force: NoticeText
    theirs: Sequence[tuple[Pair, ...]] | None = None
    others: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class DraftChanges:
    """A draft beside the version in force."""

    draft: NoticeDraft
    in_force: NoticeText
    stretches: Sequence[tuple[Pair, ...]]
    counts: Mapping[Change, int]


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A draft with a shop's values; None when there is no such shop, or the draft has faults."""

    draft: NoticeDraft
    faults: Sequence[Fault]
    asked: Form
    catering: str | None
    other: str | None
    preview: Preview | None
    emphasised: tuple[str, ...]


def rows_of(session: Session, drafts: Sequence[NoticeDraft], today: date) -> list[DraftRow]:
    """Return drafts as a list shows them."""
    return [
        DraftRow(each, _who(session, each), len(drafting.faults(session, each, today)))
        for each in drafts
    ]


def _who(session: Session, draft: NoticeDraft) -> str:
    account = session.get(Account, draft.saved_by)
    return account.display_name if account else ""


@post("/drafts", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def begin_draft(request: Request) -> Response:
    act, form = act_for(request), await forms.read(request, Begun)
    draft = await context_of(request).database.write(
        lambda s: drafting.begin(s, act, publishing.latest(s, form.kind))
    )
    return Redirect(f"/drafts/{draft.id}", status_code=303)


@get("/drafts/{draft_id:str}", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def draft_page(request: Request, draft_id: FromPath[str]) -> Response:
    act = act_for(request)
    view = await context_of(request).database.read(lambda s: _draft(s, act, draft_id))
    done = "已保存" if "saved" in request.query_params else None
    flash = translate(language(request), done) if done else None
    return page(request, "drafts/edit.html", view, flash=flash)


def _draft(session: Session, act: Act, draft_id: str, typed: Form | None = None) -> DraftPage:
    draft = drafting.draft_of(session, draft_id)
    kept = {name: getattr(draft, name) or "" for name in drafting.WRITTEN}
    return DraftPage(
        draft=draft,
        saved_by=_who(session, draft),
        faults=drafting.faults(session, draft, act.day),
        form=typed or Form(kept),
        names=sorted(OF_KIND[draft.kind].names() | texts.SEALED),
        in_force=publishing.text_in_force(session, draft.kind, act.day),
    )


@post("/drafts/{draft_id:str}", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def save_draft(request: Request, draft_id: FromPath[str]) -> Response:
    act, database = act_for(request), context_of(request).database
    try:
        form = await forms.read(request, Written)
        written = form.model_dump(exclude={"revision"})
        await database.write(lambda s: drafting.save(s, act, draft_id, form.revision, written))
    except Conflict:
        return await _too_late(request, draft_id)
    except InvalidInput as refusal:
        typed = await desk.again(request, Written, refusal)
        view = await database.read(lambda s: _draft(s, act, draft_id, typed))
        return page(request, "drafts/edit.html", view, 422)
    return Redirect(f"/drafts/{draft_id}?saved=yes", status_code=303)


_BESIDES = [name for name in drafting.WRITTEN if name != "body"]


def _said(draft: NoticeDraft, name: str) -> str:
    return str(getattr(draft, name) or "")


async def _too_late(request: Request, draft_id: str) -> Response:
    """Show what somebody else saved beside what was typed, with the typed words in the form."""
    typed, act = await forms.values_of(request, Written), act_for(request)

    def collect(session: Session) -> DraftPage:
        view = _draft(session, act, draft_id, Form(typed))
        pairs = comparing.compare(view.draft.body, str(typed.get("body", "")))
        told = [(name, _said(view.draft, name), str(typed.get(name, ""))) for name in _BESIDES]
        others = [each for each in told if each[1] != each[2]]
        return replace(view, theirs=comparing.stretches(pairs), others=others)

    view = await context_of(request).database.read(collect)
    return page(request, "drafts/edit.html", view, 409)


@get("/drafts/{draft_id:str}/changes", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def draft_changes(request: Request, draft_id: FromPath[str]) -> Response:
    today = act_for(request).day

    def collect(session: Session) -> DraftChanges:
        draft = drafting.draft_of(session, draft_id)
        in_force = publishing.text_in_force(session, draft.kind, today)
        pairs = comparing.compare(in_force.body, draft.body)
        return DraftChanges(draft, in_force, comparing.stretches(pairs), comparing.counts(pairs))

    return page(request, "drafts/changes.html", await context_of(request).database.read(collect))


@get("/drafts/{draft_id:str}/preview", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def draft_preview(request: Request, draft_id: FromPath[str]) -> Response:
    """Show a draft as the shop of `?shop=` (door number or words of its name) would get it."""
    act, asked = act_for(request), request.query_params.get("shop", "").strip()
    view = await context_of(request).database.read(lambda s: _preview(s, act, draft_id, asked))
    return page(request, "drafts/preview.html", view)


def _preview(session: Session, act: Act, draft_id: str, asked: str) -> DraftPreview:
    draft = drafting.draft_of(session, draft_id)
    catering, other = previewing.samples(session)
    shop = previewing.shop_named(session, asked) if asked else catering or other
    faults = [fault for fault in drafting.faults(session, draft, act.day) if fault.field == "body"]
    made = previewing.preview(session, act, draft, shop) if shop and not faults else None
    return DraftPreview(
        draft=draft,
        faults=faults,
        asked=Form({"shop": asked}),
        catering=catering.number if catering else None,
        other=other.number if other else None,
        preview=made,
        emphasised=tuple(draft.emphasis.split()),
    )


@get("/drafts/{draft_id:str}/drop", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def drop_page(request: Request, draft_id: FromPath[str]) -> Response:
    act = act_for(request)
    view = await context_of(request).database.read(lambda s: _draft(s, act, draft_id))
    return page(request, "drafts/drop.html", view)


@post("/drafts/{draft_id:str}/drop", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def drop_draft(request: Request, draft_id: FromPath[str]) -> Response:
    act, form = act_for(request), await forms.read(request, Revision)
    database = context_of(request).database
    await database.write(lambda s: drafting.drop(s, act, draft_id, form.revision))
    return Redirect("/texts", status_code=303)


ROUTES: list[Any] = [
    begin_draft,
    draft_page,
    save_draft,
    draft_changes,
    draft_preview,
    drop_page,
    drop_draft,
]

"""Model texts: every version as published, and publishing the next one after a look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field

from compliance.accounts.permissions import Action
from compliance.errors import ComplianceError
from compliance.notices import publishing, texts
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import NoticeText
from compliance.notices.values import OF_KIND
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page
from merchants_app.words import language_of

Short = Annotated[str, Field(max_length=120)]


class NewText(FormModel):
    kind: NoticeKind
    version: Annotated[str, Field(max_length=16)]
    title: Short
    effective_from: date
    body: Annotated[str, Field(max_length=20_000)]
    summary: Annotated[str, Field(max_length=300)]
    summary_en: Annotated[str, Field(max_length=600)]
    emphasis: Short = ""
    rule_version: Annotated[str, Field(max_length=16)] = ""
    do: str = "look"


@dataclass(frozen=True, slots=True)
class Texts:
    """Every version by kind, and which of them are in force."""

    texts: Sequence[NoticeText]
    in_force: frozenset[str]
    today: date


@dataclass(frozen=True, slots=True)
class OneText:
    """One version as published."""

    text: NoticeText
    in_force: bool


@dataclass(frozen=True, slots=True)
class NewTextPage:
    """A text being prepared; `seen` once it has been looked at and only needs to be confirmed."""

    form: Form
    kinds: Sequence[NoticeKind]
    names: Mapping[str, Sequence[str]]
    seen: bool = False


@get("/texts", opt=may(Action.TEXT_READ), include_in_schema=False)
async def all_texts(request: Request) -> Response:
    today = act_for(request).day
    database = context_of(request).database
    found = await database.read(publishing.all_texts)
    in_force = await database.read(lambda s: publishing.texts_in_force(s, today))
    ids = frozenset(text.id for text in in_force.values())
    return page(request, "texts/list.html", Texts(found, ids, today))


@get("/texts/{text_id:str}", opt=may(Action.TEXT_READ), include_in_schema=False)
async def one_text(request: Request, text_id: FromPath[str]) -> Response:
    today = act_for(request).day
    database = context_of(request).database
    text = await database.read(lambda s: publishing.text_of(s, text_id))
    current = await database.read(lambda s: publishing.texts_in_force(s, today).get(text.kind))
    view = OneText(text, current is not None and current.id == text.id)
    return page(request, "texts/show.html", view)


def _new_page(request: Request, form: Form, status: int = 200, *, seen: bool = False) -> Response:
    names = {
        kind.value: sorted((values.names() | texts.SEALED) - {"number"})
        for kind, values in OF_KIND.items()
    }
    view = NewTextPage(form, tuple(NoticeKind), names, seen)
    return page(request, "texts/new.html", view, status)


@get("/texts/new", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def new_text_page(request: Request) -> Response:
    """Show an empty form, or one that starts from the version `?from=` names."""
    former = request.query_params.get("from")
    if not former:
        return _new_page(request, Form())
    text = await context_of(request).database.read(lambda s: publishing.text_of(s, former))
    kept = ("kind", "title", "body", "summary", "summary_en", "emphasis", "rule_version")
    return _new_page(request, Form({name: getattr(text, name) for name in kept}))


@post("/texts/new", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def new_text(request: Request) -> Response:
    typed = await forms.values_of(request, NewText)
    try:
        form = await forms.read(request, NewText)
        texts.check(form.body, OF_KIND[form.kind].names())
        if form.do != "publish":
            return _new_page(request, Form(typed), seen=True)
        text_id = await publish(request, form)
    except ComplianceError as refusal:
        if not refusal.fields:
            raise
        lang = language_of(dict(request.query_params), request.cookies)
        return _new_page(request, Form.refused(typed, refusal, lang), 422)
    return Redirect(f"/texts/{text_id}", status_code=303)


async def publish(request: Request, form: NewText) -> str:
    """Publish what was looked at; return its id."""
    act = act_for(request)
    named = form.model_dump(exclude={"kind", "version", "body", "do"})
    text = await context_of(request).database.write(
        lambda s: publishing.publish(s, act, form.kind, form.version, form.body, **named)
    )
    return text.id


ROUTES = [all_texts, one_text, new_text_page, new_text]

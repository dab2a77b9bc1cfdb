"""Pages: our own Jinja environments, what every template may use, and the frame around a page.

Litestar's template engine is not used because a page must also be rendered without a request (the
door page is rendered once and kept) and because forgotten variables must fail: a plain strict
environment breaks the macros of govuk-frontend-jinja, which read keys that are not there.
There is one environment per language, so macros imported without context speak the right one.
"""

import json
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.utils import missing
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from markupsafe import Markup

from compliance.errors import ComplianceError
from merchants_app import paths, words
from merchants_app.navigation import Link

TOKEN_FIELD = "form_token"  # noqa: S105 (the name of a field)
SIZES = ("normal", "large")
REMEMBERED_SECONDS = 365 * 24 * 3600


class CarefulUndefined(StrictUndefined):
    """Strict for names and attributes; lenient for absent keys of a mapping and for `caller`.

    Macros ask for both to learn what they were given.
    """

    def __new__(cls, hint: str | None = None, obj: Any = missing, *rest: Any, **named: Any) -> Any:
        """Give back a lenient, chainable undefined where asking is not a mistake."""
        if isinstance(obj, Mapping) or named.get("name") == "caller":
            return ChainableUndefined(hint, obj, *rest, **named)
        return super().__new__(cls)


class PlainEnvironment(Environment):
    """Globals in a plain dict: Jinja's chained one costs a third of the time of a door page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and what is wrong with it, by field name, in the reader's language."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, values: Mapping[str, Any], refusal: ComplianceError, lang: str) -> "Form":
        """Return the form as typed with the refusal's fields turned into messages.

        A refusal that names no field is shown in the summary alone, under the name `""`.
        """
        faults = refusal.fields or {"": refusal.code}
        return cls(values, {name: message(lang, why, refusal) for name, why in faults.items()})


def message(lang: str, code: str, refusal: ComplianceError) -> str:
    """Return the sentence of an error code, else of the refusal's own code."""
    own = f"error.{code}"
    msgid = own if words.known(lang, own) else f"error.{refusal.code}"
    return words.translate(lang, msgid, **refusal.params)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame shows: language, size of type, who is signed in, where we are."""

    lang: str
    size: str
    path: str
    query: Mapping[str, str]
    viewer: Any
    navigation: Sequence[Link]
    flash: str | None

    @property
    def html_lang(self) -> str:
        return words.HTML_LANGUAGE[self.lang]

    def switched(self, **changes: str) -> str:
        """Return the address of this same page in another language or size of type."""
        return with_query(self.query, **changes)

    def is_current(self, href: str) -> bool:
        return self.path == href or self.path.startswith(f"{href.rstrip('/')}/")

    def form_token_field(self) -> Markup:
        token = getattr(self.viewer, "csrf", None)
        if token is None:
            return Markup("")
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, token)


def with_query(query: Mapping[str, object], **changes: object) -> str:
    """Return `?…` with some parameters changed; a change to None takes one away."""
    merged = {**query, **changes}
    return "?" + urlencode({key: value for key, value in merged.items() if value is not None})


def size_of(query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the size of type asked for: `?size=`, else the cookie, else normal."""
    for asked in (query.get("size"), cookies.get("size")):
        if asked in SIZES:
            return asked
    return SIZES[0]


@cache
def manifest() -> Mapping[str, str]:
    """Read what the built assets are called, with their hashes: `site.css` → `site.1a2b.css`."""
    file = paths.STATIC / "manifest.json"
    names: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return names


def static_url(name: str) -> str:
    """Return the address of a built asset; before the first build, its plain name."""
    return f"/static/{manifest().get(name, name)}"


@cache
def environment(lang: str) -> Environment:
    """Return the environment of one language, made at first use."""
    templates = FileSystemLoader(paths.TEMPLATES)
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    made = PlainEnvironment(
        loader=ChoiceLoader([templates, govuk]),
        autoescape=True,
        undefined=CarefulUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        lang=lang,
        _=partial(words.translate, lang),
        label=partial(words.label, lang),
        code_of=words.code_of,
        static_url=static_url,
        with_query=with_query,
        share=words.format_share,
        # The macros of govuk-frontend-jinja come from Nunjucks and name these two.
        undefined=ChainableUndefined(),
        null=None,
    )
    made.filters.update(_filters(lang))
    return made


def _filters(lang: str) -> dict[str, Any]:
    return {
        "label": partial(words.label, lang),
        "date": partial(words.format_date, lang),
        "datetime": partial(words.format_datetime, lang),
        "month": partial(words.format_month, lang),
        "relative": partial(words.relative_day, lang),
        "time": words.format_time,
        "compact": words.format_compact,
        "machine": words.format_machine,
        "number": words.format_number,
        "phone": words.mask_phone,
        "hash": words.format_hash,
        "code": words.format_code,
    }


def render(
    template: str,
    context: Any,
    *,
    lang: str = words.DEFAULT_LANGUAGE,
    viewer: Any = None,
    path: str = "/",
    query: Mapping[str, str] | None = None,
    size: str = SIZES[0],
    navigation: Sequence[Link] = (),
    flash: str | None = None,
) -> str:
    """Return the page as text; `context` is a dataclass (one per page) or a mapping.

    Every template also gets `frame`, `viewer`, `query` and `csrf_field()`.
    """
    frame = Frame(lang, size, path, query or {}, viewer, navigation, flash)
    return (
        environment(lang)
        .get_template(template)
        .render(
            _as_mapping(context),
            frame=frame,
            viewer=viewer,
            query=frame.query,
            csrf_field=frame.form_token_field,
        )
    )


def language(request: Request[Any, Any, Any]) -> str:
    """Return the language a request asks for."""
    return words.language_of(dict(request.query_params), request.cookies)


def page(
    request: Request[Any, Any, Any],
    template: str,
    context: Any,
    status: int = 200,
    *,
    flash: str | None = None,
) -> Response[str]:
    """Answer a request with a page, and remember the language or size it asked for in its address.

    `request.state` may carry `viewer`, `navigation` (links) and `flash` (one sentence).
    """
    query = dict(request.query_params)
    lang = language(request)
    size = size_of(query, request.cookies)
    text = render(
        template,
        context,
        lang=lang,
        viewer=getattr(request.state, "viewer", None),
        path=request.url.path,
        query=query,
        size=size,
        navigation=getattr(request.state, "navigation", ()),
        flash=flash or getattr(request.state, "flash", None),
    )
    return Response(
        text, status_code=status, media_type=MediaType.HTML, cookies=remembered(request)
    )


def remembered(request: Request[Any, Any, Any]) -> list[Cookie]:
    """Return the cookies that keep a language or size of type just asked for in the address."""
    asked = {"lang": words.LANGUAGES, "size": SIZES}
    query = request.query_params
    return [
        Cookie(
            key=name,
            value=query[name],
            max_age=REMEMBERED_SECONDS,
            httponly=True,
            samesite="lax",
        )
        for name, known in asked.items()
        if query.get(name) in known
    ]


def _as_mapping(context: Any) -> Mapping[str, Any]:
    if is_dataclass(context):
        return {each.name: getattr(context, each.name) for each in fields(context)}
    return dict(context)

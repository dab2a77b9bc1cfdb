"""Model texts: every version as published, what each changed, and what is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.notices import comparing, drafting, publishing
from compliance.notices.comparing import Change, Pair
from compliance.notices.models import NoticeText
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.pages import Form, page
from merchants_app.routes.drafts import DraftRow, rows_of
from merchants_app.routes.resigning import CampaignCard, cards


@dataclass(frozen=True, slots=True)
class Texts:
    """Every version by kind, those in force, the drafts, and the re-signings that go on."""

    texts: Sequence[NoticeText]
    in_force: frozenset[str]
    drafts: Sequence[DraftRow]
    campaigns: Sequence[CampaignCard]
    today: date
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class OneText:
    """One version as published."""

    text: NoticeText
    in_force: bool
    former: NoticeText | None


@dataclass(frozen=True, slots=True)
class TextChanges:
    """A version beside the one before it, paragraph by paragraph."""

    text: NoticeText
    former: NoticeText
    stretches: Sequence[tuple[Pair, ...]]
    counts: Mapping[Change, int]


@get("/texts", opt=may(Action.TEXT_READ), include_in_schema=False)
async def all_texts(request: Request) -> Response:
    viewer, act = signed_in_viewer(request), act_for(request)
    view = await context_of(request).database.read(lambda s: _texts(s, act, viewer))
    return page(request, "texts/list.html", view)


def _texts(session: Session, act: Act, viewer: Viewer) -> Texts:
    in_force = publishing.texts_in_force(session, act.day)
    writes = viewer.may(Action.TEXT_PUBLISH)
    return Texts(
        texts=publishing.all_texts(session),
        in_force=frozenset(text.id for text in in_force.values()),
        drafts=rows_of(session, drafting.open_drafts(session), act.day) if writes else (),
        campaigns=[each for each in cards(session, viewer, act.day) if each.going_on],
        today=act.day,
    )


@get("/texts/{text_id:str}", opt=may(Action.TEXT_READ), include_in_schema=False)
async def one_text(request: Request, text_id: FromPath[str]) -> Response:
    today = act_for(request).day

    def collect(session: Session) -> OneText:
        text = publishing.text_of(session, text_id)
        current = publishing.texts_in_force(session, today).get(text.kind)
        return OneText(
            text, current is not None and current.id == text.id, publishing.former_of(session, text)
        )

    return page(request, "texts/show.html", await context_of(request).database.read(collect))


@get("/texts/{text_id:str}/changes", opt=may(Action.TEXT_READ), include_in_schema=False)
async def text_changes(request: Request, text_id: FromPath[str]) -> Response:
    """Show what a version changed; the first of a kind stands beside itself."""

    def collect(session: Session) -> TextChanges:
        text = publishing.text_of(session, text_id)
        former = publishing.former_of(session, text) or text
        pairs = comparing.compare(former.body, text.body)
        return TextChanges(text, former, comparing.stretches(pairs), comparing.counts(pairs))

    return page(request, "texts/changes.html", await context_of(request).database.read(collect))


ROUTES = [all_texts, one_text, text_changes]

"""Publishing a draft: the last look at it, and how the shops are asked to sign anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.act import Act
from compliance.notices import comparing, drafting, publishing
from compliance.notices.comparing import Change
from compliance.notices.drafting import Fault
from compliance.notices.models import NoticeDraft
from compliance.notices.resigning import STEPS, Plan
from compliance.places import service as places
from compliance.places.models import Township
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page

Days = Annotated[int, Field(ge=1, le=30)]

USUAL_DAYS = 30
"""What the form proposes for signing anew, from the first day on."""


class Publishing(FormModel):
    """The revision that was read, and how the shops are asked to sign anew."""

    revision: int
    deadline: date | None = None
    townships: list[str] = Field(default_factory=list)
    steps: list[Days] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PublishPage:
    """The last look before a draft is published and the re-signing planned."""

    draft: NoticeDraft
    faults: Sequence[Fault]
    form: Form
    townships: Sequence[Township]
    counts: Mapping[Change, int]
    steps: Sequence[int] = STEPS


@get("/drafts/{draft_id:str}/publish", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def publish_page(request: Request, draft_id: FromPath[str]) -> Response:
    act = act_for(request)
    view = await context_of(request).database.read(lambda s: _publishing(s, act, draft_id))
    return page(request, "drafts/publish.html", view)


def _publishing(
    session: Session, act: Act, draft_id: str, typed: Form | None = None
) -> PublishPage:
    draft = drafting.draft_of(session, draft_id)
    in_force = publishing.text_in_force(session, draft.kind, act.day)
    first = draft.effective_from or act.day
    proposed = {
        "deadline": (first + timedelta(days=USUAL_DAYS)).isoformat(),
        "steps": ["14", "7", "1"],
    }
    return PublishPage(
        draft=draft,
        faults=drafting.faults(session, draft, act.day),
        form=typed or Form(proposed),
        townships=places.townships(session),
        counts=comparing.counts(comparing.compare(in_force.body, draft.body)),
    )


@post("/drafts/{draft_id:str}/publish", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def publish_draft(request: Request, draft_id: FromPath[str]) -> Response:
    act, database = act_for(request), context_of(request).database
    try:
        form = await forms.read(request, Publishing)
        plan = Plan(form.deadline, form.townships, form.steps)
        _, campaign_id = await database.write(
            lambda s: drafting.publish(s, act, draft_id, form.revision, plan)
        )
    except desk.REFUSALS as refusal:
        typed = await desk.again(request, Publishing, refusal)
        view = await database.read(lambda s: _publishing(s, act, draft_id, typed))
        return page(request, "drafts/publish.html", view, 422)
    return Redirect(f"/resigning/{campaign_id}", status_code=303)


ROUTES = [publish_page, publish_draft]

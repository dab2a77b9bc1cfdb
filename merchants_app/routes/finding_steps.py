"""The pages that take a finding one step further: each asks one question, and works without script.

A person who saw an older state is shown what happened meanwhile beside what they wrote, and may
send it again. Photos that have arrived are kept by their hash while the rest is put right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, require_at
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotFound, RuleBroken
from compliance.findings import conditions, queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import LONGEST_LISTING, STEPS, Step, next_state, who
from compliance.findings.models import Agency
from compliance.findings.queries import FindingView
from compliance.patrols import photos as evidence
from compliance.reviews import service as reviews
from merchants_app import forms, history, photos
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.history import Moment, Picture
from merchants_app.pages import Form, language, page

MOST_BYTES = 38 * 1024 * 1024
"""Three photos of 12 MB and the form around them."""

PHOTO_FIELDS = ("photo", "photo_2", "photo_3")

ANSWERING = (
    Action.FINDING_ANSWER,
    Action.FINDING_OBJECT,
    Action.FINDING_RECHECK,
    Action.FINDING_DISPATCH,
    Action.FINDING_ENFORCE,
)


class StepForm(FormModel):
    """Every step says which version of the finding the person saw."""

    version: int


class Told(StepForm):
    words: str = ""


class Shown(Told):
    """Words and up to three photos; `kept` are photos that came with an earlier try."""

    photo: UploadFile | None = None
    photo_2: UploadFile | None = None
    photo_3: UploadFile | None = None
    kept: Annotated[list[str], Field(max_length=conditions.MOST_PHOTOS, default_factory=list)]


class Recheck(Shown):
    result: Literal[Step.PASS, Step.FAIL]


class Dispatch(Told):
    to: Agency


class Order(Told):
    days: Annotated[int, Field(ge=1, le=LONGEST_LISTING)]


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks for one step, or for one of two."""

    template: str
    form: type[StepForm]
    steps: tuple[Step, ...]


QUESTIONS: dict[str, Question] = {
    "claim": Question("findings/claim.html", Shown, (Step.CLAIM,)),
    "statement": Question("findings/statement.html", Shown, (Step.STATE_CASE,)),
    "object": Question("findings/object.html", Shown, (Step.OBJECT,)),
    "withdraw": Question("findings/withdraw.html", Told, (Step.WITHDRAW_OBJECTION,)),
    "recheck": Question("findings/recheck.html", Recheck, (Step.PASS, Step.FAIL)),
    "order": Question("findings/order.html", Order, (Step.ORDER,)),
    "return": Question("findings/return.html", Told, (Step.SEND_BACK,)),
    "send": Question("findings/send.html", StepForm, (Step.SEND_TO_ASSOCIATION,)),
    "refer": Question("findings/refer.html", Told, (Step.REFER,)),
    "dispatch": Question("findings/dispatch.html", Dispatch, (Step.DISPATCH,)),
    "resolve": Question("findings/resolve.html", Told, (Step.RESOLVE,)),
}
"""The last part of the address → its page, in the order in which pages offer them."""

OF_REVIEW: dict[Step, Callable[..., object]] = {
    Step.OBJECT: reviews.object_to,
    Step.WITHDRAW_OBJECTION: reviews.withdraw,
    Step.SEND_TO_ASSOCIATION: reviews.send_overdue,
}
"""Steps by which a finding comes before the association or leaves it."""


@dataclass(frozen=True, slots=True)
class StepPage:
    """One question; `news` is what others did since the person looked, `steps` what is possible."""

    finding: FindingView
    verb: str
    steps: list[str]
    form: Form
    kept: list[str]
    pictures: list[Picture]
    news: list[Moment]
    agencies: list[Agency]
    objection_until: datetime
    today: date


@get("/findings/{finding_id:str}/{verb:str}", opt=may(*ANSWERING), include_in_schema=False)
async def step_page(request: Request, finding_id: FromPath[str], verb: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    question, lang = _question(verb), language(request)

    def collect(session: Session) -> StepPage:
        _check_open(session, viewer, act, queries.one(session, viewer, finding_id), question)
        return _view(session, viewer, act, finding_id, verb, lang)

    return page(request, question.template, await context.database.read(collect))


@post(
    "/findings/{finding_id:str}/{verb:str}",
    opt=may(*ANSWERING),
    include_in_schema=False,
    request_max_body_size=MOST_BYTES,
)
async def take_step(request: Request, finding_id: FromPath[str], verb: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    question, kept = _question(verb), list[str]()
    try:
        values = await forms.values_of(request, question.form)
        await _keep_photos(request, values, kept)
        form = forms.check(question.form, values)
        step = form.result if isinstance(form, Recheck) else question.steps[0]
        given = form.model_dump(include={"version", "words", "to", "days"})
        given |= {"photos": kept} if isinstance(form, Shown) else {}
        await context.database.write(
            lambda session: _take(session, act, viewer, finding_id, step, given)
        )
    except (InvalidInput, RuleBroken, Conflict) as refusal:
        return await _again(request, finding_id, verb, kept, refusal)
    return Redirect(f"/findings/{finding_id}?done={verb}", status_code=303)


def _question(verb: str) -> Question:
    if verb not in QUESTIONS:
        raise NotFound("request.not_found")
    return QUESTIONS[verb]


def _take(
    session: Session,
    act: Act,
    viewer: Viewer,
    finding_id: str,
    step: Step,
    given: dict[str, Any],
) -> object:
    if step in OF_REVIEW:
        return OF_REVIEW[step](session, act, viewer, finding_id, **given)
    return findings.step(session, act, viewer, finding_id, step, **given)


async def _keep_photos(request: Request, values: dict[str, Any], kept: list[str]) -> None:
    """Store what was sent as photos and note it in `kept`, before anything else can be refused."""
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    earlier = [str(each) for each in values.get("kept", [])]
    kept += [await context.database.read(_stored(viewer, sha256)) for sha256 in earlier]
    for name in PHOTO_FIELDS:
        upload = values.get(name)
        if not isinstance(upload, UploadFile):
            continue
        try:
            stored = await photos.store(context, viewer, act, await upload.read())
        except InvalidInput as refusal:
            raise InvalidInput(
                refusal.code, fields={name: refusal.code}, **refusal.params
            ) from None
        kept.append(stored.sha256)


def _stored(viewer: Viewer, sha256: str) -> Callable[[Session], str]:
    return lambda session: evidence.seen_by(session, viewer, sha256).sha256


async def _again(
    request: Request, finding_id: str, verb: str, kept: list[str], refusal: ComplianceError
) -> Response:
    """Ask again with what was typed; after somebody else's step, with what happened meanwhile."""
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    lang = language(request)
    typed = await forms.values_of(request, QUESTIONS[verb].form)
    seen = str(typed.pop("version", ""))
    form = Form.refused(typed, refusal, lang)
    since = int(seen) if seen.isdecimal() else None
    view = await context.database.read(
        lambda s: _view(s, viewer, act, finding_id, verb, lang, form, kept, since)
    )
    return page(request, QUESTIONS[verb].template, view, status_of(refusal))


def _check_open(
    session: Session, viewer: Viewer, act: Act, finding: FindingView, question: Question
) -> None:
    """Raise what keeps this person from this page now, so that nobody fills in a form in vain."""
    step = _possible(finding, question)[0] if _possible(finding, question) else question.steps[0]
    require_at(viewer, who(finding.state, step), finding.place)
    next_state(finding.state, step)
    conditions.check_moment(finding, step, act.at, catalogue.calendar(session))


def _possible(finding: FindingView, question: Question) -> list[Step]:
    return [step for step in question.steps if (finding.state, step) in STEPS]


def _view(
    session: Session,
    viewer: Viewer,
    act: Act,
    finding_id: str,
    verb: str,
    lang: str,
    form: Form | None = None,
    kept: list[str] | None = None,
    since: int | None = None,
) -> StepPage:
    finding = queries.one(session, viewer, finding_id)
    told = history.of_finding(session, finding, lang) if since is not None else []
    return StepPage(
        finding=finding,
        verb=verb,
        steps=[step.value for step in _possible(finding, QUESTIONS[verb])],
        form=form or Form(),
        kept=kept or [],
        pictures=history.pictures(kept or [], finding.name(lang), act.at),
        news=[moment for moment in told if moment.number > (since or 0)],
        agencies=list(Agency),
        objection_until=conditions.objection_until(finding, catalogue.calendar(session)),
        today=act.day,
    )


ROUTES = [step_page, take_step]

"""The pages that take a finding one step further: each asks one question, and works without script.

A person who saw an older state is shown what happened meanwhile beside what they wrote, and may
send it again. Photos that have arrived are kept by their hash while the rest is put right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, require_at
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotFound, RuleBroken
from compliance.findings import conditions, queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import STEPS, FindingState, Step, next_state, who
from compliance.findings.models import Agency
from compliance.findings.queries import FindingView
from compliance.patrols import photos as evidence
from compliance.patrols import same_fault
from compliance.patrols.same_fault import Seen
from compliance.reviews import service as reviews
from merchants_app import forms, history, photos
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.errors import status_of
from merchants_app.history import Moment, Picture
from merchants_app.pages import Form, language, page
from merchants_app.questions import PHOTO_FIELDS, QUESTIONS, WITH_MORE, Question, Shown

MOST_BYTES = 38 * 1024 * 1024
"""Three photos of 12 MB and the form around them."""

ANSWERING = (
    Action.FINDING_ANSWER,
    Action.FINDING_OBJECT,
    Action.FINDING_RECHECK,
    Action.FINDING_DISPATCH,
    Action.FINDING_ENFORCE,
)


@dataclass(frozen=True, slots=True)
class StepPage:
    """One question; `news` is what others did since the person looked, `steps` what is possible.

    `history` is all that happened, `asked` the request that this page answers. `twins` are findings
    into which this one may be merged, `apart` sightings that may be split off, `seen_since` those
    that came after the shop said that it was put right.
    """

    finding: FindingView
    verb: str
    steps: list[str]
    form: Form
    kept: list[str]
    pictures: list[Picture]
    history: list[Moment]
    news: list[Moment]
    asked: Moment | None
    agencies: list[Agency]
    twins: Sequence[FindingView]
    apart: list[Seen]
    seen_since: list[Seen]
    objection_until: datetime
    now: datetime
    today: date


@get("/findings/{finding_id:str}/{verb:str}", opt=may(*ANSWERING), include_in_schema=False)
async def step_page(request: Request, finding_id: FromPath[str], verb: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    question, lang = _question(verb), language(request)
    patrol = request.query_params.get("patrol", "")

    def collect(session: Session) -> StepPage:
        _check_open(session, viewer, act, queries.one(session, viewer, finding_id), question)
        form = Form({"patrol": patrol, **_known_already(session, finding_id, verb)})
        return _view(session, viewer, act, finding_id, verb, lang, form)

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
        step = form.step(question)
        given = form.given()
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
    if step in WITH_MORE:
        return WITH_MORE[step](session, act, viewer, finding_id, **given)
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
    if step is Step.APPEAL:
        reviews.check_appeal(session, reviews.last_decision(session, finding.id), act.at)


def _known_already(session: Session, finding_id: str, verb: str) -> dict[str, Any]:
    """Return what a form begins with: the reply that stands, the days that were asked for."""
    if verb == "reply":
        return {"words": queries.reply_of(session, finding_id)}
    if verb == "grant-time":
        events = queries.events(session, finding_id)
        asked = [event for event in events if event.step == Step.ASK_TIME.value]
        return {"days": asked[-1].detail.get("days")} if asked else {}
    return {}


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
    told = history.of_finding(session, finding, lang)
    asks = [moment for moment in told if moment.step == finding.asked]
    seen = [each for each in same_fault.sightings(session, finding) if each.split_into is None]
    claimed = finding.state is FindingState.CLAIMED
    return StepPage(
        finding=finding,
        verb=verb,
        steps=[step.value for step in _possible(finding, QUESTIONS[verb])],
        form=form or Form(),
        kept=kept or [],
        pictures=history.pictures(kept or [], finding.name(lang), act.at),
        history=told,
        news=[moment for moment in told if since is not None and moment.number > since],
        asked=asks[-1] if asks else None,
        agencies=list(Agency),
        twins=same_fault.twins(session, finding) if verb == "merge" else (),
        apart=[each for each in seen if not each.first],
        seen_since=[each for each in seen if claimed and each.observed_at > finding.moved_at],
        objection_until=conditions.objection_until(finding, catalogue.calendar(session)),
        now=act.at,
        today=act.day,
    )


ROUTES = [step_page, take_step]

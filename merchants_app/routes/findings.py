"""Findings as people see them: a shop's own, the worklists of those who re-check, one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Role, Viewer
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.findings import clocks, conditions, queries
from compliance.findings.clocks import Reckoning
from compliance.findings.lifecycle import (
    CLOCK_RUNS,
    RECHECK_DAYS,
    SCREENING_DAYS,
    FindingState,
    Step,
)
from compliance.findings.queries import FindingView
from compliance.patrols import same_fault
from compliance.places import service as places
from compliance.places.models import Township
from compliance.reviews import queries as reviews
from compliance.reviews.models import Review
from merchants_app import history, questions, sightings
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.history import Moment
from merchants_app.pages import Form, language, page
from merchants_app.questions import BESIDE_SIGHTINGS, QUESTIONS, RARE
from merchants_app.sightings import Sight

PAGE = 50
LAST_PAGE = 1000

LIMITS = {FindingState.CLAIMED: RECHECK_DAYS, FindingState.REFERRED: SCREENING_DAYS}
"""Working days that those have who are not the shop."""


@dataclass(frozen=True, slots=True)
class MyFindings:
    todo: list[FindingView]
    waiting: list[FindingView]
    ended: list[FindingView]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Worklist:
    """One worklist; `limits` says by when a re-check or the screening is due, by finding."""

    kind: str
    kinds: Sequence[str]
    findings: list[FindingView]
    counts: dict[str, int]
    limits: dict[str, datetime]
    townships: list[Township]
    filters: Form
    page: int
    size: int
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One finding; `verbs` are the pages that lead on from here, `done` the one just left.

    `elsewhere` are such pages of other parts by name, `rare` those that few come for; `reckoning`
    is how the deadline was computed, `reply` what the shop says beside it. `sights` is who saw it;
    `twins` are other open findings of the same item, one of which it may be merged into;
    `may_split` says whether a sighting may be told apart.
    """

    finding: FindingView
    history: list[Moment]
    sights: list[Sight]
    twins: Sequence[FindingView]
    may_split: bool
    verbs: list[str]
    rare: list[str]
    elsewhere: dict[str, str]
    reckoning: Reckoning | None
    reply: str
    reviews: list[Review]
    objection_until: datetime
    done: str | None
    now: datetime
    today: date


@get("/findings", opt=may(Action.FINDING_READ), include_in_schema=False)
async def findings_page(request: Request) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    if viewer.role is Role.MERCHANT:
        mine = await context.database.read(lambda session: _mine(session, viewer, act))
        return page(request, "findings/mine.html", mine)
    query = dict(request.query_params)
    view = await context.database.read(lambda session: _worklist(session, viewer, act, query))
    return page(request, "findings/list.html", view)


@get("/findings/{finding_id:str}", opt=may(Action.FINDING_READ), include_in_schema=False)
async def finding_page(request: Request, finding_id: FromPath[str]) -> Response:
    context, viewer, act = context_of(request), signed_in_viewer(request), act_for(request)
    lang = language(request)
    done = request.query_params.get("done")

    def collect(session: Session) -> FindingPage:
        return _finding(session, viewer, act, finding_id, lang, done)

    return page(request, "findings/show.html", await context.database.read(collect))


def _mine(session: Session, viewer: Viewer, act: Act) -> MyFindings:
    found = queries.of_tenancies(session, viewer.tenancies)
    todo = [each for each in found if each.state in CLOCK_RUNS]
    ended = [each for each in found if each.has_ended]
    waiting = [each for each in found if each not in todo and each not in ended]
    return MyFindings(todo, waiting, ended, act.at, act.day)


def _worklist(session: Session, viewer: Viewer, act: Act, query: dict[str, str]) -> Worklist:
    kind = query.get("due", "recheck" if viewer.may(Action.FINDING_RECHECK) else "open")
    kind = kind if kind in queries.WORKLISTS else "open"
    asked = query.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() else 1
    reach = queries.reached_by(
        viewer, township=query.get("township", ""), lane=query.get("lane", "")
    )
    found = queries.worklist(session, reach, kind, act.at, page=number, size=PAGE)
    calendar = catalogue.calendar(session)
    whole_district = viewer.reach(Action.FINDING_READ) is Reach.DISTRICT
    return Worklist(
        kind=kind,
        kinds=queries.WORKLISTS,
        findings=found,
        counts=queries.counts(session, reach, act.at),
        limits={
            each.id: conditions.working_days_after(each.moved_at, LIMITS[each.state], calendar)
            for each in found
            if each.state in LIMITS
        },
        townships=places.townships(session) if whole_district else [],
        filters=Form(query),
        page=number,
        size=PAGE,
        now=act.at,
        today=act.day,
    )


def _finding(
    session: Session, viewer: Viewer, act: Act, finding_id: str, lang: str, done: str | None
) -> FindingPage:
    finding = queries.one(session, viewer, finding_id)
    calendar = catalogue.calendar(session)
    steps = questions.offered(session, viewer, finding, act.at)
    verbs = [verb for verb, question in QUESTIONS.items() if steps & set(question.steps)]
    return FindingPage(
        finding=finding,
        history=history.of_finding(session, finding, lang),
        sights=sightings.of_finding(session, viewer, finding, lang),
        twins=same_fault.twins(session, finding) if Step.MERGE in steps else (),
        may_split=Step.SPLIT in steps,
        verbs=[verb for verb in verbs if verb not in RARE | BESIDE_SIGHTINGS],
        rare=[verb for verb in verbs if verb in RARE],
        elsewhere=questions.elsewhere(steps, finding.id),
        reckoning=clocks.reckoning(session, finding, calendar) if finding.running_until else None,
        reply=queries.reply_of(session, finding.id),
        reviews=reviews.of_finding(session, finding_id),
        objection_until=conditions.objection_until(finding, calendar),
        done=done if done in QUESTIONS else None,
        now=act.at,
        today=act.day,
    )


ROUTES = [findings_page, finding_page]

"""The rules of colour: those in force, for everybody; a new version, shown before it holds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from pydantic import Field, create_model
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.act import Act
from compliance.grades import publishing
from compliance.grades.models import GradeRules
from compliance.grades.publishing import Effect, InForce
from compliance.grades.rules import Colour, Rules
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.words import translate

GROUPS: Mapping[str, Sequence[str]] = {
    "finding": ("severity_1", "severity_2", "severity_3"),
    "factor": ("on_spot", "in_time", "overdue", "repeated"),
    "others": ("self_check", "self_check_most", "red_list_month", "notice_expired"),
    "mark": ("green_from", "yellow_from"),
    "span": ("window_days", "new_days"),
    "visit": ("visit_green", "visit_yellow", "visit_red", "visit_grey"),
    "cap": ("cap_green", "cap_yellow", "cap_red", "cap_grey"),
}
"""The numbers of a version, in the groups in which pages show them."""

UNITS = {
    "finding": "分",
    "factor": "%",
    "others": "分",
    "mark": "分",
    "span": "天",
    "visit": "天",
    "cap": "次",
}


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The version in force, what others were or will be, and who may publish one."""

    held: InForce
    since: GradeRules | None
    versions: Sequence[GradeRules]
    groups: Mapping[str, Sequence[str]]
    units: Mapping[str, str]
    today: date


@dataclass(frozen=True, slots=True)
class NewRulesPage:
    """The form, and once asked for, what the version would change of today's shops."""

    form: Form
    effect: Effect | None
    colours: Sequence[Colour]
    groups: Mapping[str, Sequence[str]]
    units: Mapping[str, str]
    ranges: Mapping[str, tuple[int, int]]


class Publication(FormModel):
    """From which day and why; `shown` is the mark of the version whose effect was shown last."""

    effective_from: date
    reason: str = Field(default="", max_length=300)
    shown: str = Field(default="", max_length=64)


_NUMBERS: dict[str, Any] = {
    name: (Annotated[int, *field.metadata], ...) for name, field in Rules.model_fields.items()
}
NewRules = create_model("NewRules", __base__=Publication, **_NUMBERS)
"""A version as typed: its numbers, all of them, beside the day and the reason."""

RANGES: Mapping[str, tuple[int, int]] = {
    name: (
        next(each.ge for each in field.metadata if hasattr(each, "ge")),
        next(each.le for each in field.metadata if hasattr(each, "le")),
    )
    for name, field in Rules.model_fields.items()
}
"""From and to what a number may go."""


def _rules_of(given: Publication) -> Rules:
    return Rules(**given.model_dump(include=set(Rules.model_fields)))


def _mark(given: Publication) -> str:
    """Return a mark of the numbers, so that nothing is published whose effect was not shown."""
    return hashlib.sha256(_rules_of(given).model_dump_json().encode()).hexdigest()


@get("/grades/rules", opt=may(Action.GRADE_READ), include_in_schema=False)
async def rules_page(request: Request) -> Response:
    today, done = act_for(request).day, request.query_params.get("done")

    def collect(session: Session) -> RulesPage:
        held, every = publishing.in_force(session, today), publishing.versions(session)
        since = next((each for each in every if each.id == held.id), None)
        return RulesPage(held, since, every, GROUPS, UNITS, today)

    view = await context_of(request).database.read(collect)
    flash = translate(language(request), "新规则已发布，已记入全区台账") if done else None
    return page(request, "grades/rules.html", view, flash=flash)


@get("/grades/rules/new", opt=may(Action.GRADE_RULES_PUBLISH), include_in_schema=False)
async def new_rules_page(request: Request) -> Response:
    act = act_for(request)
    tomorrow = {"effective_from": (act.day + timedelta(days=1)).isoformat()}
    view = await _new_view(request, act, Form(tomorrow))
    return page(request, "grades/new_rules.html", view)


async def _new_view(
    request: Request, act: Act, form: Form, rules: Rules | None = None
) -> NewRulesPage:
    def collect(session: Session) -> NewRulesPage:
        former = publishing.in_force(session, act.day).rules
        filled = Form({**former.model_dump(), **form.values}, form.errors)
        effect = publishing.effect(session, act.at, act.day, rules) if rules else None
        return NewRulesPage(filled, effect, list(Colour), GROUPS, UNITS, RANGES)

    return await context_of(request).database.read(collect)


@post("/grades/rules/new", opt=may(Action.GRADE_RULES_PUBLISH), include_in_schema=False)
async def new_rules(request: Request) -> Response:
    act = act_for(request)
    try:
        given = await forms.read(request, NewRules)
        if given.shown == _mark(given):
            await _publish(request, act, given)
            return Redirect("/grades/rules?done=1", status_code=303)
        publishing.check(act, _rules_of(given), given.effective_from)
    except REFUSALS as refusal:
        form = await desk.again(request, NewRules, refusal)
        view = await _new_view(request, act, form)
        return page(request, "grades/new_rules.html", view, status_of(refusal))
    filled = Form(given.model_dump(mode="json") | {"shown": _mark(given)})
    view = await _new_view(request, act, filled, _rules_of(given))
    return page(request, "grades/new_rules.html", view)


async def _publish(request: Request, act: Act, given: Publication) -> None:
    viewer, rules = signed_in_viewer(request), _rules_of(given)
    day, reason = given.effective_from, given.reason
    await context_of(request).database.write(
        lambda s: publishing.publish(s, act, viewer, rules, effective_from=day, reason=reason)
    )


ROUTES = [rules_page, new_rules_page, new_rules]

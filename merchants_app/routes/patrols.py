"""Patrolling on a phone: the round, the record form of a door, the confirmation, the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, require_at
from compliance.catalogue.models import CheckItem, Heading
from compliance.errors import InvalidInput, NotFound
from compliance.findings import queries as findings
from compliance.findings.models import Cause
from compliance.findings.queries import FindingView
from compliance.merchants import identifiers, shops
from compliance.merchants.shops import Shop
from compliance.patrols import kinds, records
from compliance.patrols.models import PatrolKind
from compliance.patrols.records import PatrolRecord
from compliance.rounds import stops
from compliance.rounds.stops import Need, Round, Stop
from merchants_app import forms, regions, sightings, visits
from merchants_app.access import may, signed_in
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.pages import Form, language, page
from merchants_app.rulebook import Rules

SIZE = 30
MOST_BYTES = 64 * 1024 * 1024
"""Of a form: a phone's photos are large, and there is one or two for each fault."""


@dataclass(frozen=True, slots=True)
class RoundPage:
    round: Round
    text: str
    need: Need
    page: int
    size: int
    now: datetime


@dataclass(frozen=True, slots=True)
class DoorPage:
    """The form of one door: `chosen` are the faults whose details are asked for."""

    form: Form
    shop: Shop
    kind: PatrolKind
    kinds: list[PatrolKind]
    headings: dict[Heading, list[CheckItem]]
    chosen: list[CheckItem]
    findings: list[FindingView]
    certificate: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class SavedPage:
    record: PatrolRecord
    next: Stop | None
    now: datetime


@dataclass(frozen=True, slots=True)
class RecordPage:
    record: PatrolRecord
    doubts_shown: bool
    mine: bool
    now: datetime


@get("/patrols", opt=may(Action.PATROL_LOG), include_in_schema=False)
async def round_page(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    now, query = context.clock(), request.query_params
    text, number = query.get("q", "").strip(), int_of(query.get("page"))
    need = Need(query["need"]) if query.get("need") in set(Need) else Need.ALL
    found = await context.database.read(
        lambda session: stops.round_of(
            session, viewer, now, text=text, need=need, page=number, size=SIZE
        )
    )
    view = RoundPage(found, text, need, number, SIZE, now)
    return page(request, "patrols/round.html", view)


def int_of(text: str | None) -> int:
    """Return a page's number as asked for in an address, 1 for anything else."""
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 7 else 1


def shown_items(rules: Rules, kind: PatrolKind) -> dict[Heading, list[CheckItem]]:
    """Return the checklist of a kind by heading: waste papers are for those who look inside."""
    inside = kind in kinds.LOOKS_INSIDE
    headings = {
        heading: [item for item in items if inside or not item.officer_only]
        for heading, items in rules.catalogue.headings().items()
    }
    return {heading: items for heading, items in headings.items() if items}


async def door_page(
    request: Request, token: str, kind: str | None, codes: list[str], form: Form
) -> DoorPage:
    """Return what the form of a door shows; raise NotFound for a door out of reach."""
    context, viewer = context_of(request), signed_in_viewer(request)
    rules, now = await context.rulebook.today(context), context.clock()

    def collect(session: Session) -> DoorPage:
        shop = shops.by_token(session, identifiers.normalise_token(token))
        certificate = session.get_one(Account, viewer.account_id).officer_certificate
        offered = kinds.offered_to(viewer, certificate)
        chosen = PatrolKind(kind) if kind in offered else offered[0]
        require_at(viewer, kinds.MAY_LOG[chosen], shop.place)
        shown = shown_items(rules, chosen)
        faults = [item for items in shown.values() for item in items if item.code in codes]
        opened = findings.of_tenancies(session, [shop.tenancy_id], only_open=True)
        return DoorPage(form, shop, chosen, offered, shown, faults, opened, certificate, now)

    return await context.database.read(collect)


@get("/patrols/door/{token:str}", opt=may(*kinds.MAY_LOG.values()), include_in_schema=False)
async def record_form(request: Request, token: FromPath[str]) -> Response:
    act, query = act_for(request), request.query_params
    codes = query.getall("code", [])
    form = Form(
        {"id": act.new_id(), "observed_at": act.at.isoformat(timespec="seconds")}
        | {f"cause_{code}": Cause.MERCHANT.value for code in codes}
    )
    view = await door_page(request, token, query.get("kind"), codes, form)
    asked = view.chosen or query.get("step") == "details"
    return page(request, "patrols/faults.html" if asked else "patrols/door.html", view)


@post(
    "/patrols/door/{token:str}",
    opt=may(*kinds.MAY_LOG.values()),
    include_in_schema=False,
    request_max_body_size=MOST_BYTES,
)
async def save_record(request: Request, token: FromPath[str]) -> Response[Any]:
    """Save what the form says and lead to the confirmation, or show the form again."""
    values: dict[str, Any] = {}
    try:
        patrol_id = await save(request, token, values)
    except InvalidInput as refusal:
        codes = values.get("codes", [])
        form = refused_form(request, values, refusal)
        view = await door_page(request, token, values.get("kind"), codes, form)
        return page(request, "patrols/faults.html", view, 422)
    return Redirect(f"/patrols/{patrol_id}/saved", status_code=303)


def refused_form(request: Request, values: dict[str, Any], refusal: InvalidInput) -> Form:
    """Return the form as typed, each fault beside the field it is about."""
    codes = values.get("codes", [])
    named = {visits.field_of(path, codes): fault for path, fault in refusal.fields.items()}
    lang = language(request)
    return Form.refused(values, InvalidInput(refusal.code, fields=named, **refusal.params), lang)


async def save(request: Request, token: str, values: dict[str, Any]) -> str:
    """Log the form's record and return its id; `values` is left holding what was typed."""
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    rules = await context.rulebook.today(context)
    asked = set((await request.form()).getall("codes", []))
    codes = [code for code in rules.catalogue.items if code in asked]
    model = visits.form_for(codes)
    values.update(await forms.values_of(request, model) | {"codes": codes})
    refused = await visits.keep_photos(context, viewer, act, values)
    form = forms.check(model, values)
    if refused:
        raise InvalidInput("patrol.invalid", fields=refused)
    certificate = await context.database.read(
        lambda session: session.get_one(Account, viewer.account_id).officer_certificate
    )
    raw = visits.raw_of(visits.body_of(form, token, certificate))
    await visits.log(context, viewer, act, form.id, raw, regions.address_of(request))
    return form.id


@get("/patrols/{patrol_id:str}/saved", opt=signed_in(), include_in_schema=False)
async def saved_page(request: Request, patrol_id: FromPath[str]) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    now = context.clock()

    def collect(session: Session) -> SavedPage:
        found = records.record(session, viewer, patrol_id)
        if found.patrol.account_id != viewer.account_id:
            raise NotFound("patrol.unknown")
        rounds_on = viewer.may(Action.PATROL_LOG)
        following = stops.next_stop(session, viewer, now, found.shop) if rounds_on else None
        return SavedPage(found, following, now)

    return page(request, "patrols/saved.html", await context.database.read(collect))


@get("/patrols/{patrol_id:str}", opt=may(Action.FINDING_READ), include_in_schema=False)
async def record_page(request: Request, patrol_id: FromPath[str]) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    found = await context.database.read(lambda s: records.record(s, viewer, patrol_id))
    doubts_shown = sightings.may_weigh(viewer)
    mine = found.patrol.account_id == viewer.account_id
    view = RecordPage(found, doubts_shown, mine, context.clock())
    return page(request, "patrols/record.html", view)


ROUTES = [round_page, record_form, save_record, saved_page, record_page]

"""Quarantine at the desk: what lost phones handed over, opened, accepted into the ledger or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.catalogue.service import Catalogue
from compliance.errors import ComplianceError
from compliance.merchants.shops import Shop
from compliance.quarantine import doubts, queries, service
from compliance.quarantine.doubts import SealedDoubt, Sealing
from compliance.quarantine.queries import Listed, Pile
from compliance.quarantine.service import Held
from merchants_app import forms, quarantined
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.quarantined import Inside
from merchants_app.routes.patrols import int_of
from merchants_app.routes.photos import HEADERS

MAY = may(Action.QUARANTINE_DECIDE)
SIZE = 50


class Rejection(FormModel):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PilePage:
    listed: Listed
    pile: Pile
    piles: Sequence[Pile]
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One record opened: `there` is its page when the ledger has it, `next` the id of the next."""

    held: Held
    inside: Inside
    shop: Shop | None
    catalogue: Catalogue
    doubts: Sequence[SealedDoubt]
    missing: Sequence[int]
    arrived: frozenset[str]
    lacking: int
    there: str | None
    next: str | None
    form: Form
    now: datetime


@get("/quarantine", opt=MAY, include_in_schema=False)
async def pile_page(request: Request) -> Response:
    context, viewer, query = context_of(request), signed_in_viewer(request), request.query_params
    asked, number = query.get("pile"), int_of(query.get("page"))
    pile = Pile(asked) if asked in set(Pile) else Pile.RECORDS
    found = await context.database.read(
        lambda session: queries.listed(session, viewer, pile, number, SIZE)
    )
    return page(request, "quarantine/list.html", PilePage(found, pile, list(Pile), number, SIZE))


async def opened(request: Request, item_id: str, form: Form) -> ItemPage:
    """Return a held record with what it says and what is known around it."""
    context, viewer = context_of(request), signed_in_viewer(request)
    held = await context.database.read(lambda s: service.held(s, viewer, item_id))
    inside = await quarantined.look(context, held)
    rules = await context.rulebook.on(context, quarantined.seen_at(inside, held.item))

    def collect(session: Session) -> ItemPage:
        item, device = held.item, held.device
        known = queries.numbers_known(session, item)
        arrived = frozenset(service.photos_of(session, device.id, inside.photos))
        missing = doubts.missing_before(item.of_kind, known)
        told = Sealing(item.sealed_at, item.arrived_at, device.revoked_at, inside.seen_at, missing)
        return ItemPage(
            held=held,
            inside=inside,
            shop=quarantined.shop_of(session, inside, item),
            catalogue=rules.catalogue,
            doubts=doubts.doubts(told),
            missing=missing,
            arrived=arrived,
            lacking=len(quarantined.not_stored(session, set(inside.photos) - arrived)),
            there=queries.in_the_ledger(session, item),
            next=queries.next_of(session, viewer, held),
            form=form,
            now=context.clock(),
        )

    return await context.database.read(collect)


@get("/quarantine/{item_id:str}", opt=MAY, include_in_schema=False)
async def item_page(request: Request, item_id: FromPath[str]) -> Response:
    return page(request, "quarantine/item.html", await opened(request, item_id, Form()))


@get("/quarantine/{item_id:str}/photos/{sha256:str}", opt=MAY, include_in_schema=False)
async def item_photo(
    request: Request, item_id: FromPath[str], sha256: FromPath[str]
) -> Response[bytes]:
    context, viewer = context_of(request), signed_in_viewer(request)
    held = await context.database.read(lambda s: service.held(s, viewer, item_id))
    data = await quarantined.photo(context, held, sha256)
    return Response(data, media_type="image/jpeg", headers=HEADERS)


@post("/quarantine/{item_id:str}/accept", opt=MAY, include_in_schema=False)
async def accept(request: Request, item_id: FromPath[str]) -> Response | Redirect:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    try:
        await quarantined.accept(context, act, viewer, item_id)
    except ComplianceError as refusal:
        return await refused(request, item_id, refusal, {})
    return Redirect(f"/quarantine/{item_id}", status_code=303)


@post("/quarantine/{item_id:str}/reject", opt=MAY, include_in_schema=False)
async def reject(request: Request, item_id: FromPath[str]) -> Response | Redirect:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    form = await forms.read(request, Rejection)
    try:
        await quarantined.reject(context, act, viewer, item_id, form.reason)
    except ComplianceError as refusal:
        return await refused(request, item_id, refusal, form.model_dump())
    return Redirect(f"/quarantine/{item_id}", status_code=303)


async def refused(
    request: Request, item_id: str, refusal: ComplianceError, values: dict[str, str]
) -> Response:
    """Answer with the record again and why it could not be decided so; NotFound where none is."""
    shown = {name: why for name, why in refusal.fields.items() if name in Rejection.model_fields}
    refusal.fields = shown
    view = await opened(request, item_id, Form.refused(values, refusal, language(request)))
    return page(request, "quarantine/item.html", view, 422)


ROUTES = [pile_page, item_page, item_photo, accept, reject]

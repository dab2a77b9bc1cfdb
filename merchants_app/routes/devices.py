"""Phones: one's own, and at the desk those of its people; a lost one is revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.devices import service
from compliance.devices.models import RevokeReason
from compliance.devices.service import Owned
from compliance.errors import InvalidInput
from compliance.quarantine import queries
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page

MAY = may(Action.PATROL_LOG, Action.ACCOUNT_MANAGE)

REASONS = [each for each in RevokeReason if each is not RevokeReason.ACCOUNT_CLOSED]
"""What a person may give as the reason; the other follows from closing the account."""


class Revocation(FormModel):
    reason: RevokeReason


@dataclass(frozen=True, slots=True)
class DevicesPage:
    own: Sequence[Owned]
    others: Sequence[Owned]
    decides: bool
    waiting: int
    now: datetime


@dataclass(frozen=True, slots=True)
class RevokePage:
    owned: Owned
    mine: bool
    reasons: Sequence[RevokeReason]
    form: Form


@get("/devices", opt=MAY, include_in_schema=False)
async def devices_page(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)

    def collect(session: Session) -> DevicesPage:
        found = service.listed(session, viewer)
        own = [each for each in found if each.owner.id == viewer.account_id]
        others = [each for each in found if each.owner.id != viewer.account_id]
        waiting = queries.waiting(session, viewer)
        decides = viewer.may(Action.QUARANTINE_DECIDE)
        return DevicesPage(own, others, decides, waiting, context.clock())

    return page(request, "devices/list.html", await context.database.read(collect))


async def revoke_page(request: Request, device_id: str, form: Form) -> RevokePage:
    """Return the question whether a phone is really lost."""
    viewer = signed_in_viewer(request)
    owned = await context_of(request).database.read(
        lambda session: service.owned(session, viewer, device_id)
    )
    return RevokePage(owned, owned.owner.id == viewer.account_id, REASONS, form)


@get("/devices/{device_id:str}/revoke", opt=MAY, include_in_schema=False)
async def revoke_form(request: Request, device_id: FromPath[str]) -> Response:
    return page(request, "devices/revoke.html", await revoke_page(request, device_id, Form()))


@post("/devices/{device_id:str}/revoke", opt=MAY, include_in_schema=False)
async def revoke(request: Request, device_id: FromPath[str]) -> Response | Redirect:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    try:
        given = await forms.read(request, Revocation)
    except InvalidInput as refusal:
        form = await desk.again(request, Revocation, refusal)
        view = await revoke_page(request, device_id, form)
        return page(request, "devices/revoke.html", view, 422)
    await context.database.write(
        lambda session: service.revoke(session, act, viewer, device_id, given.reason)
    )
    return Redirect("/devices", status_code=303)


ROUTES = [devices_page, revoke_form, revoke]

"""What waits for its other party: the hauler's contracts, the association's covenants, the desk's
statements; one signed, or all that are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Request, Response, get, post
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.contracts import missing
from compliance.merchants.shops import Shop
from compliance.notices import haulers, listing, signing
from compliance.notices.consent import ACCOUNT_CONSENT, Consent
from compliance.notices.haulers import Contractor
from compliance.notices.listing import Line
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import page
from merchants_app.signatures import device_of


class Countersigned(FormModel):
    notices: list[str]


@dataclass(frozen=True, slots=True)
class Contracts:
    """Signed by the merchant and waiting, and those signed by both."""

    waiting: Sequence[Line]
    done: Sequence[Line]
    permits: Sequence[Contractor]
    kitchens: Sequence[Shop]
    """Shops that name the viewer as their hauler and still lack the official contract."""
    today: date
    consent: Consent = ACCOUNT_CONSENT


@get("/contracts", opt=may(Action.NOTICE_COUNTERSIGN), include_in_schema=False)
async def contracts(request: Request) -> Response:
    viewer, today = signed_in_viewer(request), act_for(request).day

    def collect(session: Session) -> Contracts:
        waiting = listing.to_countersign(session, viewer)
        done = listing.to_countersign(session, viewer, done=True, limit=50)
        permits = haulers.all_of(session, today, viewer.haulers) if viewer.haulers else []
        kitchens = missing.of_haulers(session, viewer, today) if viewer.haulers else []
        return Contracts(waiting, done, permits, kitchens, today)

    view = await context_of(request).database.read(collect)
    return page(request, "contracts/list.html", view)


@post("/contracts", opt=may(Action.NOTICE_COUNTERSIGN), include_in_schema=False)
async def countersign(request: Request) -> Redirect:
    viewer, act, device = signed_in_viewer(request), act_for(request), device_of(request)
    form = await forms.read(request, Countersigned)

    def do(session: Session) -> None:
        for notice_id in form.notices:
            signing.countersign(
                session, act, viewer, notice_id, device=device, together=len(form.notices)
            )

    await context_of(request).database.write(do)
    return Redirect("/contracts", status_code=303)


ROUTES = [contracts, countersign]

"""What waits for its other party: the hauler's contracts, the association's covenants, the desk's
statements; one signed, or all that are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.notices import listing, signing
from compliance.notices.listing import Line
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.pages import page


class Countersigned(FormModel):
    notices: list[str]


@dataclass(frozen=True, slots=True)
class Contracts:
    """Signed by the merchant and waiting, and those signed by both."""

    waiting: Sequence[Line]
    done: Sequence[Line]


@get("/contracts", opt=may(Action.NOTICE_COUNTERSIGN), include_in_schema=False)
async def contracts(request: Request) -> Response:
    viewer = signed_in_viewer(request)

    def collect(session: Session) -> Contracts:
        waiting = listing.to_countersign(session, viewer)
        return Contracts(waiting, listing.to_countersign(session, viewer, done=True, limit=50))

    view = await context_of(request).database.read(collect)
    return page(request, "contracts/list.html", view)


@post("/contracts", opt=may(Action.NOTICE_COUNTERSIGN), include_in_schema=False)
async def countersign(request: Request) -> Redirect:
    viewer, act = signed_in_viewer(request), act_for(request)
    form = await forms.read(request, Countersigned)

    def do(session: Session) -> None:
        for notice_id in form.notices:
            signing.countersign(session, act, viewer, notice_id)

    await context_of(request).database.write(do)
    return Redirect("/contracts", status_code=303)


ROUTES = [contracts, countersign]

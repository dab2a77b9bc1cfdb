"""Erasing personal data at the district desk: shown first, confirmed by typing, told for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field

from compliance.accounts.permissions import Action
from compliance.erasures import service, telling
from compliance.erasures.gathering import Asked
from compliance.erasures.kinds import Basis
from compliance.erasures.service import Preview
from compliance.erasures.telling import Line
from compliance.errors import InvalidInput
from compliance.notices.models import Party
from merchants_app import desk, erasing, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, page


class Confirmed(FormModel):
    """On which ground, why, and the number of what is erased, typed once more."""

    basis: Basis
    reason: str = Field(max_length=300)
    number: str = Field(max_length=40)

    def check(self, preview: Preview) -> None:
        """Raise InvalidInput `erasure.number_differs` unless the number is the one shown."""
        typed = "".join(self.number.split()).upper()
        if typed != number_of(preview).upper():
            raise InvalidInput(
                "erasure.number_differs", fields={"number": "erasure.number_differs"}
            )


@dataclass(frozen=True, slots=True)
class NewErasure:
    """What would go, and the form that lets it go."""

    preview: Preview
    number: str
    form: Form
    bases: Sequence[Basis]


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was erased, newest first."""

    lines: Sequence[Line]
    total: int
    page: int
    size: int


def number_of(preview: Preview) -> str:
    """Return the number by which people know what is erased."""
    return preview.notice.number if preview.notice else preview.shop.number


def _asked(request: Request) -> Asked:
    query = request.query_params
    party = next((each for each in Party if each == query.get("party")), None)
    return Asked(query.get("tenancy", ""), query.get("notice", ""), party)


async def _preview(request: Request) -> Preview:
    act, viewer, asked = act_for(request), signed_in_viewer(request), _asked(request)
    return await context_of(request).database.read(
        lambda session: service.preview(session, act, viewer, asked)
    )


@get("/erasures/new", opt=may(Action.PERSONAL_DATA_ERASE), include_in_schema=False)
async def new_erasure_page(request: Request) -> Response:
    preview = await _preview(request)
    view = NewErasure(preview, number_of(preview), Form(), list(Basis))
    return page(request, "erasures/new.html", view)


@post("/erasures/new", opt=may(Action.PERSONAL_DATA_ERASE), include_in_schema=False)
async def new_erasure(request: Request) -> Response:
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    preview, asked = await _preview(request), _asked(request)
    try:
        given = await forms.read(request, Confirmed)
        given.check(preview)
        erase = partial(service.erase, basis=given.basis, reason=given.reason)
        done = await context.database.write(lambda s: erase(s, act, viewer, asked))
    except REFUSALS as refusal:
        form = await desk.again(request, Confirmed, refusal)
        view = NewErasure(preview, number_of(preview), form, list(Basis))
        return page(request, "erasures/new.html", view, status_of(refusal))
    await erasing.finish(context)
    return Redirect(f"/erasures/{done.id}", status_code=303)


@get("/erasures", opt=may(Action.LEDGER_READ), include_in_schema=False)
async def erasures(request: Request) -> Response:
    """List what was erased, for those who see the whole district."""
    viewer, asked = signed_in_viewer(request), request.query_params.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() else 1
    lines, total = await context_of(request).database.read(
        lambda session: telling.lines(session, viewer, number)
    )
    view = Erasures(lines, total, number, telling.PAGE)
    return page(request, "erasures/list.html", view)


@get("/erasures/{erasure_id:str}", opt=may(Action.LEDGER_READ), include_in_schema=False)
async def erasure_page(request: Request, erasure_id: FromPath[str]) -> Response:
    viewer = signed_in_viewer(request)
    line = await context_of(request).database.read(lambda s: telling.one(s, viewer, erasure_id))
    return page(request, "erasures/show.html", line)


ROUTES = [new_erasure_page, new_erasure, erasures, erasure_page]

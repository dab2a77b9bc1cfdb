"""Licensed haulers at the desk: who they are, until when their permits hold, a renewed permit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.notices import haulers
from compliance.notices.haulers import Contractor
from compliance.notices.models import WasteHauler
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of
from merchants_app.desk import REFUSALS
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.words import translate

DONE = {"new": "收运单位已登记", "permit": "许可证已更新"}


class Permit(FormModel):
    """What the desk has seen of a permit."""

    permit_no: str = Field(min_length=1, max_length=40)
    permit_valid_to: date
    phone: str = Field(default="", max_length=20)


class NewHauler(Permit):
    name: str = Field(min_length=2, max_length=80)


@dataclass(frozen=True, slots=True)
class HaulerList:
    """All haulers, or those an account signs for, the permit that ends first on top."""

    haulers: Sequence[Contractor]
    today: date


@dataclass(frozen=True, slots=True)
class HaulerPage:
    """One hauler and the form for its permit."""

    hauler: WasteHauler
    contractor: Contractor
    form: Form
    today: date


@get("/haulers", opt=may(Action.HAULER_KEEP), include_in_schema=False)
async def hauler_list(request: Request) -> Response:
    today = act_for(request).day
    found = await context_of(request).database.read(lambda s: haulers.all_of(s, today))
    done = DONE.get(request.query_params.get("done", ""))
    flash = translate(language(request), done) if done else None
    return page(request, "haulers/list.html", HaulerList(found, today), flash=flash)


@get("/haulers/new", opt=may(Action.HAULER_KEEP), include_in_schema=False)
async def new_hauler_page(request: Request) -> Response:
    return page(request, "haulers/new.html", {"form": Form()})


@post("/haulers/new", opt=may(Action.HAULER_KEEP), include_in_schema=False)
async def new_hauler(request: Request) -> Response:
    act = act_for(request)
    try:
        given = await forms.read(request, NewHauler)
        await context_of(request).database.write(
            lambda s: haulers.register(s, act, **given.model_dump())
        )
    except REFUSALS as refusal:
        form = await desk.again(request, NewHauler, refusal)
        return page(request, "haulers/new.html", {"form": form}, status_of(refusal))
    return Redirect("/haulers?done=new", status_code=303)


@get("/haulers/{hauler_id:str}", opt=may(Action.HAULER_KEEP), include_in_schema=False)
async def hauler_page(request: Request, hauler_id: FromPath[str]) -> Response:
    return await _page(request, hauler_id)


@post("/haulers/{hauler_id:str}", opt=may(Action.HAULER_KEEP), include_in_schema=False)
async def renew(request: Request, hauler_id: FromPath[str]) -> Response:
    act, database = act_for(request), context_of(request).database
    try:
        await database.read(lambda s: haulers.hauler_of(s, hauler_id))
        given = await forms.read(request, Permit)
        await database.write(lambda s: haulers.renew(s, act, hauler_id, **given.model_dump()))
    except REFUSALS as refusal:
        form = await desk.again(request, Permit, refusal)
        return await _page(request, hauler_id, form, status_of(refusal))
    return Redirect("/haulers?done=permit", status_code=303)


async def _page(
    request: Request, hauler_id: str, form: Form | None = None, status: int = 200
) -> Response:
    today = act_for(request).day

    def collect(session: Session) -> HaulerPage:
        hauler = haulers.hauler_of(session, hauler_id)
        (contractor,) = haulers.all_of(session, today, [hauler_id])
        known = {
            "permit_no": hauler.permit_no,
            "permit_valid_to": str(hauler.permit_valid_to or ""),
            "phone": hauler.phone,
        }
        return HaulerPage(hauler, contractor, form or Form(known), today)

    view = await context_of(request).database.read(collect)
    return page(request, "haulers/show.html", view, status)


ROUTES = [hauler_list, new_hauler_page, new_hauler, hauler_page, renew]

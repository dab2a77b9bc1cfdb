"""Re-signing: how far each campaign has come, who has not signed and why, and its end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.errors import NotFound
from compliance.merchants.cells import Cell
from compliance.notices import publishing, resign_lists, resigning
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import NoticeText, ResignCampaign
from compliance.notices.resign_lists import (
    OPEN_ENDED,
    Headway,
    Line,
    Obstacle,
    Part,
    Phase,
    Wanted,
)
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import Places, places_of
from merchants_app.forms import FormModel
from merchants_app.mending import where_to_mend
from merchants_app.pages import Form, language, page
from merchants_app.resigning import try_again
from merchants_app.tables import write_table
from merchants_app.words import label, translate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_PAGE = 10_000
COLUMNS = ("店名", "门牌编号", "镇街", "街巷", "进展", "缺什么", "原因")


class Closing(FormModel):
    note: str = ""


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign in a list, with the figures within reach."""

    campaign: ResignCampaign
    text: NoticeText
    phase: Phase
    whole: Part

    @property
    def going_on(self) -> bool:
        return self.phase is not Phase.CLOSED


@dataclass(frozen=True, slots=True)
class CampaignList:
    """Every campaign, the latest first."""

    campaigns: Sequence[CampaignCard]


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign: figures by place, and a page of the shops of one stage."""

    card: CampaignCard
    former: NoticeText
    parts: Sequence[Part]
    lines: Sequence[Line]
    obstacles: Sequence[Obstacle]
    wanted: Wanted
    where: Form
    places: Places
    page: int
    count: int
    size: int = resign_lists.PAGE
    stages: Sequence[Headway] = tuple(Headway)
    mend: Callable[[NoticeKind, str, str, str], str] = where_to_mend


def cards(session: Session, viewer: Viewer, today: date) -> list[CampaignCard]:
    """Return every campaign that touches the viewer's places."""
    return [
        _card(session, viewer, each, today)
        for each in resigning.campaigns(session)
        if _touches(viewer, each)
    ]


def _card(session: Session, viewer: Viewer, campaign: ResignCampaign, today: date) -> CampaignCard:
    whole, _ = resign_lists.figures(session, viewer, campaign)
    text = publishing.text_of(session, campaign.text_id)
    return CampaignCard(campaign, text, resign_lists.phase(campaign, today), whole)


def _touches(viewer: Viewer, campaign: ResignCampaign) -> bool:
    everywhere = viewer.may(Action.TEXT_PUBLISH) or not viewer.townships
    return everywhere or not campaign.townships or bool(viewer.townships & {*campaign.townships})


def _seen_by(session: Session, viewer: Viewer, campaign_id: str) -> ResignCampaign:
    campaign = resigning.campaign_of(session, campaign_id)
    if not _touches(viewer, campaign):
        raise NotFound("resigning.unknown")
    return campaign


@get("/resigning", opt=may(Action.TEXT_READ), include_in_schema=False)
async def all_campaigns(request: Request) -> Response:
    viewer, today = signed_in_viewer(request), act_for(request).day
    found = await context_of(request).database.read(lambda s: cards(s, viewer, today))
    return page(request, "resigning/list.html", CampaignList(found))


@get("/resigning/{campaign_id:str}", opt=may(Action.TEXT_READ), include_in_schema=False)
async def one_campaign(request: Request, campaign_id: FromPath[str]) -> Response:
    return page(request, "resigning/show.html", await _campaign(request, campaign_id))


async def _campaign(request: Request, campaign_id: str) -> CampaignPage:
    viewer, today, query = signed_in_viewer(request), act_for(request).day, request.query_params
    wanted, asked = _wanted(request), query.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() else 1

    def collect(session: Session) -> CampaignPage:
        campaign = _seen_by(session, viewer, campaign_id)
        card = _card(session, viewer, campaign, today)
        _, parts = resign_lists.figures(session, viewer, campaign, wanted.township)
        shown = [wanted.headway] if wanted.headway else OPEN_ENDED
        inside = [part for part in parts if not wanted.lane or part.code == wanted.lane]
        return CampaignPage(
            card=card,
            former=publishing.text_of(session, campaign.former_id),
            parts=parts,
            lines=resign_lists.shops(session, viewer, campaign, wanted, number),
            obstacles=resign_lists.obstacles(session, viewer, campaign),
            wanted=wanted,
            where=Form({name: query.get(name, "") for name in ("headway", "township", "lane")}),
            places=places_of(session, viewer, Action.NOTICE_READ, wanted.township),
            page=number,
            count=sum(part.by_headway.get(each, 0) for part in inside for each in shown),
        )

    return await context_of(request).database.read(collect)


def _wanted(request: Request) -> Wanted:
    query = request.query_params
    asked = query.get("headway", "")
    headway = next((each for each in Headway if each == asked), None)
    return Wanted(headway, query.get("township", ""), query.get("lane", ""))


@get("/resigning/{campaign_id:str}/shops.xlsx", opt=may(Action.TEXT_READ), include_in_schema=False)
async def campaign_table(request: Request, campaign_id: FromPath[str]) -> Response[bytes]:
    """Give every shop of the stage asked for as a spreadsheet, in walking order."""
    viewer, lang, wanted = signed_in_viewer(request), language(request), _wanted(request)

    def collect(session: Session) -> list[Line]:
        campaign = _seen_by(session, viewer, campaign_id)
        return resign_lists.shops(session, viewer, campaign, wanted, None)

    lines = await context_of(request).database.read(collect)
    headers = [translate(lang, column) for column in COLUMNS]
    made = write_table(translate(lang, "还没重签的店"), headers, _rows(lang, lines))
    headers_of = {"content-disposition": f'attachment; filename="resigning-{campaign_id[:8]}.xlsx"'}
    return Response(made, media_type=XLSX, headers=headers_of)


def _rows(lang: str, lines: Sequence[Line]) -> Iterator[Sequence[Cell]]:
    for line in lines:
        why = (label(lang, line.field, "fact"), label(lang, line.code, "error"))
        stopped = line.headway is Headway.STOPPED
        place = (line.shop, line.door, line.township, line.lane, label(lang, line.headway))
        yield (*place, *(why if stopped else ("", "")))


@post("/resigning/{campaign_id:str}/retry", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def retry_campaign(request: Request, campaign_id: FromPath[str]) -> Response:
    await try_again(context_of(request), act_for(request), campaign_id)
    return Redirect(f"/resigning/{campaign_id}", status_code=303)


@get("/resigning/{campaign_id:str}/close", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def close_page(request: Request, campaign_id: FromPath[str]) -> Response:
    return page(request, "resigning/close.html", await _campaign(request, campaign_id))


@post("/resigning/{campaign_id:str}/close", opt=may(Action.TEXT_PUBLISH), include_in_schema=False)
async def close_campaign(request: Request, campaign_id: FromPath[str]) -> Response:
    act, form = act_for(request), await forms.read(request, Closing)
    database = context_of(request).database
    await database.write(lambda s: resigning.close(s, act, campaign_id, form.note))
    return Redirect(f"/resigning/{campaign_id}", status_code=303)


ROUTES: list[Any] = [
    all_campaigns,
    one_campaign,
    campaign_table,
    retry_campaign,
    close_page,
    close_campaign,
]

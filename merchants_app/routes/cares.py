"""The desk's lists of notices that need care: filtered, sorted, printed, and as a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from litestar import Request, Response, get
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL
from compliance.merchants.cells import Cell
from compliance.notices import watching
from compliance.notices.kinds import NoticeKind
from compliance.notices.listing import Line
from compliance.notices.watching import MOST, PAGE, PERMIT, TO_ISSUE_ANEW, Care, NewTenant, Wanted
from merchants_app import desk, forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import Places
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.tables import XLSX, write_table
from merchants_app.words import label, translate

COLUMNS = ("店名", "门牌编号", "公示", "编号", "镇街", "街巷", "发出时间", "有效期至")
PERMIT_COLUMNS = ("收运单位", "许可证有效期至")
TENANT_COLUMNS = ("店名", "门牌编号", "镇街", "街巷", "入驻日期", "已发公示")


class Asked(FormModel):
    """The address of a list: which care, which place and kind, its order and page."""

    care: Care = Care.REFUSED
    township: str = ""
    lane: str = ""
    kind: NoticeKind | Literal[""] = ""
    sort: str = Field(default="valid_to", pattern="^-?(valid_to|shop|kind|place|issued|permit)$")
    page: int = Field(default=1, ge=1, le=100_000)
    whole: Literal["yes", ""] = ""

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            care=self.care,
            township=self.township,
            lane=self.lane,
            kind=NoticeKind(self.kind) if self.kind else None,
            order=watching.Order(self.sort.removeprefix("-")),
            falling=self.sort.startswith("-"),
        )


@dataclass(frozen=True, slots=True)
class CareList:
    """One list with the counts of all of them; `lines` are notices, or shops that changed hands."""

    counts: Mapping[Care, int]
    care: Care
    lines: Sequence[Line | NewTenant]
    page: int
    size: int
    today: date
    form: Form
    places: Places
    kinds: Sequence[NoticeKind]
    permits: bool
    to_issue: str
    """Where new ones are issued for this list, empty when that would not put it right."""


def asked_of(request: Request) -> Asked:
    """Return what the address asks for; raise InvalidInput for nonsense."""
    given = {name: request.query_params.get(name) for name in Asked.model_fields}
    return forms.check(Asked, {name: value for name, value in given.items() if value})


async def care_page(request: Request) -> Response:
    """Show one list of notices that need care."""
    viewer, today, asked = signed_in_viewer(request), act_for(request).day, asked_of(request)
    view = await context_of(request).database.read(lambda s: _collect(s, viewer, today, asked))
    return page(request, "notices/cares.html", view)


def _collect(session: Session, viewer: Viewer, today: date, asked: Asked) -> CareList:
    wanted, size = asked.wanted, MOST if asked.whole else PAGE
    return CareList(
        counts=watching.counts(session, viewer, today, wanted),
        care=asked.care,
        lines=_lines(session, viewer, today, wanted, asked.page, size),
        page=asked.page,
        size=size,
        today=today,
        form=Form(asked.model_dump(mode="json")),
        places=desk.places_of(session, viewer, Action.NOTICE_READ, asked.township),
        kinds=tuple(NoticeKind),
        permits=asked.care in PERMIT,
        to_issue=_to_issue(viewer, asked),
    )


def _lines(
    session: Session, viewer: Viewer, today: date, wanted: Wanted, number: int, size: int
) -> Sequence[Line | NewTenant]:
    if wanted.care is Care.NEW_TENANT:
        return watching.new_tenants(session, viewer, wanted, page=number, size=size)
    return watching.needing(session, viewer, today, wanted, page=number, size=size)


def _to_issue(viewer: Viewer, asked: Asked) -> str:
    if asked.care not in TO_ISSUE_ANEW or not viewer.may(Action.NOTICE_ISSUE):
        return ""
    told = {
        "township": asked.township,
        "lane": asked.lane,
        "kind": asked.kind,
        "days": str(watching.WITHIN_DAYS.get(asked.care, "")),
    }
    query = "&".join(f"{name}={value}" for name, value in told.items() if value)
    return f"/notices/issue-missing?{query}"


@get("/notices.xlsx", opt=may(Action.NOTICE_READ), include_in_schema=False)
async def care_table(request: Request) -> Response[bytes]:
    """Give the whole list as a spreadsheet, in the order of the page."""
    viewer, today, asked = signed_in_viewer(request), act_for(request).day, asked_of(request)
    lang, wanted = language(request), asked.wanted
    lines = await context_of(request).database.read(
        lambda s: _lines(s, viewer, today, wanted, 1, MOST)
    )
    headers = [translate(lang, column) for column in _columns(asked.care)]
    made = write_table(label(lang, asked.care), headers, _rows(lang, lines, asked.care))
    named = f'attachment; filename="notices-{asked.care.value}-{today.isoformat()}.xlsx"'
    return Response(made, media_type=XLSX, headers={"content-disposition": named})


def _columns(care: Care) -> Sequence[str]:
    if care is Care.NEW_TENANT:
        return TENANT_COLUMNS
    return (*COLUMNS, *PERMIT_COLUMNS) if care in PERMIT else COLUMNS


def _rows(lang: str, lines: Sequence[Line | NewTenant], care: Care) -> Iterator[Sequence[Cell]]:
    for line in lines:
        place = (line.township, line.lane)
        if isinstance(line, NewTenant):
            yield (line.shop, line.door, *place, line.opened_on, line.held)
            continue
        permit = (line.hauler, line.permit_valid_to) if care in PERMIT else ()
        yield (
            line.shop,
            line.door,
            label(lang, line.kind),
            line.number,
            *place,
            line.issued_at.astimezone(LOCAL),
            line.valid_to,
            *permit,
        )


ROUTES = [care_table]

"""Colours of shops: the list and its spreadsheet, one shop's sum, a colour set by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.act import LOCAL
from compliance.coverage.conditions import day_of
from compliance.grades import publishing, queries, service
from compliance.grades.points import POINT, PointRule, Sum
from compliance.grades.queries import Graded, GradeOrder, Wanted
from compliance.grades.rules import Colour, Rules, inspection_cap, visit_every
from compliance.merchants import shops
from compliance.merchants.cells import Cell
from merchants_app import colours, desk, forms
from merchants_app.access import may
from merchants_app.colours import ShopColour, score
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.desk import REFUSALS, Places
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page
from merchants_app.tables import XLSX, write_table
from merchants_app.words import label, translate

SIZE = 50
MOST = 20_000
COLUMNS = (
    "店名",
    "门牌编号",
    "镇街",
    "街巷",
    "颜色",
    "计算得出",
    "人工设定至",
    "分数",
    "问题扣分",
    "公示过期扣分",
    "自查加分",
    "从何时起",
    "几天巡查一次",
    "每年最多检查",
)
DONE = {"set": "颜色已设定，已记入这家店的台账", "ended": "人工设定已撤下，改按计算得出的颜色"}
"""What a shop's page says after something was done, by `?done=`."""


class Asked(FormModel):
    """The address of a list: what is looked for, its order and its page."""

    q: str = Field(default="", max_length=60)
    township: str = ""
    lane: str = ""
    colour: Colour | Literal[""] = ""
    sort: str = Field(default="colour", pattern="^-?(colour|name|lane|since)$")
    page: int = Field(default=1, ge=1, le=100_000)

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            q=self.q,
            township=self.township,
            lane=self.lane,
            colour=Colour(self.colour) if self.colour else None,
            order=GradeOrder(self.sort.removeprefix("-")),
            falling=self.sort.startswith("-"),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: the shop and its colour, and what the sum of this moment makes of it."""

    graded: Graded
    live: Sum
    rules: Rules

    @property
    def points(self) -> str:
        return score(self.live.points)

    @property
    def parts(self) -> Mapping[PointRule, str]:
        """What each rule adds up to, where it does."""
        return {
            rule: score(self.amount(rule), sign=True) for rule in PointRule if self.amount(rule)
        }

    @property
    def visit_every(self) -> int:
        return visit_every(self.graded.colour, self.rules)

    def amount(self, rule: PointRule) -> int:
        return sum(line.amount for line in self.live.lines if line.rule is rule)


@dataclass(frozen=True, slots=True)
class GradeList:
    form: Form
    rows: Sequence[Row]
    counts: Mapping[Colour, int]
    total: int
    page: int
    size: int
    places: Places
    now: datetime


def _asked(request: Request) -> Asked:
    given = {name: request.query_params.get(name) for name in Asked.model_fields}
    return forms.check(Asked, {name: value for name, value in given.items() if value})


@get("/grades", opt=may(Action.GRADE_READ), include_in_schema=False)
async def grade_list(request: Request) -> Response:
    viewer, now = signed_in_viewer(request), act_for(request).at
    if viewer.role is Role.MERCHANT:
        return Redirect("/shop#grade", status_code=303)
    asked = _asked(request)
    view = await context_of(request).database.read(lambda s: _list(s, viewer, asked, now))
    return page(request, "grades/list.html", view)


def _list(session: Session, viewer: Viewer, asked: Asked, now: datetime) -> GradeList:
    wanted = asked.wanted
    counts = queries.counts(session, viewer, wanted, now)
    return GradeList(
        form=Form(asked.model_dump(mode="json")),
        rows=_rows(session, viewer, wanted, now, asked.page, SIZE),
        counts=counts,
        total=counts[wanted.colour] if wanted.colour else sum(counts.values()),
        page=asked.page,
        size=SIZE,
        places=desk.places_of(session, viewer, Action.GRADE_READ, asked.township),
        now=now,
    )


def _rows(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime, number: int, size: int
) -> list[Row]:
    found = queries.page(session, viewer, wanted, now, page=number, size=size)
    held = publishing.in_force(session, day_of(now))
    sums: dict[str, Sum] = {}
    ids = [each.shop.tenancy_id for each in found]
    for start in range(0, len(ids), publishing.CHUNK):
        sums |= service.sums(session, ids[start : start + publishing.CHUNK], now, held)
    return [Row(each, sums[each.shop.tenancy_id], held.rules) for each in found]


@get("/grades.xlsx", opt=may(Action.GRADE_READ), include_in_schema=False)
async def grade_table(request: Request) -> Response[bytes]:
    """Give the whole list as a spreadsheet, in the order of the page."""
    viewer, now, lang = signed_in_viewer(request), act_for(request).at, language(request)
    wanted = _asked(request).wanted
    rows = await context_of(request).database.read(lambda s: _rows(s, viewer, wanted, now, 1, MOST))
    headers = [translate(lang, column) for column in COLUMNS]
    made = write_table(translate(lang, "门店颜色"), headers, _cells(lang, rows))
    named = f'attachment; filename="grades-{day_of(now).isoformat()}.xlsx"'
    return Response(made, media_type=XLSX, headers={"content-disposition": named})


def _cells(lang: str, rows: Sequence[Row]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        graded, shop = row.graded, row.graded.shop
        yield (
            shop.name,
            shop.number,
            shop.township_en if lang == "en" else shop.township,
            shop.lane,
            label(lang, graded.colour),
            label(lang, graded.computed),
            graded.set_until,
            row.live.points / POINT,
            *(row.amount(rule) / POINT for rule in (PointRule.FINDING, PointRule.NOTICE_EXPIRED)),
            (row.amount(PointRule.SELF_CHECK) + row.amount(PointRule.RED_LIST)) / POINT,
            graded.since.astimezone(LOCAL) if graded.since else None,
            row.visit_every,
            inspection_cap(graded.colour, row.rules),
        )


@get("/grades/{tenancy_id:str}", opt=may(Action.GRADE_READ), include_in_schema=False)
async def grade_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    done = DONE.get(request.query_params.get("done", ""))
    flash = translate(language(request), done) if done else None
    view = await _colour_of(request, tenancy_id, Action.GRADE_READ)
    return page(request, "grades/show.html", view, flash=flash)


async def _colour_of(request: Request, tenancy_id: str, action: Action) -> ShopColour:
    viewer, now, lang = signed_in_viewer(request), act_for(request).at, language(request)

    def collect(session: Session) -> ShopColour:
        shop = shops.seen_by(session, viewer, action, tenancy_id)
        return colours.of_shop(session, shop, now, lang)

    return await context_of(request).database.read(collect)


class Override(FormModel):
    """A colour, until when, why; `seen` is what stood when the page was opened."""

    colour: Colour
    until: date
    reason: str = Field(max_length=300)
    seen: str = Field(default="", max_length=32)


@dataclass(frozen=True, slots=True)
class OverridePage:
    """The form, beside the colour as computed; `latest` is the last day it may hold."""

    file: ShopColour
    form: Form
    settable: Sequence[Colour]
    latest: date


@get("/grades/{tenancy_id:str}/override", opt=may(Action.GRADE_OVERRIDE), include_in_schema=False)
async def override_page(request: Request, tenancy_id: FromPath[str]) -> Response:
    view = await _override_view(request, tenancy_id, Form())
    return page(request, "grades/override.html", view)


async def _override_view(request: Request, tenancy_id: str, form: Form) -> OverridePage:
    today = act_for(request).day
    usual = {"until": (today + timedelta(days=30)).isoformat()}
    filled = Form({**usual, **form.values}, form.errors)
    file = await _colour_of(request, tenancy_id, Action.GRADE_OVERRIDE)
    return OverridePage(file, filled, service.SETTABLE, today + service.LONGEST_OVERRIDE)


@post("/grades/{tenancy_id:str}/override", opt=may(Action.GRADE_OVERRIDE), include_in_schema=False)
async def override(request: Request, tenancy_id: FromPath[str]) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        given = (await forms.read(request, Override)).model_dump()
        await context_of(request).database.write(
            lambda s: service.override(s, act, viewer, tenancy_id, **given)
        )
    except REFUSALS as refusal:
        form = await desk.again(request, Override, refusal)
        view = await _override_view(request, tenancy_id, form)
        return page(request, "grades/override.html", view, status_of(refusal))
    return Redirect(f"/grades/{tenancy_id}?done=set", status_code=303)


class Ended(FormModel):
    seen: str = Field(max_length=32)


@post(
    "/grades/{tenancy_id:str}/override/end",
    opt=may(Action.GRADE_OVERRIDE),
    include_in_schema=False,
)
async def end_override(request: Request, tenancy_id: FromPath[str]) -> Redirect:
    act, viewer = act_for(request), signed_in_viewer(request)
    given = await forms.read(request, Ended)
    end = partial(service.end_override, tenancy_id=tenancy_id, seen=given.seen)
    await context_of(request).database.write(lambda s: end(s, act, viewer))
    return Redirect(f"/grades/{tenancy_id}?done=ended", status_code=303)


ROUTES = [grade_list, grade_table, grade_page, override_page, override, end_override]

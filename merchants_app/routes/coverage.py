"""The desk's overview: how many of 5 × tenancies slots are filled, as a page and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from litestar import Request, Response, get

from compliance.accounts.permissions import Action
from compliance.coverage import service
from compliance.coverage.conditions import day_of
from compliance.coverage.service import Area, Coverage, Day
from compliance.coverage.slots import Slot
from compliance.errors import NotFound
from merchants_app.access import may
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.pages import page


def sort_key(column: str, area: Area) -> tuple[float, str]:
    """Return what a part is sorted by: its share of a column, then its code."""
    if column == "tenancies":
        return area.tenancies, area.code
    if column == "filled":
        return area.filled / area.total, area.code
    if column in set(Slot):
        return area.by_slot[Slot(column)] / area.tenancies, area.code
    return 0, area.code


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, and its parts: townships, or the lanes of the one that was chosen."""

    shown: Area
    parts: Sequence[Area]
    chosen: Area | None
    findings: Mapping[str, int]
    visits: Sequence[Day]
    today: date
    slots: Sequence[Slot]


@get("/coverage", opt=may(Action.COVERAGE_READ), include_in_schema=False)
async def overview(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    now = context.clock()
    found = await context.database.read(lambda session: service.coverage(session, viewer, now))
    return page(request, "coverage/overview.html", _view(found, request.query_params))


def _view(found: Coverage, query: Mapping[str, str]) -> Overview:
    chosen = _chosen(found, query.get("township", ""))
    if chosen is None and len(found.townships) == 1:
        chosen = found.townships[0]
    sort = query.get("sort", "name")
    parts = sorted(
        chosen.lanes if chosen else found.townships,
        key=partial(sort_key, sort.removeprefix("-")),
        reverse=sort.startswith("-"),
    )
    return Overview(
        shown=chosen or found.whole,
        parts=parts,
        chosen=chosen,
        findings=found.findings,
        visits=found.visits,
        today=day_of(found.at),
        slots=list(Slot),
    )


def _chosen(found: Coverage, code: str) -> Area | None:
    """Return the township asked for; raise NotFound for one that is not to be seen."""
    if not code:
        return None
    for area in found.townships:
        if area.code == code:
            return area
    raise NotFound("place.unknown_township", name=code)


@get("/api/v1/coverage", opt=may(Action.COVERAGE_READ))
async def coverage_as_data(request: Request) -> dict[str, Any]:
    """Filled slots of 5 × tenancies by township, lane and kind, within the caller's reach."""
    context, viewer = context_of(request), signed_in_viewer(request)
    now = context.clock()
    found = await context.database.read(lambda session: service.coverage(session, viewer, now))
    townships = [area_as_data(each, "code") for each in found.townships]
    return {"on": day_of(found.at), **figures_of(found.whole), "townships": townships}


def area_as_data(area: Area, key: str) -> dict[str, Any]:
    """Return a township with its lanes, or a lane."""
    told = {key: area.code, "name": area.name, **figures_of(area)}
    if area.lanes:
        told["lanes"] = [area_as_data(lane, "id") for lane in area.lanes]
    return told


def figures_of(area: Area) -> dict[str, Any]:
    """Return how many slots of a place are filled."""
    return {
        "tenancies": area.tenancies,
        "slots": area.total,
        "filled": area.filled,
        "by_kind": {slot.value: count for slot, count in area.by_slot.items()},
    }


ROUTES = [overview, coverage_as_data]

"""Issuing to a whole township or lane: what its shops lack, and what runs out before long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from litestar import Request, Response, get, post
from pydantic import Field
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.errors import InvalidInput
from compliance.merchants import shops
from compliance.merchants.shops import OPEN, SHOPS, Shop, premises_table
from compliance.notices import haulers, issuing, renewing, slots, suggesting
from compliance.notices.issuing import Order, Run
from compliance.notices.kinds import NEEDS_A_NEW_ONE, NoticeKind
from compliance.places import service as places
from compliance.places.models import Lane, Township
from compliance.votes import adopting
from compliance.votes.proposing import RESULTS
from merchants_app import forms
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.forms import FormModel
from merchants_app.mending import where_to_mend
from merchants_app.pages import Form, language, page

LONGEST_AHEAD = 60
AHEAD = ("0", "7", "30", "60")
"""Days ahead for which one may renew; none by default."""


class Missing(FormModel):
    """A run for one township or lane; the vote is needed where a covenant is among the kinds."""

    kinds: list[NoticeKind] = Field(default_factory=list)
    adopted_on: date | None = None
    eligible: int | None = None
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    depth_m: float | None = None
    renew: int = Field(default=0, ge=0, le=60)
    kitchens: Literal["yes", ""] = ""

    def check(self, lane: str) -> None:
        """Raise InvalidInput `notice.kind_unknown`, or `notice.lane_needed` for a covenant."""
        if not self.kinds:
            raise InvalidInput("notice.kind_unknown", fields={"kinds": "notice.kind_unknown"})
        if NoticeKind.COVENANT in self.kinds and not lane:
            raise InvalidInput("notice.lane_needed", fields={"kinds": "notice.lane_needed"})

    def orders(self, session: Session, shops: Sequence[Shop], today: date) -> list[Order]:
        """Return what this run issues: what is missing, and what runs out within `renew` days.

        Kitchens use the city's own waste contract; they get ours only when that is asked for.
        """
        shared = self.shared(adopting.of_lane(session, shops[0].lane_id, today) if shops else {})
        wanted = issuing.missing_orders(session, shops, self.kinds, today, shared)
        if self.renew:
            wanted += renewing.orders(session, shops, self.kinds, today, self.renew, shared)
        return [
            order
            for order in wanted
            if self.kitchens
            or order.kind is not NoticeKind.WASTE_CONTRACT
            or not suggesting.is_catering(order.shop)
        ]

    def shared(self, adopted: Mapping[str, Any]) -> Mapping[NoticeKind, Mapping[str, Any]]:
        """Return what all of them say; the vote `adopted` here counts unless another is typed."""
        typed = {name: getattr(self, name) for name in RESULTS}
        other = self.adopted_on not in {None, adopted.get("adopted_on")}
        given = {
            NoticeKind.COVENANT: typed if other else {**typed, **adopted},
            NoticeKind.RESPONSIBILITY_STATEMENT: {"depth_m": self.depth_m},
        }
        return {
            kind: {name: value for name, value in values.items() if value is not None}
            for kind, values in given.items()
        }


@dataclass(frozen=True, slots=True)
class MissingPage:
    """What the shops of a township or lane lack, by kind, and what a run did."""

    townships: Sequence[Township]
    lanes: Sequence[Lane]
    where: Form
    shops: int
    lacking: Mapping[NoticeKind, int]
    ending: Mapping[NoticeKind, int]
    kitchens: int
    permits_missing: Sequence[str]
    form: Form
    run: Run | None = None
    mend: Callable[[NoticeKind, str, str, str], str] = where_to_mend


@get("/notices/issue-missing", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def missing_page(request: Request) -> Response:
    return page(request, "notices/missing.html", await _missing(request))


@post("/notices/issue-missing", opt=may(Action.NOTICE_ISSUE), include_in_schema=False)
async def issue_missing(request: Request) -> Response:
    act, viewer = act_for(request), signed_in_viewer(request)
    try:
        form = await forms.read(request, Missing)
        form.check(request.query_params.get("lane", ""))
        run = await context_of(request).database.write(
            lambda s: issuing.issue_orders(
                s, act, form.orders(s, _shops(s, viewer, request), act.day)
            )
        )
    except InvalidInput as refusal:
        typed = await forms.values_of(request, Missing)
        view = await _missing(request, Form.refused(typed, refusal, language(request)))
        return page(request, "notices/missing.html", view, 422)
    return page(request, "notices/missing.html", await _missing(request, run=run))


def _township(session: Session, viewer: Viewer, request: Request) -> str:
    """Return the township asked for when it is in reach, else the first that is."""
    codes = [each.code for each in _townships(session, viewer)]
    asked = request.query_params.get("township", "")
    return asked if asked in codes else codes[0] if codes else ""


def _townships(session: Session, viewer: Viewer) -> list[Township]:
    district = viewer.reach(Action.NOTICE_ISSUE) is Reach.DISTRICT
    return [each for each in places.townships(session) if district or each.code in viewer.townships]


def _shops(session: Session, viewer: Viewer, request: Request) -> Sequence[Shop]:
    lane = request.query_params.get("lane", "")
    query = SHOPS.where(
        OPEN,
        shops.within(viewer, Action.NOTICE_ISSUE),
        premises_table.c.township_code == _township(session, viewer, request),
    )
    if lane:
        query = query.where(premises_table.c.lane_id == lane)
    return shops.listed(session, query.order_by(premises_table.c.number))


async def _missing(request: Request, form: Form | None = None, run: Run | None = None) -> Any:
    viewer, act = signed_in_viewer(request), act_for(request)

    def collect(session: Session) -> MissingPage:
        found = _shops(session, viewer, request)
        stands = slots.slots(session, [shop.tenancy_id for shop in found], act.day)
        lacking = {
            kind: sum(each[kind].standing in NEEDS_A_NEW_ONE for each in stands.values())
            for kind in NoticeKind
        }
        township = _township(session, viewer, request)
        return MissingPage(
            townships=_townships(session, viewer),
            lanes=places.lanes(session, township),
            where=Form({"township": township, "lane": request.query_params.get("lane", "")}),
            shops=len(found),
            lacking=lacking,
            ending=_ending(session, found, act.day),
            kitchens=sum(map(suggesting.is_catering, found)),
            permits_missing=haulers.without_permit(session, found, act.day),
            form=form or _first_look(session, request, act.day),
            run=run,
        )

    return await context_of(request).database.read(collect)


def _ending(session: Session, found: Sequence[Shop], today: date) -> Mapping[NoticeKind, int]:
    """Return how many of each kind run out within the longest time one renews ahead."""
    soon = renewing.orders(session, found, NoticeKind, today, LONGEST_AHEAD)
    return {kind: sum(order.kind is kind for order in soon) for kind in NoticeKind}


def _first_look(session: Session, request: Request, today: date) -> Form:
    """Return the form as the list that led here, and a vote of the lane, fill it in."""
    kind, days = request.query_params.get("kind"), request.query_params.get("days")
    known: dict[str, Any] = {"depth_m": "3", "renew": days if days in AHEAD else "0"}
    voted = adopting.of_lane(session, request.query_params.get("lane", ""), today)
    known |= {name: str(voted[name]) for name in RESULTS if name in voted}
    return Form(known | ({"kinds": [kind]} if kind else {}))


ROUTES = [missing_page, issue_missing]

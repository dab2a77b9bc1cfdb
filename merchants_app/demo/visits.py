"""A visit as a phone sends it, and those the service logs: faults, inspections, checks."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL
from compliance.merchants.categories import Category
from compliance.merchants.shops import Shop
from compliance.patrols import service
from compliance.patrols.service import Logged
from merchants_app.demo.district import District
from merchants_app.demo.oversight import ref_of
from merchants_app.demo.places import METRES_NORTH
from merchants_app.demo.timeline import by_day, days_between, in_office, moment_on
from merchants_app.visits import read_payload

LOOKED_AT = ("H01", "H02", "H03", "H07", "A02", "A05", "O01", "O02", "O04", "O05", "N03")
"""What is looked at on nearly every round."""

OK_NOTES = (
    "门前整洁。",
    "店主正在扫门前。",
    "提醒傍晚收回灯箱。",
    "外卖车已请骑手挪到停车区。",
    "门码完好，能扫开。",
)
INSPECTED = ("W01", "W03", "W05", "W06")

INSPECTIONS, SELF_CHECKS, PEER_CHECKS = 0.02, 0.05, 0.03
"""How many of the shops have one in ninety days."""


def body_of(
    rng: Random,
    shop: Shop,
    seen_at: datetime,
    items: Sequence[dict[str, Any]],
    *,
    kind: str = "patrol",
    note: str = "",
    **also: Any,
) -> dict[str, Any]:
    """Return a record as a phone at the door sends it."""
    local = seen_at.astimezone(LOCAL).replace(microsecond=0)
    return {
        "door": shop.door,
        "kind": kind,
        "observed_at": local.isoformat(),
        "position": _position(rng, shop),
        "items": list(items),
        "note": note,
        "photos": [],
        **also,
    }


def _position(rng: Random, shop: Shop) -> dict[str, Any] | None:
    """Return what the phone said: now and then nothing, far too rough, or another place."""
    lot = rng.random()
    if lot < 0.03 or shop.lat is None or shop.lng is None:
        return None
    rough = 0.03 <= lot < 0.05
    accuracy = round(rng.uniform(120, 400) if rough else rng.uniform(4, 32), 1)
    away = rng.uniform(300, 900) if lot > 0.995 else rng.gauss(0, accuracy / 3)
    return {
        "lat": round(shop.lat + away / METRES_NORTH, 6),
        "lng": round(shop.lng + rng.gauss(0, accuracy / 3) / METRES_NORTH, 6),
        "accuracy_m": accuracy,
        "crs": "WGS84",
    }


def ok_items(rng: Random) -> list[dict[str, Any]]:
    """Return a few points that were looked at and found in order, in the checklist's order."""
    places = sorted(rng.sample(range(len(LOOKED_AT)), rng.randrange(2, 4)))
    return [{"code": LOOKED_AT[place], "result": "ok"} for place in places]


def log(district: District, viewer: Viewer, at: datetime, body: dict[str, Any]) -> Logged:
    """Log a record through the service."""
    act = district.act(at, viewer)
    plain, payload = read_payload(json.dumps(body, ensure_ascii=False).encode())
    return service.log(
        district.session,
        act,
        viewer,
        act.new_id(),
        plain,
        payload,
        district.catalogue,
        district.calendar,
    )


def schedule(district: District) -> None:
    """Put inspections, self checks and peer checks of the visited days on the timeline."""
    rng, plan = district.rng, district.plan
    days = list(days_between(plan.first_visit, district.day(back=1)))
    shops = [shop for lane in district.lanes for shop in lane.shops]
    part = len(days) / 90
    for share, deed in (
        (INSPECTIONS, _inspect),
        (SELF_CHECKS, _check_self),
        (PEER_CHECKS, _check_peer),
    ):
        for shop in rng.sample(shops, round(len(shops) * share * part)):
            moment = moment_on(rng, rng.choice(days))
            if deed is not _check_self:
                moment = in_office(rng, moment, district.calendar)
            district.timeline.at(moment, partial(deed, district, shop))


def _inspect(district: District, shop: Shop, at: datetime) -> None:
    """Let both officers of the township inspect a shop under the plan, papers and kitchen."""
    staff = district.cast.staff[shop.township_code]
    items = [{"code": code, "result": "ok"} for code in INSPECTED]
    if shop.category == Category.CATERING:
        items.insert(1, {"code": "W02", "result": "ok"})
    body = body_of(
        district.rng,
        shop,
        at,
        items,
        kind="inspection",
        note="亮证、出示检查码后入店检查，台账和合同齐全。",
        officers=list(staff.certificates),
        plan_ref=ref_of(at.year, 2 if shop.category == Category.CATERING else 1),
        credentials_shown=True,
    )
    log(district, staff.officers[0], at + timedelta(seconds=20), body)


def _check_self(district: District, shop: Shop, at: datetime) -> None:
    at = by_day(district.rng, at)
    body = body_of(district.rng, shop, at, ok_items(district.rng), kind="self_check")
    log(district, district.operator(at, shop), at, body)


def _check_peer(district: District, shop: Shop, at: datetime) -> None:
    reviewer = district.cast.staff[shop.township_code].reviewers[1]
    body = body_of(
        district.rng, shop, at, ok_items(district.rng), kind="peer_check", note="搭档互看。"
    )
    log(district, reviewer, at, body)

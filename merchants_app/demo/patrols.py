"""Rounds along the lanes. Most visits find nothing and are written in bulk when the round ends: the
very rows and entries `compliance.patrols.service.log` writes, sent by a phone that had no signal on
the way. Faults are logged by the service, when they are seen.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from compliance.accounts.permissions import Viewer
from compliance.ledger import service as ledger
from compliance.ledger.service import Draft, Receipt
from compliance.merchants.positions import Point
from compliance.merchants.shops import Shop
from compliance.patrols import presence
from compliance.patrols.models import ItemResult, Patrol, PatrolItem, PatrolKind
from compliance.patrols.payload import hash_of
from compliance.patrols.presence import Sighting
from compliance.patrols.service import LOGGED
from merchants_app.demo import telling, visits
from merchants_app.demo.district import District, Lane
from merchants_app.demo.timeline import days_between, moment_on

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_item = PatrolItem.__table__  # type: ignore[attr-defined]

VISITS = 6.6 / 90
"""Visits a shop gets on an average day."""

WEEKEND = 0.3
"""How busy a day at the weekend is beside another."""

WEEK = (5 + 2 * WEEKEND) / 7
ROUND = (8, 19)
FAULTS = 0.07
"""How often something is wrong where order is worst; half of it where it is best."""

BY_OFFICERS = 0.14
RESTS = 1.1
"""How many lanes nobody has walked for a month, times the disorder of their township."""


def schedule(district: District) -> None:
    """Put every round of the visited days on the timeline."""
    rng, plan = district.rng, district.plan
    mean = sum(lane.busy * len(lane.shops) for lane in district.lanes) / plan.merchants
    for number, lane in enumerate(district.lanes):
        turn = 0
        walk = min(len(lane.shops), sum(ROUND) / 2)
        often = VISITS / WEEK * lane.busy / mean * len(lane.shops) / walk
        rests = number and rng.random() < RESTS * (1 - lane.town.order)
        last = district.day(back=rng.randrange(32, 45) if rests else 1)
        for day in days_between(plan.first_visit, last):
            rounds = often * (1 if day.weekday() < 5 else WEEKEND)
            for _ in range(int(rounds) + (rng.random() < rounds % 1)):
                count = min(len(lane.shops), rng.randrange(*ROUND))
                walked = [lane.shops[(turn + n) % len(lane.shops)] for n in range(count)]
                turn = (turn + count) % len(lane.shops)
                moment = moment_on(rng, day, time(8, 5), time(16, 15))
                district.timeline.at(moment, partial(_walk, district, lane, walked))


def _walk(district: District, lane: Lane, shops: Sequence[Shop], at: datetime) -> None:
    """Walk past `shops`: faults are told when they are seen, the rest when the round is over."""
    rng = district.rng
    by_chief = rng.random() > BY_OFFICERS
    staff = district.cast.staff[lane.town.code]
    walker = district.cast.chiefs[lane.id] if by_chief else rng.choice(staff.officers)
    clean: list[tuple[Shop, datetime]] = []
    often, shown = FAULTS * (1.5 - lane.town.order), district.shown
    for shop in shops:
        at += timedelta(seconds=rng.randrange(90, 330))
        if rng.random() < often and shop.tenancy_id not in shown:
            district.timeline.at(at, partial(telling.begin, district, shop, walker))
        else:
            clean.append((shop, at))
    if clean:
        back = at + timedelta(seconds=rng.randrange(20, 90))
        district.timeline.at(back, partial(_send, district, walker, clean))


def _send(
    district: District, walker: Viewer, seen: Sequence[tuple[Shop, datetime]], at: datetime
) -> None:
    """Write the visits of a round that found nothing."""
    act = district.act(at, walker)
    bodies = [(shop, moment, _body(district, shop, moment)) for shop, moment in seen]
    ids = [act.new_id() for _ in bodies]
    drafts = [
        _entry(district, patrol_id, shop, body)
        for patrol_id, (shop, _, body) in zip(ids, bodies, strict=True)
    ]
    receipts = ledger.append_many(district.session, act, drafts)
    before: Sighting | None = None
    for patrol_id, (shop, moment, body), receipt in zip(ids, bodies, receipts, strict=True):
        here = _sighting(shop, moment, body["position"])
        row = _row(walker, shop, body, here, receipt)
        doubts = presence.doubts(here, before, act.at, photo_seen=False)
        district.ink.add(
            _patrol,
            {
                "id": patrol_id,
                "edition": district.catalogue.edition,
                "doubts": [doubt.value for doubt in doubts],
                **row,
            },
        )
        district.ink.add(_item, *(_looked_at(patrol_id, item) for item in body["items"]))
        before = here


def _body(district: District, shop: Shop, moment: datetime) -> dict[str, Any]:
    rng = district.rng
    note = rng.choice(visits.OK_NOTES) if rng.random() < 0.07 else ""
    return visits.body_of(rng, shop, moment, visits.ok_items(rng), note=note)


def _entry(district: District, patrol_id: str, shop: Shop, body: dict[str, Any]) -> Draft:
    return Draft(
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind=LOGGED,
        ref=patrol_id,
        fact={
            "kind": PatrolKind.PATROL.value,
            "edition": district.catalogue.edition,
            "looked_at": len(body["items"]),
            "faults": [],
        },
        body=body,
    )


def _sighting(shop: Shop, moment: datetime, position: dict[str, Any] | None) -> Sighting:
    door: Point | None = None
    if shop.lat is not None and shop.lng is not None:
        door = shop.lat, shop.lng
    seen_at = moment.replace(microsecond=0)
    if position is None:
        return Sighting(seen_at, door)
    return Sighting(seen_at, door, (position["lat"], position["lng"]), position["accuracy_m"])


def _row(
    walker: Viewer, shop: Shop, body: dict[str, Any], here: Sighting, receipt: Receipt
) -> dict[str, Any]:
    lat, lng = here.phone or (None, None)
    away = presence.distance_to_door(here)
    return {
        "tenancy_id": shop.tenancy_id,
        "door": shop.door,
        "kind": PatrolKind.PATROL,
        "account_id": walker.account_id,
        "role": walker.role.value,
        "observed_at": here.observed_at,
        "received_at": receipt.at,
        "fault_count": 0,
        "note": body["note"],
        "lat": lat,
        "lng": lng,
        "accuracy_m": here.accuracy_m if here.phone else None,
        "distance_m": None if away is None else round(away),
        "officers": [],
        "plan_ref": "",
        "payload_hash": hash_of(body),
        "entry_seq": receipt.seq,
        "entry_hash": receipt.entry_hash,
    }


def _looked_at(patrol_id: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "patrol_id": patrol_id,
        "code": item["code"],
        "result": ItemResult.OK,
        "cause": "merchant",
        "fixed_on_spot": False,
        "note": "",
    }

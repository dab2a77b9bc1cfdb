"""What is known for or against a visit when it arrives: the visit before, photos seen before, the
code of the merchant, the network. One point a record, never a track; of an address only its region.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL, Act
from compliance.errors import InvalidInput
from compliance.merchants import shops
from compliance.merchants.positions import Point, to_wgs84
from compliance.merchants.shops import Shop, Then
from compliance.patrols import merchant_codes, presence
from compliance.patrols.models import Patrol, PatrolKind, PatrolPhoto, Photo
from compliance.patrols.payload import Payload
from compliance.patrols.presence import Confirmed, Doubt, Sighting, Signs
from compliance.plans import service as plans

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_used = PatrolPhoto.__table__  # type: ignore[attr-defined]
_photo = Photo.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]
_tenancy, _premises = shops.tenancy_table, shops.premises_table

_LAST = (
    sa.select(_patrol.c.id)
    .where(_patrol.c.account_id == sa.bindparam("account"))
    .order_by(_patrol.c.received_at.desc())
    .limit(sa.literal_column("1"))
    .scalar_subquery()
)
_LAST_OF_DEVICE = (
    sa.select(_patrol.c.id)
    .where(_patrol.c.device == sa.bindparam("device"))
    .order_by(_patrol.c.device_order.desc())
    .limit(sa.literal_column("1"))
    .scalar_subquery()
)
_EARLIER = (
    sa.select(
        _patrol.c.id,
        _patrol.c.account_id,
        _patrol.c.payload_hash,
        _patrol.c.tenancy_id,
        _patrol.c.entry_seq,
        _patrol.c.doubts,
        _patrol.c.observed_at,
        _patrol.c.lat,
        _patrol.c.lng,
        _patrol.c.accuracy_m,
        _patrol.c.received_at,
        _patrol.c.device,
        _patrol.c.device_order,
        _premises.c.number,
        _premises.c.lat.label("door_lat"),
        _premises.c.lng.label("door_lng"),
    )
    .join(_tenancy, _tenancy.c.id == _patrol.c.tenancy_id)
    .join(_premises, _premises.c.id == _tenancy.c.premises_id)
    .where(_patrol.c.id.in_([sa.bindparam("id"), _LAST, _LAST_OF_DEVICE]))
)
_PHOTOS: sa.BindParameter[str] = sa.bindparam("photos", expanding=True)
_STORED = sa.select(_photo.c.sha256).where(_photo.c.sha256.in_(_PHOTOS))
_SEEN = (
    sa.select(_used.c.sha256, _used.c.patrol_id)
    .where(_used.c.sha256.in_(_PHOTOS))
    .order_by(_used.c.sha256, _used.c.patrol_id)
    .limit(1)
)
_INSPECTIONS = sa.select(sa.func.count()).where(
    _patrol.c.tenancy_id == sa.bindparam("tenancy"),
    _patrol.c.kind == PatrolKind.INSPECTION,
    _patrol.c.observed_at >= sa.bindparam("start", type_=_patrol.c.observed_at.type),
    _patrol.c.observed_at < sa.bindparam("end", type_=_patrol.c.observed_at.type),
)
_CERTIFICATE = sa.select(_account.c.officer_certificate).where(
    _account.c.id == sa.bindparam("account")
)


OLDEST = timedelta(days=7)
"""How far before its arrival a record is believed to have been made. A phone whose battery ran
empty may say 2020, and must not choose by that which shop or which finding it means."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the doors know of a record besides its body.

    `region` is where the network it came from belongs, `away` that nobody patrols from there; `key`
    is the platform's key for the merchants' codes; `doubts` are those of whoever hands it over.
    `arrived_at` is when it came, where that was before it is logged; `vouched` who answers for it
    although its patroller may not log there any more.
    """

    region: str = ""
    away: bool = False
    key: bytes = b""
    doubts: tuple[Doubt, ...] = ()
    arrived_at: datetime | None = None
    vouched: Viewer | None = None


NOTHING_AROUND = Around()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The visits that matter when one arrives: itself, sent before; the same person's last one; and
    the one with the highest count of the same phone.
    """

    itself: Any
    last: Any
    of_device: Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the phone was (WGS-84), how far from the door, what was noted, what speaks against it.

    `seen_at` is as of `seen_at()`; `noted` is the column `presence`.
    """

    phone: Point | None
    accuracy_m: float | None
    distance_m: int | None
    seen_at: datetime
    noted: dict[str, Any]
    doubts: tuple[Doubt, ...]


def earlier(session: Session, viewer: Viewer, patrol_id: str, payload: Payload) -> Earlier:
    """Return the rows of the earlier visits, in one statement; None for what is not there."""
    device = payload.origin.device if payload.origin else None
    values = {"id": patrol_id, "account": viewer.account_id, "device": device}
    rows = session.connection().execute(_EARLIER, values).all()
    itself = next((row for row in rows if row.id == patrol_id), None)
    others = [row for row in rows if row is not itself]
    own = [row for row in others if row.account_id == viewer.account_id]
    same = [row for row in others if device is not None and row.device == device]
    return Earlier(
        itself,
        max(own, key=lambda row: (row.received_at, row.observed_at), default=None),
        max(same, key=lambda row: row.device_order, default=None),
    )


def seen_at(payload: Payload, arrived: datetime) -> datetime:
    """Return the instant of a visit by our clock: what the phone tells where it can be so, between
    OLDEST before the arrival and the arrival itself, else the arrival.
    """
    told = payload.observed_at - (_offset(payload) or timedelta())
    return told if arrived - OLDEST <= told <= arrived else arrived


def weigh(
    session: Session,
    act: Act,
    before: Earlier,
    then: Then,
    payload: Payload,
    around: Around = NOTHING_AROUND,
) -> Evidence:
    """Return the evidence of a visit; raise InvalidInput for photos that are not stored."""
    photo, shop = _check_photos(session, payload), then.shop
    here, last = _sighting(shop, payload), _seen_at(before.last)
    arrived = around.arrived_at or act.at
    seen = seen_at(payload, arrived)
    signs = _signs(before, shop, payload, around, seen)
    found = presence.doubts(here, last, arrived, photo_seen=bool(photo), signs=signs)
    away = presence.distance_to_door(here)
    changed = [Doubt.DOOR_CHANGED] if then.changed else []
    return Evidence(
        here.phone,
        here.accuracy_m if here.phone else None,
        None if away is None else round(away),
        seen,
        _noted(payload, signs, around, photo) | _way(last, here),
        (*found, *changed, *_of_plan(session, shop, payload), *around.doubts),
    )


def _offset(payload: Payload) -> timedelta | None:
    offset = payload.origin.clock_offset_ms if payload.origin else None
    return None if offset is None else timedelta(milliseconds=offset)


def _signs(
    before: Earlier, shop: Shop, payload: Payload, around: Around, seen_at: datetime
) -> Signs:
    origin, confirmed = payload.origin, None
    if payload.merchant_code is not None and around.key:
        right = merchant_codes.fits(around.key, shop.tenancy_id, payload.merchant_code, seen_at)
        confirmed = Confirmed.YES if right else Confirmed.WRONG
    if origin is None:
        return Signs(confirmed=confirmed, away=around.away)
    last = before.of_device.device_order if before.of_device else 0
    return Signs(
        scan=origin.scan,
        scanned_at=origin.scanned_at,
        clock_offset=_offset(payload),
        gap=origin.order > last + 1,
        confirmed=confirmed,
        away=around.away,
    )


def _noted(
    payload: Payload, signs: Signs, around: Around, photo: dict[str, str] | None
) -> dict[str, Any]:
    """Return what the record and the doors tell, without what they leave out."""
    told: dict[str, Any] = {"region": around.region, "confirmed": signs.confirmed, "photo": photo}
    if origin := payload.origin:
        told |= origin.model_dump(mode="json", exclude={"device", "order"})
    return {name: value for name, value in told.items() if value not in (None, "")}


def _way(last: Sighting | None, here: Sighting) -> dict[str, Any]:
    """Return how far and how long it was from the visit before."""
    way = presence.way_between(last, here) if last else None
    if last is None or way is None:
        return {}
    took = abs((here.observed_at - last.observed_at).total_seconds())
    return {"before": {"m": round(way), "s": round(took)}}


def check_certificate(session: Session, viewer: Viewer, payload: Payload) -> None:
    """Raise InvalidInput unless who logs an inspection is one of its two certified officers."""
    if payload.kind is not PatrolKind.INSPECTION:
        return
    own = session.execute(_CERTIFICATE, {"account": viewer.account_id}).scalar_one_or_none()
    if own is None or own not in payload.officers:
        raise InvalidInput("patrol.invalid", fields={"officers": "inspection.own_certificate"})


def _of_plan(session: Session, shop: Shop, payload: Payload) -> list[Doubt]:
    """Return what the plan of an inspection speaks against: none in force, or its cap reached.

    A record made without a signal is kept whatever the plan says.
    """
    if payload.kind is not PatrolKind.INSPECTION or payload.plan_ref is None:
        return []
    day = payload.observed_at.astimezone(LOCAL).date()
    plan = plans.of_inspection(session, payload.plan_ref, shop.township_code, day)
    if plan is None:
        return [Doubt.UNKNOWN_PLAN]
    if plan.cap is None:
        return []
    year = {"start": datetime(day.year, 1, 1, tzinfo=LOCAL)}
    year["end"] = datetime(day.year + 1, 1, 1, tzinfo=LOCAL)
    found = session.execute(_INSPECTIONS, {"tenancy": shop.tenancy_id, **year})
    return [Doubt.OVER_CAP] if found.scalar_one() >= plan.cap else []


def _check_photos(session: Session, payload: Payload) -> dict[str, str] | None:
    """Return a photo used before and in which visit; raise InvalidInput naming those not stored."""
    photos = [sha256 for _, sha256 in payload.photo_places()]
    if not photos:
        return None
    wanted = {"photos": sorted(set(photos))}
    stored = set(session.execute(_STORED, wanted).scalars())
    missing = [sha256 for sha256 in wanted["photos"] if sha256 not in stored]
    if missing:
        places = zip(payload.photo_fields(), photos, strict=True)
        faults = {name: "patrol.photo_missing" for name, sha256 in places if sha256 in missing}
        raise InvalidInput("patrol.photo_missing", fields=faults, photos=", ".join(missing))
    used = session.execute(_SEEN, wanted).first()
    return {"sha256": used.sha256, "patrol": used.patrol_id} if used else None


def _sighting(shop: Shop, payload: Payload) -> Sighting:
    door = _point(shop.lat, shop.lng)
    told = payload.position
    if told is None:
        return Sighting(payload.observed_at, door)
    phone = to_wgs84((told.lat, told.lng), told.crs)
    return Sighting(payload.observed_at, door, phone, told.accuracy_m)


def _seen_at(row: Any) -> Sighting | None:
    if row is None:
        return None
    door, phone = _point(row.door_lat, row.door_lng), _point(row.lat, row.lng)
    return Sighting(row.observed_at, door, phone, row.accuracy_m or 0)


def _point(lat: float | None, lng: float | None) -> Point | None:
    return (lat, lng) if lat is not None and lng is not None else None

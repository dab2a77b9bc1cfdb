"""What the database knows against or for a visit: the last visit, photos stored and seen before."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.merchants import shops
from compliance.merchants.positions import Point, to_wgs84
from compliance.merchants.shops import Shop
from compliance.patrols import presence
from compliance.patrols.models import Patrol, PatrolKind, PatrolPhoto, Photo
from compliance.patrols.payload import Payload
from compliance.patrols.presence import Doubt, Sighting

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
        _premises.c.number,
        _premises.c.lat.label("door_lat"),
        _premises.c.lng.label("door_lng"),
    )
    .join(_tenancy, _tenancy.c.id == _patrol.c.tenancy_id)
    .join(_premises, _premises.c.id == _tenancy.c.premises_id)
    .where(_patrol.c.id.in_([sa.bindparam("id"), _LAST]))
)
_PHOTOS: sa.BindParameter[str] = sa.bindparam("photos", expanding=True)
_STORED = sa.select(_photo.c.sha256).where(_photo.c.sha256.in_(_PHOTOS))
_SEEN = sa.select(_used.c.sha256).where(_used.c.sha256.in_(_PHOTOS)).limit(1)
_CERTIFICATE = sa.select(_account.c.officer_certificate).where(
    _account.c.id == sa.bindparam("account")
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The visits that matter when one arrives: itself, sent before, and the same person's last."""

    itself: Any
    last: Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the phone was (WGS-84), how far from the door, and what speaks against it."""

    phone: Point | None
    accuracy_m: float | None
    distance_m: int | None
    doubts: tuple[Doubt, ...]


def earlier(session: Session, viewer: Viewer, patrol_id: str) -> Earlier:
    """Return the rows of both earlier visits, in one statement; None for what is not there."""
    values = {"id": patrol_id, "account": viewer.account_id}
    rows = session.connection().execute(_EARLIER, values).all()
    itself = next((row for row in rows if row.id == patrol_id), None)
    return Earlier(itself, next((row for row in rows if row is not itself), None))


def weigh(session: Session, act: Act, last: Any, shop: Shop, payload: Payload) -> Evidence:
    """Return the evidence of a visit; raise InvalidInput for photos that are not stored.

    `last` is the row of the person's last visit, if there was one.
    """
    seen = _check_photos(session, payload)
    here = _sighting(shop, payload)
    doubts = presence.doubts(here, _seen_at(last), act.at, photo_seen=seen)
    away = presence.distance_to_door(here)
    return Evidence(
        here.phone,
        here.accuracy_m if here.phone else None,
        None if away is None else round(away),
        tuple(doubts),
    )


def check_certificate(session: Session, viewer: Viewer, payload: Payload) -> None:
    """Raise InvalidInput unless who logs an inspection is one of its two certified officers."""
    if payload.kind is not PatrolKind.INSPECTION:
        return
    own = session.execute(_CERTIFICATE, {"account": viewer.account_id}).scalar_one_or_none()
    if own is None or own not in payload.officers:
        raise InvalidInput("patrol.invalid", fields={"officers": "inspection.own_certificate"})


def _check_photos(session: Session, payload: Payload) -> bool:
    """Return whether a photo was used before; raise InvalidInput naming those not stored."""
    photos = [sha256 for _, sha256 in payload.photo_places()]
    if not photos:
        return False
    wanted = {"photos": sorted(set(photos))}
    stored = set(session.execute(_STORED, wanted).scalars())
    missing = [sha256 for sha256 in wanted["photos"] if sha256 not in stored]
    if missing:
        places = zip(payload.photo_fields(), photos, strict=True)
        faults = {name: "patrol.photo_missing" for name, sha256 in places if sha256 in missing}
        raise InvalidInput("patrol.photo_missing", fields=faults, photos=", ".join(missing))
    return session.execute(_SEEN, wanted).first() is not None


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

"""Where a suspect code belongs: the shop it hangs at, else the township of the nearest shop."""

import math
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, reaches
from compliance.errors import NotFound
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.positions import Point, distance_m, to_wgs84
from compliance.merchants.shops import Shop, premises_table, township_table
from compliance.patrols.payload import Position
from compliance.suspect_codes.models import Found
from compliance.suspect_codes.payload import Payload

NEAREST_M = 1000
"""Beyond this from every shop, a position places nothing."""

DISTRICT_LETTERS = "MTG"
METRES_A_DEGREE = 111_195

_STANDING = {
    "door.unknown": Found.NEVER_ISSUED,
    "door.withdrawn": Found.WITHDRAWN,
    "door.unbound": Found.UNBOUND,
    "door.vacant": Found.VACANT,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose matter a report is: shop and township if known, the chain, and the chain's name."""

    shop: Shop | None
    township: str | None
    subject: str
    name: str
    phone: Point | None


def look_up(session: Session, token: str | None) -> Found:
    """Return what our books say about a code; `token` is None for one that is not in our form."""
    if token is None:
        return Found.NOT_OURS
    try:
        shops.by_token(session, token)
    except NotFound as refusal:
        return _STANDING[refusal.code]
    return Found.IN_FORCE


def place(session: Session, viewer: Viewer, sent: Payload) -> Place:
    """Return where a report belongs; a shop that is gone, or another's, is only left out."""
    phone = _point(sent.position)
    shop = _shop(session, viewer, sent.shop)
    township = shop.township_code if shop else _nearest(session, phone)
    if township is None:
        return Place(shop, None, ledger.DISTRICT_SUBJECT, DISTRICT_LETTERS, phone)
    name = f"{DISTRICT_LETTERS}-{letters_of(session, township)}"
    return Place(shop, township, ledger.township_subject(township), name, phone)


def letters_of(session: Session, township: str) -> str:
    """Return the two letters of a township in door numbers."""
    query = sa.select(township_table.c.letters).where(township_table.c.code == township)
    letters: str = session.execute(query).scalar_one()
    return letters


def _shop(session: Session, viewer: Viewer, number: str | None) -> Shop | None:
    if number is None:
        return None
    try:
        shop = shops.by_number(session, number)
    except NotFound:
        return None
    return shop if reaches(viewer, Action.SUSPECT_CODE_REPORT, shop.place) else None


def _point(told: Position | None) -> Point | None:
    return to_wgs84((told.lat, told.lng), told.crs) if told else None


def _nearest(session: Session, here: Point | None) -> str | None:
    """Return the township of the nearest door within NEAREST_M."""
    if here is None:
        return None
    up = NEAREST_M / METRES_A_DEGREE
    across = up / max(0.1, math.cos(math.radians(here[0])))
    lat, lng = premises_table.c.lat, premises_table.c.lng
    rows = session.execute(
        sa.select(lat, lng, premises_table.c.township_code).where(
            lat.between(here[0] - up, here[0] + up), lng.between(here[1] - across, here[1] + across)
        )
    )
    away = [(distance_m(here, (row.lat, row.lng)), row.township_code) for row in rows]
    metres, township = min(away, default=(math.inf, None))
    return township if metres <= NEAREST_M else None

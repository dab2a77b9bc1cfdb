"""Shops one by one: registered by hand, handed over to a new tenant, closed.

The code belongs to the premises: with a new tenant it stays, the old tenancy ends with its record
in the ledger, and the new one starts unsigned and clean.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts import service as accounts
from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput
from compliance.ledger import service as ledger
from compliance.merchants import opening, phones, shops
from compliance.merchants.categories import Category
from compliance.merchants.identifiers import UsccCheck, UsccStatus, check_uscc
from compliance.merchants.rows import MerchantRow
from compliance.merchants.shops import Shop, merchant_table, premises_table, tenancy_table
from compliance.places import service as places


@dataclass(frozen=True, slots=True)
class Business:
    """Who keeps shop, as the desk types it; what is not known yet is an empty text."""

    name: str
    category: Category
    uscc: str = ""
    operator: str = ""
    phone: str = ""
    hauler: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a new door is."""

    township_code: str
    lane: str
    address: str
    frontage_m: float | None = None


def register(
    session: Session,
    act: Act,
    viewer: Viewer,
    business: Business,
    location: Location,
    *,
    make_lane: bool = False,
) -> Shop:
    """Open a shop at a new door; raise Conflict when the same one is there already.

    An unknown lane is refused, InvalidInput `shop.lane_unknown`, unless it is to be made.
    """
    require_at(viewer, Action.SHOP_IMPORT, Place(township=location.township_code))
    row = _row(business, location)
    opening.lock_townships(session, [location.township_code])
    known = opening.lanes_of(session, [location.township_code])
    if (location.township_code, row.lane) not in known:
        if not make_lane:
            raise InvalidInput("shop.lane_unknown", fields={"lane": "shop.lane_unknown"})
        places.add_lane(session, act, location.township_code, row.lane)
    _check_new(session, row)
    (tenancy_id,) = opening.open_shops(session, act, [row])
    return shops.by_tenancy(session, tenancy_id)


def hand_over(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, business: Business
) -> Shop:
    """Close a tenancy and open the next one at the same door, from today; return the new shop.

    A tenancy that has closed already may be followed too, while its door stands empty; raises
    Conflict `shop.closed_already` when somebody else has moved in.
    """
    old = shops.seen_by(session, viewer, Action.SHOP_HAND_OVER, tenancy_id)
    _lock_door(session, old)
    if _is_open(session, tenancy_id):
        _close(session, act, old)
    elif _occupied(session, old):
        raise Conflict("shop.closed_already")
    row = _row(business, _place_of(old))
    merchant_id, new_id = act.new_id(), act.new_id()
    connection = session.connection()
    connection.execute(sa.insert(merchant_table), [opening.merchant_of(row, merchant_id)])
    tenancy = opening.tenancy_of(act, row, new_id, old.premises_id, merchant_id)
    connection.execute(sa.insert(tenancy_table), [tenancy])
    ledger.append_many(session, act, [opening.opened(new_id, row, old.number, after=tenancy_id)])
    return shops.by_tenancy(session, new_id)


def close(session: Session, act: Act, viewer: Viewer, tenancy_id: str) -> Shop:
    """End a tenancy today and leave its door empty; raise Conflict when it has ended already."""
    shop = shops.seen_by(session, viewer, Action.SHOP_HAND_OVER, tenancy_id)
    _lock_door(session, shop)
    if not _is_open(session, tenancy_id):
        raise Conflict("shop.closed_already")
    _close(session, act, shop)
    return shop


def _close(session: Session, act: Act, shop: Shop) -> None:
    session.execute(
        sa.update(tenancy_table)
        .where(tenancy_table.c.id == shop.tenancy_id)
        .values(closed_on=act.day)
    )
    account = session.exec(
        select(Account).where(
            Account.name == f"shop:{shop.tenancy_id}", col(Account.closed_at).is_(None)
        )
    ).one_or_none()
    if account is not None:
        accounts.close(session, act, account)
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind="tenancy.closed",
        ref=shop.tenancy_id,
        fact={"number": shop.number, "on": act.day.isoformat()},
    )


def _lock_door(session: Session, shop: Shop) -> None:
    session.execute(
        sa.select(premises_table.c.id)
        .where(premises_table.c.id == shop.premises_id)
        .with_for_update()
    )


def _is_open(session: Session, tenancy_id: str) -> bool:
    query = sa.select(tenancy_table.c.closed_on).where(tenancy_table.c.id == tenancy_id)
    return session.execute(query).scalar_one() is None


def _occupied(session: Session, shop: Shop) -> bool:
    query = sa.select(tenancy_table.c.id).where(
        tenancy_table.c.premises_id == shop.premises_id, shops.OPEN
    )
    return session.execute(query).first() is not None


def _check_new(session: Session, row: MerchantRow) -> None:
    query = shops.SHOPS.where(
        tenancy_table.c.row_key == row.row_key,
        premises_table.c.township_code == row.township_code,
        shops.OPEN,
    )
    for shop in shops.listed(session, query):
        raise Conflict("shop.registered_already", number=shop.number)


def _place_of(shop: Shop) -> Location:
    return Location(shop.township_code, shop.lane, shop.address, shop.frontage_m)


def _row(business: Business, location: Location) -> MerchantRow:
    """Return a shop typed by hand in the form in which lists bring them."""
    code = _uscc(business.uscc)
    return MerchantRow(
        name=business.name,
        uscc=code.code,
        uscc_status=code.status,
        operator=business.operator,
        phone=phones.written(business.phone) if business.phone else None,
        address=location.address,
        township_code=location.township_code,
        lane=location.lane,
        category=business.category,
        area_m2=None,
        frontage_m=location.frontage_m,
        lat=None,
        lng=None,
        given_crs=None,
        hauler=business.hauler,
        contract_until=None,
        note="",
    )


def _uscc(typed: str) -> UsccCheck:
    code = check_uscc(typed)
    if code.status is UsccStatus.WRONG_LENGTH:
        raise InvalidInput(
            "shop.uscc_length", fields={"uscc": "shop.uscc_length"}, length=len(code.code)
        )
    return code

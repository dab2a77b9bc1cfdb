"""The association's reviewers: who they are in a township, and what each told about themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from compliance.accounts.models import Account, AccountPlace
from compliance.accounts.permissions import Action, Role, Viewer, require
from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.ledger import service as ledger
from compliance.merchants.categories import Category
from compliance.merchants.phones import written
from compliance.places import service as places
from compliance.reviews.models import AssociationMember
from compliance.reviews.panel import Member

MOST_SHOPS = 5


@dataclass(frozen=True, slots=True)
class OwnShop:
    """A shop that a member runs: in which lane, in which trade."""

    lane: str
    category: str


def members(session: Session, townships: Collection[str]) -> list[Member]:
    """Return the reviewers of some townships, by account id; closed accounts are left out."""
    held: dict[str, set[str]] = {}
    query = (
        select(AccountPlace)
        .join(Account, col(Account.id) == col(AccountPlace.account_id))
        .where(
            Account.role == Role.ASSOCIATION_REVIEWER,
            col(Account.closed_at).is_(None),
            AccountPlace.kind == "township",
            col(AccountPlace.ref).in_(townships),
        )
    )
    for place in session.exec(query):
        held.setdefault(place.account_id, set()).add(place.ref)
    told = {each.account_id: _own(each) for each in _told(session, list(held))}
    return [
        Member(
            account_id,
            frozenset(codes),
            frozenset((shop.lane, shop.category) for shop in told.get(account_id, ())),
        )
        for account_id, codes in sorted(held.items())
    ]


def phones(session: Session, accounts: Collection[str]) -> dict[str, str]:
    """Return the phones of those members who left one."""
    return {each.account_id: each.phone for each in _told(session, accounts) if each.phone}


def of(session: Session, account_id: str) -> tuple[AssociationMember | None, list[OwnShop]]:
    """Return what a member told, None when nothing yet, and the shops in it."""
    told = session.get(AssociationMember, account_id)
    return told, _own(told) if told else []


def tell(
    session: Session, act: Act, viewer: Viewer, *, shops: Sequence[OwnShop], phone: str = ""
) -> AssociationMember:
    """Note which shops a reviewer runs and where reminders go; an empty list says none.

    Raises InvalidInput `member.shop` for a lane or trade that does not exist or more than five
    shops, `phone.not_mobile`. The seats this bars are left at the next look at the panels.
    """
    require(viewer, Action.REVIEW_DECIDE)
    _check(session, shops)
    member = session.get(AssociationMember, viewer.account_id) or AssociationMember(
        account_id=viewer.account_id, told_at=act.at
    )
    own = sorted({(shop.lane, shop.category) for shop in shops})
    member.shops = {"own": [{"lane": lane, "category": category} for lane, category in own]}
    member.phone = _phone(phone)
    member.told_at = act.at
    session.add(member)
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="member.told",
        ref=viewer.account_id,
        fact={"shops": len(own)},
        body={"shops": member.shops["own"]},
    )
    session.flush()
    return member


def _check(session: Session, shops: Sequence[OwnShop]) -> None:
    known = {lane.id for lane in places.lanes(session)}
    trades = {each.value for each in Category}
    strange = any(shop.lane not in known or shop.category not in trades for shop in shops)
    if strange or len(shops) > MOST_SHOPS:
        raise InvalidInput("member.shop", fields={"lane": "member.shop"}, most=MOST_SHOPS)


def _phone(typed: str) -> str | None:
    return written(typed) if typed.strip() else None


def _told(session: Session, accounts: Collection[str]) -> Sequence[AssociationMember]:
    query = select(AssociationMember).where(col(AssociationMember.account_id).in_(accounts))
    return session.exec(query).all()


def _own(told: AssociationMember) -> list[OwnShop]:
    listed: object = told.shops.get("own")
    if not isinstance(listed, list):
        return []
    return [OwnShop(each["lane"], each["category"]) for each in listed]

"""The desk's view of staff accounts: who there is within reach, made and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts import service
from compliance.accounts.models import Account, AccountPlace
from compliance.accounts.permissions import Action, Place, Reach, Role, Viewer, reaches, require
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound

MADE_BY_TOWNSHIP = frozenset({Role.LANE_CHIEF, Role.ENFORCEMENT_OFFICER})
"""Roles a township's desk may make; the others are the district's."""


@dataclass(frozen=True, slots=True)
class Person:
    """A staff account with the places it holds, as (kind, ref)."""

    id: str
    name: str
    display_name: str
    role: Role
    places: tuple[tuple[str, str], ...]
    closed_at: datetime | None


def people(session: Session, viewer: Viewer, lane_townships: dict[str, str]) -> list[Person]:
    """Return the staff accounts whose every place lies within the viewer's reach."""
    require(viewer, Action.ACCOUNT_MANAGE)
    held: dict[str, list[tuple[str, str]]] = {}
    for place in session.exec(select(AccountPlace)):
        held.setdefault(place.account_id, []).append((place.kind, place.ref))
    query = (
        select(Account)
        .where(sa.not_(col(Account.role).in_([Role.MERCHANT])))
        .order_by(col(Account.role), col(Account.name))
    )
    found = [
        Person(
            account.id,
            account.name,
            account.display_name,
            account.role,
            tuple(held.get(account.id, ())),
            account.closed_at,
        )
        for account in session.exec(query)
    ]
    return [person for person in found if _within(viewer, person.places, lane_townships)]


def _within(
    viewer: Viewer, places: Sequence[tuple[str, str]], lane_townships: dict[str, str]
) -> bool:
    if viewer.reach(Action.ACCOUNT_MANAGE) is Reach.DISTRICT:
        return True
    townships = [lane_townships.get(ref, "") if kind == "lane" else ref for kind, ref in places]
    return bool(townships) and all(
        reaches(viewer, Action.ACCOUNT_MANAGE, Place(township=township)) for township in townships
    )


def enrol(
    session: Session,
    act: Act,
    viewer: Viewer,
    *,
    name: str,
    display_name: str,
    role: Role,
    places: Sequence[tuple[str, str]],
    password: str,
    lane_townships: dict[str, str],
    officer_certificate: str | None = None,
) -> Account:
    """Make an account within the viewer's reach; a township's desk makes only field roles."""
    reach = require(viewer, Action.ACCOUNT_MANAGE)
    if reach is not Reach.DISTRICT and role not in MADE_BY_TOWNSHIP:
        raise NotFound("account.out_of_reach")
    if not places and role not in {Role.DISTRICT_DESK, Role.AUDITOR}:
        raise InvalidInput("account.no_place", fields={"places": "account.no_place"})
    if not _within(viewer, places, lane_townships):
        raise NotFound("account.out_of_reach")
    return service.enrol(
        session,
        act,
        name=name,
        display_name=display_name,
        role=role,
        password=password,
        places=places,
        officer_certificate=officer_certificate,
    )


def close(
    session: Session, act: Act, viewer: Viewer, account_id: str, lane_townships: dict[str, str]
) -> Person:
    """Close an account within the viewer's reach."""
    person = next(
        (each for each in people(session, viewer, lane_townships) if each.id == account_id), None
    )
    if person is None or person.id == viewer.account_id:
        raise NotFound("account.out_of_reach")
    service.close(session, act, session.get_one(Account, account_id))
    return person

"""What somebody needs to look around in the demonstration: accounts, and two doors to begin at."""

from dataclasses import dataclass

from sqlmodel import col, select

from compliance.accounts.models import Account
from compliance.accounts.permissions import Role
from compliance.merchants.shops import Shop
from merchants_app.demo.district import District
from merchants_app.demo.places import TOWNS

SHOWN = (
    "district",
    "auditor",
    "dayu-desk",
    "dayu-chief-1",
    "dayu-officer-1",
    "dayu-officer-2",
    "dayu-reviewer-1",
    "dayu-reviewer-2",
    "dayu-reviewer-3",
    "hauler-1",
)
"""One of each role, more where the law or the covenant asks for more; each township has such."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account to sign in with."""

    name: str
    role: Role
    display_name: str


@dataclass(frozen=True, slots=True)
class Guide:
    """Where to begin: `waits` has all four notices to sign, `signed` has signed them."""

    people: tuple[Person, ...]
    waits: Shop
    signed: Shop


def guide(district: District) -> Guide:
    """Return the way into a district that was just told."""
    found = district.session.exec(select(Account).where(col(Account.name).in_(SHOWN)))
    people = {each.name: Person(each.name, each.role, each.display_name) for each in found}
    first = TOWNS[0].code
    return Guide(
        people=tuple(people[name] for name in SHOWN),
        waits=district.examples[first, 0],
        signed=district.examples[first, 1],
    )

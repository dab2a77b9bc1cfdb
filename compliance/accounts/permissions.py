"""Asking the one table (`roles.TABLE`), for every route and query: may this person, and here?

The account's own places (townships, lanes, a tenancy, a hauler) fill in how far an action extends.
What lies outside answers as if it did not exist.
"""

from dataclasses import dataclass, field

from compliance.accounts.roles import TABLE, Action, Reach, Role
from compliance.errors import NotAllowed, NotFound

__all__ = [
    "TABLE",
    "Action",
    "Place",
    "Reach",
    "Role",
    "Viewer",
    "reaches",
    "require",
    "require_at",
]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person as rules see one: role and the places the account holds."""

    account_id: str
    role: Role
    display_name: str = ""
    townships: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    tenancies: frozenset[str] = frozenset()
    haulers: frozenset[str] = frozenset()
    session_key: str = ""
    csrf: str = field(default="", repr=False)

    def reach(self, action: Action) -> Reach | None:
        return TABLE[self.role].get(action)

    def may(self, action: Action) -> bool:
        return self.reach(action) is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing belongs; None for what does not apply to it."""

    township: str | None = None
    lane: str | None = None
    tenancy: str | None = None
    hauler: str | None = None


def require(viewer: Viewer, action: Action) -> Reach:
    """Return the reach of `action`; raise NotAllowed when the role has none."""
    reach = viewer.reach(action)
    if reach is None:
        raise NotAllowed("account.not_allowed")
    return reach


def reaches(viewer: Viewer, action: Action, place: Place) -> bool:
    """Return whether `viewer` may do `action` to something at `place`."""
    match viewer.reach(action):
        case Reach.DISTRICT:
            return True
        case Reach.TOWNSHIP:
            return place.township in viewer.townships
        case Reach.LANE:
            return place.lane in viewer.lanes
        case Reach.TENANCY:
            return place.tenancy in viewer.tenancies
        case Reach.HAULER:
            return place.hauler in viewer.haulers
        case _:
            return False


def require_at(
    viewer: Viewer, action: Action, place: Place, *, unknown: str = "account.out_of_reach"
) -> None:
    """Raise NotAllowed when the role never may, NotFound `unknown` when it may but not there.

    `unknown` is the code for a thing that is not there at all, where its being there is nobody's
    business: then both look the same.
    """
    require(viewer, action)
    if not reaches(viewer, action, place):
        raise NotFound(unknown)

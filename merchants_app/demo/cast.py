"""The people of the district: every role, each with an account that opens with the one password.

The password is printed and the same for all, so a demonstration is never put beside real data.
"""

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col

from compliance.accounts import service, sessions
from compliance.accounts.models import Account, AccountPlace
from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act
from compliance.merchants.shops import Shop
from compliance.notices.models import WasteHauler
from compliance.places.models import Lane
from compliance.places.service import TOWNSHIPS
from merchants_app.demo.ink import Ink
from merchants_app.demo.names import Namer

PASSWORD = "menqian-demo"  # noqa: S105 (printed on purpose, opens invented data only)

REVIEWERS = 5
"""In each township: a panel of three, and two more for those who stand aside."""

_SLUG = {code: name_en.lower() for code, _, _, name_en, *_ in TOWNSHIPS}
_account = Account.__table__  # type: ignore[attr-defined]
_place = AccountPlace.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Staff:
    """Who looks after one township: two officers, as the law asks, and reviewers to draw from."""

    desk: Viewer
    officers: tuple[Viewer, Viewer]
    certificates: tuple[str, str]
    reviewers: tuple[Viewer, ...]


@dataclass(slots=True)
class Cast:
    """Everybody who acts, as the rules see them; operators of shops join when they first act."""

    district: Viewer
    auditor: Viewer
    staff: dict[str, Staff]
    chiefs: dict[str, Viewer]
    haulers: dict[str, Viewer]
    operators: dict[str, Viewer] = field(default_factory=dict)

    def operator(self, act: Act, ink: Ink, shop: Shop) -> Viewer:
        """Return who runs a shop; the account is made at the first act, as at a first sign-in."""
        known = self.operators.get(shop.tenancy_id)
        if known is None:
            account_id = act.new_id()
            ink.add(
                _account,
                {
                    "id": account_id,
                    "name": f"shop:{shop.tenancy_id}",
                    "display_name": shop.name,
                    "role": Role.MERCHANT,
                    "password_hash": None,
                    "officer_certificate": None,
                    "created_at": act.at,
                    "closed_at": None,
                },
            )
            ink.add(_place, {"account_id": account_id, "kind": "tenancy", "ref": shop.tenancy_id})
            known = self.operators[shop.tenancy_id] = Viewer(
                account_id, Role.MERCHANT, shop.name, tenancies=frozenset({shop.tenancy_id})
            )
        return known


class Casting:
    """Makes the accounts, in an order that never changes."""

    def __init__(self, session: Session, act: Act, namer: Namer) -> None:
        self._session = session
        self._act = act
        self._namer = namer

    def cast(self, lanes: list[Lane], haulers: list[WasteHauler]) -> Cast:
        """Return everybody: district, townships, a chief for each lane, haulers."""
        townships = list(dict.fromkeys(lane.township_code for lane in lanes))
        cast = Cast(
            district=self._viewer("district", Role.DISTRICT_DESK),
            auditor=self._viewer("auditor", Role.AUDITOR),
            staff={code: self._staff(code) for code in townships},
            chiefs={},
            haulers={
                hauler.id: self._viewer(
                    f"hauler-{number}", Role.WASTE_HAULER, ("hauler", hauler.id)
                )
                for number, hauler in enumerate(haulers, 1)
            },
        )
        for code in townships:
            own = [lane for lane in lanes if lane.township_code == code]
            for number, lane in enumerate(own, 1):
                name = f"{_SLUG[code]}-chief-{number}"
                cast.chiefs[lane.id] = self._viewer(name, Role.LANE_CHIEF, ("lane", lane.id))
        self._give_password()
        return cast

    def _staff(self, code: str) -> Staff:
        slug, here = _SLUG[code], ("township", code)
        certificates = tuple(f"京门执{code[6:9]}{number:02d}(样例)" for number in (1, 2))
        officer, reviewer = Role.ENFORCEMENT_OFFICER, Role.ASSOCIATION_REVIEWER
        return Staff(
            desk=self._viewer(f"{slug}-desk", Role.TOWNSHIP_DESK, here),
            officers=(
                self._viewer(f"{slug}-officer-1", officer, here, certificate=certificates[0]),
                self._viewer(f"{slug}-officer-2", officer, here, certificate=certificates[1]),
            ),
            certificates=(certificates[0], certificates[1]),
            reviewers=tuple(
                self._viewer(f"{slug}-reviewer-{number}", reviewer, here)
                for number in range(1, REVIEWERS + 1)
            ),
        )

    def _viewer(
        self, name: str, role: Role, *places: tuple[str, str], certificate: str | None = None
    ) -> Viewer:
        account = service.enrol(
            self._session,
            self._act,
            name=name,
            display_name=self._namer.person(),
            role=role,
            places=places,
            officer_certificate=certificate,
        )
        self._session.flush()
        return sessions.viewer_of(self._session, account)

    def _give_password(self) -> None:
        """Give all of them the one password, hashed once: a hash takes a while on purpose."""
        self._session.execute(
            sa.update(_account)
            .where(col(Account.role) != Role.MERCHANT)
            .values(password_hash=service.hash_password(PASSWORD))
        )

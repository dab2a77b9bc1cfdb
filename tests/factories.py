"""Builders with safe defaults: a test passes only what matters to it.

They work through the services, one transaction each, so what they make is what the program makes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from litestar.testing import TestClient
from sqlmodel import Session

from compliance.accounts import service as accounts
from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act, Actor
from compliance.merchants import identifiers, shops
from compliance.merchants.models import CodeState, DoorCode, Merchant, Premises, Tenancy, UsccState
from compliance.merchants.shops import Shop
from compliance.places import service as places
from merchants_app.access import cookie_name
from merchants_app.context import Context
from tests.clock import Clock

T = TypeVar("T")

DAYU = "110109001000"
LONGQUAN = "110109007000"


class World:
    """Makes what a test needs, on the application's own database."""

    def __init__(self, context: Context, clock: Clock) -> None:
        self.context = context
        self.clock = clock
        self._count = 0

    def act(self, by: Viewer | None = None) -> Act:
        actor = Actor(by.account_id, by.role.value) if by else Actor("system", "system")
        return Act(at=self.clock(), actor=actor)

    def write(
        self, call: Callable[..., T], *args: Any, by: Viewer | None = None, **named: Any
    ) -> T:
        """Run a service call `call(session, act, …)` in a transaction of its own."""
        return self.context.database.write_now(
            lambda session: call(session, self.act(by), *args, **named)
        )

    def read(self, call: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run a query `call(session, …)`."""
        return self.context.database.read_now(lambda session: call(session, *args, **named))

    def shop(
        self,
        name: str = "京西样例饺子馆",
        *,
        township: str = DAYU,
        lane: str = "月季园路",
        category: str = "catering",
        phone: str | None = "13800000000",
        uscc: str = "92110109MA00XT014F",
    ) -> Shop:
        """Return a new shop with its door code."""
        self._count += 1
        number = self._count

        def make(session: Session, act: Act) -> str:
            place = places.add_lane(session, act, township, lane)
            letters = next(t.letters for t in places.townships(session) if t.code == township)
            premises = Premises(
                id=act.new_id(),
                number=identifiers.door_number(letters, 90000 + number),
                running=90000 + number,
                township_code=township,
                lane_id=place.id,
                address=f"北京市门头沟区{lane}{number}号",
                lat=39.93907,
                lng=116.09513,
                frontage_m=8.0,
            )
            merchant = Merchant(
                id=act.new_id(),
                name=name,
                uscc=uscc,
                uscc_state=UsccState.OK,
                category=category,
                operator_name="张样例",
            )
            session.add_all([premises, merchant])
            session.flush()
            tenancy = Tenancy(
                id=act.new_id(),
                premises_id=premises.id,
                merchant_id=merchant.id,
                row_key=f"test-{number}",
                opened_on=self.clock().date(),
                phone=phone,
                hauler_name="京西洁运有限公司(样例)",
                opened_at=act.at,
            )
            session.add(tenancy)
            session.add(
                DoorCode(
                    token=identifiers.new_door_token(act.chance),
                    premises_id=premises.id,
                    state=CodeState.ACTIVE,
                    issued_at=act.at,
                )
            )
            return tenancy.id

        tenancy_id = self.write(make)
        return self.read(shops.by_tenancy, tenancy_id)

    def account(
        self, role: Role, *places: tuple[str, str], name: str = "", **named: Any
    ) -> Account:
        """Return a new account that holds `places`, such as ("lane", shop.lane_id)."""
        self._count += 1
        return self.write(
            accounts.enrol,
            name=name or f"{role.value}-{self._count}",
            display_name=f"样例{self._count}",
            role=role,
            places=places,
            **named,
        )

    def viewer(self, role: Role, *places: tuple[str, str], **named: Any) -> Viewer:
        """Return a viewer of a new account."""
        account = self.account(role, *places, **named)
        return self.read(sessions.viewer_of, account)

    def sign_in(self, client: TestClient, viewer: Viewer) -> Viewer:
        """Give `client` a session of `viewer`'s account; return the viewer with its form token."""

        def enter(session: Session, act: Act) -> str:
            account = session.get_one(Account, viewer.account_id)
            return sessions.open_session(session, act, account, "test").secret

        secret = self.write(enter)
        client.cookies.set(cookie_name(secure=False), secret)
        found = self.read(sessions.viewer_of_session, self.act(), secret)
        assert found is not None
        return found[0]

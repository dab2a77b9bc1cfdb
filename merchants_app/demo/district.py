"""The district while it is being told: its shops, people and rules, its time and its chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Self

from sqlmodel import Session

from compliance import reference
from compliance.accounts.permissions import Viewer
from compliance.act import LOCAL, SYSTEM, Act, Actor
from compliance.catalogue import service as catalogue
from compliance.catalogue.service import Catalogue
from compliance.catalogue.workdays import Calendar
from compliance.ledger import service as ledger
from compliance.merchants import opening, shops
from compliance.merchants.shops import Shop
from compliance.notices import haulers
from compliance.notices.kinds import NoticeKind
from compliance.places import service as places
from merchants_app.demo import examples
from merchants_app.demo.album import Album
from merchants_app.demo.cast import Cast, Casting
from merchants_app.demo.examples import Spot
from merchants_app.demo.ink import Ink
from merchants_app.demo.names import Namer
from merchants_app.demo.places import Town
from merchants_app.demo.plan import Plan
from merchants_app.demo.shops import HAULERS, Street
from merchants_app.demo.timeline import Timeline

MARK = "demo.loaded"
"""The ledger entry that says for ever that this district is invented."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane with its open shops in the order of their doors."""

    id: str
    town: Town
    name: str
    busy: float
    shops: tuple[Shop, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """What is needed of a notice once it is out."""

    id: str
    number: str
    tenancy_id: str
    kind: NoticeKind
    version: str
    text_hash: str
    hauler_id: str | None
    issued_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return what is needed of a row of the notices' table."""
        own = ("id", "number", "tenancy_id", "kind", "text_hash", "hauler_id", "issued_at")
        return cls(version=row["fields"]["version"], **{name: row[name] for name in own})


@dataclass(slots=True)
class District:
    """Everything a deed needs."""

    session: Session
    plan: Plan
    rng: Random
    cast: Cast
    lanes: Sequence[Lane]
    catalogue: Catalogue
    calendar: Calendar
    ink: Ink
    timeline: Timeline
    album: Album
    examples: Mapping[Spot, Shop]
    to_countersign: list[tuple[Shop, Issued]] = field(default_factory=list)
    """What shops have signed and the other party has not."""

    def act(self, at: datetime, viewer: Viewer | None = None) -> Act:
        """Return an act of `viewer`, or of the system."""
        return act(self.rng, at, viewer)

    def operator(self, at: datetime, shop: Shop) -> Viewer:
        """Return who runs a shop."""
        return self.cast.operator(self.act(at), self.ink, shop)

    @property
    def shown(self) -> frozenset[str]:
        """The tenancies of the examples: nothing else goes wrong there."""
        return frozenset(shop.tenancy_id for shop in self.examples.values())

    def day(self, back: int) -> date:
        """Return the day that lies `back` days before the last."""
        return self.plan.on - timedelta(days=back)


def act(rng: Random, at: datetime, viewer: Viewer | None = None) -> Act:
    """Return an act whose chance is that of the demonstration."""
    actor = Actor(viewer.account_id, viewer.role.value) if viewer else SYSTEM
    return Act(at=at, actor=actor, chance=rng.randbytes)


def found(
    session: Session,
    plan: Plan,
    rng: Random,
    namer: Namer,
    streets: Sequence[Street],
    album: Album,
) -> District:
    """Load the reference data, mark the ledger, take every shop and account onto the register."""
    first = datetime.combine(plan.opening, time(9), LOCAL)
    begin = act(rng, first)
    # With chance of its own: a database that has its reference data gets the same shops.
    reference.load(session, act(Random(f"{plan.seed}:reference"), first))
    _mark(session, begin, plan)
    lane_rows = [places.add_lane(session, begin, each.town.code, each.name) for each in streets]
    permits = [
        haulers.keep(
            session,
            begin,
            name,
            f"京门环许{plan.opening.year}-{number:03d}(样例)",
            plan.on + timedelta(days=900),
        )
        for number, name in enumerate(HAULERS, 1)
    ]
    cast = Casting(session, begin, namer).cast(lane_rows, permits)
    desk = act(rng, first + timedelta(hours=1), cast.district)
    opening.open_shops(session, desk, [row for street in streets for row in street.rows])
    edition = catalogue.edition_on(session, plan.on)
    lanes = _lanes(session, streets)
    return District(
        session=session,
        plan=plan,
        rng=rng,
        cast=cast,
        lanes=lanes,
        catalogue=catalogue.catalogue(session, edition),
        calendar=catalogue.calendar(session),
        ink=Ink(session),
        timeline=Timeline(plan.end),
        album=album,
        examples={
            spot: lanes[street].shops[place]
            for spot, (street, place) in examples.doors(streets).items()
        },
    )


def _mark(session: Session, begin: Act, plan: Plan) -> None:
    ledger.append(
        session,
        begin,
        subject=ledger.DISTRICT_SUBJECT,
        kind=MARK,
        ref=plan.on.isoformat(),
        fact={"merchants": plan.merchants, "days": plan.days, "seed": plan.seed},
    )


def _lanes(session: Session, streets: Sequence[Street]) -> list[Lane]:
    by_door: dict[tuple[str, str], list[Shop]] = {}
    query = shops.SHOPS.order_by(shops.premises_table.c.number)
    for shop in shops.listed(session, query):
        by_door.setdefault((shop.township_code, shop.lane), []).append(shop)
    return [
        Lane(own[0].lane_id, street.town, street.name, street.busy, tuple(own))
        for street in streets
        for own in [by_door[street.town.code, street.name]]
    ]

"""A shop's file: what the desk, the lane chief or the shop itself looks at first, in one read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.coverage.conditions import patrol_table
from compliance.coverage.service import marks_of
from compliance.coverage.slots import Mark
from compliance.findings import queries as findings
from compliance.findings.queries import FindingView
from compliance.merchants import shops
from compliance.merchants.shops import SHOPS, Shop, premises_table, tenancy_table
from compliance.notices.kinds import Standing
from compliance.patrols.models import PatrolKind

SHOWN_VISITS = 8
_TO_BE_SIGNED = frozenset({Standing.SENT, Standing.VIEWED})


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: what kind, by which role, when it was received, how many faults were seen."""

    id: str
    kind: PatrolKind
    role: str
    at: datetime
    fault_count: int


@dataclass(frozen=True, slots=True)
class ShopFile:
    """A tenancy with its five slots, open findings, last visits, and who was there before."""

    shop: Shop
    marks: tuple[Mark, ...]
    findings: Sequence[FindingView]
    visits: Sequence[Visit]
    at_this_door: Sequence[Shop]

    @property
    def filled(self) -> int:
        return sum(mark.filled for mark in self.marks)

    @property
    def to_sign(self) -> int:
        """How many notices wait for the signature."""
        return sum(
            mark.standing in _TO_BE_SIGNED or mark.waiting_id is not None for mark in self.marks
        )


_VISITS = (
    sa.select(
        patrol_table.c.id,
        patrol_table.c.kind,
        patrol_table.c.role,
        patrol_table.c.received_at,
        patrol_table.c.fault_count,
    )
    .where(patrol_table.c.tenancy_id == sa.bindparam("tenancy"))
    .order_by(patrol_table.c.received_at.desc())
    .limit(SHOWN_VISITS)
)
_AT_THIS_DOOR = SHOPS.where(premises_table.c.id == sa.bindparam("premises")).order_by(
    tenancy_table.c.opened_at.desc()
)


def shop_file(session: Session, shop: Shop, now: datetime) -> ShopFile:
    """Return the file of `shop` as it is at `now`; who may see it was asked before."""
    visits = session.execute(_VISITS, {"tenancy": shop.tenancy_id})
    there = session.execute(_AT_THIS_DOOR, {"premises": shop.premises_id})
    return ShopFile(
        shop=shop,
        marks=marks_of(session, [shop.tenancy_id], now)[shop.tenancy_id],
        findings=findings.of_tenancies(session, [shop.tenancy_id], only_open=True),
        visits=[Visit(*row) for row in visits],
        at_this_door=[shops.Shop(*row) for row in there],
    )

"""What goes into a job: its shops lane by lane in walking order, and their notices in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.merchants import shops
from compliance.merchants.shops import OPEN, SHOPS, Shop, premises_table, tenancy_table
from compliance.notices.models import Notice, NoticeText
from compliance.notices.service import Paper
from compliance.notices.slots import FILLED, notice_table, slots, text_table
from compliance.print_jobs.models import PrintJob
from compliance.print_jobs.walking import Stop, walk


@dataclass(frozen=True, slots=True)
class Scope:
    """Where: one shop, else a lane, else a township, else the district."""

    township: str | None = None
    lane: str | None = None
    tenancy: str | None = None

    @classmethod
    def of(cls, job: PrintJob) -> "Scope":
        return cls(job.township_code, job.lane_id, job.tenancy_id)

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """The condition on a query of open shops."""
        narrowest: sa.ColumnElement[bool] = sa.true()
        if self.tenancy:
            narrowest = tenancy_table.c.id == self.tenancy
        elif self.lane:
            narrowest = premises_table.c.lane_id == self.lane
        elif self.township:
            narrowest = premises_table.c.township_code == self.township
        return sa.and_(OPEN, narrowest)


@dataclass(frozen=True, slots=True)
class Amount:
    """How many shops a place has, how many without a code, and how many notices are in force."""

    shops: int
    without_code: int
    notices: int
    lanes: tuple[int, ...]
    """Shops of each lane that has some."""


def amount(session: Session, act: Act, scope: Scope) -> Amount:
    """Return how much there is to print, by counting alone."""
    door = shops.code_table.c.token
    query = SHOPS.with_only_columns(sa.func.count(), sa.func.count(door)).where(scope.condition)
    lanes = session.execute(query.group_by(premises_table.c.lane_id)).all()
    notices = (
        sa.select(sa.func.count())
        .select_from(notice_table)
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(FILLED, scope.condition)
    )
    total = sum(count for count, _ in lanes)
    coded = sum(with_code for _, with_code in lanes)
    found = session.execute(notices, {"today": act.day}).scalar_one()
    return Amount(total, total - coded, int(found), tuple(count for count, _ in lanes))


def walked(session: Session, scope: Scope) -> list[Shop]:
    """Return the open shops of a place: township by township, lane by lane, as one walks."""
    query = SHOPS.where(scope.condition).order_by(
        shops.township_table.c.code, shops.lane_table.c.name, premises_table.c.running
    )
    found: list[Shop] = []
    for _, lane in groupby(shops.listed(session, query), key=lambda shop: shop.lane_id):
        by_key = {shop.tenancy_id: shop for shop in lane}
        stops = [_stop(number, shop) for number, shop in enumerate(by_key.values())]
        name = next(iter(by_key.values())).lane
        found += [by_key[stop.key] for stop in walk(stops, name)]
    return found


def in_force(session: Session, act: Act, found: Sequence[Shop]) -> dict[str, list[Paper]]:
    """Return by tenancy the notices that fill a slot today, in the order of the slots."""
    by_id = {shop.tenancy_id: shop for shop in found}
    standing = slots(session, by_id, act.day)
    wanted = [slot for kinds in standing.values() for slot in kinds.values() if slot.filled]
    query = select(Notice, NoticeText).join(NoticeText, col(NoticeText.id) == col(Notice.text_id))
    query = query.where(col(Notice.id).in_([slot.notice_id for slot in wanted]))
    rows = {notice.id: (notice, text) for notice, text in session.exec(query)}
    return {
        tenancy: [
            Paper(*rows[slot.notice_id], by_id[tenancy], slot.standing)
            for slot in kinds.values()
            if slot.filled and slot.notice_id in rows
        ]
        for tenancy, kinds in standing.items()
    }


def _stop(number: int, shop: Shop) -> Stop:
    return Stop(shop.tenancy_id, number, shop.address, shop.lat, shop.lng)

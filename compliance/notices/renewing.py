"""Renewing in time: the next notice for whatever runs out soon, its term from the day after.

What was agreed or set for a shop is carried over. While the new one waits, the old one holds; it
ends by itself, or when the new one is signed and has begun. Contracts on the official form are left
out: the next one is signed on paper again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.merchants.shops import Shop
from compliance.notices import carrying, haulers, suggesting
from compliance.notices.issuing import Order
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import TextSource
from compliance.notices.slots import notice_table, text_table
from compliance.notices.watching import FOLLOWED, IN_TERM


def orders(
    session: Session,
    shops: Sequence[Shop],
    kinds: Iterable[NoticeKind],
    today: date,
    days: int,
    shared: Mapping[NoticeKind, Mapping[str, Any]] | None = None,
) -> list[Order]:
    """Return what to issue so that nothing that runs out within `days` leaves its slot empty."""
    by_tenancy = {shop.tenancy_id: shop for shop in shops if shop.closed_on is None}
    known = haulers.known(session, {shop.hauler_name for shop in shops})
    query = (
        sa.select(
            notice_table.c.tenancy_id,
            notice_table.c.kind,
            notice_table.c.fields,
            notice_table.c.valid_to,
        )
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .where(
            notice_table.c.tenancy_id.in_(by_tenancy),
            notice_table.c.kind.in_(list(kinds)),
            notice_table.c.valid_to <= today + timedelta(days=days),
            text_table.c.source == TextSource.MODEL,
            IN_TERM,
            ~FOLLOWED,
        )
        .order_by(notice_table.c.number)
    )
    made = []
    for row in session.execute(query, {"today": today}):
        shop, begins = by_tenancy[row.tenancy_id], row.valid_to + timedelta(days=1)
        hauler = known.get(shop.hauler_name)
        term = suggesting.suggested(row.kind, shop, begins, hauler)
        kept = carrying.carried(row.kind, row.fields, term, begins)
        given = {**term, **kept, **(shared or {}).get(row.kind, {})}
        made.append(Order(shop, row.kind, given))
    return made

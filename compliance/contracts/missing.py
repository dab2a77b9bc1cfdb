"""Which kitchens still lack a contract on the official form, for the hauler they name."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.merchants import shops
from compliance.merchants.shops import OPEN, SHOPS, Shop, merchant_table, tenancy_table
from compliance.notices.haulers import hauler_table
from compliance.notices.kinds import NoticeState
from compliance.notices.official import KIND
from compliance.notices.slots import FILLED, notice_table, text_table
from compliance.notices.suggesting import CATERING

_HOLDS_ONE = sa.exists().where(
    notice_table.c.tenancy_id == tenancy_table.c.id,
    notice_table.c.kind == KIND,
    text_table.c.id == notice_table.c.text_id,
    sa.or_(FILLED, notice_table.c.state == NoticeState.SUBMITTED),
)


def of_haulers(session: Session, viewer: Viewer, today: date, limit: int = 100) -> Sequence[Shop]:
    """Return the open kitchens that name one of the viewer's haulers and hold no contract."""
    names = sa.select(hauler_table.c.name).where(hauler_table.c.id.in_(viewer.haulers))
    query = (
        SHOPS.where(
            OPEN,
            tenancy_table.c.hauler_name.in_(names),
            merchant_table.c.category.in_([each.value for each in CATERING]),
            ~_HOLDS_ONE.correlate(tenancy_table),
        )
        .order_by(shops.premises_table.c.number)
        .limit(limit)
        .params(today=today)
    )
    return shops.listed(session, query)

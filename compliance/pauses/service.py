"""Which pauses hold for a shop; declaring one moves deadlines, so `findings.pausing` does it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.catalogue.workdays import Pause
from compliance.merchants.shops import premises_table, tenancy_table
from compliance.pauses.models import ClockPause, PauseArea

_pause = ClockPause.__table__  # type: ignore[attr-defined]
_TOWNSHIP = (
    sa.select(premises_table.c.township_code)
    .join(tenancy_table, tenancy_table.c.premises_id == premises_table.c.id)
    .where(tenancy_table.c.id == sa.bindparam("tenancy"))
    .scalar_subquery()
)
_FOR_SHOP = sa.select(_pause.c.begins_at, _pause.c.ends_at).where(
    sa.or_(
        _pause.c.area == PauseArea.DISTRICT,
        sa.and_(_pause.c.area == PauseArea.TOWNSHIP, _pause.c.ref == _TOWNSHIP),
        sa.and_(_pause.c.area == PauseArea.TENANCY, _pause.c.ref == sa.bindparam("tenancy")),
    ),
    sa.or_(
        _pause.c.ends_at.is_(None),
        _pause.c.ends_at > sa.bindparam("since", type_=_pause.c.ends_at.type),
    ),
)


def of_shop(session: Session, tenancy_id: str, since: datetime) -> tuple[Pause, ...]:
    """Return the pauses of a shop, its township and the district that end after `since`."""
    values = {"tenancy": tenancy_id, "since": since}
    return tuple(Pause(*row) for row in session.execute(_FOR_SHOP, values))

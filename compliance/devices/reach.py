"""Whose phones somebody answers for: those of the accounts whose every place lies within reach."""

import sqlalchemy as sa

from compliance.accounts.models import AccountPlace
from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.places.models import Lane

_place = AccountPlace.__table__  # type: ignore[attr-defined]
_lane = Lane.__table__  # type: ignore[attr-defined]


def answers_for(viewer: Viewer, account_id: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Return the condition that `viewer` manages the account in the column `account_id`."""
    reach = viewer.reach(Action.ACCOUNT_MANAGE)
    if reach is Reach.DISTRICT:
        return sa.true()
    if reach is not Reach.TOWNSHIP:
        return sa.false()
    township = sa.func.coalesce(_lane.c.township_code, _place.c.ref)
    places = (
        sa.select(sa.literal(1))
        .select_from(_place.outerjoin(_lane, _lane.c.id == _place.c.ref))
        .where(_place.c.account_id == account_id)
        .correlate_except(_place, _lane)
    )
    inside = township.in_(sorted(viewer.townships))
    return sa.and_(places.where(inside).exists(), ~places.where(sa.not_(inside)).exists())

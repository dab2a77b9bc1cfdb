"""Lists of shops by colour: what the desk looks for, in its order, the red ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.grades import standing
from compliance.grades.rules import Colour
from compliance.grades.standing import COLOUR, grade_table, override_table
from compliance.merchants.listing import matches
from compliance.merchants.shops import (
    OPEN,
    SHOPS,
    Shop,
    lane_table,
    merchant_table,
    premises_table,
    township_table,
    within,
)


class GradeOrder(StrEnum):
    """By what a list of colours is sorted."""

    COLOUR = "colour"
    NAME = "name"
    LANE = "lane"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty does not narrow."""

    q: str = ""
    township: str = ""
    lane: str = ""
    colour: Colour | None = None
    order: GradeOrder = GradeOrder.COLOUR
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A shop with the colour that holds; `computed` beside it, `since` when that last changed.

    `set_until` is the last day of a colour that a person has set.
    """

    shop: Shop
    colour: Colour
    computed: Colour
    since: datetime | None
    set_until: date | None


_URGENCY = sa.case({"red": 0, "yellow": 1, "grey": 2, "green": 3}, value=COLOUR)
_NUMBER = (premises_table.c.township_code, premises_table.c.running)
_ORDER: dict[GradeOrder, tuple[Any, ...]] = {
    GradeOrder.COLOUR: (_URGENCY,),
    GradeOrder.NAME: (merchant_table.c.words,),
    GradeOrder.LANE: (township_table.c.code, lane_table.c.name),
    GradeOrder.SINCE: (grade_table.c.at,),
}
_GRADED = standing.with_colour(SHOPS).add_columns(
    COLOUR.label("colour"),
    sa.func.coalesce(sa.cast(grade_table.c.colour, sa.String), Colour.GREY.value).label("computed"),
    grade_table.c.at.label("since"),
    override_table.c.until.label("set_until"),
)


def page(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime, *, page: int = 1, size: int
) -> Sequence[Graded]:
    """Return one page of the shops that are found, in the order asked for."""
    order = [*_ORDER[wanted.order], *_NUMBER]
    query = _GRADED.where(*_conditions(viewer, wanted)).order_by(
        *(column.desc() if wanted.falling else column for column in order)
    )
    rows = session.execute(query.limit(size).offset((page - 1) * size), standing.at(now))
    return [
        Graded(Shop(*row[:-4]), Colour(row.colour), Colour(row.computed), *row[-2:]) for row in rows
    ]


def counts(session: Session, viewer: Viewer, wanted: Wanted, now: datetime) -> dict[Colour, int]:
    """Return how many shops there are of each colour, whichever colour is looked for."""
    own = standing.with_colour(SHOPS.with_only_columns(COLOUR.label("colour"), sa.func.count()))
    query = own.where(*_conditions(viewer, wanted, any_colour=True)).group_by(sa.text("1"))
    found = {Colour(colour): n for colour, n in session.execute(query, standing.at(now))}
    return {colour: found.get(colour, 0) for colour in Colour}


def _conditions(viewer: Viewer, wanted: Wanted, *, any_colour: bool = False) -> list[Any]:
    conditions = [within(viewer, Action.GRADE_READ), OPEN]
    if wanted.township:
        conditions.append(township_table.c.code == wanted.township)
    if wanted.lane:
        conditions.append(lane_table.c.id == wanted.lane)
    if wanted.q:
        conditions.append(matches(wanted.q))
    if wanted.colour and not any_colour:
        conditions.append(wanted.colour.value == COLOUR)
    return conditions

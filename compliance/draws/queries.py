"""Reading draws: the list, one with what came of it, and those of a patroller's round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Reach, Viewer, require
from compliance.draws import service
from compliance.draws.drawing import pair_for
from compliance.draws.models import Draw, DrawOfficer, DrawShop, DrawStage
from compliance.ledger import service as ledger
from compliance.merchants.shops import SHOPS, Shop, premises_table, tenancy_table, within
from compliance.patrols.kinds import VISITS
from compliance.patrols.models import Patrol, PatrolKind
from compliance.plans.models import Plan


@dataclass(frozen=True, slots=True)
class Lot:
    """A drawn shop: its place, who goes there, and when it was visited since."""

    place: int
    shop: Shop
    officers: tuple[str, ...]
    visited_at: datetime | None


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw with its pool by name, what was drawn, and the entry that declared it."""

    draw: Draw
    plan: Plan | None
    shops: Sequence[str]
    officers: Sequence[str]
    team: Sequence[str]
    lots: Sequence[Lot]
    entry: bytes
    declared_by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class OwnDraw:
    """A draw as it concerns one person: the numbers of the shops to go to, in their order."""

    id: str
    title: str
    seed: str
    due_on: date
    drawn_at: datetime | None
    numbers: tuple[str, ...]


def listed(session: Session, viewer: Viewer) -> Sequence[Draw]:
    """Return the draws within reach, the latest first."""
    query = select(Draw).order_by(col(Draw.declared_at).desc(), col(Draw.id))
    if require(viewer, Action.DRAW_READ) is not Reach.DISTRICT:
        query = query.where(col(Draw.township_code).in_(viewer.townships))
    return session.exec(query).all()


def view(session: Session, viewer: Viewer, draw_id: str) -> DrawView:
    """Return a draw with everything that belongs to it; raise NotFound `draw.unknown`."""
    draw = service.one(session, viewer, Action.DRAW_READ, draw_id)
    pool = service.pool_shops(session, draw_id)
    officers = service.pool_officers(session, draw_id)
    team = [each.certificate for each in officers if each.place]
    subject = ledger.township_subject(draw.township_code)
    names = dict(
        session.execute(
            sa.select(col(Account.id), col(Account.display_name)).where(
                col(Account.id).in_([draw.declared_by, draw.ended_by])
            )
        ).all()
    )
    return DrawView(
        draw=draw,
        plan=session.get(Plan, draw.plan_id) if draw.plan_id else None,
        shops=sorted(each.number for each in pool),
        officers=sorted(each.certificate for each in officers),
        team=team,
        lots=_lots(session, draw, [each for each in pool if each.place], team),
        entry=ledger.receipt_of(session, subject, draw.declared_seq).content,
        declared_by=names.get(draw.declared_by, ""),
        ended_by=names.get(draw.ended_by, ""),
    )


def _lots(
    session: Session, draw: Draw, chosen: Sequence[DrawShop], team: Sequence[str]
) -> list[Lot]:
    if not chosen:
        return []
    ids = [each.tenancy_id for each in chosen]
    rows = session.execute(SHOPS.where(tenancy_table.c.id.in_(ids)))
    shops = {row.tenancy_id: Shop(*row) for row in rows}
    counts = (PatrolKind.INSPECTION,) if team else VISITS
    visited = dict(
        session.execute(
            sa.select(col(Patrol.tenancy_id), sa.func.min(col(Patrol.received_at)))
            .where(
                col(Patrol.tenancy_id).in_(ids),
                col(Patrol.kind).in_(counts),
                col(Patrol.received_at) >= draw.ended_at,
            )
            .group_by(col(Patrol.tenancy_id))
        ).all()
    )
    return [
        Lot(
            each.place or 0,
            shops[each.tenancy_id],
            pair_for(each.place or 0, team),
            visited.get(each.tenancy_id),
        )
        for each in chosen
    ]


def of_round(session: Session, viewer: Viewer, day: date) -> list[OwnDraw]:
    """Return the draws that somebody still has to walk, with the shops that fell to them.

    Where officers were drawn too, only they go, each to the shops of the own pair; else everybody
    goes to what lies within reach.
    """
    query = (
        sa.select(Draw, col(DrawShop.place), col(DrawShop.number))
        .join(DrawShop, col(DrawShop.draw_id) == col(Draw.id))
        .join(tenancy_table, tenancy_table.c.id == col(DrawShop.tenancy_id))
        .join(premises_table, premises_table.c.id == tenancy_table.c.premises_id)
        .where(
            col(Draw.stage) == DrawStage.DRAWN,
            col(Draw.due_on) >= day,
            col(DrawShop.place).is_not(None),
            tenancy_table.c.closed_on.is_(None),
            within(viewer, Action.PATROL_LOG),
        )
        .order_by(col(Draw.ended_at).desc(), col(Draw.id), col(DrawShop.place))
    )
    found: dict[str, tuple[Draw, list[tuple[int, str]]]] = {}
    for draw, place, number in session.execute(query):
        found.setdefault(draw.id, (draw, []))[1].append((place, number))
    teams = _teams(session, [key for key, (draw, _) in found.items() if draw.officers_wanted])
    own = []
    for draw, places in found.values():
        team = teams.get(draw.id)
        numbers = tuple(
            number
            for place, number in places
            if team is None or viewer.account_id in pair_for(place, team)
        )
        if numbers:
            own.append(OwnDraw(draw.id, draw.title, draw.seed, draw.due_on, draw.ended_at, numbers))
    return own


def _teams(session: Session, draw_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return draw → accounts of the drawn officers in their order."""
    if not draw_ids:
        return {}
    rows = session.execute(
        sa.select(col(DrawOfficer.draw_id), col(DrawOfficer.account_id))
        .where(col(DrawOfficer.draw_id).in_(draw_ids), col(DrawOfficer.place).is_not(None))
        .order_by(col(DrawOfficer.draw_id), col(DrawOfficer.place))
    )
    teams: dict[str, list[str]] = {}
    for draw_id, account_id in rows:
        teams.setdefault(draw_id, []).append(account_id)
    return teams

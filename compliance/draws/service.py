"""Declaring a draw, drawing it before a witness, calling it off; each an entry of the township.

The declaration freezes who and what can be drawn and commits to our secret by its hash. Drawing is
for somebody else than who declared it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import Account, AccountPlace
from compliance.accounts.permissions import Action, Place, Role, Viewer, require_at
from compliance.act import Act
from compliance.draws import drawing
from compliance.draws.models import Draw, DrawOfficer, DrawShop, DrawStage
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.grades import standing
from compliance.grades.rules import Colour
from compliance.ledger import service as ledger
from compliance.merchants.shops import OPEN, SHOPS, Shop, listed, premises_table
from compliance.plans import service as plans
from compliance.record import insert_many

DECLARED, DRAWN, CALLED_OFF = "draw.declared", "draw.drawn", "draw.called_off"
MOST = 500
"""Shops drawn at once: more than anybody visits under one draw."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A draw as the desk declares it; no lanes or colours chosen means all of them."""

    township_code: str
    title: str
    due_on: date
    shops: int
    officers: int = 0
    plan_id: str = ""
    lane_ids: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = ()


def pool_of(session: Session, act: Act, asked: Asked) -> Sequence[Shop]:
    """Return the open shops that a draw would be declared over, by number."""
    query = SHOPS.where(OPEN, premises_table.c.township_code == asked.township_code)
    if asked.lane_ids:
        query = query.where(premises_table.c.lane_id.in_(asked.lane_ids))
    found = listed(session, query.order_by(premises_table.c.number))
    if not asked.colours:
        return found
    colours = standing.colours(session, [shop.tenancy_id for shop in found], act.at)
    return [shop for shop in found if colours[shop.tenancy_id] in asked.colours]


def officers_of(session: Session, township_code: str) -> Sequence[Account]:
    """Return the certified officers of a township's team, by certificate."""
    query = (
        select(Account)
        .join(AccountPlace, col(AccountPlace.account_id) == col(Account.id))
        .where(
            AccountPlace.kind == "township",
            AccountPlace.ref == township_code,
            Account.role == Role.ENFORCEMENT_OFFICER,
            col(Account.closed_at).is_(None),
            col(Account.officer_certificate).is_not(None),
        )
        .order_by(col(Account.officer_certificate))
    )
    return session.exec(query).all()


def declare(session: Session, act: Act, viewer: Viewer, asked: Asked) -> Draw:
    """Freeze the pool and commit to the secret.

    Raises NotFound out of reach, InvalidInput `draw.invalid` naming what the pool cannot give.
    """
    require_at(viewer, Action.DRAW_DECLARE, Place(township=asked.township_code))
    pool = pool_of(session, act, asked)
    officers = officers_of(session, asked.township_code) if asked.officers else []
    _check(act, asked, len(pool), len(officers))
    if asked.plan_id:
        plans.one(session, viewer, Action.PLAN_READ, asked.plan_id)
    certificates = [each.officer_certificate or "" for each in officers]
    numbers = [shop.number for shop in pool]
    secret = act.chance(drawing.SECRET_BYTES).hex()
    draw = Draw(
        id=act.new_id(),
        township_code=asked.township_code,
        title=asked.title,
        plan_id=asked.plan_id or None,
        pool={
            "lanes": sorted({shop.lane for shop in pool}) if asked.lane_ids else [],
            "colours": [colour.value for colour in asked.colours],
        },
        pool_hash=drawing.pool_hash(numbers, certificates),
        shops_wanted=asked.shops,
        officers_wanted=asked.officers,
        due_on=asked.due_on,
        stage=DrawStage.DECLARED,
        secret=secret,
        secret_hash=drawing.sha256(secret),
        declared_at=act.at,
        declared_by=act.actor.account_id,
        declared_seq=0,
        declared_entry="",
    )
    entry = ledger.append(
        session,
        act,
        subject=ledger.township_subject(draw.township_code),
        kind=DECLARED,
        ref=draw.id,
        fact={
            "pool": draw.pool_hash,
            "secret_hash": draw.secret_hash,
            "shops": asked.shops,
            "of_shops": len(pool),
            "officers": asked.officers,
            "of_officers": len(officers),
            "due_on": asked.due_on.isoformat(),
        },
        body={"title": draw.title, "shops": numbers, "officers": certificates},
    )
    draw.declared_seq, draw.declared_entry = entry.seq, entry.entry_hash
    session.add(draw)
    session.flush()
    _store_pool(session, draw, pool, officers)
    return draw


def _check(act: Act, asked: Asked, shops: int, officers: int) -> None:
    faults = {}
    if not 1 <= asked.shops <= min(MOST, shops):
        faults["shops"] = "draw.too_few_shops"
    if asked.officers and not 2 <= asked.officers <= officers:
        faults["officers"] = "draw.too_few_officers"
    if asked.due_on < act.day:
        faults["due_on"] = "draw.past"
    if faults:
        raise InvalidInput("draw.invalid", fields=faults, shops=min(MOST, shops), officers=officers)


def _store_pool(
    session: Session, draw: Draw, pool: Sequence[Shop], officers: Sequence[Account]
) -> None:
    shops = [
        {"draw_id": draw.id, "tenancy_id": shop.tenancy_id, "number": shop.number} for shop in pool
    ]
    insert_many(session, DrawShop.__table__, shops)  # type: ignore[attr-defined]
    session.add_all(
        DrawOfficer(draw_id=draw.id, account_id=each.id, certificate=each.officer_certificate or "")
        for each in officers
    )


def draw_lots(session: Session, act: Act, viewer: Viewer, draw_id: str, word: str) -> Draw:
    """Draw, with the witness's digits; what was drawn stays as it is.

    Raises NotAllowed `draw.own` for who declared it, InvalidInput `draw.word`, RuleBroken
    `draw.over` when it was drawn or called off before.
    """
    draw = _open(session, viewer, Action.DRAW_WITNESS, draw_id)
    if draw.declared_by == viewer.account_id:
        raise NotAllowed("draw.own")
    draw.word = drawing.read_word(word)
    draw.seed = drawing.seed_of(draw.declared_entry, draw.secret, draw.word)
    draw.stage, draw.ended_at, draw.ended_by = DrawStage.DRAWN, act.at, act.actor.account_id
    session.add(draw)
    shops = {each.number: each for each in pool_shops(session, draw_id)}
    officers = {each.certificate: each for each in pool_officers(session, draw_id)}
    chosen = drawing.drawn(draw.seed, shops, draw.shops_wanted)
    team = drawing.drawn(draw.seed, officers, draw.officers_wanted)
    for place, number in enumerate(chosen, 1):
        shops[number].place = place
    for place, certificate in enumerate(team, 1):
        officers[certificate].place = place
    ledger.append(
        session,
        act,
        subject=ledger.township_subject(draw.township_code),
        kind=DRAWN,
        ref=draw.id,
        fact={"secret": draw.secret, "word": draw.word, "seed": draw.seed},
        body={"shops": chosen, "officers": team},
    )
    return draw


def call_off(session: Session, act: Act, viewer: Viewer, draw_id: str, reason: str) -> Draw:
    """End a draw before it is drawn; the declaration and the reason stay to be seen."""
    draw = _open(session, viewer, Action.DRAW_DECLARE, draw_id)
    if not reason.strip():
        raise InvalidInput("draw.reason_missing", fields={"reason": "draw.reason_missing"})
    draw.stage, draw.called_off_for = DrawStage.CALLED_OFF, reason.strip()
    draw.ended_at, draw.ended_by = act.at, act.actor.account_id
    session.add(draw)
    ledger.append(
        session,
        act,
        subject=ledger.township_subject(draw.township_code),
        kind=CALLED_OFF,
        ref=draw.id,
        body={"reason": draw.called_off_for},
    )
    return draw


def one(session: Session, viewer: Viewer, action: Action, draw_id: str) -> Draw:
    """Return a draw that `viewer` may do `action` to; raise NotFound `draw.unknown`."""
    return _seen(viewer, action, session.get(Draw, draw_id))


def _open(session: Session, viewer: Viewer, action: Action, draw_id: str) -> Draw:
    """Return a draw that can still be drawn, locked: of two witnesses the second is told."""
    locked = select(Draw).where(Draw.id == draw_id).with_for_update()
    draw = _seen(viewer, action, session.exec(locked).one_or_none())
    if draw.stage is not DrawStage.DECLARED:
        raise RuleBroken("draw.over")
    return draw


def _seen(viewer: Viewer, action: Action, draw: Draw | None) -> Draw:
    place = Place(township=draw.township_code if draw else None)
    require_at(viewer, action, place, unknown="draw.unknown")
    if draw is None:
        raise NotFound("draw.unknown")
    return draw


def pool_shops(session: Session, draw_id: str) -> Sequence[DrawShop]:
    """Return the shops of a pool: the drawn in their order, then the others by number."""
    order = (sa.nulls_last(col(DrawShop.place).asc()), col(DrawShop.number))
    return session.exec(select(DrawShop).where(DrawShop.draw_id == draw_id).order_by(*order)).all()


def pool_officers(session: Session, draw_id: str) -> Sequence[DrawOfficer]:
    """Return the officers of a pool: the drawn in their order, then the others."""
    order = (sa.nulls_last(col(DrawOfficer.place).asc()), col(DrawOfficer.certificate))
    mine = DrawOfficer.draw_id == draw_id
    return session.exec(select(DrawOfficer).where(mine).order_by(*order)).all()

"""Licensed haulers: each known once by its name, with the last day of its permit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import Conflict, NotFound
from compliance.ledger import service as ledger
from compliance.merchants import phones
from compliance.merchants.shops import OPEN, Shop, tenancy_table
from compliance.notices.kinds import SETTLED, NoticeKind
from compliance.notices.models import WasteHauler
from compliance.notices.slots import CURRENT, notice_table, text_table

hauler_table = WasteHauler.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Contractor:
    """A hauler with how many contracts it has in force, and how many outlast its permit."""

    hauler: WasteHauler
    contracts: int
    outlasting: int


def known(session: Session, names: Iterable[str]) -> dict[str, WasteHauler]:
    """Return the haulers of these names that we know, by name."""
    wanted = {name for name in names if name}
    found = session.exec(select(WasteHauler).where(col(WasteHauler.name).in_(wanted)))
    return {hauler.name: hauler for hauler in found}


def all_of(session: Session, today: date, ids: Iterable[str] | None = None) -> Sequence[Contractor]:
    """Return the haulers, all or those of `ids`, the permit that ends first on top."""
    running = (
        sa.select(
            notice_table.c.hauler_id,
            sa.func.count().label("contracts"),
            sa.func.sum(
                sa.case((notice_table.c.valid_to > hauler_table.c.permit_valid_to, 1), else_=0)
            ).label("outlasting"),
        )
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .join(hauler_table, hauler_table.c.id == notice_table.c.hauler_id)
        .where(
            OPEN,
            CURRENT,
            notice_table.c.kind == NoticeKind.WASTE_CONTRACT,
            notice_table.c.state.in_(SETTLED),
            notice_table.c.valid_to >= today,
        )
        .group_by(notice_table.c.hauler_id)
        .subquery()
    )
    query = (
        sa.select(WasteHauler, running.c.contracts, running.c.outlasting)
        .outerjoin(running, running.c.hauler_id == hauler_table.c.id)
        .order_by(hauler_table.c.permit_valid_to.asc().nulls_first(), hauler_table.c.name)
    )
    if ids is not None:
        query = query.where(hauler_table.c.id.in_(list(ids)))
    rows = session.execute(query, {"today": today})
    return [Contractor(hauler, running or 0, over or 0) for hauler, running, over in rows]


def hauler_of(session: Session, hauler_id: str) -> WasteHauler:
    """Return a hauler; raise NotFound `hauler.unknown`."""
    hauler = session.get(WasteHauler, hauler_id)
    if hauler is None:
        raise NotFound("hauler.unknown")
    return hauler


def without_permit(session: Session, shops: Iterable[Shop], today: date) -> list[str]:
    """Return the haulers that these shops name and that have no permit on file that holds."""
    named = sorted({shop.hauler_name for shop in shops if shop.hauler_name})
    found = known(session, named)
    holding = {
        name
        for name, each in found.items()
        if each.permit_valid_to and each.permit_valid_to >= today
    }
    return [name for name in named if name not in holding]


def keep(
    session: Session, act: Act, name: str, permit_no: str, permit_valid_to: date
) -> WasteHauler:
    """Return the hauler of that name with this permit, noted when new or renewed.

    A permit that ends earlier than the one we know changes nothing: an old contract is being typed.
    """
    hauler = known(session, [name]).get(name)
    if hauler and hauler.permit_valid_to and hauler.permit_valid_to >= permit_valid_to:
        return hauler
    hauler = hauler or WasteHauler(id=act.new_id(), name=name)
    return _note(session, act, hauler, permit_no, permit_valid_to)


def register(
    session: Session, act: Act, name: str, permit_no: str, permit_valid_to: date, phone: str = ""
) -> WasteHauler:
    """Note a hauler nobody knew; raise Conflict `hauler.known_already`."""
    name = " ".join(name.split())
    if known(session, [name]):
        raise Conflict("hauler.known_already", fields={"name": "hauler.known_already"})
    hauler = WasteHauler(id=act.new_id(), name=name, phone=phones.written(phone) if phone else "")
    return _note(session, act, hauler, permit_no, permit_valid_to)


def renew(
    session: Session,
    act: Act,
    hauler_id: str,
    permit_no: str,
    permit_valid_to: date,
    phone: str = "",
) -> WasteHauler:
    """Note what the desk has seen of a permit: renewed, corrected, or ended before its time."""
    hauler = hauler_of(session, hauler_id)
    hauler.phone = phones.written(phone) if phone else ""
    same = (hauler.permit_no, hauler.permit_valid_to) == (permit_no, permit_valid_to)
    if same:
        session.add(hauler)
        return hauler
    return _note(session, act, hauler, permit_no, permit_valid_to)


def _note(
    session: Session, act: Act, hauler: WasteHauler, permit_no: str, permit_valid_to: date
) -> WasteHauler:
    hauler.permit_no, hauler.permit_valid_to = permit_no, permit_valid_to
    session.add(hauler)
    session.flush()
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="hauler.permit_noted",
        ref=hauler.id,
        fact={
            "hauler": hauler.name,
            "permit_no": permit_no,
            "permit_valid_to": permit_valid_to.isoformat(),
        },
    )
    return hauler

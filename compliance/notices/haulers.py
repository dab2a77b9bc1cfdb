"""Licensed haulers: each known once by its name, with the last day of its permit."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.notices.models import WasteHauler


def known(session: Session, names: Iterable[str]) -> dict[str, WasteHauler]:
    """Return the haulers of these names that we know, by name."""
    wanted = {name for name in names if name}
    found = session.exec(select(WasteHauler).where(col(WasteHauler.name).in_(wanted)))
    return {hauler.name: hauler for hauler in found}


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
            "hauler": name,
            "permit_no": permit_no,
            "permit_valid_to": permit_valid_to.isoformat(),
        },
    )
    return hauler

"""Door codes: taken back when lost, damaged or forged, and issued anew for the same door.

A withdrawn code stays known, so that who scans it is told. Who takes one back says which one and
why: a second press of the same button finds another code in force and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.models import CodeState
from compliance.merchants.opening import new_code
from compliance.merchants.shops import Shop, code_table, premises_table

MIN_REASON = 2


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a door, now or earlier."""

    token: str
    state: str
    issued_at: datetime
    withdrawn_at: datetime | None
    reason: str


def withdraw(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, *, door: str, reason: str
) -> Shop:
    """Take back the code `door` and leave the door without one."""
    shop = _take_back(session, act, viewer, tenancy_id, door, reason)
    _record(session, act, shop, "code.withdrawn", {"withdrawn": door}, reason)
    return shop


def reissue(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, *, door: str, reason: str
) -> str:
    """Take back the code `door` ("" when there is none) and return a new one for the same door."""
    shop = _take_back(session, act, viewer, tenancy_id, door, reason)
    code = new_code(act, shop.premises_id)
    session.connection().execute(sa.insert(code_table), [code])
    token = str(code["token"])
    _record(session, act, shop, "code.reissued", {"withdrawn": door, "issued": token}, reason)
    return token


def of_door(session: Session, premises_id: str) -> list[Code]:
    """Return every code a door has had, the latest first."""
    columns = (code_table.c[name] for name in Code.__slots__)
    query = sa.select(*columns).where(code_table.c.premises_id == premises_id)
    return [Code(*row) for row in session.execute(query.order_by(code_table.c.issued_at.desc()))]


def _take_back(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, door: str, reason: str
) -> Shop:
    """Raise Conflict `door.code_changed` unless `door` is the code in force."""
    shop = shops.seen_by(session, viewer, Action.CODE_REISSUE, tenancy_id)
    if len(reason.strip()) < MIN_REASON:
        raise InvalidInput("door.reason_missing", fields={"reason": "door.reason_missing"})
    premises = premises_table.c.id == shop.premises_id
    session.execute(sa.select(premises_table.c.id).where(premises).with_for_update())
    active = sa.and_(
        code_table.c.premises_id == shop.premises_id, code_table.c.state == CodeState.ACTIVE
    )
    found = session.execute(sa.select(code_table.c.token).where(active)).scalar_one_or_none()
    if (found or "") != door:
        raise Conflict("door.code_changed")
    session.execute(
        sa.update(code_table)
        .where(active)
        .values(state=CodeState.WITHDRAWN, withdrawn_at=act.at, reason=reason.strip())
    )
    return shop


def _record(
    session: Session, act: Act, shop: Shop, kind: str, fact: dict[str, str], reason: str
) -> None:
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(shop.tenancy_id),
        kind=kind,
        ref=shop.premises_id,
        fact=fact,
        body={"reason": reason.strip()},
    )

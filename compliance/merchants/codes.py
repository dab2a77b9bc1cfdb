"""Door codes: taken back when lost, damaged or forged, and issued anew for the same door.

A withdrawn code stays known, so that who scans it is told. Who takes one back says which one and
why: a second press of the same button finds another code in force and changes nothing.
"""

from collections.abc import Sequence
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
from compliance.merchants.shops import Shop, code_table, premises_table, tenancy_table

MIN_REASON = 2
_AT_ONCE = 500


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


@dataclass(frozen=True, slots=True)
class Renewal:
    """A door whose code `withdrawn` ("" when it has none) gives way to `issued`."""

    tenancy_id: str
    premises_id: str
    withdrawn: str
    issued: str


def renew_many(
    session: Session, act: Act, renewals: Sequence[Renewal], reason: str
) -> list[ledger.Receipt]:
    """Put new codes, printed already, in the place of the old ones, all or none.

    Who may was asked when they were ordered. Raises Conflict `door.code_changed` when a door has
    another code than the one to be withdrawn, or another tenant.
    """
    _lock_doors(session, renewals)
    connection = session.connection()
    for start in range(0, len(renewals), _AT_ONCE):
        some = renewals[start : start + _AT_ONCE]
        active = sa.and_(
            code_table.c.premises_id.in_([each.premises_id for each in some]),
            code_table.c.state == CodeState.ACTIVE,
        )
        found = session.execute(
            sa.select(code_table.c.premises_id, code_table.c.token).where(active)
        )
        if {row.premises_id: row.token for row in found} != {
            each.premises_id: each.withdrawn for each in some if each.withdrawn
        }:
            raise Conflict("door.code_changed")
        gone = {"state": CodeState.WITHDRAWN, "withdrawn_at": act.at, "reason": reason.strip()}
        connection.execute(sa.update(code_table).where(active).values(**gone))
        new = [new_code(act, each.premises_id) | {"token": each.issued} for each in some]
        connection.execute(sa.insert(code_table), new)
    facts = ({"withdrawn": each.withdrawn, "issued": each.issued} for each in renewals)
    drafts = [
        ledger.Draft(
            ledger.tenancy_subject(each.tenancy_id),
            "code.reissued",
            each.premises_id,
            fact,
            {"reason": reason.strip()},
        )
        for each, fact in zip(renewals, facts, strict=True)
    ]
    return ledger.append_many(session, act, drafts)


def _lock_doors(session: Session, renewals: Sequence[Renewal]) -> None:
    """Lock the doors in one order, so that two jobs never wait for each other in a circle."""
    wanted = {each.premises_id: each.tenancy_id for each in renewals}
    ids = sorted(wanted)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        locks = sa.select(premises_table.c.id).where(premises_table.c.id.in_(some))
        session.execute(locks.order_by(premises_table.c.id).with_for_update())
        tenants = sa.select(tenancy_table.c.premises_id, tenancy_table.c.id).where(
            tenancy_table.c.premises_id.in_(some), shops.OPEN
        )
        if {row.premises_id: row.id for row in session.execute(tenants)} != {
            each: wanted[each] for each in some
        }:
            raise Conflict("door.code_changed")


def of_door(session: Session, premises_id: str) -> list[Code]:
    """Return every code a door has had, the latest first."""
    columns = (code_table.c[name] for name in Code.__slots__)
    query = sa.select(*columns).where(code_table.c.premises_id == premises_id)
    return [Code(*row) for row in session.execute(query.order_by(code_table.c.issued_at.desc()))]


def end(session: Session, act: Act, premises_id: str, *, door: str, reason: str) -> None:
    """Lock a door and withdraw its code; raise Conflict `door.code_changed` unless it is `door`.

    For whoever has checked who asks, and records it.
    """
    premises = premises_table.c.id == premises_id
    session.execute(sa.select(premises_table.c.id).where(premises).with_for_update())
    active = sa.and_(
        code_table.c.premises_id == premises_id, code_table.c.state == CodeState.ACTIVE
    )
    found = session.execute(sa.select(code_table.c.token).where(active)).scalar_one_or_none()
    if (found or "") != door:
        raise Conflict("door.code_changed")
    session.execute(
        sa.update(code_table)
        .where(active)
        .values(state=CodeState.WITHDRAWN, withdrawn_at=act.at, reason=reason)
    )


def _take_back(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, door: str, reason: str
) -> Shop:
    """Raise Conflict `door.code_changed` unless `door` is the code in force."""
    shop = shops.seen_by(session, viewer, Action.CODE_REISSUE, tenancy_id)
    if len(reason.strip()) < MIN_REASON:
        raise InvalidInput("door.reason_missing", fields={"reason": "door.reason_missing"})
    end(session, act, shop.premises_id, door=door, reason=reason.strip())
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

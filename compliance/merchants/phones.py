"""The phone on file: it is how a merchant signs in, so who changes or looks at it leaves a trace.

A number is set after the person was checked on the spot, with a word on how. Every session that was
opened with the old number ends with it.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from compliance.accounts.models import Account, AuthSession
from compliance.accounts.permissions import Action, Viewer
from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.merchants.identifiers import is_mobile, normalise_phone
from compliance.merchants.shops import Shop, tenancy_table

_AT_ONCE = 1000


def written(phone: str) -> str:
    """Return a mobile number as stored; raise InvalidInput `phone.not_mobile` for anything else."""
    number = normalise_phone(phone)
    if not is_mobile(number):
        raise InvalidInput("phone.not_mobile", fields={"phone": "phone.not_mobile"})
    return number


def change(
    session: Session, act: Act, viewer: Viewer, tenancy_id: str, *, phone: str, checked: str
) -> Shop:
    """Put `phone` on file; `checked` says how the person was checked. The same number: nothing."""
    shop = shops.seen_by(session, viewer, Action.PHONE_CHANGE, tenancy_id)
    number = written(phone)
    if number == shop.phone:
        return shop
    session.execute(
        sa.update(tenancy_table).where(tenancy_table.c.id == tenancy_id).values(phone=number)
    )
    end_sessions(session, act, [tenancy_id])
    ledger.append_many(session, act, [changed(tenancy_id, shop.phone, number, checked)])
    return shop


def changed(tenancy_id: str, old: str | None, new: str, checked: str) -> ledger.Draft:
    """Return the ledger entry of a new number; the numbers are in the erasable body."""
    return ledger.Draft(
        subject=ledger.tenancy_subject(tenancy_id),
        kind="phone.changed",
        ref=tenancy_id,
        body={"from": old, "to": new, "checked": checked},
    )


def reveal(session: Session, act: Act, viewer: Viewer, tenancy_id: str, reason: str) -> Shop:
    """Return the shop with its whole number to somebody who said why; the look is recorded."""
    shop = shops.seen_by(session, viewer, Action.PHONE_REVEAL, tenancy_id)
    ledger.append(
        session,
        act,
        subject=ledger.tenancy_subject(tenancy_id),
        kind="phone.revealed",
        ref=tenancy_id,
        body={"reason": reason},
    )
    return shop


def end_sessions(session: Session, act: Act, tenancy_ids: Collection[str]) -> None:
    """End every session of the operators of these shops."""
    names = [f"shop:{tenancy_id}" for tenancy_id in tenancy_ids]
    for start in range(0, len(names), _AT_ONCE):
        accounts = select(Account.id).where(col(Account.name).in_(names[start : start + _AT_ONCE]))
        session.exec(
            update(AuthSession)
            .where(col(AuthSession.account_id).in_(accounts), col(AuthSession.ended_at).is_(None))
            .values(ended_at=act.at)
        )

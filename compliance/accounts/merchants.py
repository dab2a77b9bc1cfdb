"""The account of a shop's operator: one per tenancy, opened by the phone on file only."""

from dataclasses import dataclass

from sqlmodel import Session, select

from compliance.accounts import codes, sessions
from compliance.accounts.models import Account, AccountPlace, CodePurpose
from compliance.accounts.permissions import Role
from compliance.accounts.sessions import Opened
from compliance.act import Act
from compliance.errors import RuleBroken


def account_of_tenancy(session: Session, act: Act, tenancy_id: str, display_name: str) -> Account:
    """Return the operator's account of a tenancy, made at its first sign-in."""
    name = f"shop:{tenancy_id}"
    account = session.exec(select(Account).where(Account.name == name)).one_or_none()
    if account is None:
        account = Account(
            id=act.new_id(),
            name=name,
            display_name=display_name,
            role=Role.MERCHANT,
            created_at=act.at,
        )
        session.add(account)
        session.flush()
        session.add(AccountPlace(account_id=account.id, kind="tenancy", ref=tenancy_id))
        session.flush()
    return account


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Somebody who says to run a shop: which one, its phone on file, and in which browser."""

    tenancy_id: str
    shop_name: str
    phone: str | None
    bound_to: str
    user_agent: str = ""


def send_code(session: Session, act: Act, at: AtDoor) -> None:
    """Send a sign-in code to the phone on file; raise RuleBroken `account.no_phone` without one."""
    if not at.phone:
        raise RuleBroken("account.no_phone")
    codes.send(
        session,
        act,
        tenancy_id=at.tenancy_id,
        phone=at.phone,
        purpose=CodePurpose.SIGN_IN,
        bound_to=at.bound_to,
        subject=at.shop_name,
    )


def enter(session: Session, act: Act, at: AtDoor, digits: str) -> Opened | None:
    """Open a session for the right code; None, with the try counted, for a wrong one."""
    code = codes.try_code(session, act, at.tenancy_id, CodePurpose.SIGN_IN, at.bound_to, digits)
    if code is None:
        return None
    codes.use(session, act, code.id, CodePurpose.SIGN_IN, at.tenancy_id)
    account = account_of_tenancy(session, act, at.tenancy_id, at.shop_name)
    return sessions.open_session(session, act, account, at.user_agent)

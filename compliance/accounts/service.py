"""Accounts of staff: enrol, sign in by name and password, close.

A failed sign-in is a fact to be kept, so `authenticate` records it and returns None instead of
raising: a refusal raised here would roll its own count back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, col, select

from compliance.accounts import sessions
from compliance.accounts.models import Account, AccountPlace, SignInFailure
from compliance.accounts.permissions import Role
from compliance.accounts.sessions import Opened
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotAllowed, NotFound
from compliance.ledger import service as ledger

_PASSWORDS = PasswordHash((Argon2Hasher(),))
_NOBODY = _PASSWORDS.hash("nobody has this password")
"""Compared against when a name is unknown, so that both answers take as long."""

MIN_PASSWORD = 10
WINDOW = timedelta(minutes=15)
PER_ORIGIN = 5
PER_NAME = 30
"""Failures within WINDOW after which one origin, or all unknown devices, must wait for a name."""


def hash_password(password: str) -> str:
    """Return the argon2id hash; raise InvalidInput when the password is too short."""
    if len(password) < MIN_PASSWORD:
        raise InvalidInput("account.password_short", fields={"password": "account.password_short"})
    return _PASSWORDS.hash(password)


def enrol(
    session: Session,
    act: Act,
    *,
    name: str,
    display_name: str,
    role: Role,
    password: str | None = None,
    places: Iterable[tuple[str, str]] = (),
    officer_certificate: str | None = None,
) -> Account:
    """Make an account that holds `places` (kind, ref); raise Conflict for a name in use."""
    if session.exec(select(Account.id).where(Account.name == name)).first():
        raise Conflict("account.name_taken", name=name)
    account = Account(
        id=act.new_id(),
        name=name,
        display_name=display_name,
        role=role,
        password_hash=hash_password(password) if password else None,
        officer_certificate=officer_certificate,
        created_at=act.at,
    )
    session.add(account)
    session.flush()
    for kind, ref in places:
        session.add(AccountPlace(account_id=account.id, kind=kind, ref=ref))
    ledger.append(
        session,
        act,
        subject=ledger.DISTRICT_SUBJECT,
        kind="account.enrolled",
        ref=account.id,
        fact={"role": role.value},
    )
    return account


def by_name(session: Session, name: str) -> Account:
    """Return an open account; raise NotFound."""
    account = session.exec(select(Account).where(Account.name == name)).one_or_none()
    if account is None or account.closed_at is not None:
        raise NotFound("account.unknown", name=name)
    return account


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in: what was typed, and what failures are counted by."""

    name: str
    password: str
    origin: str
    known_device: bool = False
    user_agent: str = ""


def check_not_throttled(session: Session, act: Act, attempt: Attempt) -> None:
    """Raise NotAllowed `account.too_many_tries` when this origin must wait for this name.

    Failures of others do not lock the owner out: a device that has signed in before is measured by
    its own failures only.
    """
    since = act.at - WINDOW
    recent = select(sa.func.count()).where(
        SignInFailure.name == attempt.name, col(SignInFailure.at) > since
    )
    own = session.exec(recent.where(SignInFailure.origin == attempt.origin)).one()
    everyone = 0 if attempt.known_device else session.exec(recent).one()
    if own >= PER_ORIGIN or everyone >= PER_NAME:
        raise NotAllowed("account.too_many_tries", minutes=int(WINDOW.total_seconds() // 60))


def authenticate(session: Session, act: Act, attempt: Attempt) -> Account | None:
    """Return the account that name and password open, or None, having counted the failure."""
    check_not_throttled(session, act, attempt)
    account = session.exec(select(Account).where(Account.name == attempt.name)).one_or_none()
    stored = account.password_hash if account and account.password_hash else _NOBODY
    right = _PASSWORDS.verify(attempt.password, stored)
    if account is None or account.password_hash is None or account.closed_at or not right:
        session.add(
            SignInFailure(
                id=act.new_id(),
                name=attempt.name[:64],
                origin=attempt.origin,
                known_device=attempt.known_device,
                at=act.at,
            )
        )
        return None
    return account


def sign_in(session: Session, act: Act, attempt: Attempt) -> tuple[Role, Opened] | None:
    """Open a session for the right password; None, with the failure counted, for a wrong one."""
    account = authenticate(session, act, attempt)
    if account is None:
        return None
    return account.role, sessions.open_session(session, act, account, attempt.user_agent)


def close(session: Session, act: Act, account: Account) -> None:
    """Close an account and end its sessions."""
    account.closed_at = act.at
    session.add(account)
    sessions.end_all_sessions(session, act, account.id)
    ledger.append(
        session, act, subject=ledger.DISTRICT_SUBJECT, kind="account.closed", ref=account.id
    )

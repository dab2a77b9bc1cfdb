"""Sessions and bearer tokens: who is behind a cookie or a header.

The id in the cookie has 128 random bits and is stored as its SHA-256. A new one is made at every
sign-in; signing out ends it in the database. Idle and absolute limits follow the role.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from compliance.accounts.models import Account, AccountPlace, AuthSession, BearerToken
from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act

SEEN_EVERY = timedelta(minutes=1)
"""How stale `last_seen_at` may be before a request writes it again."""

_LIMITS: dict[Role, tuple[timedelta, timedelta]] = {
    Role.MERCHANT: (timedelta(days=30), timedelta(days=180)),
    Role.WASTE_HAULER: (timedelta(hours=12), timedelta(days=7)),
    Role.LANE_CHIEF: (timedelta(hours=12), timedelta(days=7)),
    Role.ENFORCEMENT_OFFICER: (timedelta(hours=12), timedelta(days=7)),
    Role.ASSOCIATION_REVIEWER: (timedelta(hours=12), timedelta(days=7)),
    Role.TOWNSHIP_DESK: (timedelta(minutes=30), timedelta(hours=12)),
    Role.DISTRICT_DESK: (timedelta(minutes=30), timedelta(hours=12)),
    Role.AUDITOR: (timedelta(minutes=30), timedelta(hours=12)),
}
"""Role → (idle limit, absolute limit)."""


def key_of(secret: str) -> str:
    """Return what is stored of a cookie or token."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the cookie's value (told once) and how long it may live."""

    secret: str
    lifetime: timedelta


def open_session(session: Session, act: Act, account: Account, user_agent: str = "") -> Opened:
    """Begin a session with a new id for `account`."""
    secret = act.new_id()
    _, absolute = _LIMITS[account.role]
    session.add(
        AuthSession(
            id=key_of(secret),
            account_id=account.id,
            csrf=act.new_id(),
            user_agent=user_agent[:200],
            started_at=act.at,
            last_seen_at=act.at,
            ends_at=act.at + absolute,
        )
    )
    return Opened(secret, absolute)


def end_session(session: Session, act: Act, session_key: str) -> None:
    """End one session; ending an ended one changes nothing."""
    session.exec(
        update(AuthSession)
        .where(col(AuthSession.id) == session_key, col(AuthSession.ended_at).is_(None))
        .values(ended_at=act.at)
    )


def end_all_sessions(session: Session, act: Act, account_id: str) -> None:
    """End every session of an account: when it is closed, or its phone or password changes."""
    session.exec(
        update(AuthSession)
        .where(col(AuthSession.account_id) == account_id, col(AuthSession.ended_at).is_(None))
        .values(ended_at=act.at)
    )


def viewer_of_session(session: Session, act: Act, secret: str) -> tuple[Viewer, bool] | None:
    """Return who is behind a cookie and whether `see` is due; None for no or an ended session."""
    row = session.exec(
        select(AuthSession, Account)
        .join(Account, col(Account.id) == col(AuthSession.account_id))
        .where(AuthSession.id == key_of(secret))
    ).one_or_none()
    if row is None:
        return None
    found, account = row
    idle, _ = _LIMITS[account.role]
    alive = (
        found.ended_at is None
        and account.closed_at is None
        and act.at < found.ends_at
        and act.at < found.last_seen_at + idle
    )
    if not alive:
        return None
    viewer = viewer_of(session, account, session_key=found.id, csrf=found.csrf)
    return viewer, act.at - found.last_seen_at > SEEN_EVERY


def see(session: Session, act: Act, session_key: str) -> None:
    """Note that a session was used."""
    session.exec(
        update(AuthSession).where(col(AuthSession.id) == session_key).values(last_seen_at=act.at)
    )


def issue_token(session: Session, act: Act, account: Account, label: str, days: int) -> str:
    """Return a new bearer token for a program that acts as `account`; it is told only here."""
    secret = f"mq_{act.new_id()}"
    session.add(
        BearerToken(
            id=key_of(secret),
            account_id=account.id,
            label=label,
            issued_at=act.at,
            ends_at=act.at + timedelta(days=days),
        )
    )
    return secret


def viewer_of_token(session: Session, act: Act, secret: str) -> Viewer | None:
    """Return who is behind a bearer token, or None."""
    row = session.exec(
        select(BearerToken, Account)
        .join(Account, col(Account.id) == col(BearerToken.account_id))
        .where(BearerToken.id == key_of(secret))
    ).one_or_none()
    if row is None:
        return None
    token, account = row
    if token.revoked_at or account.closed_at or act.at >= token.ends_at:
        return None
    return viewer_of(session, account)


def viewer_of(
    session: Session, account: Account, *, session_key: str = "", csrf: str = ""
) -> Viewer:
    """Return `account` as rules see it, with every place it holds."""
    held: dict[str, set[str]] = {}
    rows = session.execute(
        sa.select(AccountPlace.kind, AccountPlace.ref).where(  # type: ignore[call-overload]
            col(AccountPlace.account_id) == account.id
        )
    )
    for kind, ref in rows:
        held.setdefault(kind, set()).add(ref)
    return Viewer(
        account_id=account.id,
        role=account.role,
        display_name=account.display_name,
        townships=frozenset(held.get("township", ())),
        lanes=frozenset(held.get("lane", ())),
        tenancies=frozenset(held.get("tenancy", ())),
        haulers=frozenset(held.get("hauler", ())),
        session_key=session_key,
        csrf=csrf,
    )

"""Accounts and what proves who one is: passwords, sessions, one-time codes, bearer tokens.

Session ids, codes and tokens are stored hashed; whoever reads the database can act as nobody.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.accounts.permissions import Role
from compliance.record import Record, choice, data, key, link, moment


class Account(Record, table=True):
    """A person who signs in: staff by name and password, a merchant by the shop's phone."""

    __tablename__ = "account"

    id: str = key()
    name: str = Field(sa_column=sa.Column(sa.String(64), unique=True, nullable=False))
    display_name: str = Field(max_length=64)
    role: Role = choice(Role)
    password_hash: str | None = Field(default=None, max_length=200)
    officer_certificate: str | None = Field(default=None, max_length=32)
    created_at: datetime = moment()
    closed_at: datetime | None = moment(null=True)


class AccountPlace(Record, table=True):
    """One place an account holds: a township code, a lane, a tenancy or a hauler."""

    __tablename__ = "account_place"

    account_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("account.id"), primary_key=True)
    )
    kind: str = Field(sa_column=sa.Column(sa.String(12), primary_key=True))
    ref: str = Field(sa_column=sa.Column(sa.String(32), primary_key=True, index=True))


class AuthSession(Record, table=True):
    """A signed-in browser; `id` is the SHA-256 of the cookie's 128 random bits."""

    __tablename__ = "auth_session"

    id: str = key(64)
    account_id: str = link("account.id")
    csrf: str = Field(max_length=64)
    user_agent: str = Field(default="", max_length=200)
    started_at: datetime = moment()
    last_seen_at: datetime = moment()
    ends_at: datetime = moment()
    ended_at: datetime | None = moment(null=True)


class BearerToken(Record, table=True):
    """A token for a program; `id` is its SHA-256."""

    __tablename__ = "bearer_token"

    id: str = key(64)
    account_id: str = link("account.id")
    label: str = Field(default="", max_length=64)
    issued_at: datetime = moment()
    ends_at: datetime = moment()
    revoked_at: datetime | None = moment(null=True)


class SignInFailure(Record, table=True):
    """A failed sign-in, counted by name and origin: an attacker must not lock out the owner."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (sa.Index("ix_sign_in_failure_name_at", "name", "at"),)

    id: str = key()
    name: str = Field(max_length=64)
    origin: str = Field(max_length=64)
    known_device: bool = False
    at: datetime = moment()


class CodePurpose(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_NOTICES = "sign_notices"
    CAST_VOTE = "cast_vote"


class OneTimeCode(Record, table=True):
    """A six-digit code sent to the phone on file, bound to the browser that asked for it.

    Five tries within five minutes. A right try sets `proved_at`; the act it was asked for sets
    `used_at`, in its own transaction, so a code proves one act only.
    """

    __tablename__ = "one_time_code"

    id: str = key()
    tenancy_id: str = Field(sa_column=sa.Column(sa.String(32), index=True, nullable=False))
    purpose: CodePurpose = choice(CodePurpose)
    phone: str = Field(sa_column=sa.Column(sa.String(20), index=True, nullable=False))
    bound_to: str = Field(max_length=64)
    code_hash: str = Field(max_length=64)
    sent_at: datetime = moment()
    ends_at: datetime = moment()
    tries: int = 0
    proved_at: datetime | None = moment(null=True)
    used_at: datetime | None = moment(null=True)
    details: dict[str, object] = data()

"""Phones that patrollers log with: whose each is, by which keys it is known, whether it is lost.

A device signs what it seals and wraps the key of its contents for the server, so that what lies on
it can be proved and opened here without the phone.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, key, link, moment, text


class DeviceLife(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"
    WIPED = "wiped"


class RevokeReason(StrEnum):
    LOST = "lost"
    STOLEN = "stolen"
    REPLACED = "replaced"
    DOUBTED = "doubted"
    ACCOUNT_CLOSED = "account_closed"


class Device(Record, table=True):
    """One phone of one account; `id` is the phone's own, 128 random bits.

    `signing_key` is a public JWK (ES256), `content_key` a JWE of 32 bytes for the server's key and
    `content_print` the SHA-256 of those bytes, by which the same key wrapped anew is recognised.
    """

    __tablename__ = "device"

    id: str = key()
    account_id: str = link("account.id")
    name: str = Field(max_length=64)
    signing_key: dict[str, str] = Field(sa_column=sa.Column(JSON, nullable=False))
    content_key: str = text()
    content_print: str = Field(max_length=64)
    enrolled_at: datetime = moment()
    last_contact_at: datetime = moment()
    revoked_at: datetime | None = moment(null=True)
    revoked_by: str | None = Field(default=None, max_length=32)
    revoked_why: str | None = Field(default=None, max_length=24)
    wiped_at: datetime | None = moment(null=True)

    @property
    def life(self) -> DeviceLife:
        """What follows from the two instants."""
        if self.wiped_at is not None:
            return DeviceLife.WIPED
        return DeviceLife.ACTIVE if self.revoked_at is None else DeviceLife.REVOKED


class DeviceSession(Record, table=True):
    """A session that was seen on a device: revoking the device ends it."""

    __tablename__ = "device_session"

    device_id: str = Field(
        sa_column=sa.Column(sa.String(32), sa.ForeignKey("device.id"), primary_key=True)
    )
    session_key: str = Field(sa_column=sa.Column(sa.String(64), primary_key=True))

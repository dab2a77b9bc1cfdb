"""What a device signs about each sealed thing, read from the signed bytes; and the record inside.

Members that a newer app adds are let through: no sealed record is to be lost to a strict reader.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from compliance.errors import InvalidInput
from compliance.quarantine.models import SealedKind

Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

MOST_RECORDS = 2**31 - 1

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2099, 12, 30, tzinfo=UTC)


def _within_reach(value: datetime) -> datetime:
    """Return the nearest instant that every zone can show: a wrong clock refuses no record."""
    return min(max(value, EARLIEST), LATEST)


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Manifest(_Told):
    """The payload of a manifest: which sealed bytes of which device are what, and when sealed.

    `order` counts all records of the device, `of_kind` those of the same kind: the number that the
    record itself names. A photo has neither, an app of an earlier version no `of_kind`.
    """

    v: Literal[1]
    device: Hex32
    account: Hex32
    order: int = Field(default=0, ge=0, le=MOST_RECORDS)
    of_kind: int = Field(default=0, ge=0, le=MOST_RECORDS)
    kind: SealedKind
    name: Hex32 | Hex64
    sealed_sha256: Hex64
    sealed_at: Annotated[AwareDatetime, AfterValidator(_within_reach)]

    @model_validator(mode="after")
    def _is_named_after_its_kind(self) -> Self:
        if len(self.name) != (64 if self.kind is SealedKind.PHOTO else 32):
            message = "a photo is named by its SHA-256, a record by its id"
            raise ValueError(message)
        return self


class Farewell(_Told):
    """What a device signs when it has wiped itself."""

    v: Literal[1]
    device: Hex32
    kind: Literal["wiped"]


class Place(_Told):
    """The shop as the phone knew it, for reading only: the record's own door counts."""

    number: str = Field(default="", max_length=16)
    name: str = Field(default="", max_length=120)


class Unsealed(_Told):
    """A record taken out of its seal; `body` is the JSON text that would have been sent."""

    id: Hex32
    kind: SealedKind
    body: str
    shop: Place | None = None
    photos: list[Hex64] = []


def read_manifest(payload: bytes) -> Manifest:
    """Return a manifest from verified bytes; raise InvalidInput `quarantine.manifest`."""
    try:
        return Manifest.model_validate_json(payload)
    except ValidationError:
        raise InvalidInput("quarantine.manifest") from None


def read_farewell(payload: bytes, device_id: str) -> None:
    """Raise InvalidInput `quarantine.manifest` unless `payload` says that this device is wiped."""
    try:
        told = Farewell.model_validate_json(payload)
    except ValidationError:
        raise InvalidInput("quarantine.manifest") from None
    if told.device != device_id:
        raise InvalidInput("quarantine.manifest")


def read_record(plain: bytes, manifest_name: str) -> Unsealed:
    """Return the record inside a seal; raise InvalidInput `quarantine.not_a_record`."""
    try:
        record = Unsealed.model_validate_json(plain)
    except ValidationError:
        raise InvalidInput("quarantine.not_a_record") from None
    if record.id != manifest_name:
        raise InvalidInput("quarantine.not_a_record")
    return record


def fields_of(body: str) -> dict[str, object]:
    """Return the JSON object in a record's text, or an empty one: for showing, not for logging."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

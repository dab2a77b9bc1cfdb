"""The body of a patrol record as a client sends it, strictly read: nothing unknown, all bounded.

The body is kept exactly as sent (the ledger commits to its RFC 8785 form), so it is read twice from
the same bytes: as plain JSON, without the two things JSON leaves open (repeated keys, NaN), and as
this model.
"""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from compliance.errors import InvalidInput
from compliance.findings.models import Cause
from compliance.merchants.identifiers import normalise_token
from compliance.merchants.positions import Crs
from compliance.patrols.models import ItemResult, PatrolKind

MOST_ITEMS = 60
MOST_PHOTOS = 12
LONGEST_NOTE = 500


def _printable(value: str) -> str:
    if any(ord(each) < 32 and each not in "\n\r\t" for each in value):
        message = "control characters"
        raise ValueError(message)
    return value


def _credible(value: datetime) -> datetime:
    """Let a phone pass whose clock began anew: what it saw is not lost for that."""
    if not 1970 <= value.year <= 2099:
        message = "a year out of reach"
        raise ValueError(message)
    return value


def _different(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        message = "one thing named twice"
        raise ValueError(message)
    return value


Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE), AfterValidator(_printable)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Photos = Annotated[list[Sha256], Field(max_length=MOST_PHOTOS), AfterValidator(_different)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Instant = Annotated[AwareDatetime, AfterValidator(_credible)]
Door = Annotated[str, StringConstraints(max_length=64), AfterValidator(normalise_token)]
ShortText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, strip_whitespace=True),
    AfterValidator(_printable),
]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Position(_Sent):
    """Where the phone says it is: degrees, metres, and the system the degrees are in."""

    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    accuracy_m: float = Field(ge=0, le=100_000)
    crs: Crs = Crs.WGS84


class Scan(StrEnum):
    """How the door was named: its code through our camera, its number typed, a tap on the list of
    the round, or the address that another scanner opened.
    """

    CAMERA = "camera"
    TYPED = "typed"
    LIST = "list"
    LINK = "link"


class Origin(_Sent):
    """Which phone made the record, and how it came to the door.

    `order` counts the records of this phone from 1. `clock_offset_ms` is the phone's clock less
    ours, as the phone measured it when it last had a signal.
    """

    device: Id
    order: int = Field(ge=1, le=2**31 - 1)
    scan: Scan
    scanned_at: Instant | None = None
    clock_offset_ms: int | None = Field(default=None, ge=-(10**12), le=10**12)
    app: Annotated[str, StringConstraints(max_length=40), AfterValidator(_printable)] = ""


class Item(_Sent):
    """One point that was looked at.

    A fault whose point has an open finding at this shop counts as that finding seen again. `again`
    names which, `separate` says that this one is another.
    """

    code: str = Field(pattern=r"^[A-Z][0-9]{2}$")
    result: ItemResult
    cause: Cause = Cause.MERCHANT
    fixed_on_spot: bool = False
    note: Note = ""
    photos: Photos = []
    again: Id | None = None
    separate: bool = False

    @property
    def is_fault(self) -> bool:
        return self.result is ItemResult.FAULT


class Payload(_Sent):
    """A visit to a door; `officers`, `plan_ref`, `credentials_shown` belong to inspections.

    `merchant_code` is what the merchant's own phone showed: it confirms that both were there.
    """

    door: Door
    kind: PatrolKind
    observed_at: Instant
    position: Position | None = None
    items: list[Item] = Field(default=[], max_length=MOST_ITEMS)
    note: Note = ""
    photos: Photos = []
    officers: list[ShortText] = Field(default=[], max_length=2)
    plan_ref: ShortText | None = None
    credentials_shown: bool | None = None
    origin: Origin | None = None
    merchant_code: Digits | None = None

    def photo_places(self) -> list[tuple[str, str]]:
        """Return (code, SHA-256) of every photo named, the visit's own first with an empty code."""
        own = [("", sha256) for sha256 in self.photos]
        return own + [(item.code, sha256) for item in self.items for sha256 in item.photos]

    def photo_fields(self) -> list[str]:
        """Return the field each of `photo_places` was given in, such as `items.0.photos.1`."""
        lists = [("photos", self.photos)]
        lists += [(f"items.{n}.photos", item.photos) for n, item in enumerate(self.items)]
        return [f"{name}.{n}" for name, photos in lists for n, _ in enumerate(photos)]


def plain(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in `raw`; raise InvalidInput `patrol.not_json`."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise InvalidInput("patrol.not_json")
        return found

    def never(_constant: str) -> None:
        raise InvalidInput("patrol.not_json")

    try:
        body = json.loads(raw, object_pairs_hook=once, parse_constant=never)
    except (ValueError, RecursionError):
        raise InvalidInput("patrol.not_json") from None
    if not isinstance(body, dict):
        raise InvalidInput("patrol.not_json")
    return body


def hash_of(body: dict[str, Any]) -> str:
    """Return the SHA-256 by which the same content is known again, however it is spaced."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

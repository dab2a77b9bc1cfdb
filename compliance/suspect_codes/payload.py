"""The body of a report as a phone sends it, strictly read: nothing unknown, all bounded."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from compliance.patrols.payload import Instant, Origin, Photos, Position
from compliance.suspect_codes.models import Trick, Verdict

LONGEST_CONTENT = 2953
"""Bytes that the largest QR symbol holds (ISO/IEC 18004, version 40, level L)."""

_PICTURES = {code: 0x2400 + code for code in range(32)}

Number = Annotated[str, StringConstraints(pattern=r"^MTG-[A-Z]{2}[0-9]{5,9}-[0-9A-Z]$")]


class Payload(BaseModel):
    """What was read, when and where.

    `shop` is the door number of the shop it was seen at, `why` the trick the phone took it for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    content: str = Field(min_length=1, max_length=LONGEST_CONTENT)
    verdict: Verdict
    why: Trick | None = None
    seen_at: Instant
    position: Position | None = None
    shop: Number | None = None
    photos: Photos = []
    origin: Origin | None = None

    @property
    def shown(self) -> str:
        """The content with its control characters made visible: no database stores all of them."""
        return self.content.translate(_PICTURES)

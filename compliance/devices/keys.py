"""What a phone hands over to be known by, strictly read; nothing is decrypted here."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Coordinate = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


def _printable(value: str) -> str:
    if not value.isprintable():
        message = "control characters"
        raise ValueError(message)
    return value


class SigningKey(BaseModel):
    """The four members of a public P-256 JWK that say which key it is (RFC 7638)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class Enrolment(BaseModel):
    """The body of `PUT /api/v1/devices/{id}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=64, strip_whitespace=True),
        AfterValidator(_printable),
    ]
    signing_key: SigningKey
    content_key: str = Field(max_length=2000)

"""What a merchant's browser sends from the table: who signs and who helps, the signature, the code,
and what it tells of itself; each lack is named.
"""

from collections.abc import Sequence
from typing import Any, Literal

from litestar import Request

from compliance.errors import InvalidInput
from compliance.notices import drawing
from compliance.notices.evidence import Device, HelperRole
from compliance.notices.steps import SignerRole
from merchants_app.forms import FormModel

OTHER = "other"
"""The choice of somebody the register does not know."""


def choice_of(name: str, role: SignerRole) -> str:
    """Return how a form names a signer whom the register knows."""
    return f"{role.value}:{name}"


def device_of(request: Request[Any, Any, Any], timezone: str = "") -> Device:
    """Return the device behind a request; only a script can tell its time zone."""
    address = request.client.host if request.client else ""
    return Device.of(request.headers.get("user-agent", ""), address, timezone)


class Read(FormModel):
    """What a script noted of the reading; nothing without one."""

    seconds: str = ""
    to_end: str = ""

    def noted(self) -> dict[str, Any]:
        """Return what was noted; what no browser of ours sends counts as nothing."""
        counted = self.seconds.isascii() and self.seconds.isdecimal() and len(self.seconds) < 6
        ended = {"yes": True, "no": False}.get(self.to_end)
        return {"seconds": int(self.seconds) if counted else None, "to_end": ended}


class Chosen(FormModel):
    """Who signs, of those the register and earlier sittings know, or somebody else."""

    signer: str = ""

    def of(self, known: Sequence[tuple[str, SignerRole]]) -> tuple[str, SignerRole] | None:
        """Return name and capacity, None for somebody else; raise InvalidInput for no choice."""
        for name, role in known:
            if self.signer == choice_of(name, role):
                return name, role
        if self.signer != OTHER:
            raise InvalidInput("form.invalid", fields={"signer": "signer.not_chosen"})
        return None


class Named(FormModel):
    """Somebody else who signs, by name and capacity."""

    signer_name: str = ""
    signer_role: SignerRole | None = None

    def checked(self) -> tuple[str, SignerRole]:
        """Return name and capacity; raise InvalidInput naming everything that lacks."""
        lacks = {
            "signer_name": "" if self.signer_name else "signer.name_missing",
            "signer_role": "" if self.signer_role else "signer.role_missing",
        }
        if self.signer_role is None or any(lacks.values()):
            fields = {name: code for name, code in lacks.items() if code}
            raise InvalidInput("form.invalid", fields=fields)
        return self.signer_name, self.signer_role


class Helped(FormModel):
    """Who helps, and why; `nobody` takes it back."""

    helper_name: str = ""
    helper_role: HelperRole | None = None
    helper_reason: str = ""
    nobody: Literal["yes"] | None = None

    def role(self) -> HelperRole:
        """Return who the helper is; raise InvalidInput `helper.role_missing`."""
        if self.helper_role is None:
            raise InvalidInput("form.invalid", fields={"helper_role": "helper.role_missing"})
        return self.helper_role


class Agreed(FormModel):
    """The agreement to sign electronically."""

    agreed: Literal["yes"] | None = None

    def check(self) -> None:
        """Raise InvalidInput `signer.not_agreed` when the box was not ticked."""
        if self.agreed is None:
            raise InvalidInput("form.invalid", fields={"agreed": "signer.not_agreed"})


class Marked(FormModel):
    """The signature: strokes, or the typed name."""

    signed_name: str = ""
    signature_path: str = ""

    def mark(self) -> drawing.Mark:
        return drawing.read_mark(self.signature_path, self.signed_name)


class Proved(FormModel):
    """The code, with the hashes of what the page showed."""

    hashes: list[str]
    code: str = ""
    timezone: str = ""


class Declined(FormModel):
    """Why somebody does not sign, and whether that goes for everything on the table."""

    reason: str = ""
    all: Literal["yes"] | None = None

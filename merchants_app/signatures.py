"""What a merchant types at the table: who signs, the code, the signature; each lack is named."""

from collections.abc import Mapping
from typing import Any, Literal

from compliance.errors import InvalidInput
from compliance.notices import drawing
from compliance.notices.sittings import SignerRole
from merchants_app.forms import FormModel


class Signer(FormModel):
    """Who signs, and the agreement to sign electronically."""

    signer_name: str = ""
    signer_role: SignerRole | None = None
    agreed: Literal["yes"] | None = None

    def checked(self) -> tuple[str, SignerRole]:
        """Return name and capacity; raise InvalidInput naming everything that lacks."""
        lacks = {
            "signer_name": "" if self.signer_name else "signer.name_missing",
            "signer_role": "" if self.signer_role else "signer.role_missing",
            "agreed": "" if self.agreed else "signer.not_agreed",
        }
        if self.signer_role is None or any(lacks.values()):
            fields = {name: code for name, code in lacks.items() if code}
            raise InvalidInput("form.invalid", fields=fields)
        return self.signer_name, self.signer_role


class Signed(FormModel):
    """The code and the signature; `kept_path` is a drawing that came before a wrong code."""

    hashes: list[str]
    code: str = ""
    signed_name: str = ""
    signature_path: str = ""
    signature_png: str = ""
    kept_path: str = ""

    def mark(self) -> drawing.Mark:
        path = self.signature_path or self.kept_path
        return drawing.read_mark(path, self.signature_png, self.signed_name)


def typed_again(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown again after a fault: no code, but a drawing that can be used."""
    try:
        kept = drawing.strokes(typed.get("signature_path") or typed.get("kept_path") or "")
    except InvalidInput:
        kept = ""
    return {"signed_name": typed.get("signed_name", ""), "kept_path": kept}

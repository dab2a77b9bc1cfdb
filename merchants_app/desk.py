"""What the desk's pages share: places to choose from, a form once more, the name of an upload."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request
from pydantic import BaseModel
from sqlmodel import Session

from compliance.accounts.permissions import Action, Reach, Viewer
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotFound, RuleBroken
from compliance.places import service as places
from compliance.places.models import Lane, Township
from merchants_app import forms
from merchants_app.context import Context
from merchants_app.pages import Form, language

REFUSALS = (InvalidInput, Conflict, RuleBroken)
"""What a person can mend on the form itself; the rest is answered with a page of its own."""


@dataclass(frozen=True, slots=True)
class Places:
    """The townships somebody may choose from, and the lanes of the chosen, or the only one."""

    townships: Sequence[Township]
    lanes: Sequence[Lane]

    def township_choices(self, lang: str) -> list[tuple[str, str]]:
        """Return (code, name) for a select."""
        return [(each.code, each.name_en if lang == "en" else each.name) for each in self.townships]

    @property
    def lane_choices(self) -> list[tuple[str, str]]:
        return [(each.id, each.name) for each in self.lanes]


def places_of(session: Session, viewer: Viewer, action: Action, township: str = "") -> Places:
    """Return the places over which `viewer` may do `action`."""
    reach = viewer.reach(action)
    known = places.townships(session)
    if reach is Reach.LANE:
        own = [lane for lane in places.lanes(session) if lane.id in viewer.lanes]
        codes = {lane.township_code for lane in own}
        return Places([each for each in known if each.code in codes], own)
    if reach is not Reach.DISTRICT:
        known = [each for each in known if each.code in viewer.townships]
    chosen = township or (known[0].code if len(known) == 1 else "")
    inside = chosen in {each.code for each in known}
    return Places(known, places.lanes(session, chosen) if inside else [])


def own_townships(viewer: Viewer, action: Action) -> frozenset[str] | None:
    """Return the townships over which `viewer` may do `action`; None means the whole district."""
    return None if viewer.reach(action) is Reach.DISTRICT else viewer.townships


async def again(
    request: Request[Any, Any, Any], model: type[BaseModel], refusal: ComplianceError
) -> Form:
    """Return the form as it was typed, with what is wrong with it."""
    return Form.refused(await forms.values_of(request, model), refusal, language(request))


def upload_name(context: Context, viewer: Viewer, sha256: str) -> str:
    """Return how an uploaded list is called between two pages; useless to anybody else."""
    return f"{sha256}-{_proof(context, viewer, sha256)}"


def uploaded(context: Context, viewer: Viewer, name: str) -> tuple[str, bytes]:
    """Return hash and bytes of a viewer's own upload; raise NotFound `import.unknown_upload`."""
    sha256, _, proof = name.partition("-")
    ours = hmac.compare_digest(proof.encode(), _proof(context, viewer, sha256).encode())
    data = context.blobs.get(sha256) if ours else None
    if data is None:
        raise NotFound("import.unknown_upload")
    return sha256, data


def _proof(context: Context, viewer: Viewer, sha256: str) -> str:
    told = f"upload:{viewer.account_id}:{sha256}".encode()
    return hmac.new(context.settings.key(), told, hashlib.sha256).hexdigest()[:32]

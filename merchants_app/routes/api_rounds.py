"""The round for the phone: taken along before leaving, kept current by difference."""

import json
from typing import Annotated, Any

from litestar import Request, post
from pydantic import Field, StringConstraints

from compliance.accounts.permissions import Action, Viewer
from compliance.catalogue.models import CheckItem
from compliance.catalogue.service import Catalogue
from compliance.errors import InvalidInput
from compliance.patrols import kinds
from compliance.rounds import download
from compliance.rounds.download import Download, instant
from merchants_app import forms
from merchants_app.access import may
from merchants_app.compressing import COMPRESSED
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.described import inlined, takes
from merchants_app.forms import FormModel

MOST_BYTES = 512 * 1024
"""Of a question: 5,000 shops with their marks are 150 KB."""

Short = Annotated[str, StringConstraints(max_length=20)]


class Known(FormModel):
    """What the phone holds: door number → mark of each shop, and the edition of the checklist."""

    known: dict[Short, Short] = Field(default_factory=dict, max_length=5000)
    edition: Short = ""


@post(
    "/api/v1/round",
    opt=may(Action.PATROL_LOG),
    status_code=200,
    request_max_body_size=MOST_BYTES,
    middleware=[COMPRESSED],
    operation_class=takes("application/json", inlined(Known)),
)
async def take_round(request: Request) -> dict[str, Any]:
    """What differs from what the phone knows of the shops that its owner may patrol."""
    context, viewer = context_of(request), signed_in_viewer(request)
    asked, now = read_known(await request.body()), context.clock()
    rules = await context.rulebook.today(context)
    taken = await context.database.read(lambda s: download.take(s, viewer, now, asked.known))
    return {
        "taken_at": instant(now),
        "server_time": instant(context.clock()),
        "host": context.settings.base_url.removeprefix("https://"),
        **catalogue_of(rules.catalogue, asked.edition),
        **answer(taken, viewer),
    }


def read_known(raw: bytes) -> Known:
    """Return what the phone says it knows; raise InvalidInput for anything else."""
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise InvalidInput("form.invalid") from None
    if not isinstance(body, dict):
        raise InvalidInput("form.invalid")
    return forms.check(Known, body)


def catalogue_of(catalogue: Catalogue, known: str) -> dict[str, Any]:
    """Return the checklist, or only its edition when the phone has that one."""
    items = None if known == catalogue.edition else [as_data(i) for i in catalogue.items.values()]
    return {"edition": catalogue.edition, "catalogue": items}


def as_data(item: CheckItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "heading": item.heading.value,
        "name": item.name,
        "name_en": item.name_en,
        "severity": item.severity,
        "limit_kind": item.limit_kind.value,
        "limit_value": item.limit_value,
        "officer_only": item.officer_only,
    }


def answer(taken: Download, viewer: Viewer) -> dict[str, Any]:
    """Return a download as the contract has it."""
    me = taken.me
    offered = kinds.offered_to(viewer, me.officer_certificate)
    return {
        "me": {
            "account": me.id,
            "name": me.name,
            "display_name": me.display_name,
            "role": viewer.role.value,
            "certificate": me.officer_certificate,
            "kinds": [kind.value for kind in offered],
        },
        "shops": taken.shops,
        "gone": taken.gone,
        "lanes": [{"id": key, "name": name} for key, name in taken.lanes.items()],
        "draws": [
            {
                "id": each.id,
                "title": each.title,
                "seed": each.seed,
                "shops": each.numbers,
                "made_at": instant(each.drawn_at),
                "due_on": each.due_on,
            }
            for each in taken.draws
        ],
        "plans": [
            {"ref": each.ref, "title": each.title, "year": each.year, "cap": each.cap}
            for each in taken.plans
        ],
        "frequent": taken.frequent,
    }


ROUTES = [take_round]

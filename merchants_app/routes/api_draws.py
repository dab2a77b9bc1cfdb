"""A draw as data: everything that its result can be recomputed from, without us."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from compliance.accounts.permissions import Action
from compliance.draws import queries
from compliance.draws.models import DrawStage
from compliance.draws.queries import DrawView
from merchants_app.access import may
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.routes.api_patrols import base64url, beijing


@get("/api/v1/draws/{draw_id:str}", opt=may(Action.DRAW_READ))
async def show_draw(request: Request, draw_id: FromPath[str]) -> dict[str, Any]:
    """A draw: its pool and declaration, and once drawn the seed with what it is made of."""
    viewer = signed_in_viewer(request)
    view = await context_of(request).database.read(lambda s: queries.view(s, viewer, draw_id))
    return as_data(view)


def as_data(view: DrawView) -> dict[str, Any]:
    """Return a draw; the secret only when it can no longer help anybody to choose."""
    draw = view.draw
    over = draw.stage is not DrawStage.DECLARED
    return {
        "id": draw.id,
        "title": draw.title,
        "stage": draw.stage.value,
        "declared_at": beijing(draw.declared_at),
        "due_on": draw.due_on,
        "plan": view.plan.ref if view.plan else None,
        "shops": draw.shops_wanted,
        "officers": draw.officers_wanted,
        "pool": {"shops": view.shops, "officers": view.officers},
        "entry": base64url(view.entry),
        "entry_hash": draw.declared_entry,
        "secret": draw.secret if over else None,
        "word": draw.word,
        "seed": draw.seed,
        "drawn": {
            "shops": [lot.shop.number for lot in view.lots],
            "officers": view.team,
            "pairs": [lot.officers for lot in view.lots],
        },
    }


ROUTES = [show_draw]

"""The patroller's app: one page for everybody, the same for all, and who is signed in, as data.

The page holds every screen as a template in the reader's language and nothing of anybody, so a
phone may keep it and open it with no network. Who it works for is asked for apart, when there is
one; what they see comes from the sealed round (`routes/api_rounds.py`).
"""

import hashlib
from typing import Any

from litestar import MediaType, Request, Response, get

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action
from compliance.patrols import kinds
from merchants_app import pages
from merchants_app.access import anyone, signed_in
from merchants_app.compressing import COMPRESSED
from merchants_app.context import context_of, signed_in_viewer
from merchants_app.headers import DECODING_POLICY

CHROMELESS = "micromessenger"
"""What WeChat's own browser calls itself: it has neither service workers nor a lasting store."""


@get("/patrols/app", opt=anyone(), middleware=[COMPRESSED], include_in_schema=False)
async def app_page(request: Request) -> Response[bytes]:
    """Answer with the app's page, without a word about who asks: it is kept on phones."""
    strange = CHROMELESS in request.headers.get("user-agent", "").lower()
    template = "patrols/app/wechat.html" if strange else "patrols/app/app.html"
    query, lang = dict(request.query_params), pages.language(request)
    size = pages.size_of(query, request.cookies)
    view = {"address": f"{context_of(request).settings.base_url}/patrols/app"}
    text = pages.render(template, view, lang=lang, size=size, path="/patrols/app", query=query)
    return kept_by_phones(request, text.encode())


def kept_by_phones(request: Request, body: bytes) -> Response[bytes]:
    """Return a page that is asked for anew each time, and sent only when it has changed."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Cookie, User-Agent"}
    headers["Content-Security-Policy"] = DECODING_POLICY
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    chosen = pages.remembered(request)
    return Response(body, media_type=MediaType.HTML, headers=headers, cookies=chosen)


@get("/api/v1/me", opt=signed_in())
async def me(request: Request) -> dict[str, Any]:
    """Who is signed in, what they may log, and the token that their writes must carry."""
    viewer = signed_in_viewer(request)
    account = await context_of(request).database.read(
        lambda session: session.get_one(Account, viewer.account_id)
    )
    certificate = account.officer_certificate
    offered = kinds.offered_to(viewer, certificate) if viewer.may(Action.PATROL_LOG) else []
    return {
        "account": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "role": viewer.role.value,
        "certificate": certificate,
        "kinds": [kind.value for kind in offered],
        "form_token": viewer.csrf,
    }


ROUTES = [app_page, me]

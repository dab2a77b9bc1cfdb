"""The app's service worker, under an address that may look after the whole site.

Its first line names the release by a hash over all built files: a browser takes a new worker
exactly when something of what it keeps has changed.
"""

import hashlib
import json

from litestar import Response, get

from compliance.errors import NotFound
from merchants_app import pages, paths
from merchants_app.access import anyone

HEADERS = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}


def release() -> str:
    """Return 16 hex digits that change with any built file."""
    named = json.dumps(dict(pages.manifest()), sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()[:16]


@get("/patrols/worker.js", opt=anyone(), include_in_schema=False)
async def worker() -> Response[str]:
    file = paths.STATIC / pages.manifest().get("patrol-worker.js", "patrol-worker.js")
    if not file.exists():
        raise NotFound("request.not_found")
    text = f"self.__RELEASE__ = {json.dumps(release())};\n{file.read_text('utf-8')}"
    return Response(text, media_type="text/javascript; charset=utf-8", headers=HEADERS)


ROUTES = [worker]

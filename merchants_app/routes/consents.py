"""The words by which one agrees to sign electronically: every version, for ever, for everybody."""

from litestar import Request, Response, get
from litestar.params import FromPath

from compliance.notices import consent
from merchants_app.access import anyone
from merchants_app.pages import page


@get("/consents/{version:str}", opt=anyone(), include_in_schema=False)
async def shown(request: Request, version: FromPath[str]) -> Response:
    return page(request, "consents/show.html", {"consent": consent.of_version(version)})


ROUTES = [shown]

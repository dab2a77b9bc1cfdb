"""Showing a photo: the clean copy, to those who may read the shop it shows, and never in public."""

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.errors import NotFound
from compliance.patrols.models import Photo
from compliance.patrols.photos import seen_by
from compliance.reviews import photos
from compliance.suspect_codes import queries as suspect_codes
from merchants_app.access import signed_in
from merchants_app.context import context_of, signed_in_viewer

HEADERS = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


def shown(session: Session, viewer: Viewer, sha256: str) -> Photo:
    """Return a photo that a shop's records or a report of a suspect code show to `viewer`."""
    try:
        return seen_by(session, viewer, sha256)
    except NotFound:
        if not (
            suspect_codes.shows(session, viewer, sha256) or photos.shows(session, viewer, sha256)
        ):
            raise
        return session.get_one(Photo, sha256)


@get("/photos/{sha256:str}", opt=signed_in(), include_in_schema=False)
async def photo(request: Request, sha256: FromPath[str]) -> Response[bytes]:
    context, viewer = context_of(request), signed_in_viewer(request)
    found = await context.database.read(lambda session: shown(session, viewer, sha256))
    data = context.blobs.get(found.served_sha256)
    if data is None:
        raise NotFound("photo.unknown")
    name = f'inline; filename="{found.sha256[:16]}.jpg"'
    return Response(data, media_type="image/jpeg", headers={**HEADERS, "content-disposition": name})


ROUTES = [photo]

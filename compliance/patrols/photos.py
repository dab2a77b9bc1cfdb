"""Photos as evidence: what is known of each, and who may look at it.

The bytes lie in the file store; here stands one row a photo, known by the SHA-256 of the original.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.errors import NotFound
from compliance.findings.models import Finding, FindingEvent
from compliance.merchants import shops
from compliance.patrols.models import Patrol, PatrolPhoto, Photo

_finding = Finding.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]
_patrol = Patrol.__table__  # type: ignore[attr-defined]
_used = PatrolPhoto.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Developed:
    """A photo after decoding: hash, size in bytes and type as sent; hash and pixels as served."""

    sha256: str
    served_sha256: str
    size: int
    media_type: str
    width: int
    height: int


def keep(session: Session, act: Act, viewer: Viewer, developed: Developed) -> Photo:
    """Note a stored photo; the same photo again changes nothing, whoever sends it."""
    require(viewer, Action.PHOTO_STORE)
    known = session.get(Photo, developed.sha256)
    if known is not None:
        return known
    photo = Photo(
        sha256=developed.sha256,
        served_sha256=developed.served_sha256,
        size=developed.size,
        width=developed.width,
        height=developed.height,
        media_type=developed.media_type,
        stored_by=act.actor.account_id,
        stored_at=act.at,
    )
    session.add(photo)
    session.flush()
    return photo


def seen_by(session: Session, viewer: Viewer, sha256: str) -> Photo:
    """Return a photo that `viewer` stored, or may see because of what it shows.

    Whoever may read the findings of a shop may see the photos of its patrols and of every step of
    its findings. Raises NotFound `photo.unknown` for all others.
    """
    photo = session.get(Photo, sha256)
    if photo is None:
        raise NotFound("photo.unknown")
    if photo.stored_by == viewer.account_id:
        return photo
    if not viewer.may(Action.FINDING_READ):
        raise NotFound("photo.unknown")
    reach = shops.within(viewer, Action.FINDING_READ)
    place = (shops.tenancy_table.c.premises_id == shops.premises_table.c.id) & reach
    on_patrol = (
        sa.select(sa.literal(1))
        .select_from(_used)
        .join(_patrol, _patrol.c.id == _used.c.patrol_id)
        .join(shops.tenancy_table, shops.tenancy_table.c.id == _patrol.c.tenancy_id)
        .join(shops.premises_table, place)
        .where(_used.c.sha256 == sha256)
    )
    in_finding = (
        sa.select(sa.literal(1))
        .select_from(_event)
        .join(_finding, _finding.c.id == _event.c.finding_id)
        .join(shops.tenancy_table, shops.tenancy_table.c.id == _finding.c.tenancy_id)
        .join(shops.premises_table, place)
        .where(
            _event.c.account_id == photo.stored_by,
            sa.cast(_event.c.photos, sa.Text).contains(sha256),
        )
    )
    if not any(session.execute(query.limit(1)).first() for query in (on_patrol, in_finding)):
        raise NotFound("photo.unknown")
    return photo

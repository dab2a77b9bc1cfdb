"""A sitting: what lies on the table, which browser sits at it, and how it is found again.

It lasts two hours and one day at most. The browser that began it goes on with it; another one, in
which the same person has signed in, may take it over, which is kept as a step.
"""

from datetime import timedelta

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.errors import NotFound, RuleBroken
from compliance.merchants.shops import Shop
from compliance.notices import evidence, service
from compliance.notices.evidence import Device
from compliance.notices.kinds import OFFERED_TO_SIGN, NoticeKind
from compliance.notices.models import Event, Notice, Sitting
from compliance.notices.service import Paper

LASTS = timedelta(hours=2)


def to_sign(session: Session, act: Act, shop: Shop) -> list[Paper]:
    """Return what waits for the shop's signature, in the order of the kinds."""
    waiting = session.exec(
        select(Notice.id)
        .where(Notice.tenancy_id == shop.tenancy_id, col(Notice.state).in_(OFFERED_TO_SIGN))
        .order_by(col(Notice.issued_at).desc())
    ).all()
    found: dict[NoticeKind, Paper] = {}
    for notice_id in waiting:
        paper = service.paper_of(session, act, notice_id)
        if paper.signable:
            found.setdefault(paper.notice.kind, paper)
    return [found[kind] for kind in NoticeKind if kind in found]


def offered(session: Session, act: Act, shop: Shop, only: str | None = None) -> list[Paper]:
    """Return what a sitting would hold: everything that waits, or `only` one notice."""
    return to_sign(session, act, shop) if only is None else [_one(session, act, shop, only)]


def open_sitting(
    session: Session,
    act: Act,
    viewer: Viewer,
    shop: Shop,
    only: str | None = None,
    *,
    device: Device | None = None,
) -> Sitting:
    """Lay out everything that waits to be signed, or `only` one notice, a refused one too.

    Raises RuleBroken `notice.nothing_to_sign`, `shop.closed`.
    """
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    laid = offered(session, act, shop, only)
    if not laid:
        raise RuleBroken("notice.nothing_to_sign")
    _clear_older(session, shop)
    sitting = Sitting(
        id=act.new_id(),
        tenancy_id=shop.tenancy_id,
        account_id=viewer.account_id,
        session_key=viewer.session_key,
        documents={
            "notices": [{"id": p.notice.id, "hash": p.notice.text_hash} for p in laid],
        },
        opened_at=act.at,
    )
    session.add(sitting)
    session.flush()
    _note(session, act, Event.OPENED, sitting, device)
    return sitting


def _clear_older(session: Session, shop: Shop) -> None:
    """Forget signatures made at sittings that were left: they never stood under anything."""
    session.exec(
        update(Sitting)
        .where(col(Sitting.tenancy_id) == shop.tenancy_id, col(Sitting.finished_at).is_(None))
        .values(strokes=None, typed="")
    )


def _note(
    session: Session, act: Act, event: Event, sitting: Sitting, device: Device | None
) -> None:
    details = (device or Device()).told()
    evidence.note(session, act, event, sitting.tenancy_id, sitting_id=sitting.id, details=details)


def _one(session: Session, act: Act, shop: Shop, notice_id: str) -> Paper:
    paper = service.paper_of(session, act, notice_id)
    if paper.notice.tenancy_id != shop.tenancy_id:
        raise NotFound("notice.unknown")
    if not paper.signable:
        raise RuleBroken("notice.nothing_to_sign")
    return paper


def current(session: Session, act: Act, viewer: Viewer, *, locked: bool = False) -> Sitting:
    """Return the sitting this browser began last; raise NotFound `sitting.none` when it ended.

    `locked` keeps it for this transaction: two steps at once come one after the other.
    """
    query = _recent(act).where(
        col(Sitting.tenancy_id).in_(viewer.tenancies), Sitting.session_key == viewer.session_key
    )
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    sitting = session.exec(query).first()
    if sitting is None or not laid_out(sitting):
        raise NotFound("sitting.none")
    return sitting


def unfinished(session: Session, act: Act, shop: Shop) -> Sitting | None:
    """Return the shop's last sitting, in whatever browser, when one can still go on with it."""
    sitting = session.exec(_recent(act).where(Sitting.tenancy_id == shop.tenancy_id)).first()
    if sitting is None or sitting.finished_at is not None or is_outdated(sitting, act):
        return None
    laid = papers(session, act, sitting)
    return sitting if laid and all(paper.signable for paper in laid) else None


def _recent(act: Act) -> SelectOfScalar[Sitting]:
    return (
        select(Sitting)
        .where(col(Sitting.opened_at) > act.at - LASTS)
        .order_by(col(Sitting.opened_at).desc(), col(Sitting.id))
        .limit(1)
    )


def take_over(
    session: Session, act: Act, viewer: Viewer, shop: Shop, device: Device | None = None
) -> Sitting:
    """Go on in this browser with what was begun in another; raise NotFound `sitting.none`."""
    sitting = unfinished(session, act, shop)
    if sitting is None or shop.tenancy_id not in viewer.tenancies:
        raise NotFound("sitting.none")
    if sitting.session_key != viewer.session_key:
        sitting.session_key = viewer.session_key
        session.add(sitting)
        _note(session, act, Event.TAKEN_OVER, sitting, device)
    return sitting


def own(session: Session, viewer: Viewer, sitting_id: str) -> Sitting:
    """Return a sitting of the viewer's shop, from any browser; raise NotFound `sitting.none`."""
    sitting = session.get(Sitting, sitting_id)
    if sitting is None or sitting.tenancy_id not in viewer.tenancies:
        raise NotFound("sitting.none")
    return sitting


def finished(session: Session, viewer: Viewer, sitting_id: str | None = None) -> Sitting:
    """Return a finished sitting of the viewer's shop, the last one without an id.

    Raises NotFound `sitting.none`.
    """
    query = _finished(viewer)
    if sitting_id is not None:
        query = query.where(Sitting.id == sitting_id)
    sitting = session.exec(query).first()
    if sitting is None:
        raise NotFound("sitting.none")
    return sitting


def has_signed(session: Session, viewer: Viewer) -> bool:
    """Return whether the viewer's shop has finished a sitting."""
    return session.exec(_finished(viewer)).first() is not None


def _finished(viewer: Viewer) -> SelectOfScalar[Sitting]:
    return (
        select(Sitting)
        .where(col(Sitting.tenancy_id).in_(viewer.tenancies), col(Sitting.finished_at).is_not(None))
        .order_by(col(Sitting.finished_at).desc())
        .limit(1)
    )


def laid_out(sitting: Sitting) -> list[tuple[str, str]]:
    """Return id and exact text hash of everything on the table."""
    return [(each["id"], each["hash"]) for each in sitting.documents["notices"]]


def papers(session: Session, act: Act, sitting: Sitting) -> list[Paper]:
    """Return everything on the table, in its order."""
    return [service.paper_of(session, act, notice_id) for notice_id, _ in laid_out(sitting)]


def is_outdated(sitting: Sitting, act: Act) -> bool:
    """Return whether a sitting has lasted too long, or into a day on which other texts may hold."""
    begun = Act(at=sitting.opened_at)
    return act.at > sitting.opened_at + LASTS or begun.day != act.day

"""The way to the signature: what lies on the table, that each page was read, that one agrees to
sign electronically (Electronic Signature Law art. 3), and the one code for all of it.
"""

from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from compliance.accounts import codes
from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.merchants.shops import Shop
from compliance.notices import service
from compliance.notices.kinds import OFFERED_TO_SIGN, NoticeKind
from compliance.notices.models import Notice, Sitting
from compliance.notices.service import Paper

LASTS = timedelta(hours=2)
ON_ITS_WAY = timedelta(minutes=1)
CONSENT = "2026.1"
"""Version of the words by which one agrees to sign electronically."""


class SignerRole(StrEnum):
    """In which capacity somebody signs for a shop."""

    OPERATOR = "operator"
    MANAGER = "manager"
    AGENT = "agent"


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
    session: Session, act: Act, viewer: Viewer, shop: Shop, only: str | None = None
) -> Sitting:
    """Lay out everything that waits to be signed, or `only` one notice, a refused one too.

    Raises RuleBroken `notice.nothing_to_sign`, `shop.closed`.
    """
    if shop.closed_on is not None:
        raise RuleBroken("shop.closed")
    laid = offered(session, act, shop, only)
    if not laid:
        raise RuleBroken("notice.nothing_to_sign")
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
    return sitting


def _one(session: Session, act: Act, shop: Shop, notice_id: str) -> Paper:
    paper = service.paper_of(session, act, notice_id)
    if paper.notice.tenancy_id != shop.tenancy_id:
        raise NotFound("notice.unknown")
    if not paper.signable:
        raise RuleBroken("notice.nothing_to_sign")
    return paper


def current(session: Session, act: Act, viewer: Viewer) -> Sitting:
    """Return the sitting this browser began last; raise NotFound `sitting.none` when it ended."""
    sitting = session.exec(
        select(Sitting)
        .where(
            col(Sitting.tenancy_id).in_(viewer.tenancies),
            Sitting.session_key == viewer.session_key,
            col(Sitting.opened_at) > act.at - LASTS,
        )
        .order_by(col(Sitting.opened_at).desc(), col(Sitting.id))
        .limit(1)
    ).one_or_none()
    if sitting is None:
        raise NotFound("sitting.none")
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


def read_one(session: Session, act: Act, sitting: Sitting, place: int) -> None:
    """Note that document `place`, counted from 1, was read; raise NotFound beyond the last."""
    documents = laid_out(sitting)
    if not 1 <= place <= len(documents):
        raise NotFound("notice.unknown")
    service.view(session, act, documents[place - 1][0])


def unread(session: Session, act: Act, sitting: Sitting) -> int | None:
    """Return the place of the first document nobody says to have read, or None."""
    for place, paper in enumerate(papers(session, act, sitting), start=1):
        if paper.notice.viewed_at is None:
            return place
    return None


def agree(session: Session, act: Act, sitting: Sitting, name: str, role: SignerRole) -> None:
    """Note who signs and that one agrees to do so electronically.

    Raises RuleBroken `notice.not_read` while a document is unread, InvalidInput for an empty name,
    Conflict `sitting.finished`.
    """
    name = " ".join(name.split())
    if not 2 <= len(name) <= 40:
        raise InvalidInput("signer.name_missing", fields={"signer_name": "signer.name_missing"})
    if unread(session, act, sitting) is not None:
        raise RuleBroken("notice.not_read")
    if sitting.finished_at is not None:
        raise Conflict("sitting.finished")
    sitting.agreed_at, sitting.signer_name, sitting.signer_role = act.at, name, role.value
    session.add(sitting)


def send_code(session: Session, act: Act, sitting: Sitting, shop: Shop) -> OneTimeCode:
    """Send the one code for everything on the table to the phone on file.

    Only this sitting can use it; asked again within a minute, the one on its way is given back.
    Raises RuleBroken `account.no_phone`, `sitting.not_agreed`.
    """
    if sitting.agreed_at is None:
        raise RuleBroken("sitting.not_agreed")
    if not shop.phone:
        raise RuleBroken("account.no_phone")
    former = codes.latest(session, sitting.tenancy_id, CodePurpose.SIGN_NOTICES, sitting.id)
    if former and former.used_at is None and act.at - former.sent_at < ON_ITS_WAY:
        return former
    titles = [paper.text.title for paper in papers(session, act, sitting)]
    return codes.send(
        session,
        act,
        tenancy_id=sitting.tenancy_id,
        phone=shop.phone,
        purpose=CodePurpose.SIGN_NOTICES,
        bound_to=sitting.id,
        subject="、".join(titles),
    )


def try_code(session: Session, act: Act, sitting: Sitting, digits: str) -> OneTimeCode | None:
    """Count a try of this sitting's code; see `codes.try_code`."""
    return codes.try_code(
        session, act, sitting.tenancy_id, CodePurpose.SIGN_NOTICES, sitting.id, digits
    )


def is_outdated(sitting: Sitting, act: Act) -> bool:
    """Return whether a sitting has lasted too long, or into a day on which other texts may hold."""
    begun = Act(at=sitting.opened_at)
    return act.at > sitting.opened_at + LASTS or begun.day != act.day

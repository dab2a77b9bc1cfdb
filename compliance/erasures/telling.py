"""What was erased, as pages tell it: where a name stood, in the list, and files still to go."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Place, Viewer, require_at
from compliance.erasures.models import Erasure
from compliance.errors import NotFound
from compliance.merchants import shops
from compliance.merchants.shops import Shop
from compliance.notices.models import Notice, Party

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure with its shop, its notice and who did it."""

    erasure: Erasure
    shop: Shop
    notice: Notice | None
    done_by: str


def of_notice(session: Session, notice: Notice) -> dict[str, Erasure]:
    """Return by which erasure the data of each party of a notice went; "" for the notice itself."""
    query = select(Erasure).where(
        Erasure.tenancy_id == notice.tenancy_id,
        sa.or_(col(Erasure.notice_id).is_(None), col(Erasure.notice_id) == notice.id),
    )
    told: dict[str, Erasure] = {}
    for each in session.exec(query.order_by(col(Erasure.erased_at))):
        for party in [each.party] if each.party else ["", *Party]:
            told.setdefault(str(party), each)
    return told


def of_tenancy(session: Session, tenancy_id: str) -> Erasure | None:
    """Return the erasure of everything of a shop, if there was one."""
    query = select(Erasure).where(
        Erasure.tenancy_id == tenancy_id, col(Erasure.notice_id).is_(None)
    )
    return session.exec(query.order_by(col(Erasure.erased_at)).limit(1)).first()


def lines(session: Session, viewer: Viewer, page: int = 1) -> tuple[Sequence[Line], int]:
    """Return a page of what was erased in the district, newest first, and how much there is."""
    require_at(viewer, Action.LEDGER_READ, Place())
    query = select(Erasure).order_by(col(Erasure.erased_at).desc(), col(Erasure.id))
    found = session.exec(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    total = session.exec(select(sa.func.count()).select_from(Erasure)).one()
    return [_line(session, each) for each in found], total


def one(session: Session, viewer: Viewer, erasure_id: str) -> Line:
    """Return an erasure; raise NotFound `erasure.unknown`."""
    require_at(viewer, Action.LEDGER_READ, Place())
    erasure = session.get(Erasure, erasure_id)
    if erasure is None:
        raise NotFound("erasure.unknown")
    return _line(session, erasure)


def _line(session: Session, erasure: Erasure) -> Line:
    notice = session.get(Notice, erasure.notice_id) if erasure.notice_id else None
    account = session.get(Account, erasure.account_id)
    shop = shops.by_tenancy(session, erasure.tenancy_id)
    return Line(erasure, shop, notice, account.display_name if account else "")


def files_left(session: Session, limit: int = 100) -> dict[str, list[str]]:
    """Return erasure → files that still lie in the store."""
    query = select(Erasure.id, Erasure.blobs).where(sa.cast(Erasure.blobs, sa.Text) != "[]")
    return {erasure_id: list(blobs) for erasure_id, blobs in session.exec(query.limit(limit))}


def files_gone(session: Session, erasure_id: str) -> None:
    """Note that the files of an erasure have been removed."""
    session.get_one(Erasure, erasure_id).blobs = []

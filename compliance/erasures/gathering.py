"""What belongs to the person an erasure is about: notices, sittings, codes, messages, files."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import OneTimeCode
from compliance.erasures.holdings import MESSAGE, UPLOAD, Target, uploads_of
from compliance.erasures.kinds import Scope
from compliance.errors import NotFound
from compliance.merchants.models import Tenancy
from compliance.merchants.shops import Shop
from compliance.notices import sealing, sittings
from compliance.notices.models import Notice, Party, Signature, Sitting
from compliance.notifications.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be erased: a whole closed tenancy, one notice, or one party's signature on it."""

    tenancy_id: str = ""
    notice_id: str = ""
    party: Party | None = None

    @property
    def scope(self) -> Scope:
        if not self.notice_id:
            return Scope.TENANCY
        return Scope.NOTICE if self.party is None else Scope.SIGNATURE


def subject_of(session: Session, asked: Asked) -> str:
    """Return the tenancy asked about; raise NotFound `notice.unknown`, `signature.unknown`."""
    if not asked.notice_id:
        return asked.tenancy_id
    notice = session.get(Notice, asked.notice_id)
    if notice is None:
        raise NotFound("notice.unknown")
    if asked.party is not None:
        query = select(Signature.id).where(
            Signature.notice_id == notice.id, Signature.party == asked.party
        )
        if session.exec(query).first() is None:
            raise NotFound("signature.unknown")
    return notice.tenancy_id


def gather(session: Session, asked: Asked, shop: Shop) -> Target:
    """Return the target with everything that belongs to it."""
    query = select(Notice.id).where(Notice.tenancy_id == shop.tenancy_id).order_by(Notice.id)
    every = tuple(session.exec(query))
    notices = every if asked.scope is Scope.TENANCY else (asked.notice_id,)
    target = Target(asked.scope, shop.tenancy_id, notices, asked.party)
    sat = tuple(_sittings(session, target)) if target.of_merchant else ()
    codes = _codes(session, target, sat)
    return Target(
        asked.scope,
        shop.tenancy_id,
        notices,
        asked.party,
        sitting_ids=sat,
        code_ids=tuple(code.id for code in codes),
        message_ids=tuple(_messages(session, target, shop, sat, codes)),
    )


def _sittings(session: Session, target: Target) -> Iterable[str]:
    """Yield the sittings of which nothing has to stay: every paper on the table goes or went."""
    gone = select(Signature.notice_id).where(
        Signature.party == Party.MERCHANT, col(Signature.erased_at).is_not(None)
    )
    leaving = {
        *target.notice_ids,
        *session.exec(gone.join(Notice).where(Notice.tenancy_id == target.tenancy_id)),
    }
    for sitting in session.exec(select(Sitting).where(Sitting.tenancy_id == target.tenancy_id)):
        laid_out = {notice_id for notice_id, _ in sittings.laid_out(sitting)}
        if target.whole or (laid_out & set(target.notice_ids) and laid_out <= leaving):
            yield sitting.id


def _codes(session: Session, target: Target, sat: tuple[str, ...]) -> list[OneTimeCode]:
    query = select(OneTimeCode).where(OneTimeCode.tenancy_id == target.tenancy_id)
    if not target.whole:
        query = query.where(col(OneTimeCode.bound_to).in_(sat))
    return list(session.exec(query))


def _messages(
    session: Session, target: Target, shop: Shop, sat: tuple[str, ...], codes: list[OneTimeCode]
) -> Iterable[str]:
    """Yield the messages about the target.

    A number may serve several shops, so of its messages those go that name this shop, or that name
    none while no other shop has the number on file.
    """
    keys = [f"code:{code.id}" for code in codes] + [f"signed:{sitting_id}" for sitting_id in sat]
    yield from session.exec(select(OutboxMessage.id).where(col(OutboxMessage.dedup_key).in_(keys)))
    numbers = {number for code in codes if (number := code.phone)} | {shop.phone or ""} - {""}
    if not target.whole:
        return
    own = (MESSAGE.c.tenancy_id == target.tenancy_id) & ~MESSAGE.c.dedup_key.in_(keys)
    yield from session.exec(select(OutboxMessage.id).where(own))
    elsewhere = set(
        session.exec(
            select(Tenancy.phone).where(
                col(Tenancy.phone).in_(numbers), Tenancy.id != target.tenancy_id
            )
        )
    )
    sent = select(OutboxMessage).where(
        col(OutboxMessage.phone).in_(numbers),
        MESSAGE.c.tenancy_id.is_(None),
        ~MESSAGE.c.dedup_key.in_(keys),
    )
    for message in session.exec(sent):
        named = message.params.get("shop")
        if named == shop.name or (named is None and message.phone not in elsewhere):
            yield message.id


def files_of(session: Session, target: Target) -> list[str]:
    """Return the hashes of the stored files that go: sealed papers, and pictures of contracts.

    A picture that another shop's contract shows as well stays.
    """
    papers = {
        each.file_hash
        for notice_id in target.notice_ids
        for each in sealing.files_of(session, notice_id)
        if each.erased_at is None
    }
    pictures, shared = (
        _pictures(session.execute(sa.select(UPLOAD.c.files).where(condition)).scalars())
        for condition in (uploads_of(target), ~uploads_of(target))
    )
    return sorted(papers | (pictures - shared))


def _pictures(uploads: Iterable[list[dict[str, Any]]]) -> set[str]:
    files = [each for files in uploads for each in files]
    return {each["sha256"] for each in files} | {page for each in files for page in each["pages"]}

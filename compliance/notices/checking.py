"""What anybody may ask of a paper: which notice its code means, what that is worth today, whether a
file is one of ours and unchanged. Nothing here names a person.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.errors import InvalidInput, NotFound
from compliance.notices import sealing, service, texts
from compliance.notices.kinds import SETTLED, Standing
from compliance.notices.models import Notice, Signature
from compliance.notices.sealed import SealedPaper
from compliance.notices.service import Paper

_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})
_MOST_ALIKE = 20


class Worth(StrEnum):
    """What a paper is worth today, in one word for whoever holds it."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    SERVED = "served"
    UNSIGNED = "unsigned"
    SUPERSEDED = "superseded"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLOSED = "closed"


_WORTH = {
    Standing.ACTIVE: Worth.IN_FORCE,
    Standing.EXPIRING: Worth.IN_FORCE,
    Standing.SIGNED: Worth.NOT_YET,
    Standing.SERVED_UNSIGNED: Worth.SERVED,
    Standing.SUPERSEDED: Worth.SUPERSEDED,
    Standing.OUTDATED: Worth.OUTDATED,
    Standing.EXPIRED: Worth.EXPIRED,
    Standing.REVOKED: Worth.REVOKED,
}


class Match(StrEnum):
    """What a file handed in is: one of ours as it was, one of ours changed, or none."""

    GENUINE = "genuine"
    FORMER = "former"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Checked:
    """A notice as its code shows it to anybody; `next_code` leads to what took its place."""

    paper: Paper
    worth: Worth
    signatures: Sequence[Signature]
    files: Sequence[SealedPaper]
    erased: bool
    next_number: str = ""
    next_code: str = ""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a file proved to be, the file of ours it was made from, and the notice it is of."""

    match: Match
    file: SealedPaper | None = None
    checked: Checked | None = None


def check_code(text_hash: str) -> str:
    """Return the code on the paper of a text: the first 16 hex digits of its hash, in capitals."""
    return text_hash[: texts.SHORT_HASH].upper()


def grouped(text_hash: str) -> str:
    """Return the check code in groups of four, for reading aloud."""
    code = check_code(text_hash)
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str:
    """Return a code as typed (spaces, dashes, any case; O and I for 0 and 1), or of a whole hash.

    Raises InvalidInput `check.code_wrong`.
    """
    plain = unicodedata.normalize("NFKC", typed).lower().translate(_LOOKALIKES)
    code = "".join(each for each in plain if each.isalnum())
    wanted = len(code) in {texts.SHORT_HASH, 64}
    if not wanted or not set(code) <= set("0123456789abcdef"):
        raise InvalidInput("check.code_wrong", fields={"code": "check.code_wrong"})
    return code[: texts.SHORT_HASH].upper()


def worth(standing: Standing, *, closed: bool) -> Worth:
    """Return what a paper is worth; one that held ends with its shop."""
    found = _WORTH.get(standing, Worth.UNSIGNED)
    holds = {Worth.IN_FORCE, Worth.NOT_YET, Worth.SERVED, Worth.OUTDATED}
    return Worth.CLOSED if closed and found in holds else found


def match(kept: SealedPaper, newest: SealedPaper, file_hash: str) -> Match:
    """Return what a file is whose seal, or hash, is that of `kept`."""
    if kept.file_hash != file_hash:
        return Match.ALTERED
    return Match.GENUINE if kept.signed_set == newest.signed_set else Match.FORMER


def by_code(session: Session, act: Act, code: str) -> list[Checked]:
    """Return the notices whose text has this check code, the one that counts first.

    Several are the same text issued more than once. Raises NotFound `check.unknown`.
    """
    low = code.lower()
    found = session.exec(
        select(Notice)
        .where(Notice.text_hash >= low, Notice.text_hash < low + "g")
        .order_by(col(Notice.issued_at).desc())
        .limit(_MOST_ALIKE)
    ).all()
    if not found:
        raise NotFound("check.unknown", fields={"code": "check.unknown"})
    ranked = list(Worth)
    checked = [of_notice(session, act, each.id) for each in found]
    return sorted(checked, key=lambda each: ranked.index(each.worth))


def by_file(
    session: Session, act: Act, file_hash: str, digests: Sequence[str], claims: Sequence[str]
) -> CheckedFile:
    """Return what a file is: known by its bytes, else by the seal in it, else by what it claims.

    `digests` are what the seals in it were made over, `claims` the check codes it names.
    """
    kept = session.exec(
        select(SealedPaper).where(SealedPaper.file_hash == file_hash)
    ).one_or_none() or next(
        iter(session.exec(select(SealedPaper).where(col(SealedPaper.digest).in_(digests)))), None
    )
    if kept is not None:
        checked = of_notice(session, act, kept.notice_id)
        return CheckedFile(match(kept, checked.files[-1], file_hash), kept, checked)
    for claim in claims:
        try:
            return CheckedFile(Match.ALTERED, None, by_code(session, act, claim)[0])
        except NotFound:
            continue
    return CheckedFile(Match.NOT_OURS)


def of_notice(session: Session, act: Act, notice_id: str) -> Checked:
    """Return a notice as anybody may see it."""
    paper = service.paper_of(session, act, notice_id)
    value = worth(paper.standing, closed=paper.shop.closed_on is not None)
    later = _later(session, paper) if value in {Worth.SUPERSEDED, Worth.OUTDATED} else None
    return Checked(
        paper=paper,
        worth=value,
        signatures=service.signatures_of(session, notice_id),
        files=sealing.files_of(session, notice_id),
        erased=sealing.is_erased(session, notice_id),
        next_number=later.number if later else "",
        next_code=check_code(later.text_hash) if later else "",
    )


def _later(session: Session, paper: Paper) -> Notice | None:
    """Return the notice that took the place of one, if one did."""
    notice = paper.notice
    query = select(Notice).where(
        Notice.tenancy_id == notice.tenancy_id,
        Notice.kind == notice.kind,
        Notice.issued_at > notice.issued_at,
        col(Notice.state).in_(SETTLED),
    )
    return session.exec(query.order_by(col(Notice.issued_at).desc())).first()

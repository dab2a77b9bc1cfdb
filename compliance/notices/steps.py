"""What one does at the table, one thing after the other: read, say who signs and who helps, agree
to sign electronically (Electronic Signature Law art. 3), sign, and prove it with one code.

Each step is kept as it happens (`compliance.notices.evidence`), none can be jumped over, and what
changes who signs asks for the agreement anew.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from compliance.accounts import codes
from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.act import Act
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.merchants.shops import Shop
from compliance.notices import evidence, service
from compliance.notices.consent import CONSENT
from compliance.notices.drawing import Mark
from compliance.notices.evidence import HelperRole
from compliance.notices.models import Event, SignatureMethod, SigningEvent, Sitting
from compliance.notices.sittings import laid_out, papers

ON_ITS_WAY = timedelta(minutes=1)
MOST_SIGNERS = 3
"""How many earlier signers of a shop are offered beside its operator."""
NAME = range(2, 41)
"""How many characters a name has."""
MIN_REASON = 2


class SignerRole(StrEnum):
    """In which capacity somebody signs for a shop."""

    OPERATOR = "operator"
    MANAGER = "manager"
    AGENT = "agent"


class Step(StrEnum):
    """What a sitting asks next."""

    READ = "read"
    WHO = "who"
    AGREE = "agree"
    MARK = "mark"
    CHECK = "check"
    CODE = "code"
    DONE = "done"


def next_step(session: Session, act: Act, sitting: Sitting) -> tuple[Step, int]:
    """Return where a sitting goes on, with the place of the document to read next (else 0)."""
    if sitting.finished_at is not None:
        return Step.DONE, 0
    if place := unread(session, sitting):
        return Step.READ, place
    if not sitting.signer_name:
        return Step.WHO, 0
    if sitting.agreed_at is None:
        return Step.AGREE, 0
    if not (sitting.strokes or sitting.typed):
        return Step.MARK, 0
    code = codes.latest(session, sitting.tenancy_id, CodePurpose.SIGN_NOTICES, sitting.id)
    return (Step.CODE if code and act.at < code.ends_at else Step.CHECK), 0


def read_one(
    session: Session,
    act: Act,
    sitting: Sitting,
    place: int,
    *,
    seconds: int | None = None,
    to_end: bool | None = None,
) -> None:
    """Note that document `place`, counted from 1, was read; raise NotFound beyond the last.

    The button stands at the end of the text. What a browser tells besides, how long it took and
    whether the end came into sight, is evidence only; None where it tells nothing.
    """
    _still_open(sitting)
    documents = laid_out(sitting)
    if not 1 <= place <= len(documents):
        raise NotFound("notice.unknown")
    seen = {"seconds": seconds, "to_end": to_end}
    details = {name: value for name, value in seen.items() if value is not None}
    service.view(session, act, documents[place - 1][0])
    _note(session, act, Event.READ, sitting, details, notice_id=documents[place - 1][0])


def unread(session: Session, sitting: Sitting) -> int | None:
    """Return the place of the first document not yet read at this sitting, or None."""
    read = _read(session, sitting)
    for place, (notice_id, _) in enumerate(laid_out(sitting), start=1):
        if notice_id not in read:
            return place
    return None


def left_to_read(session: Session, sitting: Sitting) -> int:
    """Return how many documents are not yet read at this sitting."""
    return len({notice_id for notice_id, _ in laid_out(sitting)} - _read(session, sitting))


def _read(session: Session, sitting: Sitting) -> set[str | None]:
    query = select(SigningEvent.notice_id).where(
        SigningEvent.sitting_id == sitting.id, SigningEvent.kind == Event.READ
    )
    return set(session.exec(query).all())


def known_signers(session: Session, shop: Shop) -> list[tuple[str, SignerRole]]:
    """Return who may sign as the register and earlier sittings know it: the operator first."""
    query = (
        select(Sitting.signer_name, Sitting.signer_role)
        .where(
            Sitting.tenancy_id == shop.tenancy_id,
            col(Sitting.finished_at).is_not(None),
            Sitting.signer_name != "",
        )
        .order_by(col(Sitting.finished_at).desc())
    )
    earlier = [(name, SignerRole(role)) for name, role in session.exec(query).all()]
    operator = [(shop.operator_name, SignerRole.OPERATOR)] if shop.operator_name else []
    return list(dict.fromkeys(operator + earlier))[: MOST_SIGNERS + len(operator)]


def name_signer(session: Session, act: Act, sitting: Sitting, name: str, role: SignerRole) -> None:
    """Note who signs; another signer than before agrees and signs anew.

    Raises InvalidInput `signer.name_missing`, Conflict `sitting.finished`.
    """
    _still_open(sitting)
    name = " ".join(name.split())
    if len(name) not in NAME:
        raise InvalidInput("signer.name_missing", fields={"signer_name": "signer.name_missing"})
    if (name, role.value) != (sitting.signer_name, sitting.signer_role):
        sitting.agreed_at, sitting.strokes, sitting.typed = None, None, ""
    sitting.signer_name, sitting.signer_role = name, role.value
    session.add(sitting)


def declare_helper(
    session: Session, act: Act, sitting: Sitting, name: str, role: HelperRole, reason: str
) -> None:
    """Note who helps the signer and why; the code is the signer's own all the same.

    Raises InvalidInput naming what lacks, Conflict `sitting.finished`.
    """
    _still_open(sitting)
    name, reason = " ".join(name.split()), " ".join(reason.split())[:100]
    lacks = {
        "helper_name": "" if len(name) in NAME else "helper.name_missing",
        "helper_reason": "" if len(reason) >= MIN_REASON else "helper.reason_missing",
    }
    if any(lacks.values()):
        fields = {field: code for field, code in lacks.items() if code}
        raise InvalidInput("form.invalid", fields=fields)
    sitting.helper = {"name": name, "role": role.value, "reason": reason}
    sitting.agreed_at = None
    session.add(sitting)
    _note(session, act, Event.HELPER_DECLARED, sitting, {"role": role.value})


def drop_helper(session: Session, act: Act, sitting: Sitting) -> None:
    """Note that nobody helps after all."""
    _still_open(sitting)
    if sitting.helper:
        sitting.helper, sitting.agreed_at = {}, None
        session.add(sitting)
        _note(session, act, Event.HELPER_WITHDRAWN, sitting)


def agree(session: Session, act: Act, sitting: Sitting) -> None:
    """Note that one agrees to sign electronically, in the words of today's version.

    Raises RuleBroken `notice.not_read` while a document is unread, `signer.not_named` while nobody
    said who signs, Conflict `sitting.finished`.
    """
    _still_open(sitting)
    if unread(session, sitting) is not None:
        raise RuleBroken("notice.not_read")
    if not sitting.signer_name:
        raise RuleBroken("signer.not_named")
    sitting.agreed_at, sitting.consent = act.at, CONSENT.version
    session.add(sitting)
    _note(session, act, Event.AGREED, sitting, {"consent": CONSENT.version})


def put_mark(session: Session, act: Act, sitting: Sitting, mark: Mark) -> None:
    """Keep the signature, drawn or typed, until the code puts it under everything on the table.

    Raises RuleBroken `sitting.not_agreed`, InvalidInput `signer.name_differs` when a typed one is
    not the signer's name, Conflict `sitting.finished`.
    """
    _still_open(sitting)
    if sitting.agreed_at is None:
        raise RuleBroken("sitting.not_agreed")
    typed, known = ("".join(name.split()) for name in (mark.typed, sitting.signer_name))
    if mark.method is SignatureMethod.TYPED and typed != known:
        raise InvalidInput("signer.name_differs", fields={"signed_name": "signer.name_differs"})
    sitting.strokes = mark.strokes
    sitting.typed = sitting.signer_name if mark.method is SignatureMethod.TYPED else ""
    session.add(sitting)


def send_code(session: Session, act: Act, sitting: Sitting, shop: Shop) -> OneTimeCode:
    """Send the one code for everything on the table to the phone on file.

    Only this sitting can use it; asked again within a minute, the one on its way is given back.
    Raises RuleBroken `account.no_phone`, `sitting.not_agreed`, `signature.missing`.
    """
    _still_open(sitting)
    if sitting.agreed_at is None:
        raise RuleBroken("sitting.not_agreed")
    if not (sitting.strokes or sitting.typed):
        raise RuleBroken("signature.missing")
    if not shop.phone:
        raise RuleBroken("account.no_phone")
    former = codes.latest(session, sitting.tenancy_id, CodePurpose.SIGN_NOTICES, sitting.id)
    if former and former.used_at is None and act.at - former.sent_at < ON_ITS_WAY:
        return former
    titles = [paper.text.title for paper in papers(session, act, sitting)]
    code = codes.send(
        session,
        act,
        tenancy_id=sitting.tenancy_id,
        phone=shop.phone,
        purpose=CodePurpose.SIGN_NOTICES,
        bound_to=sitting.id,
        subject="、".join(titles),
    )
    _note(session, act, Event.CODE_SENT, sitting, {"phone_ends": shop.phone[-4:]})
    return code


def try_code(session: Session, act: Act, sitting: Sitting, digits: str) -> OneTimeCode | None:
    """Count a try of this sitting's code, right or wrong; see `codes.try_code`."""
    code = codes.try_code(
        session, act, sitting.tenancy_id, CodePurpose.SIGN_NOTICES, sitting.id, digits
    )
    _note(session, act, Event.CODE_PROVED if code else Event.CODE_FAILED, sitting)
    return code


def _still_open(sitting: Sitting) -> None:
    if sitting.finished_at is not None:
        raise Conflict("sitting.finished")


def _note(
    session: Session,
    act: Act,
    event: Event,
    sitting: Sitting,
    details: dict[str, Any] | None = None,
    notice_id: str | None = None,
) -> None:
    evidence.note(
        session,
        act,
        event,
        sitting.tenancy_id,
        sitting_id=sitting.id,
        notice_id=notice_id,
        details=details,
    )

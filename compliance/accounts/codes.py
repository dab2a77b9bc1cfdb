"""One-time codes: six digits sent to the phone on file of a shop, five minutes, five tries.

A try is a fact to be kept, so `try_code` records it and tells the outcome instead of raising. The
act a code was asked for takes it with `use`, in its own transaction: one code, one act. The number
of codes per phone is limited (1 a minute, 5 an hour, 10 a day), as the carriers do.
"""

import hashlib
import hmac
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.act import Act
from compliance.errors import InvalidInput, NotAllowed
from compliance.notifications import service as notifications

LIFETIME = timedelta(minutes=5)
KEPT = timedelta(minutes=30)
"""How long after a right try the act itself may take."""
MAX_TRIES = 5
LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))


def _hash(code_id: str, digits: str) -> str:
    return hmac.new(code_id.encode(), digits.encode(), hashlib.sha256).hexdigest()


def _digits(act: Act) -> str:
    return f"{int.from_bytes(act.chance(8), 'big') % 1_000_000:06d}"


def send(
    session: Session,
    act: Act,
    *,
    tenancy_id: str,
    phone: str,
    purpose: CodePurpose,
    bound_to: str,
    subject: str,
) -> OneTimeCode:
    """Send a code that only the browser `bound_to` can use; `subject` says in the message what for.

    Raises NotAllowed `code.too_many` when the phone was sent too many.
    """
    for window, most in LIMITS:
        sent = session.exec(
            select(sa.func.count()).where(
                OneTimeCode.phone == phone, col(OneTimeCode.sent_at) > act.at - window
            )
        ).one()
        if sent >= most:
            raise NotAllowed("code.too_many", minutes=max(1, int(window.total_seconds() // 60)))
    code_id, digits = act.new_id(), _digits(act)
    code = OneTimeCode(
        id=code_id,
        tenancy_id=tenancy_id,
        purpose=purpose,
        phone=phone,
        bound_to=bound_to,
        code_hash=_hash(code_id, digits),
        sent_at=act.at,
        ends_at=act.at + LIFETIME,
    )
    session.add(code)
    notifications.queue(
        session,
        act,
        phone=phone,
        template=f"code.{purpose.value}",
        dedup_key=f"code:{code_id}",
        params={"code": digits, "subject": subject},
        urgent=True,
    )
    return code


def latest(
    session: Session, tenancy_id: str, purpose: CodePurpose, bound_to: str
) -> OneTimeCode | None:
    """Return the last code this browser asked for."""
    return session.exec(
        select(OneTimeCode)
        .where(
            OneTimeCode.tenancy_id == tenancy_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.bound_to == bound_to,
        )
        .order_by(col(OneTimeCode.sent_at).desc())
        .limit(1)
    ).one_or_none()


def try_code(
    session: Session, act: Act, tenancy_id: str, purpose: CodePurpose, bound_to: str, digits: str
) -> OneTimeCode | None:
    """Count a try of `digits`; return the code, proved, when it was right, else None.

    Raises InvalidInput `code.ended` when there is none to try: never sent, too old, used, or tried
    five times.
    """
    code = latest(session, tenancy_id, purpose, bound_to)
    if code is None or code.used_at or act.at >= code.ends_at or code.tries >= MAX_TRIES:
        raise InvalidInput("code.ended", fields={"code": "code.ended"})
    code.tries += 1
    session.add(code)
    typed = digits.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if not hmac.compare_digest(_hash(code.id, typed), code.code_hash):
        return None
    code.proved_at = code.proved_at or act.at
    return code


def use(session: Session, act: Act, code_id: str, purpose: CodePurpose, tenancy_id: str) -> None:
    """Take a proved code for one act; raise InvalidInput `code.ended` when it cannot be taken."""
    code = session.exec(
        select(OneTimeCode).where(OneTimeCode.id == code_id).with_for_update()
    ).one_or_none()
    fits = code and code.purpose is purpose and code.tenancy_id == tenancy_id
    if (
        code is None
        or not fits
        or code.proved_at is None
        or code.used_at
        or act.at > code.proved_at + KEPT
    ):
        raise InvalidInput("code.ended", fields={"code": "code.ended"})
    code.used_at = act.at
    session.add(code)

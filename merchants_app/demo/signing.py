"""Sittings and signatures, in bulk: the rows and entries that `compliance.notices` would write.

A sitting by the service asks the database some fifty times, which two thousand shops can not wait
for. Here it is two entries' worth: all documents read, then all signed with one proved code. No
messages are queued: nobody's phone rings for a demonstration.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Viewer
from compliance.accounts.sessions import key_of
from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.ledger.service import Draft, Receipt
from compliance.merchants.shops import Shop
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Party, Signature, SignatureMethod, Sitting
from compliance.notices.signing import COUNTERSIGNS
from compliance.notices.sittings import CONSENT, SignerRole
from merchants_app.demo import strokes
from merchants_app.demo.district import District, Issued
from merchants_app.demo.timeline import in_office

_signature = Signature.__table__  # type: ignore[attr-defined]
_sitting = Sitting.__table__  # type: ignore[attr-defined]
_code = OneTimeCode.__table__  # type: ignore[attr-defined]

TYPED = 0.12
"""How many sign by typing their name: phones without JavaScript, fingers that will not draw."""

PHONES = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile",
)
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
"""Networks set aside for examples (RFC 5737)."""

EVERY = timedelta(days=7)
HELD_BACK = 0.04


def schedule(district: District, shop: Shop, notices: Sequence[Issued], moment: datetime) -> None:
    """Put a sitting on the timeline: read at `moment`, signed some minutes later."""

    def read(at: datetime) -> None:
        operator = district.operator(at, shop)
        drafts = [_viewed(notice) for notice in notices]
        ledger.append_many(district.session, district.act(at, operator), drafts)
        signed_at = at + timedelta(seconds=district.rng.randrange(150, 600))
        district.timeline.at(signed_at, partial(_sign, district, shop, notices, at))

    district.timeline.at(moment, read)


def _viewed(notice: Issued) -> Draft:
    return Draft(
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind="notice.viewed",
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "text_hash": notice.text_hash,
            "state": NoticeState.VIEWED.value,
        },
    )


def _sign(
    district: District, shop: Shop, notices: Sequence[Issued], read_at: datetime, at: datetime
) -> None:
    rng, operator = district.rng, district.operator(at, shop)
    act = district.act(at, operator)
    sitting = _sat_down(act, rng, shop, operator, notices, read_at)
    code = _code_of(act, shop, sitting)
    evidence = _evidence(act, rng, sitting, code)
    typed = rng.random() < TYPED
    mark = None if typed else strokes.signature(rng, sitting["signer_name"])
    signatures = [
        {
            "id": act.new_id(),
            "notice_id": notice.id,
            "party": Party.MERCHANT,
            "signer_name": sitting["signer_name"],
            "signer_role": sitting["signer_role"],
            "account_id": operator.account_id,
            "method": SignatureMethod.TYPED if typed else SignatureMethod.DRAWN,
            "strokes": mark,
            "image": None,
            "code_id": code["id"],
            "text_hash": notice.text_hash,
            "signed_at": at,
            "evidence": {**evidence, "read_at": read_at.isoformat(timespec="seconds")},
        }
        for notice in notices
    ]
    drafts = [
        _signed(notice, signature, {"supersedes": []})
        for notice, signature in zip(notices, signatures, strict=True)
    ]
    _keep(district, signatures, ledger.append_many(district.session, act, drafts))
    district.ink.add(_sitting, sitting)
    district.ink.add(_code, code)
    for notice in notices:
        district.ink.change_notice(notice.id, to=NoticeState.SIGNED, viewed=read_at, settled=at)
        if notice.kind in COUNTERSIGNS and rng.random() > HELD_BACK:
            district.to_countersign.append((shop, notice))


def _sat_down(
    act: Act,
    rng: Random,
    shop: Shop,
    operator: Viewer,
    notices: Sequence[Issued],
    read_at: datetime,
) -> dict[str, Any]:
    role = rng.choices(list(SignerRole), (88, 8, 4))[0]
    return {
        "id": act.new_id(),
        "tenancy_id": shop.tenancy_id,
        "account_id": operator.account_id,
        "session_key": key_of(act.new_id()),
        "documents": {"notices": [{"id": each.id, "hash": each.text_hash} for each in notices]},
        "opened_at": read_at - timedelta(seconds=rng.randrange(40, 110)),
        "agreed_at": act.at - timedelta(seconds=rng.randrange(100, 140)),
        "signer_name": shop.operator_name,
        "signer_role": role.value,
        "finished_at": act.at,
    }


def _code_of(act: Act, shop: Shop, sitting: dict[str, Any]) -> dict[str, Any]:
    sent_at = act.at - timedelta(seconds=80)
    return {
        "id": act.new_id(),
        "tenancy_id": shop.tenancy_id,
        "purpose": CodePurpose.SIGN_NOTICES,
        "phone": shop.phone,
        "bound_to": sitting["id"],
        "code_hash": key_of(act.new_id()),
        "sent_at": sent_at,
        "ends_at": sent_at + timedelta(minutes=5),
        "tries": 1,
        "proved_at": act.at - timedelta(seconds=35),
        "used_at": act.at,
        "details": {},
    }


def _evidence(
    act: Act, rng: Random, sitting: dict[str, Any], code: dict[str, Any]
) -> dict[str, Any]:
    steps = {
        "opened_at": sitting["opened_at"],
        "agreed_at": sitting["agreed_at"],
        "code_sent_at": code["sent_at"],
        "code_proved_at": code["proved_at"],
        "signed_at": act.at,
    }
    return {
        **{name: at.isoformat(timespec="seconds") for name, at in steps.items()},
        "consent": CONSENT,
        "phone_ends": code["phone"][-4:],
        "user_agent": rng.choice(PHONES),
        "network": rng.choice(NETWORKS),
        "sitting": sitting["id"],
    }


def _signed(notice: Issued, signature: dict[str, Any], also: dict[str, Any]) -> Draft:
    path = signature["strokes"]
    return Draft(
        subject=ledger.tenancy_subject(notice.tenancy_id),
        kind="notice.signed",
        ref=notice.id,
        fact={
            "number": notice.number,
            "kind": notice.kind.value,
            "party": signature["party"].value,
            "method": signature["method"].value,
            "text_hash": notice.text_hash,
            "version": notice.version,
            **also,
        },
        body={
            "name": signature["signer_name"],
            "role": signature["signer_role"],
            "strokes_hash": path and hashlib.sha256(path.encode()).hexdigest(),
            "image_hash": None,
            "evidence": signature["evidence"],
        },
    )


def _keep(
    district: District, signatures: Sequence[dict[str, Any]], receipts: Sequence[Receipt]
) -> None:
    for signature, receipt in zip(signatures, receipts, strict=True):
        district.ink.add(_signature, {**signature, "entry_hash": receipt.entry_hash})


def schedule_others(district: District) -> None:
    """Let the other parties sign once a week what shops have signed, until ten days ago."""
    moment = district.plan.end - timedelta(days=10) + timedelta(hours=9)
    first = district.plan.end - (district.plan.on - district.plan.opening)
    while moment > first:
        at = in_office(district.rng, moment, district.calendar)
        district.timeline.at(at, partial(_sign_as_others, district))
        moment -= EVERY


def _sign_as_others(district: District, at: datetime) -> None:
    waiting, district.to_countersign = district.to_countersign, []
    by_signer: dict[str, tuple[Viewer, Party, list[Issued]]] = {}
    for shop, notice in waiting:
        signer = _other_party(district, shop, notice)
        party, _ = COUNTERSIGNS[notice.kind]
        by_signer.setdefault(signer.account_id, (signer, party, []))[2].append(notice)
    for signer, party, notices in by_signer.values():
        at += timedelta(seconds=district.rng.randrange(20, 200))
        district.timeline.at(at, partial(_countersign, district, signer, party, notices))


def _other_party(district: District, shop: Shop, notice: Issued) -> Viewer:
    staff = district.cast.staff[shop.township_code]
    if notice.kind is NoticeKind.COVENANT:
        return staff.reviewers[0]
    if notice.kind is NoticeKind.RESPONSIBILITY_STATEMENT:
        return staff.desk
    return district.cast.haulers[notice.hauler_id or ""]


def _countersign(
    district: District, signer: Viewer, party: Party, notices: Sequence[Issued], at: datetime
) -> None:
    act = district.act(at, signer)
    signatures: list[dict[str, Any]] = [
        {
            "id": act.new_id(),
            "notice_id": notice.id,
            "party": party,
            "signer_name": signer.display_name,
            "signer_role": signer.role.value,
            "account_id": signer.account_id,
            "method": SignatureMethod.TYPED,
            "strokes": None,
            "image": None,
            "code_id": None,
            "text_hash": notice.text_hash,
            "signed_at": act.at,
            "evidence": {"signed_at": act.at.isoformat(timespec="seconds")},
        }
        for notice in notices
    ]
    drafts = [
        _signed(notice, signature, {})
        for notice, signature in zip(notices, signatures, strict=True)
    ]
    _keep(district, signatures, ledger.append_many(district.session, act, drafts))

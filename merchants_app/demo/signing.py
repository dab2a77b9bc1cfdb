"""Sittings and signatures, in bulk: the rows and entries that `compliance.notices` would write.

A sitting by the service asks the database some fifty times, which two thousand shops can not wait
for. Here it is two entries' worth: all documents read, then all signed with one proved code. No
messages are queued: nobody's phone rings for a demonstration.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any

from compliance.accounts.models import CodePurpose, OneTimeCode
from compliance.accounts.permissions import Viewer
from compliance.accounts.sessions import key_of
from compliance.act import Act
from compliance.ledger import service as ledger
from compliance.ledger.service import Draft, Receipt
from compliance.merchants.shops import Shop
from compliance.notices import evidence
from compliance.notices.consent import CONSENT
from compliance.notices.evidence import Device
from compliance.notices.kinds import NoticeState
from compliance.notices.models import (
    Event,
    Party,
    Signature,
    SignatureMethod,
    SigningEvent,
    Sitting,
)
from compliance.notices.signing import COUNTERSIGNS
from compliance.notices.steps import SignerRole
from merchants_app.demo import strokes
from merchants_app.demo.district import District, Issued

_signature = Signature.__table__  # type: ignore[attr-defined]
_sitting = Sitting.__table__  # type: ignore[attr-defined]
_code = OneTimeCode.__table__  # type: ignore[attr-defined]
_event = SigningEvent.__table__  # type: ignore[attr-defined]

TYPED = 0.12
"""How many sign by typing their name: phones without JavaScript, fingers that will not draw."""

PHONES = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile",
)
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
"""Networks set aside for examples (RFC 5737)."""

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
    device = Device(rng.choice(PHONES), rng.choice(NETWORKS))
    typed = rng.random() < TYPED
    mark = None if typed else strokes.signature(rng, sitting["signer_name"])
    sitting |= {"strokes": mark, "typed": sitting["signer_name"] if typed else ""}
    events = _events(act, sitting, code, device, notices, read_at)
    common = {
        **CONSENT.told(),
        "phone_ends": code["phone"][-4:],
        **device.told(),
        "sitting": sitting["id"],
    }
    signatures = [
        completed(
            act,
            {
                "id": act.new_id(),
                "notice_id": notice.id,
                "party": Party.MERCHANT,
                "signer_name": sitting["signer_name"],
                "signer_role": sitting["signer_role"],
                "account_id": operator.account_id,
                "method": SignatureMethod.TYPED if typed else SignatureMethod.DRAWN,
                "strokes": mark,
                "code_id": code["id"],
                "text_hash": notice.text_hash,
                "signed_at": at,
                "evidence": common | {"events": _steps(notice, events)},
            },
        )
        for notice in notices
    ]
    drafts = [
        signed(notice, signature, {"supersedes": []})
        for notice, signature in zip(notices, signatures, strict=True)
    ]
    keep(district, signatures, ledger.append_many(district.session, act, drafts))
    district.ink.add(_sitting, sitting)
    district.ink.add(_code, code)
    district.ink.add(_event, *events)
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
        "signer_name": shop.operator_name,
        "signer_role": role.value,
        "helper": {},
        "agreed_at": act.at - timedelta(seconds=rng.randrange(100, 140)),
        "consent": CONSENT.version,
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


def _events(
    act: Act,
    sitting: dict[str, Any],
    code: dict[str, Any],
    device: Device,
    notices: Sequence[Issued],
    read_at: datetime,
) -> list[dict[str, Any]]:
    """Return the rows of everything that happened at a sitting, in order."""
    steps: list[tuple[Event, datetime, str | None, dict[str, str]]] = [
        (Event.OPENED, sitting["opened_at"], None, device.told()),
        *((Event.READ, read_at, notice.id, {}) for notice in notices),
        (Event.AGREED, sitting["agreed_at"], None, {"consent": CONSENT.version}),
        (Event.CODE_SENT, code["sent_at"], None, {"phone_ends": code["phone"][-4:]}),
        (Event.CODE_PROVED, code["proved_at"], None, {}),
        (Event.SIGNED, act.at, None, {}),
    ]
    return [
        {
            "id": act.new_id(),
            "tenancy_id": sitting["tenancy_id"],
            "sitting_id": sitting["id"],
            "notice_id": notice_id,
            "kind": event,
            "at": at,
            "details": details,
        }
        for event, at, notice_id, details in steps
    ]


def _steps(notice: Issued, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps of one notice as its evidence lists them."""
    return [
        evidence.told(Event.SENT, notice.issued_at),
        *(
            evidence.told(each["kind"], each["at"], each["details"])
            for each in events
            if each["notice_id"] in {None, notice.id}
        ),
    ]


def completed(act: Act, signature: dict[str, Any]) -> dict[str, Any]:
    """Return a signature's row with salt and result hash in its evidence."""
    whole = SimpleNamespace(**signature)
    evidence.complete(act, whole)
    return signature | {"evidence": whole.evidence}


def signed(notice: Issued, signature: dict[str, Any], also: dict[str, Any]) -> Draft:
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
            "result_hash": signature["evidence"]["result_hash"],
            **also,
        },
        body={
            "name": signature["signer_name"],
            "role": signature["signer_role"],
            "strokes_hash": evidence.strokes_hash(path),
            "evidence": signature["evidence"],
        },
    )


def keep(
    district: District, signatures: Sequence[dict[str, Any]], receipts: Sequence[Receipt]
) -> None:
    for signature, receipt in zip(signatures, receipts, strict=True):
        district.ink.add(_signature, {**signature, "entry_hash": receipt.entry_hash})

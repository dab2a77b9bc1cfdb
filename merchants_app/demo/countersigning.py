"""The other parties of the demonstration: once a week each signs what shops have signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from compliance.accounts.permissions import Viewer
from compliance.ledger import service as ledger
from compliance.merchants.shops import Shop
from compliance.notices.evidence import Device
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Party, SignatureMethod
from compliance.notices.signing import COUNTERSIGNS, countersigned
from merchants_app.demo.district import District, Issued
from merchants_app.demo.signing import completed, keep, signed
from merchants_app.demo.timeline import in_office

EVERY = timedelta(days=7)


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
    together = len(notices)
    signatures = [
        completed(
            act,
            {
                "id": act.new_id(),
                "notice_id": notice.id,
                "party": party,
                "signer_name": signer.display_name,
                "signer_role": signer.role.value,
                "account_id": signer.account_id,
                "method": SignatureMethod.TYPED,
                "strokes": None,
                "code_id": None,
                "text_hash": notice.text_hash,
                "signed_at": act.at,
                "evidence": countersigned(act, notice.issued_at, signer, Device(), together),
            },
        )
        for notice in notices
    ]
    drafts = [
        signed(notice, signature, {}) for notice, signature in zip(notices, signatures, strict=True)
    ]
    keep(district, signatures, ledger.append_many(district.session, act, drafts))

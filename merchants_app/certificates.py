"""The certificate page of a signed notice: how it came to be signed, said in Chinese.

It repeats what the signature records hold and judges nothing. What a browser told of itself is
shown as it came, but for characters no font draws; a name is never changed, so one that cannot be
printed is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.act import LOCAL
from compliance.notices import texts
from compliance.notices.models import Party, SignatureMethod
from compliance.notices.models import Signature as SignatureRecord
from compliance.notices.sealed import StampState
from compliance.notices.sealing import Sealable
from merchants_app.words import format_datetime, known, label, translate
from qr.document import Certificate, Drawing, Rows, Signature, Signer
from qr.fonts import missing_characters
from qr.seal import Seal

LANGUAGE = "zh"

_SHOWN = (
    "role",
    "witness",
    "witness_role",
    "reason",
    "note",
    "phone_ends",
    "consent",
    "seconds",
    "to_end",
    "together",
    "user_agent",
    "network",
    "timezone",
)
"""Details of a step that people read, in this order; ids are not among them."""


def certificate(ready: Sealable, parties: Sequence[tuple[Party, str]], seal: Rows) -> Certificate:
    """Return the certificate of a paper; `parties` in the order of the paper, `seal` as rows."""
    by_party = {each.party: each for each in ready.signatures}
    return Certificate(
        paper=_paper(ready),
        signers=tuple(_signer(words(name), by_party.get(party)) for party, name in parties),
        events=tuple(_event(event, several=len(by_party) > 1) for event in ready.events),
        seal=seal,
        notes=tuple(words(f"certificate.note.{which}") for which in ("proves", "seal", "check")),
    )


def seal_rows(seal: Seal, *, at: datetime, own: bool, stamp: StampState, service: str = "") -> Rows:
    """Return what the certificate says of the seal and of the time."""
    kind = words("certificate.own" if own else "certificate.given", issuer=seal.issuer)
    return (
        (words("certificate.sealed_by"), plain(seal.subject)),
        (words("certificate.issued_by"), plain(kind)),
        (words("certificate.fingerprint"), seal.fingerprint),
        (words("certificate.sealed_at"), words("certificate.sealed_at_said", at=moment(at))),
        (words("certificate.profile"), words("certificate.profile_said")),
        (words("certificate.time_stamp"), words(f"stamp.{stamp.value}", service=plain(service))),
    )


def signature_of(party: str, record: SignatureRecord | None, *, exact: bool = False) -> Signature:
    """Return a party's place under the text; the time to the minute, or exactly."""
    if record is None:
        return Signature(party=party, name="")
    drawn = record.method is SignatureMethod.DRAWN and record.strokes
    return Signature(
        party=party,
        name=record.signer_name,
        role=words(f"role.{record.signer_role}"),
        signed_at=moment(record.signed_at)
        if exact
        else format_datetime(LANGUAGE, record.signed_at),
        drawing=Drawing(record.strokes or "") if drawn else None,
    )


def moment(at: datetime) -> str:
    """Return an instant in Beijing time, to the second, with its offset."""
    return at.astimezone(LOCAL).isoformat(" ", timespec="seconds")


def plain(text: object) -> str:
    """Return `text` on one line, each character that no font draws as its number: U+1F600."""
    said = " ".join(str(text).split())
    missing = set(missing_characters(said))
    return "".join(f"U+{ord(each):04X}" if each in missing else each for each in said)


def words(code: str, **params: object) -> str:
    return translate(LANGUAGE, code, **params)


def _paper(ready: Sealable) -> Rows:
    paper = ready.paper
    first, last = paper.notice.valid_from, paper.notice.valid_to
    return (
        (words("evidence.shop"), f"{paper.shop.name}（{paper.shop.number}）"),
        (words("evidence.number"), paper.notice.number),
        (words("evidence.version"), paper.text.version),
        (words("evidence.term"), f"{texts.written(first)}至{texts.written(last)}"),
        (words("certificate.text_hash"), paper.notice.text_hash),
    )


def _signer(party: str, record: SignatureRecord | None) -> Signer:
    if record is None:
        return Signer(signature_of(party, None), words("certificate.not_signed"))
    return Signer(
        signature_of(party, record, exact=True), label(LANGUAGE, record.method), _how(record)
    )


def _how(record: SignatureRecord) -> Rows:
    """Return what the evidence of a signature says, but for its steps."""
    told: Mapping[str, Any] = record.evidence
    helper = told.get("helper")
    rows = [
        ("evidence.code", f"****{told['phone_ends']}" if told.get("phone_ends") else ""),
        ("evidence.device", _joined(told, "user_agent", "network", "timezone")),
        ("evidence.consent", _consent(told)),
        ("evidence.helper", _helper(helper) if isinstance(helper, Mapping) else ""),
        ("evidence.result_hash", told.get("result_hash", "")),
        ("evidence.entry_hash", record.entry_hash),
    ]
    return tuple((words(term), plain(said)) for term, said in rows if str(said).strip())


def _joined(told: Mapping[str, Any], *names: str) -> str:
    return "　".join(str(told[name]) for name in names if told.get(name))


def _consent(told: Mapping[str, Any]) -> str:
    words_hash = told.get("consent_hash")
    return f"{told.get('consent', '')}" + (f"　SHA-256 {words_hash}" if words_hash else "")


def _helper(helper: Mapping[str, Any]) -> str:
    role = words(f"role.{helper.get('role', '')}")
    return words(
        "certificate.helped",
        name=helper.get("name", ""),
        role=role,
        reason=helper.get("reason", ""),
    )


def _event(event: Mapping[str, Any], *, several: bool) -> tuple[str, str, str]:
    """Return when, what, and the rest: whose step it was only where several signed."""
    at = datetime.fromisoformat(str(event["at"]))
    more = [_detail(name, event[name]) for name in _SHOWN if event.get(name)]
    party = words(f"party.{event['party']}") if several and event.get("party") else ""
    said = "；".join(each for each in (party, *more) if each)
    return moment(at), words(f"event.{event['kind']}"), plain(said)


def _detail(name: str, value: object) -> str:
    """Return one detail of a step; what is true or false has a sentence only when true."""
    if value is True:
        return words(f"detail.{name}")
    code = f"role.{value}"
    said = words(code) if name == "role" and known(LANGUAGE, code) else str(value)
    return words(f"detail.{name}", value=said)

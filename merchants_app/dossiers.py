"""The evidence file of one notice: everything that shows what was signed, in one zip.

It holds the exact text, every signature with its evidence, the shop's whole chain as bytes, salts
and bodies of this notice's entries only, the sealed PDFs, the certificate, and a checker that needs
neither server nor library. A year later, or in ten, anybody can check it alone.
"""

import asyncio
import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlmodel import Session, select

from compliance.accounts.permissions import Action, Viewer
from compliance.act import LOCAL, Act
from compliance.contracts import service as contracts
from compliance.erasures import telling
from compliance.erasures.models import Erasure
from compliance.errors import ComplianceError, NotFound
from compliance.ledger import chain
from compliance.ledger import service as ledger
from compliance.notices import consent, sealing, service
from compliance.notices.drawing import BOX
from compliance.notices.models import Notice, Party, Signature
from compliance.notices.service import Paper
from merchants_app import checker
from merchants_app import sealing as seals
from merchants_app.context import Context

FORMAT = "menqian-evidence/1"
HERE = Path(checker.__file__).parent
PEN = 4
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/heic": "heic"}
READABLE = 0o644 << 16
"""File mode of what is unpacked; without one, some programs unpack files nobody may open."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One notice with all that belongs to its evidence, read at one moment."""

    paper: Paper
    signatures: Sequence[Signature]
    erasures: Mapping[str, Erasure]
    """What was erased, by the party whose signature it was; "" for the notice itself."""

    entries: Sequence[chain.Stored]
    head: tuple[int, str]
    file_hashes: Sequence[str]
    originals: Sequence[Mapping[str, Any]]
    """The files of a contract on the official form, as they were uploaded."""
    taken_at: datetime
    own: frozenset[str] = field(default=frozenset())
    """Records whose entries are part of the evidence: the notice, and the sittings over it."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.paper.notice.number}-evidence.zip"


def dossier_of(session: Session, act: Act, viewer: Viewer, notice_id: str) -> Dossier:
    """Return the dossier of a notice; raise NotFound `notice.unknown` outside one's reach."""
    paper = service.seen_by(session, act, viewer, Action.EVIDENCE_EXPORT, notice_id)
    subject = ledger.tenancy_subject(paper.notice.tenancy_id)
    upload = contracts.of_notice(session, notice_id)
    signed = service.signatures_of(session, notice_id)
    signatures = sorted(signed, key=lambda each: list(Party).index(each.party))
    sat = {str(each.evidence["sitting"]) for each in signatures if "sitting" in each.evidence}
    return Dossier(
        paper=paper,
        signatures=signatures,
        erasures=telling.of_notice(session, paper.notice),
        entries=list(ledger.stored_entries(session, subject)),
        head=ledger.head_of(session, subject),
        file_hashes=[each.file_hash for each in sealing.files_of(session, notice_id)],
        originals=upload.files if upload else (),
        taken_at=act.at,
        own=frozenset({notice_id, *sat}),
    )


def numbered(session: Session, number: str) -> Notice:
    """Return the notice of a number; raise NotFound `notice.unknown`."""
    query = select(Notice).where(Notice.number == number.strip().upper())
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound("notice.unknown")
    return found


async def evidence_file(
    context: Context, act: Act, viewer: Viewer, notice_id: str
) -> tuple[str, bytes]:
    """Return name and bytes of a notice's evidence file, sealing its paper first if need be."""
    database = context.database
    paper = await database.read(
        lambda s: service.seen_by(s, act, viewer, Action.EVIDENCE_EXPORT, notice_id)
    )
    with suppress(ComplianceError):  # not signed, erased, or a name no font has: without a PDF
        await seals.sealed(context, act, paper)
    whole = await database.read(lambda s: dossier_of(s, act, viewer, notice_id))
    return whole.name, await asyncio.to_thread(_archive, context, act, whole)


def _archive(context: Context, act: Act, whole: Dossier) -> bytes:
    files = {}
    for number, sha256 in enumerate(whole.file_hashes, start=1):
        files[f"paper-{number}.pdf"] = context.blobs.get(sha256)
    for number, original in enumerate(whole.originals, start=1):
        ending = ENDINGS.get(original["media_type"], "bin")
        files[f"original-{number}.{ending}"] = context.blobs.get(original["sha256"])
    held = {name: data for name, data in files.items() if data is not None}
    if whole.file_hashes:
        held["certificate.pem"] = seals.platform(context.settings, act.at).seal.certificates
    return archive(members_of(whole, held), whole.taken_at)


def archive(members: Mapping[str, bytes], at: datetime) -> bytes:
    """Return the zip of these members; the same members give the same bytes."""
    out, day = io.BytesIO(), at.astimezone(LOCAL).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, day)
            entry.external_attr = READABLE
            target.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def members_of(dossier: Dossier, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return name → bytes of what goes into the zip, stored `files` included, the manifest last."""
    members = {
        "README.txt": (HERE / "README.txt").read_bytes(),
        "check.py": (HERE / "check.py").read_bytes(),
        "text.txt": dossier.paper.notice.content.encode(),
        "model.txt": dossier.paper.text.body.encode(),
        "notice.json": _json(_notice(dossier)),
        "signatures.json": _json([_signature(dossier, each) for each in dossier.signatures]),
        "ledger.json": _json(_ledger(dossier)),
    }
    for signed in dossier.signatures:
        if signed.strokes:
            members[f"signature-{signed.party.value}.svg"] = svg(signed.strokes)
        if version := str(signed.evidence.get("consent", "")):
            words = consent.of_version(version).paragraphs
            members[f"consent-{version}.txt"] = "\n".join(words).encode()
    members |= files
    return {**members, "manifest.json": manifest(members)}


def svg(strokes: str) -> bytes:
    """Return drawn strokes as a picture that every browser opens."""
    width, height = BOX
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" '
        f'stroke="#111" stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round">'
        f"<path d={quoteattr(strokes)}/></svg>\n"
    ).encode()


def _notice(dossier: Dossier) -> dict[str, Any]:
    paper, notice, shop = dossier.paper, dossier.paper.notice, dossier.paper.shop
    return {
        "format": FORMAT,
        "taken_at": _moment(dossier.taken_at),
        "id": notice.id,
        "number": notice.number,
        "kind": notice.kind.value,
        "title": paper.rendered.title,
        "text_hash": notice.text_hash,
        "state": notice.state.value,
        "standing": paper.standing.value,
        "issued_at": _moment(notice.issued_at),
        "term": {"from": notice.valid_from.isoformat(), "to": notice.valid_to.isoformat()},
        "model": {
            "title": paper.text.title,
            "version": paper.text.version,
            "rule_version": paper.text.rule_version,
            "effective_from": paper.text.effective_from.isoformat(),
            "text_hash": paper.text.text_hash,
        },
        "shop": {
            "name": shop.name,
            "uscc": shop.uscc,
            "door_number": shop.number,
            "address": shop.address,
            "lane": shop.lane,
            "township": shop.township,
            "opened_on": shop.opened_on.isoformat(),
            "closed_on": shop.closed_on.isoformat() if shop.closed_on else None,
        },
    }


def _signature(dossier: Dossier, signed: Signature) -> dict[str, Any]:
    entry = next(each for each in dossier.entries if each.entry_hash == signed.entry_hash)
    erased = dossier.erasures.get(signed.party.value)
    gone = {"at": _moment(erased.erased_at), "basis": erased.basis.value} if erased else None
    return {
        "party": signed.party.value,
        "name": signed.signer_name,
        "role": signed.signer_role,
        "method": signed.method.value,
        "signed_at": signed.signed_at.isoformat(timespec="seconds"),
        "text_hash": signed.text_hash,
        "strokes": signed.strokes,
        "evidence": signed.evidence,
        "result_hash": json.loads(entry.content)["fact"]["result_hash"],
        "entry_hash": signed.entry_hash,
        "erased": gone,
    }


def _ledger(dossier: Dossier) -> dict[str, Any]:
    seq, entry_hash = dossier.head
    return {
        "subject": ledger.tenancy_subject(dossier.paper.notice.tenancy_id),
        "head": {"seq": seq, "entry_hash": entry_hash},
        "entries": [_entry(each, dossier.own) for each in dossier.entries],
    }


def _entry(entry: chain.Stored, own: frozenset[str]) -> dict[str, str]:
    """Return an entry's bytes, and its body only when it is about this notice."""
    told = {"entry_hash": entry.entry_hash, "entry": _b64(entry.content)}
    if entry.body is None or entry.salt is None or json.loads(entry.content)["ref"] not in own:
        return told
    return {**told, "salt": _b64(entry.salt), "body": _b64(entry.body)}


def manifest(members: Mapping[str, bytes]) -> bytes:
    """Return the list of members with their hashes, and the hash of that list."""
    listed = {name: _sha256(data) for name, data in members.items()}
    return chain.canonical({"members": listed, "sha256": _sha256(chain.canonical(listed))})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")

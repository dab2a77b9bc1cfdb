"""Where a notice meets paper: its exact text, who signed it and how, as a PDF that can be kept.

The paper says in Chinese what the law asks for; whoever reads another language has the page. A name
that the font lacks is refused by name rather than printed as a box (`qr.fonts.MissingGlyph`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.act import LOCAL
from compliance.notices import texts
from compliance.notices.kinds import UNSETTLED, NoticeKind, Standing
from compliance.notices.models import Party, SignatureMethod
from compliance.notices.models import Signature as SignatureRecord
from compliance.notices.service import Paper
from merchants_app.words import format_datetime, label
from qr.document import Drawing, Signature, SignedDocument, document_pdf
from qr.payload import door_url
from qr.poster import Poster

LANGUAGE = "zh"

PARTIES: Mapping[NoticeKind, tuple[tuple[Party, str], ...]] = {
    NoticeKind.COVENANT: (
        (Party.MERCHANT, "party.member"),
        (Party.ASSOCIATION, "party.association"),
    ),
    NoticeKind.PLEDGE: ((Party.MERCHANT, "party.promiser"),),
    NoticeKind.RESPONSIBILITY_STATEMENT: (
        (Party.MERCHANT, "party.responsible"),
        (Party.ISSUER, "party.issuer"),
    ),
    NoticeKind.WASTE_CONTRACT: (
        (Party.MERCHANT, "party.producer"),
        (Party.HAULER, "party.hauler"),
    ),
}
"""Who signs each kind, in the order of the paper, and what the paper calls them."""

_STEPS = ("opened_at", "read_at", "agreed_at", "code_sent_at", "code_proved_at", "signed_at")


def notice_pdf(paper: Paper, signatures: Sequence[SignatureRecord], base_url: str) -> bytes:
    """Return the paper of a notice: the exact text, every party's signature, and the evidence."""
    return document_pdf(notice_document(paper, signatures, base_url))


def notice_document(
    paper: Paper, signatures: Sequence[SignatureRecord], base_url: str
) -> SignedDocument:
    """Return what `notice_pdf` sets."""
    by_party = {each.party: each for each in signatures}
    signed = by_party.get(Party.MERCHANT)
    rendered = paper.rendered
    return SignedDocument(
        title=rendered.title,
        number=paper.notice.number,
        paragraphs=rendered.paragraphs,
        signatures=tuple(
            _signature(_words(name), by_party.get(party))
            for party, name in PARTIES[paper.notice.kind]
        ),
        text_hash=paper.notice.text_hash,
        evidence=tuple(_evidence(paper, signed)),
        check_url=door_url(base_url, paper.shop.door) if paper.shop.door else "",
        status=_words(f"standing.{paper.standing.value}"),
        watermark=_watermark(paper),
        dated=signed.signed_at.astimezone(LOCAL).date() if signed else None,
    )


def closing_lines(paper: Paper, signatures: Sequence[SignatureRecord]) -> tuple[str, ...]:
    """Return the closing lines of the model text as the signatures fill them in."""
    found = {each.party: each for each in signatures}
    merchant = found.get(Party.MERCHANT)
    other = next((each for each in signatures if each.party is not Party.MERCHANT), None)
    sealed: dict[str, Any] = {"doc_hash_short": paper.notice.text_hash[: texts.SHORT_HASH]}
    if merchant:
        sealed |= dict.fromkeys(("signer_name", "signature", "signature_a"), merchant.signer_name)
        sealed |= dict.fromkeys(("signed_at", "signed_at_a"), _moment(merchant))
        sealed["signer_role"] = _words(f"role.{merchant.signer_role}")
    if other:
        sealed |= dict.fromkeys(("handler_name", "signature_b"), other.signer_name)
        sealed |= {"issuer_seal": "已电子签署", "signed_at_b": _moment(other)}
    return texts.closing(paper.text.body, sealed)


def notice_poster(paper: Paper, base_url: str) -> Poster:
    """Return a notice as one A4 sheet for the wall: only what the public may read."""
    public = paper.public_text()
    first, last = paper.notice.valid_from, paper.notice.valid_to
    return Poster(
        url=door_url(base_url, paper.shop.door),
        door_number=paper.shop.number,
        shop_name=paper.shop.name,
        lane=paper.shop.lane,
        township=paper.shop.township,
        title=public.title,
        number=paper.notice.number,
        version=paper.text.version,
        paragraphs=public.paragraphs,
        validity=f"{texts.written(first)}至{texts.written(last)}",
        text_hash=paper.notice.text_hash,
        facts=tuple((_words(name), said) for name, said in paper.public_facts()),
    )


def _signature(party: str, record: SignatureRecord | None) -> Signature:
    if record is None:
        return Signature(party=party, name="")
    drawn = record.method is SignatureMethod.DRAWN and record.strokes
    return Signature(
        party=party,
        name=record.signer_name,
        role=_words(f"role.{record.signer_role}"),
        signed_at=_moment(record),
        drawing=Drawing(record.strokes or "") if drawn else None,
    )


def _evidence(paper: Paper, signed: SignatureRecord | None) -> list[tuple[str, str]]:
    first, last = paper.notice.valid_from, paper.notice.valid_to
    rows = [
        (_words("evidence.shop"), f"{paper.shop.name}（{paper.shop.number}）"),
        (_words("evidence.number"), paper.notice.number),
        (_words("evidence.version"), paper.text.version),
        (_words("evidence.term"), f"{texts.written(first)}至{texts.written(last)}"),
        (_words("evidence.text_hash"), paper.notice.text_hash),
    ]
    if signed is None:
        return rows
    told = signed.evidence
    rows += [
        (_words(f"evidence.{step}"), _local(str(told[step]))) for step in _STEPS if told.get(step)
    ]
    rows += [
        (_words("evidence.code"), f"****{told.get('phone_ends', '')}"),
        (_words("evidence.device"), f"{told.get('user_agent', '')} {told.get('network', '')}"),
        (_words("evidence.entry_hash"), signed.entry_hash),
    ]
    return [(term, said.strip()) for term, said in rows if said.strip()]


def _watermark(paper: Paper) -> str:
    """Return the word across a paper that does not hold, or does not hold any more."""
    if paper.standing in {Standing.REVOKED, Standing.SUPERSEDED, Standing.EXPIRED}:
        return _words(f"standing.{paper.standing.value}")
    return "未签署" if paper.notice.state in UNSETTLED else ""


def _local(moment: str) -> str:
    """Return an instant of the evidence in Beijing time, to the second, with its offset."""
    return datetime.fromisoformat(moment).astimezone(LOCAL).isoformat(" ", timespec="seconds")


def _moment(record: SignatureRecord) -> str:
    return format_datetime(LANGUAGE, record.signed_at)


def _words(code: str) -> str:
    return label(LANGUAGE, code)

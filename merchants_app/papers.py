"""Where a notice meets paper: its exact text, who signed it and how, as a PDF that can be kept.

The paper says in Chinese what the law asks for; whoever reads another language has the page. A name
that the font lacks is refused by name rather than printed as a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compliance.act import LOCAL, Act
from compliance.errors import InvalidInput
from compliance.notices import checking, texts
from compliance.notices.kinds import UNSETTLED, NoticeKind, Standing
from compliance.notices.models import Party
from compliance.notices.models import Signature as SignatureRecord
from compliance.notices.sealing import Sealable
from compliance.notices.service import Paper
from merchants_app.certificates import certificate, signature_of
from merchants_app.words import format_datetime, label
from qr.document import Rows, SignedDocument, document_pdf
from qr.fonts import MissingGlyph
from qr.payload import check_url
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


def notice_pdf(paper: Paper, signatures: Sequence[SignatureRecord], base_url: str) -> bytes:
    """Return the paper of a notice as it stands today, without certificate or seal.

    Raises InvalidInput `print.glyph_missing` naming what the font cannot draw.
    """
    return pressed(notice_document(paper, signatures, base_url), paper.shop.name)


def pressed(document: SignedDocument, owner: str) -> bytes:
    """Return the PDF; raise InvalidInput `print.glyph_missing` naming what the font cannot draw."""
    try:
        return document_pdf(document)
    except MissingGlyph as error:
        characters = "、".join(error.characters)
        raise InvalidInput("print.glyph_missing", name=owner, characters=characters) from error


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
            signature_of(_words(name), by_party.get(party))
            for party, name in PARTIES[paper.notice.kind]
        ),
        text_hash=paper.notice.text_hash,
        check_url=paper_url(paper, base_url),
        status=_words(f"standing.{paper.standing.value}"),
        watermark=_watermark(paper),
        dated=signed.signed_at.astimezone(LOCAL).date() if signed else None,
    )


def sealed_document(ready: Sealable, seal: Rows, base_url: str, act: Act) -> SignedDocument:
    """Return what is sealed: the text as signed and its certificate, whatever it is worth now."""
    drawn = notice_document(ready.paper, ready.signatures, base_url)
    return replace(
        drawn,
        certificate=certificate(ready, PARTIES[ready.paper.notice.kind], seal),
        status=_words("state.signed" if ready.signatures else "state.served_unsigned"),
        watermark="",
        dated=act.day,
    )


def paper_url(paper: Paper, base_url: str) -> str:
    """Return where the code on every paper of a notice leads: to the page that checks it."""
    return check_url(base_url, checking.check_code(paper.notice.text_hash))


def closing_lines(paper: Paper, signatures: Sequence[SignatureRecord]) -> tuple[str, ...]:
    """Return the closing lines of the model text as the signatures fill them in."""
    found = {each.party: each for each in signatures}
    merchant = found.get(Party.MERCHANT)
    other = next((each for each in signatures if each.party is not Party.MERCHANT), None)
    sealed: dict[str, Any] = {"doc_hash_short": checking.grouped(paper.notice.text_hash)}
    if merchant:
        name = merchant.signer_name or _words("erased.name")
        sealed |= dict.fromkeys(("signer_name", "signature", "signature_a"), name)
        sealed |= dict.fromkeys(("signed_at", "signed_at_a"), _moment(merchant))
        sealed["signer_role"] = _words(f"role.{merchant.signer_role}")
    if other:
        name = other.signer_name or _words("erased.name")
        sealed |= dict.fromkeys(("handler_name", "signature_b"), name)
        sealed |= {"issuer_seal": "已电子签署", "signed_at_b": _moment(other)}
    return texts.closing(paper.text.body, sealed)


def notice_poster(paper: Paper, base_url: str) -> Poster:
    """Return a notice as one A4 sheet for the wall: only what the public may read."""
    public = paper.public_text()
    first, last = paper.notice.valid_from, paper.notice.valid_to
    return Poster(
        url=paper_url(paper, base_url),
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


def _watermark(paper: Paper) -> str:
    """Return the word across a paper that does not hold, or does not hold any more."""
    if paper.standing in {Standing.REVOKED, Standing.SUPERSEDED, Standing.EXPIRED}:
        return _words(f"standing.{paper.standing.value}")
    if paper.standing in {Standing.SUBMITTED, Standing.RETURNED}:
        return _words(f"standing.{paper.standing.value}")
    return "未签署" if paper.notice.state in UNSETTLED else ""


def _moment(record: SignatureRecord) -> str:
    return format_datetime(LANGUAGE, record.signed_at)


def _words(code: str) -> str:
    return label(LANGUAGE, code)

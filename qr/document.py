"""A notice as a paper that can be kept: the exact text, who signed it, and on a page of its own the
certificate of how. Unsigned, the same paper is the preview read before signing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qr.payload import host_of
from qr.press import press, short_hash
from qr.symbol import drawing

_PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE+\-., \n]+")

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn signature: SVG path data in a box of `width` × `height`, drawn with a round pen."""

    path: str
    width: float = 600
    height: float = 200
    pen: float = 5

    def svg(self) -> str:
        """Return the drawing as SVG made here; only path data is taken from outside.

        Raises ValueError when `path` holds anything else, markup above all.
        """
        if not _PATH.fullmatch(self.path):
            raise ValueError("a drawn signature must be SVG path data")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}">'
            f'<path d="{self.path}" fill="none" stroke="#1b1b1b" stroke-width="{self.pen:g}"'
            ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """One party's place under the text: `party` as 承诺人 or 乙方. Unsigned without `signed_at`;
    signed without a drawing, the name was typed, and the paper says so.
    """

    party: str
    name: str
    role: str = ""
    signed_at: str = ""
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """One party on the certificate: its place under the text, and how it signed."""

    signature: Signature
    method: str
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """How a paper came to be signed: the paper, its parties, each step (when, what, of whom), the
    seal on the file, and what all this proves and does not.
    """

    paper: Rows
    signers: tuple[Signer, ...]
    events: tuple[tuple[str, str, str], ...]
    seal: Rows
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """Plain text all through, one string a paragraph.

    `text_hash` is the SHA-256 of the exact text in hex. `status` is a short word for the head of
    every page: 未签收, 已送达. `check_url` stands as a code at the end. `dated` goes into the
    metadata; without it the file is no PDF/A, which demands a date.
    """

    title: str
    number: str
    paragraphs: Sequence[str]
    version: str = ""
    fields: Rows = ()
    signatures: tuple[Signature, ...] = ()
    text_hash: str = ""
    check_url: str = ""
    status: str = ""
    watermark: str = ""
    dated: date | None = None
    certificate: Certificate | None = None


def document_pdf(document: SignedDocument) -> bytes:
    """Return the paper as a tagged PDF, PDF/A-2a when dated; the same document, the same bytes.

    Raises MissingGlyph when a name cannot be printed, ValueError for a drawing that is no path.
    """
    standards = ("a-2a",) if document.dated else ()
    return press("document", _plain(document), standards=standards, tagged=True)


def _plain(document: SignedDocument) -> dict[str, Any]:
    return {
        "title": document.title,
        "number": document.number,
        "version": document.version,
        "paragraphs": list(document.paragraphs),
        "fields": list(document.fields),
        "signatures": [_signature(signature) for signature in document.signatures],
        "short_hash": short_hash(document.text_hash),
        "status": document.status,
        "watermark": document.watermark,
        "dated": [document.dated.year, document.dated.month, document.dated.day]
        if document.dated
        else [],
        "symbol": drawing(document.check_url) if document.check_url else "",
        "host": host_of(document.check_url) if document.check_url else "",
        "certificate": _certificate(document.certificate) if document.certificate else {},
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "paper": list(certificate.paper),
        "signers": [
            {**_signature(each.signature), "method": each.method, "rows": list(each.rows)}
            for each in certificate.signers
        ],
        "events": list(certificate.events),
        "seal": list(certificate.seal),
        "notes": list(certificate.notes),
    }


def _signature(signature: Signature) -> dict[str, str]:
    strokes = signature.drawing.svg() if signature.drawing and signature.signed_at else ""
    return {
        "party": signature.party,
        "name": signature.name,
        "role": signature.role,
        "signed_at": signature.signed_at,
        "method": "手写签名" if strokes else "键入姓名签署",
        "drawing": strokes,
    }

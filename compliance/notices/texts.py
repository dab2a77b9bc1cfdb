"""Model texts (pure): `{name}` stands for a value, `{?flag}…{/flag}` for words that hold only sometimes.

A text becomes lines: its title first, then one paragraph each; two or more spaces in a row divide a
line, and the half-width punctuation that model texts are typed with is set full-width.

What is signed, and hashed, is everything but the closing lines: those that tell who signed, when,
and with which check code. They speak of the signature itself, so they are written from the
signature records, and the check code is the head of the hash.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from compliance.errors import InvalidInput

SEALED = frozenset(
    {
        "doc_hash_short",
        "handler_name",
        "issuer_seal",
        "signature",
        "signature_a",
        "signature_b",
        "signed_at",
        "signed_at_a",
        "signed_at_b",
        "signer_name",
        "signer_role",
    }
)
"""Names known only once somebody has signed; a line with one of them is a closing line."""

BLANK = "＿＿＿＿"
WITHHELD = "〔不公示〕"
SHORT_HASH = 12

_TOKEN = re.compile(r"\{([?/]?)([a-z][a-z0-9_]*)\}")
_CONDITION = re.compile(r"\{\?([a-z][a-z0-9_]*)\}(.*?)\{/\1\}", re.DOTALL)
_DIVIDER = re.compile(r"[ \t]{2,}")
_TYPESET = str.maketrans(",;:()", "，；：（）")
_TITLE = re.compile(r"《(.+?)》")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its values: the title, one string for each paragraph."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The exact text that is kept, hashed and signed."""
        return "\n".join((self.title, *self.paragraphs))

    @classmethod
    def of(cls, text: str) -> "Rendered":
        """Return a kept text as title and paragraphs again."""
        title, *paragraphs = text.split("\n")
        return cls(title, tuple(paragraphs))


def text_hash(text: str) -> str:
    """Return the SHA-256, in hex, of the UTF-8 bytes of `text` in NFC."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def written(value: object) -> str:
    """Return a value as the text says it: days in Chinese, lists joined, no line breaks or tricks."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return "、".join(map(written, value))
    plain = "".join(c for c in str(value) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def names(body: str) -> frozenset[str]:
    """Return every name a model text uses, of values and of conditions."""
    return frozenset(match[2] for match in _TOKEN.finditer(body))


def check(body: str, known: Iterable[str]) -> None:
    """Raise InvalidInput when a model text is malformed or names a value its kind does not have."""
    if not body.strip():
        raise InvalidInput("text.empty", fields={"body": "text.empty"})
    if _TITLE.match(body.strip()) is None:
        raise InvalidInput("text.no_title", fields={"body": "text.no_title"})
    rest = _TOKEN.sub("", body)
    opened = [match[2] for match in _TOKEN.finditer(_settled(body)) if match[1]]
    if "{" in rest or "}" in rest or opened:
        raise InvalidInput("text.malformed", fields={"body": "text.malformed"})
    if strangers := names(body) - set(known) - SEALED:
        raise InvalidInput(
            "text.unknown_value",
            fields={"body": "text.unknown_value"},
            names="、".join(sorted(strangers)),
        )


def render(
    body: str, values: Mapping[str, object], withheld: frozenset[str] = frozenset()
) -> Rendered:
    """Return the text with its values, without its closing lines.

    Values named in `withheld` are replaced by a word that says so. Raises InvalidInput
    `notice.value_missing` naming the first value that is not there.
    """
    shown = {**values, **dict.fromkeys(withheld, WITHHELD)}
    opening, _ = _pieces(_settled(body, values))
    title, *paragraphs = (_filled(piece, shown) for piece in opening)
    return Rendered(title.strip("《》"), tuple(paragraphs))


def closing(body: str, sealed: Mapping[str, object]) -> tuple[str, ...]:
    """Return the closing lines, blank where nobody has signed yet."""
    shown = {**dict.fromkeys(SEALED, BLANK), **sealed}
    return tuple(_filled(piece, shown) for piece in _pieces(_settled(body))[1])


@lru_cache(maxsize=64)
def _pieces(settled: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide a text without conditions into pieces that are signed and pieces that close it."""
    lines = [line.strip() for line in settled.translate(_TYPESET).splitlines() if line.strip()]
    divided = [(_DIVIDER.split(line), SEALED.isdisjoint(names(line))) for line in lines]
    return (
        tuple(piece for pieces, signed in divided if signed for piece in pieces),
        tuple(piece for pieces, signed in divided if not signed for piece in pieces),
    )


def _settled(body: str, values: Mapping[str, object] | None = None) -> str:
    """Decide the conditions; without values every condition holds."""

    def decide(match: re.Match[str]) -> str:
        return match[2] if values is None or _value(match[1], values) else ""

    while (next_body := _CONDITION.sub(decide, body)) != body:
        body = next_body
    return body


def _filled(piece: str, values: Mapping[str, object]) -> str:
    return _TOKEN.sub(lambda match: written(_value(match[2], values)), piece)


def _value(name: str, values: Mapping[str, object]) -> object:
    value = values.get(name)
    if value is None or value == "":
        raise InvalidInput("notice.value_missing", fields={name: "notice.value_missing"}, name=name)
    return value

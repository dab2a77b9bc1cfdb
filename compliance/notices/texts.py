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
SHORT_HASH = 16
"""Hex digits of the check code on a paper: 64 bits, that nobody finds by trying."""

_TOKEN = re.compile(r"\{([?/]?)([a-z][a-z0-9_]*)\}")
_CONDITION = re.compile(r"\{\?([a-z][a-z0-9_]*)\}(.*?)\{/\1\}", re.DOTALL)
_DIVIDER = re.compile(r"[ \t]{2,}")
_TYPESET = str.maketrans(",;:()", "，；：（）")
_STRAY = re.compile(r"[{}][^{}\s]{0,24}")
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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a model text: an error code, the line (from 1, 0 for all), the name."""

    code: str
    line: int = 0
    name: str = ""


def typeset(body: str) -> str:
    """Return a model text with the half-width punctuation it was typed with set full-width."""
    return body.translate(_TYPESET)


def names(body: str) -> frozenset[str]:
    """Return every name a model text uses, of values and of conditions."""
    return frozenset(match[2] for match in _TOKEN.finditer(body))


def faults(body: str, known: Iterable[str]) -> list[Fault]:
    """Return everything that is wrong with a model text, in the order of its lines.

    Codes: `text.empty`, `text.no_title`, `text.malformed` (a brace that opens no name),
    `text.unclosed` (a condition without its other end, or ending inside another),
    `text.unknown_value` (a name that the kind does not have).
    """
    if not body.strip():
        return [Fault("text.empty")]
    allowed = set(known) | SEALED
    found = [] if _TITLE.match(body.strip()) else [Fault("text.no_title", 1)]
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(body.splitlines(), 1):
        found += [Fault("text.malformed", number, stray) for stray in _stray_braces(line)]
        for match in _TOKEN.finditer(line):
            mark, name = match[1], match[2]
            if mark == "?":
                opened.append((number, name))
            elif mark == "/" and opened and opened[-1][1] == name:
                opened.pop()
            elif mark == "/":
                found.append(Fault("text.unclosed", number, name))
            if name not in allowed and mark != "/":
                found.append(Fault("text.unknown_value", number, name))
    found += [Fault("text.unclosed", number, name) for number, name in opened]
    return sorted(found, key=lambda fault: fault.line)


def _stray_braces(line: str) -> list[str]:
    """Return each brace that is no part of a name, with the letters after it."""
    rest = _TOKEN.sub(lambda match: " " * len(match[0]), line)
    return [match[0].strip() for match in _STRAY.finditer(rest)]


def check(body: str, known: Iterable[str]) -> None:
    """Raise InvalidInput with the first fault of a model text, its line and name."""
    for fault in faults(body, known):
        raise InvalidInput(
            fault.code, fields={"body": fault.code}, line=fault.line, name=fault.name
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


def preview(body: str, values: Mapping[str, object]) -> tuple[Rendered, tuple[str, ...]]:
    """Return the text with the values there are, and the names of those that are not.

    A name without a value stays as it is written; a condition without one counts as holding.
    """
    lacking = {name for name in names(body) - SEALED if values.get(name) in (None, "")}
    gaps = {name: f"{{{name}}}" for name in lacking}
    return render(body, {**values, **gaps}), tuple(sorted(lacking))


def closing(body: str, sealed: Mapping[str, object]) -> tuple[str, ...]:
    """Return the closing lines, blank where nobody has signed yet."""
    shown = {**dict.fromkeys(SEALED, BLANK), **sealed}
    return tuple(_filled(piece, shown) for piece in _pieces(_settled(body))[1])


@lru_cache(maxsize=64)
def _pieces(settled: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide a text without conditions into pieces that are signed and pieces that close it."""
    lines = [line.strip() for line in typeset(settled).splitlines() if line.strip()]
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

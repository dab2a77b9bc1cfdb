"""Gazetteer: the township and the lane a list means, however it writes their names.

Handed to the importer as plain values, so that it can be tried without a database.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_ABOVE = re.compile(r"^(?:北京市?)?(?:门头沟区?)?(?:人民政府)?")
_OFFICE = re.compile(r"(?:办事处|人民政府)$")
_KIND = re.compile(r"(?:街道|地区|镇|乡)$")
_CODE = re.compile(r"\d{9}(?:000)?")
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class KnownTownship:
    """A township under all its names; `code` is the 12-digit division code."""

    code: str
    name: str
    legal_name: str = ""
    aliases: tuple[str, ...] = ()


class Gazetteer:
    """The known townships, and the known lanes of each by township code."""

    def __init__(
        self, townships: Iterable[KnownTownship], lanes: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._codes: dict[str, str] = {}
        short: dict[str, set[str]] = {}
        for township in townships:
            for name in (township.name, township.legal_name, *township.aliases):
                if name:
                    key = _township_key(name)
                    self._codes[key] = township.code
                    short.setdefault(_KIND.sub("", key), set()).add(township.code)
            self._codes[township.code[:9]] = township.code
        for name, codes in short.items():
            if len(codes) == 1:
                self._codes.setdefault(name, *codes)
        self._lanes = {
            code: {_key(name): name for name in names} for code, names in (lanes or {}).items()
        }

    def township(self, text: str) -> str | None:
        """Return the code of the township that `text` names or numbers."""
        key = _township_key(text)
        return self._codes.get(key[:9] if _CODE.fullmatch(key) else key)

    def lane(self, township_code: str, text: str) -> str | None:
        """Return the lane of that township as it is known."""
        return self._lanes.get(township_code, {}).get(_key(text))

    def nearest_lane(self, township_code: str, text: str) -> str | None:
        """Return the known lane of that township written most like `text`, if any is alike."""
        known = self._lanes.get(township_code, {})
        near = get_close_matches(_key(text), known, n=1, cutoff=_ALIKE)
        return known[near[0]] if near else None


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _township_key(name: str) -> str:
    return _OFFICE.sub("", _ABOVE.sub("", _key(name)))

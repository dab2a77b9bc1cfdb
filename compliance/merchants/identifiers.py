"""Identifiers: how codes and numbers people type, paste or read aloud become one written form.

The rules are pure. Sources: GB 32100-2015 (unified social credit code), ISO 7064 MOD 37,36 (door
number), Crockford base32 (door token). A failed check digit of a credit code only warns: some
legally issued codes of pilot districts fail it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from compliance.errors import InvalidInput

USCC_LENGTH = 18
USCC_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
TOKEN_BYTES = 10
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = r"\-‐‑‒–—―−－﹣"
_SEPARATORS = re.compile(rf"[\s{_DASHES}_\u200b-\u200f\ufeff]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0?10)?(\d{8})")
_NOTHING = re.compile(
    r"(?:无|暂无|没有|无证|未办理?|办理中|n/?a|none|null|[\s/／\\×xX*＊_—―－–-]*)", re.IGNORECASE
)
_COUNTRY = re.compile(r"(?:\+|00)86|86(?=1\d{10}$)")


class UsccStatus(StrEnum):
    """How a unified social credit code looks; only a wrong length is no code at all."""

    OK = "ok"
    FAILED = "failed"
    WRONG_LENGTH = "wrong_length"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class UsccCheck:
    """A credit code in its written form, its status, and a likely reading (O for 0, I for 1)."""

    status: UsccStatus
    code: str
    suggestion: str | None = None


def half_width(text: str) -> str:
    """Return `text` with full-width ASCII such as `９` and ideographic spaces made half-width."""
    return text.translate(_FULL_WIDTH).replace("\u3000", " ")


def compact(text: str) -> str:
    """Return `text` in half-width capitals without spaces, dashes and invisible characters."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _SEPARATORS.sub("", half_width(text)).upper()


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there is nothing to say: empty, 无, 暂无, /, —, N/A."""
    return _NOTHING.fullmatch(text) is not None


def check_uscc(text: str | None) -> UsccCheck:
    """Return the code in its written form with its status; words such as 无 count as missing."""
    if is_nothing(text or ""):
        return UsccCheck(UsccStatus.MISSING, "")
    code = compact(text or "")
    if len(code) != USCC_LENGTH:
        return UsccCheck(UsccStatus.WRONG_LENGTH, code)
    if _uscc_holds(code):
        return UsccCheck(UsccStatus.OK, code)
    likely = code.replace("O", "0").replace("I", "1")
    return UsccCheck(UsccStatus.FAILED, code, likely if _uscc_holds(likely) else None)


def _uscc_holds(code: str) -> bool:
    # Only the check digit is the library's: its validate() refuses the registering departments
    # that are letters (N for farmers' collectives, Y for others).
    return USCC_ALPHABET.issuperset(code) and uscc.calc_check_digit(code[:-1]) == code[-1]


def door_number(township_letters: str, running: int) -> str:
    """Return the number printed under the code, such as `MTG-DY00123-O`.

    `township_letters` are two capitals; the check character is ISO 7064 MOD 37,36 over the rest.
    """
    if not re.fullmatch(r"[A-Z]{2}", township_letters) or running < 1:
        message = f"no door number from {township_letters!r} and {running!r}"
        raise ValueError(message)
    body = f"{township_letters}{running:05d}"
    return f"MTG-{body}-{mod_37_36.calc_check_digit('MTG' + body)}"


def parse_door_number(text: str) -> str:
    """Return the number as printed, from any letter case, width, spacing, and O/0 or I/1 mix-up.

    Raises InvalidInput `merchant.door_number_invalid` when the check character does not hold.
    """
    typed = compact(text)
    letters = typed[3:5].replace("0", "O").replace("1", "I")
    digits = typed[5:-1].replace("O", "0").replace("I", "1").replace("L", "1")
    well_formed = re.fullmatch(r"[A-Z]{2}", letters) and re.fullmatch(r"[0-9]{5,9}", digits)
    if typed.startswith("MTG") and well_formed and int(digits):
        number = door_number(letters, int(digits))
        if _alike(number) == _alike(f"MTG-{letters}{digits}-{typed[-1]}"):
            return number
    raise InvalidInput("merchant.door_number_invalid", value=text.strip()[:40])


def blank_serial(township_letters: str, running: int) -> str:
    """Return the serial printed on a blank plate, such as `KB-DY00012-0`; never a door number."""
    number = door_number(township_letters, running).split("-")[1]
    return f"KB-{number}-{mod_37_36.calc_check_digit('KB' + number)}"


def parse_blank_serial(text: str) -> str | None:
    """Return a blank plate's serial as printed; None for what is none or was misread."""
    typed = compact(text)
    letters = typed[2:4].replace("0", "O").replace("1", "I")
    digits = typed[4:-1].replace("O", "0").replace("I", "1").replace("L", "1")
    well_formed = re.fullmatch(r"[A-Z]{2}", letters) and re.fullmatch(r"[0-9]{5,9}", digits)
    if not (typed.startswith("KB") and well_formed and int(digits)):
        return None
    serial = blank_serial(letters, int(digits))
    same = _alike(serial) == _alike(f"KB-{letters}{digits}-{typed[-1]}")
    return serial if same else None


def _alike(number: str) -> str:
    return number.replace("O", "0").replace("I", "1")


def new_door_token(random: Callable[[int], bytes]) -> str:
    """Return a door token: 80 random bits as 16 characters of Crockford base32."""
    bits = int.from_bytes(random(TOKEN_BYTES))
    length = TOKEN_BYTES * 8 // 5
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(length)))


def normalise_token(text: str) -> str:
    """Return a door token as stored: capitals, O read as 0, I and L as 1, separators dropped."""
    return compact(text).replace("O", "0").replace("I", "1").replace("L", "1")


def normalise_phone(text: str) -> str:
    """Return a phone as stored: 11 digits for a mobile, `010-` and 8 digits for a landline.

    What is neither comes back compact but otherwise as it was; `is_phone` tells.
    """
    bare = re.sub(r"\.0+$", "", half_width(text).strip())
    bare = re.sub(rf"[\s{_DASHES}()（）.·\u200b-\u200f\ufeff]", "", bare)
    bare = _COUNTRY.sub("", bare, count=1) if _COUNTRY.match(bare) else bare
    landline = _LANDLINE.fullmatch(bare)
    return f"010-{landline[1]}" if landline and not _MOBILE.fullmatch(bare) else bare


def is_mobile(phone: str) -> bool:
    """Return whether a normalised phone is a mobile number, which alone can receive a code."""
    return _MOBILE.fullmatch(phone) is not None


def is_phone(phone: str) -> bool:
    """Return whether a normalised phone is a mobile number or a Beijing landline."""
    return is_mobile(phone) or re.fullmatch(r"010-\d{8}", phone) is not None


def mask_phone(phone: str) -> str:
    """Return a phone as shown to those who need not call it: `138****5678`, `010-****5678`."""
    shown = normalise_phone(phone)
    if is_mobile(shown):
        return f"{shown[:3]}****{shown[-4:]}"
    return f"010-****{shown[-4:]}" if is_phone(shown) else "****"

"""What our codes say and which are ours: on a door its page, on a paper where it is checked.

A sticker with another code over ours is the oldest trick on the street, so reading is an exact
comparison with the one form we print and no parsing of addresses: two parsers that disagree about
an address are how look-alikes get through.
"""

import re

TOKEN_LENGTH = 16
_TOKEN = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
_CHECK = re.compile(r"[0-9A-F]{16}")
_BASE = re.compile(r"(HTTPS?)://([A-Z0-9](?:[A-Z0-9.-]*[A-Z0-9])?)(?::([0-9]{1,5}))?/?")
_DEFAULT_PORT = {"HTTPS": "443", "HTTP": "80"}


class ForeignCode(ValueError):
    """The text is not a door code of this installation; `text` is what was read."""

    def __init__(self, text: str) -> None:
        super().__init__("not a door code of this installation")
        self.text = text


def door_url(base_url: str, token: str) -> str:
    """Return `HTTPS://HOST/Q/TOKEN`, all capitals, so that the symbol stays in alphanumeric mode.

    The token is 16 characters of Crockford base32 (no I, L, O, U), in any letter case. The base
    address is scheme, ASCII host and perhaps a port; anything else raises ValueError, because the
    code on a door cannot be corrected once it hangs there.
    """
    return _prefix(base_url) + _canonical(token)


def check_url(base_url: str, code: str) -> str:
    """Return `HTTPS://HOST/C/CODE`, where a paper is checked; its code is 16 hex digits."""
    capitals = code.upper() if code.isascii() else code
    if not _CHECK.fullmatch(capitals):
        raise ValueError("a check code has 16 hex digits")
    return _prefix(base_url, "C") + capitals


def read_door_url(text: str, base_url: str) -> str:
    """Return the token in capitals; raise ForeignCode for every text that is not ours.

    Only letter case may differ from what `door_url` prints. Plain http is ours only where the base
    address itself is http, as on a pilot on the loopback.
    """
    # Only ASCII may be folded: "ſ" and "ı" become "S" and "I" in capitals.
    capitals = text.upper() if text.isascii() else text
    prefix = _prefix(base_url)
    token = capitals.removeprefix(prefix)
    if token == capitals or not _TOKEN.fullmatch(token):
        raise ForeignCode(text)
    return token


def host_of(url: str) -> str:
    """Return host and port of a code in small letters, as people compare it on their phone."""
    return url.split("/")[2].lower()


def _prefix(base_url: str, letter: str = "Q") -> str:
    found = _BASE.fullmatch(base_url.upper()) if base_url.isascii() else None
    if found is None:
        raise ValueError(f"not a base address for door codes: {base_url!r}")
    scheme, host, port = found.groups()
    if port is None or port == _DEFAULT_PORT[scheme]:
        return f"{scheme}://{host}/{letter}/"
    return f"{scheme}://{host}:{port}/{letter}/"


def _canonical(token: str) -> str:
    capitals = token.upper() if token.isascii() else token
    if not _TOKEN.fullmatch(capitals):
        raise ValueError("a door token has 16 characters of Crockford base32")
    return capitals

"""A drawn signature as it may come from a browser (pure): an SVG path of pen strokes, and its PNG.

Both are kept for ever and drawn on paper, so nothing passes that is not strokes in the box: no
other commands, no numbers far outside, no oversized picture, no bytes behind the picture's end.
"""

import base64
import binascii
import re
import struct
import zlib
from dataclasses import dataclass

from compliance.errors import InvalidInput
from compliance.notices.models import SignatureMethod

BOX = (600, 200)
"""Width and height of the box the strokes are drawn in; the pen is round and 4 wide."""

MARGIN = 20
MOST_CHARACTERS = 60_000
MOST_BYTES = 200_000
MOST_PIXELS = 4_000
LEAST_INK = 12
"""Fewest numbers in a path that can be a name: two strokes or one with a bend."""

_ARITY = {"M": 2, "L": 2, "l": 2, "Q": 4, "C": 6}
_COMMAND = re.compile(r"([MLlQC])([-0-9. ,]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_DATA_URL = "data:image/png;base64"
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands under a notice: strokes with their picture, or a typed name."""

    method: SignatureMethod
    strokes: str | None = None
    image: bytes | None = None
    typed: str = ""


def read_mark(path: str, png: str, typed: str) -> Mark:
    """Return the signature a form carried: drawn when there are strokes, else the typed name.

    Raises InvalidInput `signature.missing`, `signature.not_strokes`, `signature.not_a_picture`.
    """
    if path.strip():
        return Mark(SignatureMethod.DRAWN, strokes(path), picture(png) if png else None)
    if typed.strip():
        return Mark(SignatureMethod.TYPED, typed=" ".join(typed.split()))
    raise InvalidInput("signature.missing", fields={"signed_name": "signature.missing"})


def strokes(path: str) -> str:
    """Return `path` when it is nothing but strokes in the box; else raise InvalidInput."""
    path = path.strip()
    runs = _COMMAND.findall(path)
    whole = "".join(command + rest for command, rest in runs) == path
    numbers = sum(len(_NUMBER.findall(rest)) for _, rest in runs)
    enough = numbers >= LEAST_INK and path.startswith("M") and len(path) <= MOST_CHARACTERS
    if not (whole and enough and all(_fits(command, rest) for command, rest in runs)):
        raise InvalidInput(
            "signature.not_strokes", fields={"signature_path": "signature.not_strokes"}
        )
    return path


def _fits(command: str, rest: str) -> bool:
    numbers = _NUMBER.findall(rest)
    left_over = _NUMBER.sub("", rest).strip(" ,")
    if left_over or not numbers or len(numbers) % _ARITY[command]:
        return False
    limits = (BOX[0] + MARGIN, BOX[1] + MARGIN)
    return all(-MARGIN <= float(n) <= limits[place % 2] for place, n in enumerate(numbers))


def picture(data_url: str) -> bytes:
    """Return the PNG of a data URL when it is whole and small; else raise InvalidInput."""
    head, _, content = data_url.partition(",")
    try:
        image = base64.b64decode(content if head == _DATA_URL else "?", validate=True)
        _check_png(image)
    except (ValueError, binascii.Error, struct.error, zlib.error):
        raise InvalidInput(
            "signature.not_a_picture", fields={"signature_path": "signature.not_a_picture"}
        ) from None
    return image


def _check_png(image: bytes) -> None:
    """Walk the chunks of a PNG: sizes, checksums, dimensions, and nothing after the last one."""
    if len(image) > MOST_BYTES or not image.startswith(_PNG):
        raise ValueError("not a small PNG")
    place, kinds = len(_PNG), []
    while place < len(image):
        length, kind = struct.unpack_from(">I4s", image, place)
        data = image[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", image, place + 8 + length)
        if checksum != zlib.crc32(kind + data):
            raise ValueError("broken chunk")
        if kind == b"IHDR" and max(struct.unpack_from(">II", data)) > MOST_PIXELS:
            raise ValueError("too many pixels")
        kinds.append(kind)
        place += 12 + length
        if kind == b"IEND":
            break
    if place != len(image) or kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"]:
        raise ValueError("not one whole PNG")
    if b"IDAT" not in kinds:
        raise ValueError("no picture in it")

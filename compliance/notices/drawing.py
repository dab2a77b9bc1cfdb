"""A drawn signature as it may come from a browser (pure): an SVG path of pen strokes.

It is kept for ever and drawn on paper, so nothing passes that is not strokes in the box: no other
commands, no numbers far outside, no endless path.
"""

import re
from dataclasses import dataclass

from compliance.errors import InvalidInput
from compliance.notices.models import SignatureMethod

BOX = (600, 200)
"""Width and height of the box the strokes are drawn in; the pen is round and 4 wide."""

MARGIN = 20
MOST_CHARACTERS = 60_000
LEAST_INK = 12
"""Fewest numbers in a path that can be a name: two strokes or one with a bend."""

_ARITY = {"M": 2, "L": 2, "l": 2, "Q": 4, "C": 6}
_COMMAND = re.compile(r"([MLlQC])([-0-9. ,]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands under a notice: strokes, or a typed name."""

    method: SignatureMethod
    strokes: str | None = None
    typed: str = ""


def read_mark(path: str, typed: str) -> Mark:
    """Return the signature a form carried: drawn when there are strokes, else the typed name.

    Raises InvalidInput `signature.missing`, `signature.not_strokes`.
    """
    if path.strip():
        return Mark(SignatureMethod.DRAWN, strokes(path))
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

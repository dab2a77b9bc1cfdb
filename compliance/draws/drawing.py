"""How a draw turns numbers nobody could choose into an order anybody can recompute. Pure.

At the declaration our secret is fixed by its hash, and the pool by its own; both stand in a ledger
entry. Then a second person says a word (dice, a lottery's number of the day) without knowing the
secret. So neither side alone has a say in the seed, and nobody can try again without leaving an
entry (docs/decisions/0013). `merchants_app/checker/draw.py` does the same with the standard library
alone.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from compliance.errors import InvalidInput

WORD = re.compile(r"\d{4,10}")
SECRET_BYTES = 16


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def pool_hash(shops: Iterable[str], officers: Iterable[str]) -> str:
    """Return SHA-256 over door numbers, an empty line, certificates: each sorted, one a line."""
    return sha256("\n".join([*sorted(shops), "", *sorted(officers)]))


def read_word(typed: str) -> str:
    """Return the witness's digits without spaces; raise InvalidInput `draw.word`."""
    word = "".join(typed.split())
    if not (word.isascii() and WORD.fullmatch(word)):
        raise InvalidInput("draw.word", fields={"word": "draw.word"})
    return word


def seed_of(declared_entry: str, secret: str, word: str) -> str:
    """Return the seed: SHA-256 over the three, one a line."""
    return sha256(f"{declared_entry}\n{secret}\n{word}")


def drawn(seed: str, names: Iterable[str], wanted: int) -> list[str]:
    """Return the first `wanted` of `names` by SHA-256(seed ‖ name)."""
    return sorted(names, key=lambda name: sha256(seed + name))[:wanted]


def pair_for(place: int, officers: Sequence[str]) -> tuple[str, ...]:
    """Return the two officers of the shop drawn at `place` (from 1): the next two in their order.

    Nobody inspects alone (行政处罚法 42), so a draw has no officers or at least two.
    """
    if not officers:
        return ()
    first = 2 * (place - 1)
    return officers[first % len(officers)], officers[(first + 1) % len(officers)]

"""Where the codes stand on a printed page. The layouts take these places and leave them alone, so
the size of a module and the width of a quiet zone are decided in one spot, beside their reasons.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A square for one symbol with its quiet zone: millimetres from the left and top edge."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page layout: the name of its typst file and the places of its codes in reading order."""

    layout: str
    codes: tuple[Place, ...]

"""Where the codes stand on a printed page. The layouts take these places and leave them alone, so
the size of a module and the width of a quiet zone are decided in one spot, beside their reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A square for one symbol with its quiet zone: millimetres from the left and top edge."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page layout: the name of its typst file and the places of its codes in reading order.

    `frame` are further measures, for a layout made of numbers; `reads` is the distance in metres
    from which its codes must read, 0 where the layout itself sees to it.
    """

    layout: str
    codes: tuple[Place, ...]
    frame: Mapping[str, Any] = field(default_factory=dict, hash=False)
    reads: float = 0.0

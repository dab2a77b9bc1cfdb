"""Which doors are for show: in each township of the valley the first shops with a phone."""

from collections.abc import Sequence

from merchants_app.demo.shops import Street
from merchants_app.demo.stories import EXAMPLES

Spot = tuple[str, int]
"""A township's code, and the place of an example in `EXAMPLES`."""

Door = tuple[int, int]
"""The place of a street among the streets, and of a shop on it."""


def doors(streets: Sequence[Street]) -> dict[Spot, Door]:
    """Return the door of every example; where shops are few, one door shows several."""
    ready: dict[str, list[Door]] = {}
    for number, street in enumerate(streets):
        for place, row in enumerate(street.rows):
            if street.town.urban and row.phone and row.hauler:
                ready.setdefault(street.town.code, []).append((number, place))
    return {
        (code, example): found[example % len(found)]
        for code, found in ready.items()
        for example in range(len(EXAMPLES))
    }

"""The photos of the examples: drawn, developed as every photo is, kept when somebody uses them."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from random import Random

from sqlmodel import Session

from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.patrols import photos as known_photos
from compliance.patrols.photos import Developed
from merchants_app import photos
from merchants_app.context import Context
from merchants_app.demo import examples, pictures
from merchants_app.demo.examples import Spot
from merchants_app.demo.plan import Plan
from merchants_app.demo.shops import Street
from merchants_app.demo.stories import EXAMPLES

PICTURED = 2
"""How many townships have their examples pictured: each photo is a child process at work."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A door with its fault, and the same door put right if the story shows it."""

    fault: Future[Developed]
    tidy: Future[Developed] | None


class Album:
    """Photos by what they show; the darkroom works on them while the district is being told."""

    def __init__(self, context: Context, plan: Plan, streets: Sequence[Street]) -> None:
        self._context = context
        towns = list(dict.fromkeys(street.town.code for street in streets))[:PICTURED]
        self._pairs = {
            spot: self._pair(f"{plan.seed}:{spot}", streets[street].rows[place].name, spot[1])
            for spot, (street, place) in examples.doors(streets).items()
            if spot[0] in towns
        }

    def _pair(self, seed: str, name: str, example: int) -> Pair:
        """Draw the same front twice: one seed, with and without the fault."""
        shown = EXAMPLES[example]
        tidied = any(turn.photo for turn in shown.story.turns)
        return Pair(
            self._develop(seed, name, shown.picture),
            self._develop(seed, name, "") if tidied else None,
        )

    def _develop(self, seed: str, name: str, fault: str) -> Future[Developed]:
        def make() -> Developed:
            return photos.develop(self._context.blobs, pictures.take(Random(seed), name, fault))

        return self._context.darkroom.threads.submit(make)

    def fault(self, session: Session, act: Act, viewer: Viewer, spot: Spot) -> list[str]:
        """Return the photo of an example's fault, kept by who took it; none where none was made."""
        pair = self._pairs.get(spot)
        return _kept(session, act, viewer, pair.fault if pair else None)

    def tidy(self, session: Session, act: Act, viewer: Viewer, spot: Spot) -> list[str]:
        """Return the photo of the same door put right."""
        pair = self._pairs.get(spot)
        return _kept(session, act, viewer, pair.tidy if pair else None)


def _kept(session: Session, act: Act, viewer: Viewer, photo: Future[Developed] | None) -> list[str]:
    if photo is None:
        return []
    return [known_photos.keep(session, act, viewer, photo.result()).sha256]

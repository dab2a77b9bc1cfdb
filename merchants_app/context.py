"""What every request finds: settings, database, files, clock and caches; made once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from compliance.accounts.permissions import Viewer
from compliance.act import SYSTEM, Act, Actor
from compliance.errors import NotAllowed
from merchants_app.blobs import Blobs
from merchants_app.database import Database
from merchants_app.photos import Darkroom
from merchants_app.rulebook import Rulebook
from merchants_app.settings import Settings

if TYPE_CHECKING:
    from merchants_app.doors import DoorCache

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time of this machine: the one place that asks for it."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Context:
    """The collaborators of the doors."""

    settings: Settings
    database: Database
    blobs: Blobs
    clock: Clock = system_clock
    doors: "DoorCache" = field(init=False)
    rulebook: Rulebook = field(default_factory=Rulebook)
    darkroom: Darkroom = field(default_factory=Darkroom)

    def sealed(self, device_id: str) -> Blobs:
        """Return where the sealed things of one phone lie: apart from all evidence, since whoever
        seals chooses the bytes, and what was decided on is thrown away.
        """
        return Blobs(self.settings.data_dir / "sealed" / device_id)

    def act(self, viewer: Viewer | None = None) -> Act:
        """Return an act of `viewer`, or of the system, now."""
        actor = Actor(viewer.account_id, viewer.role.value) if viewer else SYSTEM
        return Act(at=self.clock(), actor=actor)


AnyConnection = ASGIConnection[Any, Any, Any, Any]


def context_of(connection: AnyConnection) -> Context:
    """Return the application's collaborators."""
    return connection.app.state.context  # type: ignore[no-any-return]


def viewer_of(connection: AnyConnection) -> Viewer | None:
    """Return who asks, as the access guard found out."""
    return connection.state.get("viewer")  # type: ignore[no-any-return]


def signed_in_viewer(connection: AnyConnection) -> Viewer:
    """Return who asks, on a route that asks for an account."""
    viewer = viewer_of(connection)
    if viewer is None:
        raise NotAllowed("account.sign_in_needed")
    return viewer


def act_for(connection: AnyConnection) -> Act:
    """Return an act of who asks, now."""
    return context_of(connection).act(viewer_of(connection))

"""What tests share: a database made by the migrations, on SQLite and on PostgreSQL, and clients.

Every test gets a database of its own: a copy of a migrated template, so no test sees another's
rows and commits are real commits.
"""

import gc
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from litestar import Litestar
from litestar.testing import TestClient

from compliance import reference
from compliance.act import Act
from merchants_app import schema
from merchants_app.app import create_app, create_context
from merchants_app.cli import main
from merchants_app.context import Context
from merchants_app.database import Database
from merchants_app.front import DoorFront
from merchants_app.settings import Settings
from tests import provision
from tests.clock import Clock
from tests.factories import World

settings.register_profile(
    "steady", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")
"""Shared machines stall now and then: a slow draw says nothing about a rule."""

BASE = "https://menqian.example.cn"
"""Where the commands of `run` say that the service is."""

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 09:00 in Beijing."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse a test over a set: each worker has its own order of it, and the run ends at once."""
    for marker in metafunc.definition.iter_markers("parametrize"):
        if isinstance(marker.args[1], set | frozenset):
            raise pytest.UsageError(
                f"{metafunc.definition.nodeid}: sort the set of {marker.args[0]}"
            )


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later search for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


def _fill(url: str) -> None:
    schema.upgrade(url)
    database = Database(url, pool=2)
    database.write_now(lambda session: reference.load(session, Act(at=START)))
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "menqian.sqlite"
    _fill(f"sqlite:///{file}")
    return file


class Copies:
    """Databases copied from a migrated one: the next is made while a test works on the last."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template = server, template
        self._thread = ThreadPoolExecutor(1)
        self._numbers = count(1)
        self._next = self._thread.submit(self._copy)

    def take(self) -> str:
        """Return the name of a database that nobody has used."""
        name, self._next = self._next.result(), self._thread.submit(self._copy)
        return name

    def drop(self, name: str) -> None:
        """Let go of a database, whoever is still connected to it."""
        self._thread.submit(self._do, f'DROP DATABASE "{name}" WITH (FORCE)')

    def end(self) -> None:
        self.drop(self._next.result())
        self._thread.shutdown()

    def _copy(self) -> str:
        name = f"{self.template}_{next(self._numbers)}"
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return name

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(statement)


@pytest.fixture(scope="session")
def postgres_copies() -> Iterator[Copies]:
    """Databases of the running server, migrated and with the reference data."""
    name = f"menqian_test_{secrets.token_hex(4)}"
    with provision.postgres() as server:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        _fill(address_of(server, name))
        copies = Copies(server, name)
        yield copies
        copies.end()
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def address_of(server: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return f"{server.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address of a fresh, migrated database with the reference data: both kinds in turn."""
    if request.param == "sqlite":
        file = tmp_path / "menqian.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    copies = request.getfixturevalue("postgres_copies")
    name = copies.take()
    yield address_of(copies.server, name)
    copies.drop(name)


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Callable[..., str]:
    """Return a caller of `menqian` on the test's database, whose clock is the machine's."""
    environment = {
        "MENQIAN_DATABASE_URL": database_url,
        "MENQIAN_DATA_DIR": str(tmp_path / "var"),
        "MENQIAN_BASE_URL": BASE,
    }

    def call(*words: object, status: int = 0) -> str:
        done = CliRunner().invoke(main, [str(word) for word in words], env=environment)
        assert done.exit_code == status, done.output
        return done.output

    return call


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock(START)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, pool=8)
    yield made
    made.close()


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> Context:
    """The application's collaborators on a fresh database with a clock that stands still."""
    chosen = Settings.load(
        data_dir=tmp_path / "var",
        database_url=database.url,
        base_url="http://testserver.local",
        sms="file",
        log_level="error",
    )
    return create_context(chosen, database=database, clock=clock)


@pytest.fixture
def world(context: Context, clock: Clock) -> World:
    """Builders of townships, shops, people: `world.shop()`, `world.viewer(role, …)`."""
    return World(context, clock)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application, put together once: it keeps nothing but the context it is handed."""
    chosen = Settings.load(data_dir=tmp_path_factory.mktemp("application"), log_level="error")
    context = create_context(chosen)
    made = create_app(chosen, context=context)
    context.database.close()
    return made


@pytest.fixture
def client(application: Litestar, context: Context) -> Iterator[TestClient]:
    """An HTTP client of the whole application on the test's context, signed in as nobody."""
    application.state.context = context
    application.asgi_handler = DoorFront(context, application.asgi_handler._following)
    with TestClient(application, base_url="http://testserver.local") as made:
        made.headers.update({"sec-fetch-site": "same-origin", "accept": "text/html"})
        made.follow_redirects = False
        yield made

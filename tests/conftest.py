"""What tests share: a database made by the migrations, on SQLite and on PostgreSQL, and clients.

Every test gets a database of its own: a copy of a migrated template, so no test sees another's
rows and commits are real commits.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from litestar.testing import TestClient

from compliance import reference
from compliance.act import Act
from merchants_app import schema
from merchants_app.app import create_app, create_context
from merchants_app.cli import main
from merchants_app.context import Context
from merchants_app.database import Database
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


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[tuple[str, str]]:
    """The address of the server's own database, and the name of a migrated one to copy."""
    name = f"menqian_test_{secrets.token_hex(4)}"
    with provision.postgres() as server:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        _fill(address_of(server, name))
        yield server, name
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}_t" WITH (FORCE)')
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
    server, template = request.getfixturevalue("postgres_template")
    name = f"{template}_t"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield address_of(server, name)


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


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    """An HTTP client of the whole application, signed in as nobody."""
    with TestClient(
        create_app(context.settings, context=context),
        base_url="http://testserver.local",
    ) as made:
        made.headers.update({"sec-fetch-site": "same-origin", "accept": "text/html"})
        made.follow_redirects = False
        yield made

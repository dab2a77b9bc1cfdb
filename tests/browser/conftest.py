"""What the tests in a browser share: Chromium, the program behind a port, people with browsers.

`MENQIAN_TEST_SHOTS=DIR` keeps a picture of every page that is looked at.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from compliance.accounts.permissions import Viewer
from compliance.merchants.shops import Shop
from merchants_app.app import create_context
from merchants_app.context import Context
from merchants_app.database import Database
from merchants_app.settings import Settings
from tests import provision
from tests.browser.house import PATIENCE, House, served
from tests.browser.person import Person
from tests.browser.phone import Phone
from tests.clock import Clock
from tests.factories import World
from tests.visits import chief_of

expect.set_options(timeout=PATIENCE * 500)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, for one module: Playwright keeps a loop running as long as it is open."""
    options = provision.browser_options(tmp_path_factory.mktemp("browser"))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**options)
        yield launched
        launched.close()


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> Context:
    """The application's collaborators, on an address that a browser reaches."""
    chosen = Settings.load(
        data_dir=tmp_path / "var",
        database_url=database.url,
        base_url=f"http://127.0.0.1:{provision.free_port()}",
        sms="file",
        log_level="error",
    )
    return create_context(chosen, database=database, clock=clock)


@pytest.fixture
def house(context: Context, clock: Clock) -> Iterator[House]:
    """The program, running."""
    with served(context, clock) as running:
        yield running


@pytest.fixture
def somebody(house: House, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Returns a person with a browser of their own: `somebody("merchant", scripts=False)`."""
    with ExitStack() as leaving:

        def arrive(name: str, *, scripts: bool = True, wide: bool = False) -> Person:
            person = Person(house, browser, name, scripts=scripts, wide=wide)
            leaving.callback(person.leave)
            return person

        yield arrive


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shop()


@pytest.fixture
def chief(world: World, shop: Shop) -> Viewer:
    """The lane chief of the shop's lane."""
    return chief_of(world, shop)


@pytest.fixture
def phone(
    house: House, browser: Browser, world: World, chief: Viewer, tmp_path: Path
) -> Iterator[Phone]:
    """The lane chief's phone, signed in, with the app open and no vault yet."""
    made = Phone(house, browser, tmp_path / "phone").sign_in(world, chief).open()
    yield made
    made.leave()

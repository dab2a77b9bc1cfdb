"""What storms share: a network that fails as told, a server that may be killed, a phone behind both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import provision
from tests.factories import World
from tests.faults import phones
from tests.faults.cutting import Wire, wired
from tests.faults.phones import Phone
from tests.faults.program import Program, serving


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A network to a port where nobody serves yet."""
    with wired(provision.free_port()) as running:
        yield running


@pytest.fixture
def program(world: World, wire: Wire) -> Iterator[Program]:
    """`menqian serve` on the test's database, at the far end of the wire."""
    with serving(world.context.settings, port=wire.upstream, address=wire.address) as running:
        yield running


@pytest.fixture
def phone(program: Program, wire: Wire, tmp_path: Path) -> Iterator[Phone]:
    """A phone that nobody has used yet."""
    with (
        sync_playwright() as playwright,
        phones.phone(playwright, tmp_path / "phone" / "profile", wire.address) as made,
    ):
        yield made

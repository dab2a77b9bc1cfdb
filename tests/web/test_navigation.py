"""Every room that a role is shown opens to it, and every list page of a desk is shown somewhere."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from merchants_app.navigation import BY_ROLE, WINGS, wings_for
from tests.factories import DAYU, World
from tests.plain_browser import Browser


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(Role))
def test_every_room_that_is_shown_opens(world: World, client: TestClient, role: Role):
    shop = world.shop()
    held = {
        Role.MERCHANT: ("tenancy", shop.tenancy_id),
        Role.LANE_CHIEF: ("lane", shop.lane_id),
        Role.WASTE_HAULER: ("hauler", "0" * 32),
    }
    viewer = world.viewer(role, held.get(role, ("township", DAYU)))
    Browser(world, client, viewer)
    rooms = [room.href for wing in wings_for(viewer) for room in wing.rooms]

    for href in (*(link.href for link in BY_ROLE[role]), *rooms):
        answer = client.get(href)
        assert answer.status_code in {200, 303}, f"{href}: {answer.status_code}"


def test_no_room_is_shown_twice_and_the_line_stays_short():
    for role, line in BY_ROLE.items():
        assert len({link.href for link in line}) == len(line) <= 8, role
    rooms = [room.href for wing in WINGS for room in wing.rooms]
    assert len(set(rooms)) == len(rooms)

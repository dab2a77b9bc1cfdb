"""Colours for tests: rules published from today on, a colour set by hand at a shop."""

from datetime import timedelta

from compliance.accounts.permissions import Role
from compliance.grades import publishing, service
from compliance.grades.rules import DEFAULT, Colour
from compliance.merchants.shops import Shop
from tests.people import Street


def set_colour(street: Street, shop: Shop, colour: Colour = Colour.YELLOW, days: int = 30) -> str:
    """Let the street's desk set a colour; return the id of what was set."""
    made = street.world.write(
        service.override,
        street.desk,
        shop.tenancy_id,
        colour=colour,
        until=street.world.act().day + timedelta(days=days),
        reason="门前修路，先多去看看",
        by=street.desk,
    )
    return made.id


def coloured(street: Street, shop: Shop) -> None:
    """Have rules published and a shop whose colour was set by hand."""
    world, district = street.world, street.world.viewer(Role.DISTRICT_DESK)
    today = world.act().day
    world.write(
        publishing.publish,
        district,
        DEFAULT,
        effective_from=today,
        reason="按区里会议定的数字",
        by=district,
    )
    set_colour(street, shop)

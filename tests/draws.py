"""What tests of draws and plans share: a plan in force, a draw declared, a draw drawn."""

import secrets
from datetime import date, timedelta

from compliance.accounts.permissions import Role
from compliance.draws import service
from compliance.draws.models import Draw
from compliance.draws.service import Asked
from compliance.plans import service as plans
from compliance.plans.models import Plan
from compliance.plans.service import Proposed
from tests.factories import DAYU, World
from tests.people import Street


def plan(world: World, desk, *, township: str = DAYU, **named) -> Plan:
    """Publish a plan of this year."""
    year = world.act().day.year
    usual = {
        "township_code": township,
        "ref": f"{year}-{secrets.token_hex(3)}",
        "title": "餐饮门店垃圾分类专项检查",
        "authority": "样例街道办事处",
        "cap": None,
        "starts_on": date(year, 1, 1),
        "ends_on": date(year, 12, 31),
    }
    return world.write(plans.publish, desk, Proposed(**usual | named), by=desk)


def asked(world: World, *, township: str = DAYU, **named) -> Asked:
    usual = {"title": "十二月抽查", "due_on": world.act().day + timedelta(days=14), "shops": 1}
    return Asked(township_code=township, **usual | named)


def declare(world: World, desk, *, township: str = DAYU, **named) -> Draw:
    """Declare a draw of one shop of the township, unless said otherwise."""
    return world.write(service.declare, desk, asked(world, township=township, **named), by=desk)


def draw_lots(world: World, witness, draw: Draw, word: str = "20261123") -> Draw:
    return world.write(service.draw_lots, witness, draw.id, word, by=witness)


def officers(world: World, count: int, *, township: str = DAYU):
    """Return so many certified officers of a township."""
    return [
        world.viewer(
            Role.ENFORCEMENT_OFFICER, ("township", township), officer_certificate=f"京A{n:05}"
        )
        for n in range(1, count + 1)
    ]


def drawn_by_lot(street: Street) -> list[str]:
    """Declare two draws at a street, and draw the second; return both."""
    world = street.world
    officers(world, 2)
    done = declare(world, street.desk, shops=2, officers=2)
    draw_lots(world, street.reviewer, done)
    return [declare(world, street.desk).id, done.id]

"""How often one's own side comes by: a lane chief weekly, the team by the shop's colour. Pure."""

from compliance.accounts.permissions import Role
from compliance.grades.rules import Colour, Rules, visit_every

CHIEF_EVERY = 7
"""Days: a lane chief sees every shop once a week, whatever its colour."""


def days_between(role: Role, colour: Colour, rules: Rules, *, on_red_list: bool = False) -> int:
    """Return after how many days somebody of `role` is due again at a shop of this colour.

    A shop on the red list is visited half as often.
    """
    days = CHIEF_EVERY if role is Role.LANE_CHIEF else visit_every(colour, rules)
    return 2 * days if on_red_list else days

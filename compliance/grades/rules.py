"""What makes a colour, as numbers that the district can change: one version from one day on (pure).

Points are whole in a version and hundredths inside the sum; shares are whole per cent; spans are
days. `DEFAULT` is the rule of the district's working process, in force until another is published.
No city rule names these numbers: they are the district's own, for it to change.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from compliance.errors import InvalidInput


class Colour(StrEnum):
    """How a shop does: grey says that it is too new to be judged."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


_Points = Annotated[int, Field(ge=0, le=50)]
_Less = Annotated[int, Field(ge=0, le=100)]
_More = Annotated[int, Field(ge=100, le=300)]
_Mark = Annotated[int, Field(ge=1, le=100)]
_Days = Annotated[int, Field(ge=1, le=90)]
_Times = Annotated[int, Field(ge=0, le=52)]


class Rules(BaseModel):
    """One version of the rules of colour.

    A finding costs `severity_1` to `severity_3` points, of which `on_spot`, `in_time`, `overdue`
    and `repeated` per cent are taken. A week with a self-check adds `self_check`, all of them
    `self_check_most` at most; each full month on the red list `red_list_month`. Each kind of
    notice that has run out costs `notice_expired`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    window_days: Annotated[int, Field(ge=30, le=365)] = 90
    new_days: Annotated[int, Field(ge=0, le=180)] = 30
    severity_1: _Points = 2
    severity_2: _Points = 5
    severity_3: _Points = 12
    on_spot: _Less = 30
    in_time: _Less = 50
    overdue: _More = 150
    repeated: _More = 150
    self_check: Annotated[int, Field(ge=0, le=10)] = 1
    self_check_most: _Points = 8
    red_list_month: Annotated[int, Field(ge=0, le=10)] = 3
    notice_expired: _Points = 3
    green_from: _Mark = 85
    yellow_from: _Mark = 60
    visit_green: _Days = 30
    visit_yellow: _Days = 7
    visit_red: _Days = 2
    visit_grey: _Days = 7
    cap_green: _Times = 2
    cap_yellow: _Times = 4
    cap_red: _Times = 6
    cap_grey: _Times = 2

    def severity(self, severity: int) -> int:
        """Return the whole points of a severity; one above 3 counts as 3, advice as nothing."""
        return (0, self.severity_1, self.severity_2, self.severity_3)[min(max(severity, 0), 3)]


DEFAULT = Rules()

IN_ORDER = (
    ("severity_1", "severity_2", "severity_3"),
    ("on_spot", "in_time"),
    ("yellow_from", "green_from"),
    ("visit_red", "visit_yellow", "visit_green"),
    ("cap_green", "cap_yellow", "cap_red"),
)
"""Numbers that rise from left to right, so that the worse never fares better than the better."""

_STRICT = frozenset({"green_from"})


def check(rules: Rules) -> None:
    """Raise InvalidInput `grade.rules_disorder` naming each number below the one it follows."""
    values = rules.model_dump()
    wrong = {
        after: "grade.rules_disorder"
        for row in IN_ORDER
        for before, after in pairwise(row)
        if values[after] < values[before] + (after in _STRICT)
    }
    if wrong:
        raise InvalidInput("grade.rules_disorder", fields=wrong)


def visit_every(colour: Colour, rules: Rules = DEFAULT) -> int:
    """Return after how many days a street patrol is due again at a shop of this colour."""
    days: int = getattr(rules, f"visit_{colour.value}")
    return days


def inspection_cap(colour: Colour, rules: Rules = DEFAULT) -> int:
    """Return how many inspections of the premises a shop of this colour bears in a year."""
    times: int = getattr(rules, f"cap_{colour.value}")
    return times

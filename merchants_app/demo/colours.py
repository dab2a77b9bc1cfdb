"""What lets a district show every colour: shops new to the street, and shops that struggle.

Colours are computed when all else is told; in one shop a person knows better than the sum.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from compliance.grades import publishing, service
from compliance.grades.rules import Colour
from compliance.grades.standing import colours
from compliance.merchants import opening
from compliance.merchants.rows import MerchantRow
from merchants_app.demo import telling
from merchants_app.demo.district import District
from merchants_app.demo.plan import Plan
from merchants_app.demo.shops import Street
from merchants_app.demo.timeline import moment_on

NEW, STRUGGLING = 0.004, 0.01
"""How many of the shops have opened lately, and how many have trouble again and again."""

FAULTS, SPAN = (12, 24), 80
"""How often something is wrong at a shop that struggles, and within how many days."""

LAST = timedelta(minutes=1)
SET_FOR = timedelta(days=30)
REASON = "门前修管线，围挡外面不归这家管，先按黄色多去看看。"


def hold_back(
    plan: Plan, rng: Random, streets: Sequence[Street]
) -> tuple[list[Street], list[MerchantRow]]:
    """Return the streets without the shops that open only lately, and those shops."""
    long = [number for number, street in enumerate(streets) if len(street.rows) > 4]
    chosen = rng.sample(long, min(len(long), max(1, round(plan.merchants * NEW))))
    left = list(streets)
    for number in chosen:
        left[number] = replace(streets[number], rows=streets[number].rows[:-1])
    return left, [streets[number].rows[-1] for number in sorted(chosen)]


def schedule(district: District, new: Sequence[MerchantRow]) -> None:
    """Put the openings of new shops on the timeline, and the troubles of those that struggle."""
    rng, plan = district.rng, district.plan
    for row in new:
        day = district.day(back=rng.randrange(4, 26))
        moment = moment_on(rng, day, time(9), time(16))
        district.timeline.at(moment, partial(_open, district, row))
    known = [shop for lane in district.lanes for shop in lane.shops]
    calm = [shop for shop in known if shop.tenancy_id not in district.shown]
    for shop in rng.sample(calm, max(2, round(plan.merchants * STRUGGLING))):
        chief = district.cast.chiefs[shop.lane_id]
        days = min(SPAN, (plan.on - plan.first_visit).days)
        for back in rng.sample(range(1, days), min(rng.randrange(*FAULTS), days - 1)):
            moment = moment_on(rng, district.day(back), time(9), time(15))
            district.timeline.at(moment, partial(telling.begin, district, shop, chief))


def _open(district: District, row: MerchantRow, at: datetime) -> None:
    act = district.act(at, district.cast.staff[row.township_code].desk)
    opening.open_shops(district.session, act, [row])


def colour(district: District) -> None:
    """Write down the colour of every shop, and set one of the first township's red ones yellow."""
    session, now = district.session, district.plan.end - LAST
    for chunk in publishing.open_shops(session):
        service.settle(session, district.act(now), chunk)
    town = district.lanes[0].town
    own = [shop for lane in district.lanes if lane.town == town for shop in lane.shops]
    found = colours(session, [shop.tenancy_id for shop in own], now)
    red = [each for each in own if found[each.tenancy_id] is Colour.RED]
    if red:
        desk = district.cast.staff[town.code].desk
        service.override(
            session,
            district.act(now, desk),
            desk,
            red[0].tenancy_id,
            colour=Colour.YELLOW,
            until=district.plan.on + SET_FOR,
            reason=REASON,
        )

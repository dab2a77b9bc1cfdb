"""How inspections are kept within bounds: the year's plans, and shops and officers drawn by lot."""

from datetime import date, datetime, time, timedelta
from functools import partial

from compliance.act import LOCAL
from compliance.draws import service as draws
from compliance.draws.service import Asked
from compliance.plans import service as plans
from compliance.plans.service import Proposed
from merchants_app.demo.district import District

TITLES = ("沿街商户市容环境秩序检查", "餐饮商户垃圾分类和收运检查")
AUTHORITY = "门头沟区城市管理综合行政执法局(样例)"


def ref_of(year: int, number: int) -> str:
    """Return the reference of a year's plan, such as 2026-样例-01."""
    return f"{year}-样例-{number:02d}"


def schedule(district: District) -> None:
    """Publish the plans of every year told of, draw once, and declare a draw that waits."""
    plan, here = district.plan, next(iter(district.cast.staff))
    opening = datetime.combine(plan.opening, time(10), LOCAL)
    for year in range(plan.opening.year, plan.on.year + 1):
        moment = max(opening, datetime.combine(date(year, 1, 1), time(10), LOCAL))
        district.timeline.at(moment, partial(_publish, district, year))
    drawn = partial(_declare, district, here, "沿街商户双随机抽查")
    district.timeline.at(plan.end - timedelta(days=9, hours=-10), drawn)
    waiting = partial(_declare, district, here, "餐饮店双随机抽查", draw=False)
    district.timeline.at(plan.end - timedelta(days=1, hours=-15), waiting)


def _publish(district: District, year: int, at: datetime) -> None:
    for number, title in enumerate(TITLES, 1):
        proposed = Proposed(
            township_code="",
            ref=ref_of(year, number),
            title=f"{year}年{title}",
            authority=AUTHORITY,
            cap=4,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        viewer = district.cast.district
        plans.publish(district.session, district.act(at, viewer), viewer, proposed)


def _declare(
    district: District, township: str, title: str, at: datetime, *, draw: bool = True
) -> None:
    staff, session = district.cast.staff[township], district.session
    viewer = staff.desk
    asked = Asked(
        township_code=township,
        title=title,
        due_on=at.astimezone(LOCAL).date() + timedelta(days=30),
        shops=min(12, _shops(district, township)),
        officers=2,
    )
    declared = draws.declare(session, district.act(at, viewer), viewer, asked)
    if draw:
        witness = staff.reviewers[0]
        word = f"{district.rng.randrange(10**6):06d}"
        later = district.act(at + timedelta(minutes=20), witness)
        draws.draw_lots(session, later, witness, declared.id, word)


def _shops(district: District, township: str) -> int:
    return sum(shop.township_code == township for lane in district.lanes for shop in lane.shops)

"""The four notices of every shop: sent out by lanes, read, signed or refused, served, sent again.

What is signed is written in bulk; refusals, servings and late readings go through the service.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from compliance.merchants.shops import Shop
from compliance.notices import service
from compliance.notices.issuing import Order
from compliance.notices.kinds import NoticeKind
from compliance.notices.service import Witness
from merchants_app.demo import countersigning, habits, issuing, signing
from merchants_app.demo.district import District, Issued, Lane
from merchants_app.demo.habits import COVENANT, PLEDGE, STATEMENT, WAVES, Habit
from merchants_app.demo.timeline import by_day, in_office, moment_on

WHY_NOT: dict[NoticeKind, tuple[str, ...]] = {
    COVENANT: (
        "我店准备转让，新的公约让下一家来签。",
        "公约里的互看一条我不同意，先不加入。",
        "连锁店的文书由总部统一签，本店不能单签。",
    ),
    PLEDGE: ("要和家里人商量，先不签。", "承诺每天扫两次做不到，不签。"),
    STATEMENT: ("责任区画到了邻店门口，先量清楚再说。", "门前的树坑不归我管，不签。"),
}
WITNESSES = (
    Witness("马桂英", "社区居委会"),
    Witness("孟宪东", "社区居委会"),
    Witness("秦立民", "物业"),
    Witness("贺美兰", "邻店经营者"),
)
UNREAD = 0.45
"""How much of what went out lately nobody has opened yet."""

_FIRST_WAVE, _LATELY = 35, (6, 36)
"""The first wave ends after so many hundredths of the time; the second began so many days ago."""

Given = Mapping[NoticeKind, Mapping[str, object]]


def schedule(district: District) -> None:
    """Put both waves of every lane on the timeline, and the other parties' signatures."""
    rng, plan = district.rng, district.plan
    room = (plan.on - plan.opening).days * _FIRST_WAVE // 100
    shown = _habits_for_show(district)
    for lane in district.lanes:
        known = {
            shop.tenancy_id: shown.get(shop.tenancy_id)
            or habits.habit_of(rng, lane.town.order, has_phone=shop.phone is not None)
            for shop in lane.shops
        }
        vote = habits.vote(rng, len(lane.shops), plan.opening)
        first = plan.opening + timedelta(days=3 + rng.randrange(room))
        second = district.day(back=rng.randrange(*_LATELY))
        for day, wave in ((first, _first_wave), (second, _second_wave)):
            moment = in_office(rng, moment_on(rng, day), district.calendar)
            district.timeline.at(moment, partial(wave, district, lane, known, vote))
    countersigning.schedule_others(district)


def _habits_for_show(district: District) -> dict[str, Habit]:
    """Let the examples sign, but for the first of each township: there one can try signing."""
    shown = {shop.tenancy_id: Habit.SIGNS for shop in district.examples.values()}
    firsts = [shop for (_, number), shop in district.examples.items() if number == 0]
    return shown | {shop.tenancy_id: Habit.WAITS for shop in firsts}


def _first_wave(
    district: District,
    lane: Lane,
    known: Mapping[str, Habit],
    vote: Mapping[str, object],
    moment: datetime,
) -> None:
    rng, on = district.rng, district.plan.on
    covenant = {**vote, **habits.covenant_term(rng, on)}
    orders: list[Order] = []
    for shop in lane.shops:
        yearly = habits.yearly_term(rng, on)
        given: Given = {COVENANT: covenant, PLEDGE: yearly, STATEMENT: yearly}
        first = WAVES[known[shop.tenancy_id]].first
        orders += [Order(shop, kind, given.get(kind, {})) for kind in first]
    issued = issuing.issue(district, moment, orders)
    for shop in lane.shops:
        notices = issued.get(shop.tenancy_id, [])
        _answer(district, moment, shop, known[shop.tenancy_id], notices)


def _answer(
    district: District, issued_at: datetime, shop: Shop, habit: Habit, notices: Sequence[Issued]
) -> None:
    """Put on the timeline what a shop does with the first wave, within three weeks."""
    rng, waves = district.rng, WAVES[habit]
    most = min(20, (district.plan.on - district.plan.opening).days // 8)
    read_at = by_day(rng, issued_at + timedelta(minutes=rng.randrange(20, most * 1440)))
    for notice in notices:
        if notice.kind in waves.refused:
            district.timeline.at(read_at, partial(_refuse, district, shop, notice))
    signed = [notice for notice in notices if notice.kind in waves.signed]
    if signed:
        signing.schedule(district, shop, signed, read_at + timedelta(minutes=2))


def _refuse(district: District, shop: Shop, notice: Issued, moment: datetime) -> None:
    act = district.act(moment, district.operator(moment, shop))
    service.view(district.session, act, notice.id)
    service.refuse(district.session, act, notice.id, district.rng.choice(WHY_NOT[notice.kind]))
    if notice.kind is STATEMENT:
        later = moment + timedelta(days=district.rng.randrange(2, 12))
        served_at = in_office(district.rng, later, district.calendar)
        district.timeline.at(served_at, partial(_serve, district, shop, notice))


def _serve(district: District, shop: Shop, notice: Issued, moment: datetime) -> None:
    service.serve(
        district.session,
        district.act(moment, district.cast.chiefs[shop.lane_id]),
        notice.id,
        witness=district.rng.choice(WITNESSES),
        note="当面宣读并留下文书，经营者不愿签字。",
    )


def _second_wave(
    district: District,
    lane: Lane,
    known: Mapping[str, Habit],
    vote: Mapping[str, object],
    moment: datetime,
) -> None:
    """Issue what is still owed to the lane; some of it has been read since, none of it signed."""
    orders = [
        Order(shop, kind, vote if kind is COVENANT else {})
        for shop in lane.shops
        for kind in WAVES[known[shop.tenancy_id]].second
    ]
    issued = issuing.issue(district, moment, orders)
    for shop in lane.shops:
        notices = issued.get(shop.tenancy_id)
        if notices and shop.phone and district.rng.random() > UNREAD:
            later = moment + timedelta(hours=district.rng.randrange(1, 120))
            read_at = by_day(district.rng, later)
            district.timeline.at(read_at, partial(_read, district, shop, notices))


def _read(district: District, shop: Shop, notices: Sequence[Issued], moment: datetime) -> None:
    act = district.act(moment, district.operator(moment, shop))
    for notice in notices:
        service.view(district.session, act, notice.id)

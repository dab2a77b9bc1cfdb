"""Reminders of what runs out: every step once, in one message a shop and day, never for what ended."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import select

from compliance.act import LOCAL, Act
from compliance.ledger.service import DISTRICT_SUBJECT
from compliance.merchants.models import Tenancy
from compliance.notices import haulers, reminding, service
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, Reminder, ReminderAbout, WasteHauler
from compliance.notices.reminding import STEPS, nearest_step
from compliance.notifications.models import Channel, OutboxMessage
from merchants_app.reminding import remind
from tests.factories import World
from tests.sittings import given, sign_all

PLEDGE = NoticeKind.PLEDGE


def signed_shop(world: World, name: str = "京西样例饺子馆", phone: str = "13800000000"):
    shop = world.shop(name, phone=phone)
    today = world.act().day
    for kind in NoticeKind:
        term = {"valid_years": 1} if kind is NoticeKind.COVENANT else {}
        world.write(service.issue, shop, kind, given(kind, today) | term)
    sign_all(world, shop)
    return shop


def run(world: World) -> int:
    return world.write(reminding.remind)


def messages(world: World) -> list[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.template.startswith("reminder."))
        .order_by(OutboxMessage.queued_at, OutboxMessage.phone)
    )
    return list(world.read(lambda s: s.exec(query).all()))


def notices(world: World, shop) -> list[Notice]:
    query = select(Notice).where(Notice.tenancy_id == shop.tenancy_id)
    return list(world.read(lambda s: s.exec(query).all()))


def ends(world: World, shop) -> dict[NoticeKind, date]:
    return {each.kind: each.valid_to for each in notices(world, shop)}


def go_to(world: World, day: date) -> None:
    """Move the clock to nine in the morning of a day."""
    world.clock.forward(days=(day - world.act().day).days)


@pytest.mark.parametrize(
    ("left", "step"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_nearest_step_is_the_one_that_came_last(left, step):
    today = date(2026, 11, 23)

    assert nearest_step((60, 30, 7), today + timedelta(days=left), today) == step


def test_over_400_days_every_notice_gets_exactly_its_steps(world: World):
    shops = [signed_shop(world, f"样例{n}", f"1380000000{n}") for n in range(3)]
    due = ends(world, shops[0])
    start, morning = world.act().day, world.clock()
    sent = 0

    def run_ten_days(session, _act, first: int) -> int:
        """Work on ten mornings, twice on each that had something to send."""
        queued = 0
        for day in range(first, first + 10):
            act = Act(at=morning + timedelta(days=day))
            new = reminding.remind(session, act)
            assert not new or reminding.remind(session, act) == 0
            queued += new
        return queued

    for first in range(0, 400, 10):
        sent += world.write(run_ten_days, first)

    rows = world.read(lambda s: s.exec(select(Reminder)).all())
    taken = Counter((each.ref, each.step) for each in rows)
    assert set(taken.values()) == {1}
    expected = {
        (last - timedelta(days=step), kind)
        for kind, last in due.items()
        for step in STEPS[kind]
        if last - timedelta(days=step) < start + timedelta(days=400)
    }
    days = {each.sent_at.astimezone(LOCAL).date() for each in rows}
    assert days == {day for day, _ in expected}
    assert len(rows) == 3 * len(expected)
    assert len(messages(world)) == 3 * len(days) == sent


def test_papers_of_one_shop_that_are_due_together_go_into_one_message(world: World):
    shop = signed_shop(world)
    go_to(world, ends(world, shop)[PLEDGE] - timedelta(days=30))

    assert run(world) == 1

    (message,) = messages(world)
    for words in ("商户承诺书", "责任", "收运协议", "到期"):
        assert words in message.params["papers"]
    assert message.params["name"] == shop.name
    assert message.due_at.astimezone(LOCAL).hour == 9


def test_steps_missed_while_nobody_worked_are_made_up_for_by_the_nearest_alone(world: World):
    shop = signed_shop(world)
    go_to(world, ends(world, shop)[PLEDGE] - timedelta(days=5))

    run(world)

    rows = world.read(lambda s: s.exec(select(Reminder)).all())
    kinds = {each.kind: each.id for each in notices(world, shop)}
    taken = {each.ref: each.step for each in rows}
    assert len(taken) == len(rows)
    assert (taken[kinds[PLEDGE]], taken[kinds[NoticeKind.COVENANT]]) == (7, 30)
    assert len(messages(world)) == 1


def test_what_has_run_out_is_not_reminded_of(world: World):
    shop = signed_shop(world)
    go_to(world, ends(world, shop)[PLEDGE] + timedelta(days=1))

    run(world)

    assert not messages(world)


@pytest.mark.parametrize("fate", ["revoked", "closed", "renewed"])
def test_nothing_is_said_of_what_ended_closed_or_was_renewed(world: World, fate: str):
    shop = signed_shop(world)
    pledge = world.read(lambda s: s.exec(select(Notice).where(Notice.kind == PLEDGE)).one())

    def change(session, act):
        tenancy = session.get_one(Tenancy, shop.tenancy_id)
        if fate == "closed":
            tenancy.closed_on = act.day

    world.write(change)
    go_to(world, pledge.valid_to - timedelta(days=30))
    if fate == "revoked":
        world.write(service.revoke, pledge.id, "地址填错了")
    if fate == "renewed":
        world.write(service.issue, shop, PLEDGE, {})
        sign_all(world, shop)

    run(world)

    told = {each.ref for each in world.read(lambda s: s.exec(select(Reminder)).all())}
    assert pledge.id not in told
    if fate == "closed":
        assert not messages(world)


def test_a_shop_without_a_phone_is_reminded_by_letter(world: World):
    shop = signed_shop(world)
    pledge = next(each for each in notices(world, shop) if each.kind == PLEDGE)
    world.write(lambda s, _: setattr(s.get_one(Tenancy, shop.tenancy_id), "phone", None))
    go_to(world, pledge.valid_to - timedelta(days=30))

    run(world)

    (letter,) = messages(world)
    assert (letter.channel, letter.tenancy_id) == (Channel.LETTER, shop.tenancy_id)


def test_who_signed_within_the_last_days_is_not_told_the_same_day(world: World):
    shop, today = world.shop(), world.act().day
    world.write(service.issue, shop, PLEDGE, {"valid_to": today + timedelta(days=20)})
    sign_all(world, shop)

    run(world)
    assert not messages(world)
    go_to(world, today + timedelta(days=13))
    run(world)

    assert [each.step for each in world.read(lambda s: s.exec(select(Reminder)).all())] == [7]


def test_many_workers_and_a_restart_send_each_message_once(world: World, context):
    for n in range(4):
        signed_shop(world, f"样例{n}", f"1380000000{n}")
    shop = signed_shop(world, "样例9", "13800000009")
    go_to(world, ends(world, shop)[PLEDGE] - timedelta(days=30))

    with ThreadPoolExecutor(6) as workers:
        counts = list(workers.map(lambda _: run(world), range(6)))
    asyncio.run(remind(context))

    assert sum(counts) == 5
    assert len({each.phone for each in messages(world)}) == len(messages(world)) == 5


def test_a_permit_is_reminded_of_and_every_contract_that_outlasts_it_once(world: World):
    shop = signed_shop(world)
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    last = world.act().day + timedelta(days=90)
    world.write(haulers.renew, hauler.id, "新证", last, "13900000000")

    for left in range(65, -3, -1):
        go_to(world, last - timedelta(days=left))
        run(world)

    told = [(each.phone, each.queued_at.astimezone(LOCAL).date()) for each in messages(world)]
    assert told == [
        ("13900000000", last - timedelta(days=60)),
        (shop.phone, last - timedelta(days=30)),
        ("13900000000", last - timedelta(days=30)),
        ("13900000000", last - timedelta(days=7)),
    ]
    rows = world.read(lambda s: s.exec(select(Reminder)).all())
    assert sum(each.about == ReminderAbout.CONTRACT for each in rows) == 1


def test_a_renewed_permit_starts_its_steps_anew(world: World):
    signed_shop(world)
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    first = world.act().day + timedelta(days=20)
    world.write(haulers.renew, hauler.id, "旧证", first, "13900000000")
    run(world)
    world.write(haulers.renew, hauler.id, "新证", first + timedelta(days=365), "13900000000")
    run(world)
    assert len([each for each in messages(world) if each.phone == "13900000000"]) == 1

    go_to(world, first + timedelta(days=365 - 60))
    run(world)

    assert len([each for each in messages(world) if each.phone == "13900000000"]) == 2


def test_reminders_wait_for_the_morning(world: World):
    shop = signed_shop(world)
    go_to(world, ends(world, shop)[PLEDGE] - timedelta(days=30))
    world.clock.forward(hours=-8, minutes=-30)
    assert world.act().at.astimezone(LOCAL).hour == 0

    run(world)

    assert messages(world)[0].due_at.astimezone(LOCAL).hour == 8


def test_the_ledger_says_who_noted_a_permit(world: World):
    world.write(haulers.register, "新收运(样例)", "证1", date(2027, 1, 1), "")

    head = world.read(lambda s: service.ledger.head_of(s, DISTRICT_SUBJECT))
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    world.write(haulers.renew, hauler.id, "证1", date(2027, 1, 1), "13900000000")
    assert world.read(lambda s: service.ledger.head_of(s, DISTRICT_SUBJECT)) == head
    world.write(haulers.renew, hauler.id, "证1", date(2026, 12, 1), "")

    assert world.read(lambda s: service.ledger.head_of(s, DISTRICT_SUBJECT))[0] == head[0] + 1

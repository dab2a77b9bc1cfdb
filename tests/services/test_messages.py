"""Messages: told once, at least once delivered, given up in the open, on paper without a phone."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.errors import NotFound, RuleBroken
from compliance.messages import listing
from compliance.messages import service as desk_side
from compliance.messages.listing import Box
from compliance.notifications import service
from compliance.notifications.models import MessageState, OutboxMessage
from compliance.schedules import service as schedules
from compliance.schedules.models import Work
from merchants_app import letters, worker
from merchants_app.messenger import RefusedForGood
from tests.factories import DAYU, LONGQUAN, World

MOST = service.MAX_ATTEMPTS


class Provider:
    """Counts what it is handed; refuses while it is told to."""

    def __init__(self, refusal=None):
        self.refusal, self.seen = refusal, Counter()

    def carry(self, message):
        self.seen[message.id] += 1
        if self.refusal:
            raise self.refusal
        return f"p-{message.id[:6]}"


def tell(world: World, shop, key="k1", template="finding.passed", **named):
    params = {"shop": shop.name, "item": "占道堆物", "due": ""}
    world.write(
        service.queue,
        phone=shop.phone,
        tenancy_id=shop.tenancy_id,
        template=template,
        dedup_key=key,
        params=params,
        **named,
    )


def messages(world: World) -> list[OutboxMessage]:
    return list(world.read(lambda s: s.exec(select(OutboxMessage)).all()))


def deliver(world: World, provider) -> int:
    return asyncio.run(worker.deliver_due(world.context, provider))


def test_a_fact_told_by_many_at_once_is_one_message(world: World):
    shop = world.shop()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: tell(world, shop), range(16)))

    assert [message.dedup_key for message in messages(world)] == ["k1"]


def test_a_provider_that_fails_is_tried_eight_times_and_then_the_desk_decides(world: World):
    shop, provider = world.shop(), Provider(RuntimeError("the line is dead"))
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    tell(world, shop)
    waits = []
    for _ in range(MOST):
        assert deliver(world, provider) == 1
        (message,) = messages(world)
        waits.append(message.due_at - world.clock())
        assert deliver(world, provider) == 0, "not before its time"
        world.clock.forward(seconds=waits[-1].total_seconds() + 1)

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=10), timedelta(hours=6))
    assert message.state is MessageState.DEAD
    assert "the line is dead" in message.last_error
    provider.refusal = None
    world.clock.forward(days=1)
    assert deliver(world, provider) == 0, "what was given up rests"

    world.write(desk_side.retry, desk, message.id, by=desk)
    world.clock.forward(hours=12)
    deliver(world, provider)

    (message,) = messages(world)
    assert message.state is MessageState.SENT
    assert message.provider_id.startswith("p-")
    assert provider.seen == {message.id: MOST + 1}
    with pytest.raises(RuleBroken, match=r"message\.not_dead"):
        world.write(desk_side.retry, desk, message.id, by=desk)


def test_what_is_refused_for_good_is_given_up_at_once_and_may_become_a_letter(world: World):
    shop, desk = world.shop(), world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    tell(world, shop)
    deliver(world, Provider(RefusedForGood("no such number")))
    (message,) = messages(world)
    assert (message.state, message.attempts) == (MessageState.DEAD, 1)

    world.write(lambda s, _: desk_side.to_letter(s, desk, message.id))

    assert deliver(world, provider := Provider()) == 0
    assert not provider.seen
    assert world.read(listing.counts, desk)[Box.LETTERS] == 1


def test_a_lease_that_has_passed_on_is_not_carried_by_the_one_who_lost_it(world: World):
    for number in range(3):
        tell(world, world.shop(phone=f"1380000000{number}"), f"k{number}")
    slow = world.write(service.lease)
    world.clock.forward(seconds=service.LEASE.total_seconds() + 1)
    provider = Provider()

    assert deliver(world, provider) == 3
    held = [world.write(partial(_held, message=message)) for message in slow]
    world.write(lambda s, act: service.mark_failed(s, act, slow[0], "too late"))

    assert held == [False, False, False]
    assert set(provider.seen.values()) == {1}
    assert {message.state for message in messages(world)} == {MessageState.SENT}


def _held(session, act, message):
    return service.hold(session, act, message)


def test_eight_workers_take_each_turn_once(world: World):
    done = Counter()

    def work(number):
        for name in ("alpha", "beta", "gamma"):
            every = timedelta(minutes=10)
            if world.write(schedules.claim, name, every):
                done[name] += 1
                world.write(schedules.note, name)

    for turn in (1, 2, 3):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(8)))
        assert done == dict.fromkeys(("alpha", "beta", "gamma"), turn)
        world.clock.forward(minutes=10)


def test_a_work_that_fails_says_so_and_has_its_next_turn(world: World, monkeypatch):
    calls = []

    async def breaks(_context):
        calls.append(1)
        raise RuntimeError("no paper")

    monkeypatch.setattr(worker, "FALLS_DUE", {Work.REMIND: breaks})
    monkeypatch.setattr(worker.log, "exception", lambda *_, **__: None)
    for _ in range(2):
        asyncio.run(worker.tidy(world.context))
    (known,) = world.read(schedules.listed)
    assert (len(calls), known.last_error) == (1, "RuntimeError: no paper")
    world.clock.forward(minutes=10)
    asyncio.run(worker.tidy(world.context))
    assert len(calls) == 2


def test_shops_without_a_phone_get_one_sheet_each_in_the_order_of_the_walk(world: World):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    other = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    first = world.shop("甲样例店", phone=None)
    second = world.shop("乙样例店", phone=None)
    far = world.shop("远处样例店", township=LONGQUAN, lane="琉璃渠大街", phone=None)
    for key, shop in enumerate((second, first, second, far)):
        tell(world, shop, f"k{key}", urgent=True)
    world.write(service.queue, phone=None, template="code.sign_in", dedup_key="code:1", urgent=True)
    assert len(messages(world)) == 4, "a code reaches nobody without a phone"

    batch = world.write(desk_side.print_letters, desk, by=desk)

    _, printed = world.read(desk_side.batch_of, desk, batch.id)
    assert [(each.shop, len(each.messages)) for each in printed] == [
        ("甲样例店", 1),
        ("乙样例店", 2),
    ]
    with pytest.raises(NotFound):
        world.read(desk_side.batch_of, other, batch.id)
    with pytest.raises(RuleBroken, match=r"message\.no_letters"):
        world.write(desk_side.print_letters, desk, by=desk)
    assert world.read(listing.counts, other) == {**dict.fromkeys(Box, 0), Box.LETTERS: 1}
    paper = letters.letters_pdf(world.context.settings, batch, printed)
    assert paper == letters.letters_pdf(world.context.settings, batch, printed)


def test_nobody_reads_a_one_time_code_in_the_list(world: World):
    district = world.viewer(Role.DISTRICT_DESK)
    world.write(
        service.queue,
        phone="13800000000",
        template="code.sign_in",
        dedup_key="code:1",
        params={"code": "424242", "subject": "样例"},
        urgent=True,
    )

    (told,) = world.read(listing.listed, district, Box.WAITING)

    assert told.is_secret
    assert not told.params

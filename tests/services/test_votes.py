"""A vote from the proposal to the count: frozen roll, reminders, close, calling off."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from compliance.accounts.permissions import Role
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import service as merchants
from compliance.merchants.categories import Category
from compliance.merchants.service import Business
from compliance.notices import texts
from compliance.votes import queries, service, turnout
from compliance.votes.counting import Base, Choice, Ratio, Stage, Terms, roll_hash
from merchants_app import worker
from tests.factories import DAYU, LONGQUAN, World
from tests.polls import GIVEN, Poll

TOWNSHIP = ledger.township_subject(DAYU)


def hand_over(poll: Poll, shop):
    """Let somebody else take over a door; return the new shop."""
    heir = Business("新来样例店", Category.CATERING, phone="13900000001")
    return poll.world.write(merchants.hand_over, poll.desk, shop.tenancy_id, heir, by=poll.desk)


def test_the_association_opens_what_the_desk_prepared(world: World):
    poll = Poll(world)
    vote_id = poll.prepare(by=poll.desk)

    with pytest.raises(NotAllowed):
        world.write(service.approve, poll.desk, vote_id, by=poll.desk)
    assert poll.stage(vote_id) is Stage.PREPARED
    world.write(service.approve, poll.reviewer, vote_id, by=poll.reviewer)

    assert poll.stage(vote_id) is Stage.RUNNING
    assert {m.phone for m in poll.messages("vote.opened")} == {s.phone for s in poll.shops}


def test_the_text_is_whole_but_for_what_only_the_result_can_say(world: World):
    poll = Poll(world)

    vote = poll.vote(poll.prepare())

    assert "最长20日" in vote.proposal
    assert f"应到{texts.BLANK}户，同意{texts.BLANK}户" in vote.proposal
    assert vote.text_hash == texts.text_hash(vote.proposal)


def test_the_roll_is_frozen_when_the_vote_opens_and_its_hash_is_in_the_townships_chain(
    world: World,
):
    poll = Poll(world)
    elsewhere = world.shop("别的街样例店", lane="双峪路")
    opens_at = world.clock() + timedelta(days=1)
    vote_id = poll.start(opens_at=opens_at)
    late = world.shop("开始前开的样例店")
    assert poll.stage(vote_id) is Stage.SCHEDULED

    world.clock.at = opens_at
    poll.tick()
    world.shop("开始后开的样例店")

    vote = poll.vote(vote_id)
    rolled = [*poll.shops, late]
    assert (vote.stage, vote.eligible) == (Stage.RUNNING, 4)
    assert vote.roll_hash == roll_hash(vote_id, [(s.number, s.tenancy_id) for s in rolled])
    assert elsewhere.number not in dict(world.read(queries.roll, vote_id))
    ((entry, _),) = poll.entries(TOWNSHIP, "vote.opened")
    assert entry["fact"]["roll_hash"] == vote.roll_hash
    assert entry["fact"]["text_hash"] == vote.text_hash
    assert entry["fact"]["eligible"] == 4


def test_a_vote_may_be_of_several_lanes_and_turnout_is_seen_by_lane(world: World):
    poll = Poll(world, 2)
    other = world.shop("隔壁街样例店", lane="双峪路", phone="13900000009")
    vote_id = poll.start(lane_ids=[poll.shops[0].lane_id, other.lane_id])

    poll.cast(vote_id, other)

    lanes = {each.lane: (each.cast, each.eligible) for each in world.read(turnout.by_lane, vote_id)}
    assert lanes == {"双峪路": (1, 1), "月季园路": (0, 2)}


@pytest.mark.parametrize(
    ("named", "field", "code"),
    [
        ({"lane_ids": []}, "lanes", "vote.lanes_missing"),
        ({"lane_ids": ["0" * 32]}, "lanes", "vote.lanes_missing"),
        ({"text_id": "0" * 32}, "text_id", "vote.no_text"),
        ({"terms": Terms(49, Ratio.TWO_THIRDS, Base.VOTING)}, "quorum", "vote.quorum_impossible"),
        ({"days": 2}, "closes_at", "vote.time_impossible"),
        ({"days": 61}, "closes_at", "vote.time_impossible"),
        ({"effective": 5}, "effective_on", "vote.effective_too_early"),
        ({"given": {**GIVEN, "street_name": ""}}, "street_name", "notice.value_impossible"),
        ({"given": {**GIVEN, "valid_years": 9}}, "valid_years", "notice.value_impossible"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_by_field(world: World, named, field, code):
    poll, now = Poll(world, 1), world.clock()
    if days := named.pop("days", None):
        end = now + timedelta(days=days)
        named |= {"closes_at": end, "effective_on": (end + timedelta(days=1)).date()}
    if effective := named.pop("effective", None):
        named["effective_on"] = (now + timedelta(days=effective)).date()

    with pytest.raises(InvalidInput) as refusal:
        poll.prepare(**named)

    assert refusal.value.fields[field] == code


def test_a_lane_has_one_vote_at_a_time(world: World):
    poll = Poll(world, 1)
    first, second = poll.start(), poll.prepare()

    with pytest.raises(RuleBroken, match=r"vote\.lane_busy"):
        world.write(service.approve, poll.reviewer, second, by=poll.reviewer)
    poll.end(first)
    with pytest.raises(RuleBroken, match=r"vote\.too_late"):
        world.write(service.approve, poll.reviewer, second, by=poll.reviewer)


def test_nobody_reaches_into_another_township(world: World):
    poll = Poll(world, 1)
    vote_id = poll.prepare()
    stranger = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))

    with pytest.raises(NotFound, match=r"vote\.unknown"):
        world.write(service.approve, stranger, vote_id, by=stranger)
    with pytest.raises(NotFound):
        poll.prepare(by=stranger)


def test_the_result_is_recorded_once_at_the_closing_moment_however_many_workers(world: World):
    poll = Poll(world)
    vote_id = poll.start()
    poll.cast(vote_id, poll.shops[0])
    poll.cast(vote_id, poll.shops[1])

    asyncio.run(worker.tidy(world.context))
    assert poll.stage(vote_id) is Stage.RUNNING
    world.clock.at = poll.vote(vote_id).closes_at + timedelta(hours=3)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: poll.tick(), range(8)))
    asyncio.run(worker.tidy(world.context))

    vote = poll.vote(vote_id)
    assert (vote.stage, vote.closed_at) == (Stage.ADOPTED, vote.closes_at)
    ((entry, _),) = poll.entries(TOWNSHIP, "vote.closed")
    told = {name: entry["fact"][name] for name in ("result", "eligible", "yes", "no", "abstain")}
    assert told == {"result": "adopted", "eligible": 3, "yes": 2, "no": 0, "abstain": 0}
    assert entry["fact"]["quorum_met"] is True
    assert entry["fact"]["roll_hash"] == vote.roll_hash
    assert len(poll.messages("vote.closed")) == 3


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ([Choice.YES], Stage.NO_QUORUM),
        ([Choice.YES, Choice.NO], Stage.NOT_ADOPTED),
        ([Choice.YES, Choice.YES, Choice.ABSTAIN], Stage.ADOPTED),
    ],
)
def test_a_vote_is_adopted_lost_or_lacks_its_quorum(world: World, said, stage):
    poll = Poll(world)
    vote_id = poll.start()
    for shop, each in zip(poll.shops, said, strict=False):
        poll.cast(vote_id, shop, each)

    assert poll.end(vote_id).stage is stage


def test_it_closes_early_when_everybody_has_voted(world: World):
    poll = Poll(world, 2)
    vote_id = poll.start()

    poll.cast(vote_id, poll.shops[0])
    assert poll.stage(vote_id) is Stage.RUNNING
    poll.cast(vote_id, poll.shops[1])

    vote = poll.vote(vote_id)
    assert vote.stage is Stage.ADOPTED
    assert vote.closed_at < vote.closes_at
    assert len(poll.entries(TOWNSHIP, "vote.closed")) == 1


def test_a_shop_that_changed_hands_loses_its_vote_and_stays_on_the_roll(world: World):
    poll = Poll(world)
    vote_id = poll.start()
    for shop in poll.shops[:2]:
        poll.cast(vote_id, shop)

    heir = hand_over(poll, poll.shops[0])

    vote = poll.end(vote_id)
    assert (vote.eligible, vote.yes, vote.lapsed) == (3, 1, 1)
    assert vote.stage is Stage.NO_QUORUM
    (own,) = [each for each in poll.messages("vote.closed") if each.phone == poll.shops[1].phone]
    assert own.params["shop"] == poll.shops[1].name
    assert heir.phone not in {each.phone for each in poll.messages("vote.closed")}


def test_who_has_not_voted_is_reminded_twice_and_never_again(world: World):
    poll = Poll(world)
    vote_id = poll.start()
    poll.cast(vote_id, poll.shops[0])
    begun = poll.vote(vote_id).opened_at

    for hours in (100, 120, 121, 200, 216, 217, 230):
        world.clock.at = begun + timedelta(hours=hours)
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(lambda _: poll.tick(), range(2)))

    silent = sorted(shop.phone for shop in poll.shops[1:])
    assert sorted(m.phone for m in poll.messages("vote.reminder")) == silent
    assert sorted(m.phone for m in poll.messages("vote.last_day")) == silent


def test_after_a_pause_of_the_worker_only_the_last_reminder_is_sent(world: World):
    poll = Poll(world, 1)
    vote_id = poll.start()

    world.clock.at = poll.vote(vote_id).closes_at - timedelta(hours=5)
    poll.tick()

    assert not poll.messages("vote.reminder")
    assert len(poll.messages("vote.last_day")) == 1


def test_a_vote_is_called_off_with_a_reason_that_stands_in_the_ledger(world: World):
    poll = Poll(world, 2)
    vote_id = poll.start()
    poll.cast(vote_id, poll.shops[0])

    with pytest.raises(NotAllowed):
        world.write(service.withdraw, poll.desk, vote_id, "文本有误", by=poll.desk)
    with pytest.raises(InvalidInput, match=r"vote\.reason_missing"):
        world.write(service.withdraw, poll.reviewer, vote_id, "误", by=poll.reviewer)
    world.write(service.withdraw, poll.reviewer, vote_id, "文本有误", by=poll.reviewer)

    ((_, body),) = poll.entries(TOWNSHIP, "vote.withdrawn")
    assert body == {"reason": "文本有误"}
    assert poll.end(vote_id).stage is Stage.WITHDRAWN
    assert len(poll.messages("vote.withdrawn")) == 2
    assert not poll.entries(TOWNSHIP, "vote.closed")

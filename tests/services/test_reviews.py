"""The association: what comes before it, who may decide, what a decision does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotAllowed, NotFound
from compliance.findings import queries as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.ledger import service as ledger
from compliance.reviews import queries
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from compliance.reviews.outcomes import OUTCOMES, Outcome, ReviewReason
from tests.factories import LONGQUAN, World
from tests.people import Street

S, T = FindingState, Step
WHY = "照片里的位置在邻店门前,不在本店责任区内。"


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def disputed(street: Street, code: str = "O02", **named: Any) -> Review:
    opened = street.fault(code, **named)
    return street.world.write(
        reviews.object_to,
        street.merchant,
        opened.id,
        version=1,
        words="箱子是隔壁店的",
        photos=["b" * 64],
        by=street.merchant,
    )


def overdue(street: Street) -> Review:
    opened = street.fault("N01")
    street.world.clock.forward(days=12)
    return street.world.write(
        reviews.send_overdue, street.chief, opened.id, version=1, by=street.chief
    )


def decide(street: Street, review: Review, outcome: Outcome, **given: Any) -> Review:
    by: Viewer = given.pop("by", street.reviewer)
    version = given.pop("version", None) or street.version(review.finding_id)
    named = {"grounds": WHY} | given
    return street.world.write(
        reviews.decide, by, review.id, outcome=outcome, version=version, by=by, **named
    )


def test_an_objection_lies_before_the_association_for_five_working_days(
    world: World, street: Street
):
    review = disputed(street)

    (queued,) = world.read(queries.queue, street.reviewer)
    assert (queued.id, queued.reason) == (review.id, ReviewReason.DISPUTED)
    assert queued.finding.state is S.DISPUTED
    assert review.due_at == datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    assert [each.state for each in street.public()] == ["disputed"]


def test_upheld_the_time_runs_anew_and_the_finding_goes_on(world: World, street: Street):
    review = disputed(street)
    world.clock.forward(days=2)

    decided = decide(street, review, Outcome.UPHOLD)

    found = street.view(review.finding_id)
    assert (decided.outcome, decided.decided_by) == ("uphold", street.reviewer.account_id)
    assert found.state is S.REMINDED
    assert found.due_at is not None
    assert found.due_at > world.clock()
    assert found.counted
    street.step(found.id, T.CLAIM, by=street.merchant, words="搬走了")
    assert street.step(found.id, T.PASS, by=street.chief).state is S.CLOSED


def test_revoked_it_is_not_counted_and_the_door_says_why(world: World, street: Street):
    review = disputed(street)

    decide(street, review, Outcome.REVOKE)

    found = street.view(review.finding_id)
    assert (found.state, found.counted) == (S.REVOKED, False)
    (shown,) = street.public()
    assert (shown.state, shown.reason) == ("revoked", WHY)
    assert world.read(queries.queue, street.reviewer) == []


def test_upheld_what_lay_with_the_team_lies_with_the_team_again(street: Street):
    review = disputed(street, "O05")

    decide(street, review, Outcome.UPHOLD)

    assert street.view(review.finding_id).state is S.REFERRED


def test_a_withdrawn_objection_leaves_the_old_deadline(world: World, street: Street):
    review = disputed(street)
    before = street.view(review.finding_id)
    world.clock.forward(hours=1)

    world.write(
        reviews.withdraw, street.merchant, before.id, version=before.version, by=street.merchant
    )

    after = street.view(before.id)
    assert (after.state, after.due_at) == (S.REMINDED, before.due_at)
    (ended,) = world.read(queries.of_finding, before.id)
    assert ended.outcome == "withdraw_objection"
    assert world.read(queries.queue, street.reviewer) == []


def test_only_what_is_overdue_and_the_covenants_own_is_sent(world: World, street: Street):
    covenant, legal = street.fault("N01"), street.fault("O02")
    send = {"version": 1, "by": street.chief}
    with pytest.raises(ComplianceError) as early:
        world.write(reviews.send_overdue, street.chief, covenant.id, **send)
    world.clock.forward(days=12)
    with pytest.raises(ComplianceError) as law:
        world.write(reviews.send_overdue, street.chief, legal.id, **send)

    review = world.write(reviews.send_overdue, street.chief, covenant.id, **send)

    assert early.value.code == "finding.not_overdue"
    assert law.value.code == "finding.not_covenant"
    assert review.reason is ReviewReason.OVERDUE
    # 5 December 2026, a Saturday: ten working days later is Friday the 18th.
    assert review.due_at == datetime(2026, 12, 18, 15, 59, 59, tzinfo=UTC)


def test_the_worker_sends_all_that_are_overdue_and_no_other(world: World, street: Street):
    late = street.fault("N01")
    world.clock.forward(days=12)
    street.fault("N02")
    street.fault("O02")

    assert world.write(reviews.send_all_overdue) == 1
    assert world.write(reviews.send_all_overdue) == 0

    assert [each.finding.id for each in world.read(queries.queue, street.reviewer)] == [late.id]
    assert world.read(findings.events, late.id)[-1].role == "system"


def test_who_recorded_a_finding_cannot_decide_about_it(world: World, street: Street):
    review = disputed(street, by=street.reviewer)

    with pytest.raises(NotAllowed) as refusal:
        decide(street, review, Outcome.REVOKE)
    assert refusal.value.code == "review.own_record"
    assert decide(street, review, Outcome.REVOKE, by=street.colleague).outcome == "revoke"


def test_a_second_objection_is_for_another_reviewer(world: World, street: Street):
    review = disputed(street)
    decide(street, review, Outcome.UPHOLD)
    again = world.write(
        reviews.object_to,
        street.merchant,
        review.finding_id,
        version=street.version(review.finding_id),
        words="请再看一次照片",
        by=street.merchant,
    )

    with pytest.raises(NotAllowed) as refusal:
        decide(street, again, Outcome.UPHOLD)
    assert refusal.value.code == "review.own_decision"
    assert decide(street, again, Outcome.UPHOLD, by=street.colleague).decided_at


def test_nobody_decides_what_is_decided(street: Street):
    review = disputed(street)
    decide(street, review, Outcome.UPHOLD)

    with pytest.raises(Conflict) as refusal:
        decide(street, review, Outcome.REVOKE, by=street.colleague)
    assert refusal.value.code == "review.decided"


def test_the_same_decision_sent_twice_is_one(street: Street):
    review = disputed(street)
    version = street.version(review.finding_id)

    first, second = (decide(street, review, Outcome.UPHOLD, version=version) for _ in range(2))

    assert first.decided_at == second.decided_at
    kinds = [entry["kind"] for entry in street.entries()]
    assert kinds.count("review.decided") == 1


def test_of_two_who_decide_at_once_one_is_told(world: World, street: Street):
    review = disputed(street)
    version = street.version(review.finding_id)
    judges = [street.reviewer, street.colleague]

    def judge(viewer: Viewer) -> str:
        try:
            decide(street, review, Outcome.UPHOLD, by=viewer, version=version)
        except Conflict as refusal:
            return refusal.code
        return "decided"

    with ThreadPoolExecutor(2) as threads:
        heard = sorted(threads.map(judge, judges))

    assert heard[0] == "decided"
    assert heard[1] in {"finding.stale", "review.decided"}
    assert world.read(ledger.verify)[1] == []


def test_another_townships_reviewer_finds_nothing(world: World, street: Street):
    review = disputed(street)
    stranger = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))

    with pytest.raises(NotFound) as refusal:
        decide(street, review, Outcome.UPHOLD, by=stranger)
    assert refusal.value.code == "review.unknown"
    with pytest.raises(NotFound):
        world.read(reviews.find, stranger, Action.REVIEW_READ, review.id)
    assert world.read(queries.queue, stranger) == []
    assert world.read(queries.counts, stranger, world.clock()).open == 0


@pytest.mark.parametrize("role", [Role.LANE_CHIEF, Role.TOWNSHIP_DESK, Role.MERCHANT])
def test_only_the_association_decides(street: Street, role: Role):
    review = disputed(street)
    people = {
        Role.LANE_CHIEF: street.chief,
        Role.TOWNSHIP_DESK: street.desk,
        Role.MERCHANT: street.merchant,
    }

    with pytest.raises(NotAllowed):
        decide(street, review, Outcome.REVOKE, by=people[role])


def test_a_decision_gives_its_grounds(street: Street):
    review = disputed(street)

    with pytest.raises(InvalidInput) as refusal:
        decide(street, review, Outcome.UPHOLD, grounds="  同意维持。 ")
    assert refusal.value.fields == {"grounds": "review.grounds"}
    assert street.view(review.finding_id).state is S.DISPUTED


@pytest.mark.parametrize("reason", sorted(ReviewReason))
@pytest.mark.parametrize("outcome", sorted(Outcome))
def test_each_kind_of_review_has_its_own_outcomes(street: Street, reason, outcome):
    review = disputed(street) if reason is ReviewReason.DISPUTED else overdue(street)
    street.world.clock.forward(days=7)

    if outcome in OUTCOMES[reason]:
        assert decide(street, review, outcome, days=10).outcome == outcome.value
        return
    with pytest.raises(InvalidInput) as refusal:
        decide(street, review, outcome, days=10)
    assert refusal.value.code == "review.outcome"


@pytest.mark.parametrize("outcome", [Outcome.CRITICISE, Outcome.LIST])
def test_before_a_measure_the_shop_is_heard_or_has_had_three_days(
    world: World, street: Street, outcome: Outcome
):
    review = overdue(street)
    with pytest.raises(ComplianceError) as refusal:
        decide(street, review, outcome, days=10)
    assert refusal.value.code == "review.not_heard"

    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="牌子在做,周五到")

    assert decide(street, review, outcome, days=10).outcome == outcome.value


def test_a_shop_that_says_nothing_is_waited_for_three_working_days(world: World, street: Street):
    review = overdue(street)
    world.clock.forward(days=5)

    assert decide(street, review, Outcome.CRITICISE).outcome == "criticise"


def test_a_listing_ends_by_itself_and_at_once_when_fixed(world: World, street: Street):
    review = overdue(street)
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="牌子在做")
    with pytest.raises(InvalidInput) as refusal:
        decide(street, review, Outcome.LIST, days=31)
    assert refusal.value.code == "finding.days_required"

    decide(street, review, Outcome.LIST, days=10)

    assert [each.state for each in street.public()] == ["on_improvement_list"]
    world.clock.forward(days=10, seconds=1)
    assert [each.state for each in street.public()] == ["overdue"]
    street.step(review.finding_id, T.PASS, by=street.chief)
    assert [each.state for each in street.public()] == ["closed"]


def test_a_new_word_of_the_merchant_is_read_before_the_decision(street: Street):
    review = disputed(street)
    seen = street.version(review.finding_id)
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="补一张照片")

    with pytest.raises(Conflict) as refusal:
        decide(street, review, Outcome.UPHOLD, version=seen)
    assert refusal.value.code == "finding.stale"


def test_a_decision_stands_in_the_ledger_and_is_told_to_the_merchant(world: World, street: Street):
    review = disputed(street)
    decide(street, review, Outcome.REVOKE)

    entries = street.entries()
    assert [entry["kind"] for entry in entries] == [
        "finding.opened",
        "finding.object",
        "review.opened",
        "finding.revoke",
        "review.decided",
    ]
    assert entries[-1]["fact"] == {
        "finding": review.finding_id,
        "reason": "disputed",
        "outcome": "revoke",
    }
    assert WHY not in str(entries)
    assert [each.template for each in street.messages()] == ["finding.opened", "review.decided"]


def test_the_queue_counts_and_puts_the_most_urgent_on_top(world: World, street: Street):
    slow = overdue(street)
    quick = disputed(street)
    done = disputed(street, "H02")
    decide(street, done, Outcome.UPHOLD)

    assert [each.id for each in world.read(queries.queue, street.reviewer)] == [quick.id, slow.id]
    past = world.read(queries.queue, street.reviewer, decided=True)
    assert [each.id for each in past] == [done.id]
    world.clock.forward(days=8)
    found = world.read(queries.counts, street.desk, world.clock())
    assert (found.disputed, found.overdue, found.late, found.decided) == (1, 1, 1, 1)

"""The association: what comes before it, who may decide, what a decision does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from compliance.errors import ComplianceError, InvalidInput
from compliance.findings import queries as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.reviews import queries
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from compliance.reviews.outcomes import OUTCOMES, Outcome, ReviewReason
from tests.factories import World
from tests.panels import members, vote
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


def overdue(street: Street, code: str = "N01", days: int = 12) -> Review:
    opened = street.fault(code)
    street.world.clock.forward(days=days)
    return street.world.write(
        reviews.send_overdue, street.chief, opened.id, version=1, by=street.chief
    )


def decide(street: Street, review: Review, outcome: Outcome, **given: Any) -> Review:
    return street.decide(review.id, outcome, **given)


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
    assert (decided.outcome, decided.decided_by) == ("uphold", review.id)
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


def test_each_kind_of_review_has_its_own_outcomes(world: World, street: Street):
    first, second = disputed(street), overdue(street)
    street.world.clock.forward(days=7)
    by = members(world, first.id)[0]

    for review in (first, second):
        for outcome in sorted(set(Outcome) - set(OUTCOMES[review.reason])):
            with pytest.raises(InvalidInput) as refusal:
                vote(world, by, review.id, outcome, days=10)
            assert refusal.value.code == "review.outcome"
    ends = {Outcome.MEDIATE: S.CLOSED, Outcome.DISMISS: S.CLOSED, Outcome.TALK: S.REMINDED}
    for code, (outcome, state) in zip(("N02", "N03", "N04"), ends.items(), strict=True):
        review = overdue(street, code, 20)
        street.world.clock.forward(days=7)
        assert decide(street, review, outcome).outcome == outcome.value
        assert street.view(review.finding_id).state is state


@pytest.mark.parametrize("outcome", [Outcome.REFER, Outcome.LIST])
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


def test_a_decision_stands_in_the_ledger_and_is_told_to_the_merchant(world: World, street: Street):
    review = disputed(street)
    decide(street, review, Outcome.REVOKE)

    entries = street.entries()
    assert [entry["kind"] for entry in entries] == [
        "finding.opened",
        "finding.object",
        "review.opened",
        "panel.drawn",
        *["panel.file_opened", "panel.voted"] * 3,
        "finding.revoke",
        "review.decided",
    ]
    assert entries[-1]["fact"] == {
        "finding": review.finding_id,
        "reason": "disputed",
        "outcome": "revoke",
        "votes": {"revoke": 3},
        "round": 1,
        "in_doubt": False,
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

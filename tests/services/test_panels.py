"""Panels at work: only who was drawn votes, a majority of enough members decides, the rest waits."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from compliance.accounts.permissions import Action, Role, Viewer
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotAllowed
from compliance.findings.lifecycle import FindingState, Step
from compliance.ledger import service as ledger
from compliance.red_list import queries as red_list
from compliance.reviews import calling, casting, keeping, nominating, panel, queries, seating
from compliance.reviews import members as association
from compliance.reviews import panels as voting
from compliance.reviews import service as reviews
from compliance.reviews.members import OwnShop
from compliance.reviews.models import Review
from compliance.reviews.nominating import Answer
from compliance.reviews.outcomes import Outcome
from compliance.reviews.panel import LeftWhy
from tests.factories import DAYU, LONGQUAN, World
from tests.panels import REASONS, members, nominated, vote
from tests.people import Street

S, T = FindingState, Step


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def disputed(street: Street, **named: Any) -> Review:
    opened = street.fault("O02", **named)
    return object_to(street, opened.id)


def object_to(street: Street, finding_id: str, call: Any = reviews.object_to) -> Review:
    version = street.version(finding_id)
    named = {"version": version, "words": "箱子是隔壁店的", "by": street.merchant}
    return street.world.write(call, street.merchant, finding_id, **named)


def overdue(street: Street) -> Review:
    opened = street.fault("N01")
    street.world.clock.forward(days=12)
    return street.world.write(
        reviews.send_overdue, street.chief, opened.id, version=1, by=street.chief
    )


def more(world: World, count: int, township: str = DAYU) -> list[Viewer]:
    return [world.viewer(Role.ASSOCIATION_REVIEWER, ("township", township)) for _ in range(count)]


def keep(world: World) -> None:
    for panel_id in world.read(keeping.open_panels):
        world.write(keeping.keep, panel_id)


def kinds(street: Street) -> list[str]:
    return [entry["kind"] for entry in street.entries()]


def refused(call: Any) -> str:
    with pytest.raises(ComplianceError) as refusal:
        call()
    return refusal.value.code


def test_the_panel_is_the_one_that_anybody_computes_from_the_ledger(world: World, street: Street):
    everyone = [street.reviewer, street.colleague, street.third, *more(world, 4)]

    review = disputed(street)

    opened = [each for each in street.entries() if each["kind"] == "review.opened"]
    drawn = [each for each in street.entries() if each["kind"] == "panel.drawn"]
    entry = drawn[0]["fact"]["entry"]
    stored = world.read(
        lambda s: [
            each.entry_hash
            for each in ledger.stored_entries(s, ledger.tenancy_subject(street.shop.tenancy_id))
        ]
    )
    assert stored[opened[0]["seq"] - 1] == entry
    by_hand = panel.in_order(entry, [each.account_id for each in everyone])[:3]
    assert [each.account_id for each in members(world, review.id)] == by_hand
    assert drawn[0]["fact"]["of"] == 7


def test_nobody_votes_who_recorded_it_declared_a_tie_or_was_not_drawn(world: World, street: Street):
    review = disputed(street, by=street.reviewer)
    assert members(world, review.id) == [], "two are left: too few"
    fourth, fifth = more(world, 2)
    keep(world)
    seated = {each.account_id for each in members(world, review.id)}
    assert len(seated) == 3
    assert street.reviewer.account_id not in seated
    outsider = next(
        each
        for each in (street.colleague, street.third, fourth, fifth)
        if each.account_id not in seated
    )
    stranger = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))

    def cast(by: Viewer) -> Any:
        return lambda: vote(world, by, review.id, Outcome.REVOKE)

    assert refused(cast(street.reviewer)) == "review.recused"
    assert refused(cast(outsider)) == "review.not_on_panel"
    assert refused(cast(stranger)) == "review.unknown"
    for by in (street.desk, street.chief, street.officer, street.merchant):
        assert refused(cast(by)) == "account.not_allowed"
    tied = members(world, review.id)[0]
    vote(world, tied, review.id, Outcome.REVOKE)
    world.write(calling.stand_aside, tied, review.id, LeftWhy.RELATIVE, by=tied)
    assert refused(cast(tied)) == "review.recused"
    assert outsider.account_id in {each.account_id for each in members(world, review.id)}
    left = [each["fact"] for each in street.entries() if each["kind"] == "panel.left"]
    assert left == [{"seat": 1, "why": "relative"}]


def test_who_sees_the_fault_during_the_review_or_runs_the_same_trade_leaves_with_the_vote(
    world: World, street: Street
):
    review = disputed(street)
    first, second, third = members(world, review.id)
    vote(world, first, review.id, Outcome.REVOKE)
    vote(world, second, review.id, Outcome.REVOKE)
    own = [OwnShop(street.shop.lane_id, street.shop.category)]
    world.write(association.tell, first, shops=own, by=first)

    assert refused(lambda: vote(world, first, review.id, Outcome.UPHOLD)) == "review.recused"
    vote(world, third, review.id, Outcome.REVOKE)

    assert street.view(review.finding_id).state is S.DISPUTED, "two votes are short of quorum"
    assert world.read(queries.counts, street.desk, world.clock()).short == 1
    (successor,) = more(world, 1)
    keep(world)
    vote(world, successor, review.id, Outcome.REVOKE)
    assert street.view(review.finding_id).state is S.REVOKED


def test_a_panel_short_of_members_waits_and_the_desk_asks_next_door(world: World):
    street = Street(world)
    neighbour = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))
    review = disputed(street, by=street.reviewer)
    assert "panel.short" in kinds(street)

    def widen(by: Viewer, **given: str) -> Any:
        named = {"township": LONGQUAN, "reason": "本镇街评议员不够"} | given
        return lambda: world.write(calling.widen, by, review.id, by=by, **named)

    far_desk = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    assert refused(widen(far_desk)) == "review.unknown"
    assert refused(widen(street.colleague)) == "account.not_allowed"
    assert refused(widen(street.desk, township=DAYU)) == "review.township"
    assert refused(widen(street.desk, reason="缺")) == "review.why"

    widen(street.desk)()

    assert neighbour.account_id in {each.account_id for each in members(world, review.id)}
    assert world.read(seating.find, neighbour, Action.REVIEW_READ, review.id)
    assert refused(widen(street.desk, township="110109002000")) == "review.enough_members"
    assert street.decide(review.id, Outcome.REVOKE).outcome == "revoke"


def test_a_vote_is_given_with_reasons_after_reading_and_may_be_changed(
    world: World, street: Street
):
    review = disputed(street)
    first, second, third = members(world, review.id)
    named = {"outcome": Outcome.UPHOLD, "grounds": REASONS, "version": 2, "by": first}
    unread = refused(lambda: world.write(voting.vote, first, review.id, **named))
    assert unread == "review.not_opened"
    with pytest.raises(InvalidInput) as thin:
        vote(world, first, review.id, Outcome.UPHOLD, grounds=" 同意。 ")
    assert thin.value.fields == {"grounds": "review.grounds"}

    vote(world, first, review.id, Outcome.UPHOLD)
    vote(world, first, review.id, Outcome.UPHOLD)
    vote(world, first, review.id, Outcome.REVOKE, grounds="再看一遍照片,位置不在本店。")
    vote(world, second, review.id, Outcome.REVOKE)
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="补一张照片")
    with pytest.raises(Conflict) as stale:
        vote(world, third, review.id, Outcome.UPHOLD, version=2)
    decided = vote(world, third, review.id, Outcome.UPHOLD)

    assert stale.value.code == "finding.stale"
    assert decided.outcome == "revoke"
    assert decided.decided_by == review.id, "the panel decides, not who votes last"
    assert decided.grounds is not None
    assert decided.grounds.splitlines() == ["再看一遍照片,位置不在本店。", REASONS]
    told = [each["fact"] for each in street.entries() if each["kind"] == "panel.voted"]
    assert [each["changed"] for each in told] == [False, True, False, False]
    assert "outcome" not in str(told), "nobody follows a running vote in the ledger"
    again = vote(world, third, review.id, Outcome.UPHOLD)
    assert again.decided_at == decided.decided_at
    assert refused(lambda: vote(world, third, review.id, Outcome.REVOKE)) == "review.decided"


def test_of_votes_cast_at_once_none_is_lost_and_the_review_is_decided_once(
    world: World, street: Street
):
    review = disputed(street)

    with ThreadPoolExecutor(3) as threads:
        jobs = [
            threads.submit(vote, world, by, review.id, Outcome.UPHOLD)
            for by in members(world, review.id)
        ]
    assert [job.exception() for job in jobs] == [None, None, None]

    assert kinds(street).count("panel.voted") == 3
    assert kinds(street).count("review.decided") == 1
    assert world.read(ledger.verify)[1] == []


def test_without_a_majority_the_two_leading_are_voted_on_again(world: World, street: Street):
    review = overdue(street)
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="牌子在做")
    sitting = members(world, review.id)
    for by, outcome, days in zip(
        sitting, (Outcome.LIST, Outcome.DISMISS, Outcome.CRITICISE), (20, None, None), strict=True
    ):
        vote(world, by, review.id, outcome, days=days)
    assert street.view(review.finding_id).state is S.IN_REVIEW
    assert refused(lambda: vote(world, sitting[0], review.id, Outcome.LIST, days=9)) == (
        "review.outcome"
    )

    for by, outcome in zip(
        sitting, (Outcome.CRITICISE, Outcome.DISMISS, Outcome.CRITICISE), strict=True
    ):
        decided = vote(world, by, review.id, outcome)

    assert decided.outcome == "criticise"
    assert kinds(street).count("panel.second_round") == 1


def test_a_listing_lasts_as_short_as_the_kindest_of_the_majority_said(world: World, street: Street):
    review = overdue(street)
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="牌子在做")
    for by, days in zip(members(world, review.id), (20, 7, 30), strict=True):
        vote(world, by, review.id, Outcome.LIST, days=days)

    found = street.view(review.finding_id)
    assert found.listed_until is not None
    assert (found.listed_until - world.clock()).days == 7


def test_a_re_review_is_for_others_once_and_within_five_working_days(world: World, street: Street):
    review = disputed(street)
    former = {each.account_id for each in members(world, review.id)}
    street.decide(review.id, Outcome.UPHOLD)
    assert world.read(reviews.may_appeal, review.finding_id, world.clock())
    assert refused(lambda: object_to(street, review.finding_id)) == "review.ask_for_appeal"
    others = {each.account_id for each in more(world, 3)}

    again = object_to(street, review.finding_id, reviews.appeal)

    assert {each.account_id for each in members(world, again.id)} == others
    assert former.isdisjoint(others)
    for by in (street.reviewer, street.colleague, street.third):
        with pytest.raises(NotAllowed, match=r"review\.recused"):
            vote(world, by, again.id, Outcome.UPHOLD)
    street.decide(again.id, Outcome.UPHOLD)
    assert street.view(review.finding_id).state is S.REMINDED
    assert refused(lambda: object_to(street, review.finding_id, reviews.appeal)) == (
        "review.no_appeal"
    )


def test_an_objection_taken_back_and_made_again_draws_no_other_panel(world: World, street: Street):
    more(world, 5)
    first = disputed(street)
    drawn = [each.account_id for each in members(world, first.id)]
    seen = {"version": 2, "by": street.merchant}
    world.write(reviews.withdraw, street.merchant, first.finding_id, **seen)

    again = object_to(street, first.finding_id)

    assert [each.account_id for each in members(world, again.id)] == drawn
    by = members(world, first.id)[0]
    assert refused(lambda: vote(world, by, first.id, Outcome.REVOKE)) == "review.decided"


def test_after_five_working_days_a_decision_stands(world: World, street: Street):
    review = disputed(street)
    street.decide(review.id, Outcome.UPHOLD)
    world.clock.forward(days=8)

    assert not world.read(reviews.may_appeal, review.finding_id, world.clock())
    assert refused(lambda: object_to(street, review.finding_id, reviews.appeal)) == (
        "review.appeal_late"
    )


def test_the_silent_are_reminded_and_then_followed_by_the_next(world: World, street: Street):
    for by in (street.reviewer, street.colleague, street.third):
        world.write(association.tell, by, shops=[], phone="13900000001", by=by)
    review = disputed(street)
    first, second, _ = members(world, review.id)
    vote(world, first, review.id, Outcome.REVOKE)
    world.clock.forward(days=4)  # Friday: two working days are left until Monday's end
    keep(world)
    keep(world)

    messages = [each.dedup_key for each in street.messages() if each.template == "panel.reminder"]
    assert len(messages) == 2
    assert all(first.account_id not in key for key in messages)
    world.clock.forward(days=7)
    keep(world)
    assert len(members(world, review.id)) == 3, "nobody leaves while nobody can follow"
    (successor,) = more(world, 1)
    keep(world)
    sitting = {each.account_id for each in members(world, review.id)}
    assert successor.account_id in sitting
    assert second.account_id not in sitting


def test_a_shop_comes_onto_the_red_list_by_a_panel_and_off_by_itself(world: World, street: Street):
    shop = street.shop
    listing = nominated(world, shop, street.chief)
    assert refused(lambda: nominated_again(world, street)) == "red_list.already"

    def answer(by: Viewer) -> None:
        world.write(casting.open_file, by, listing, by=by)
        world.write(nominating.vote, by, listing, answer=Answer.CONFIRM, grounds=REASONS, by=by)

    def standing() -> bool:
        return shop.tenancy_id in world.read(red_list.standing, [shop.tenancy_id], world.clock())

    one, two, three = members(world, listing)
    answer(one)
    answer(two)
    assert not standing()
    answer(three)
    assert standing()
    street.fault("O05")
    assert not standing(), "an open finding of severity 3 ends it at once"
    assert world.write(nominating.end_those_over) == 1
    assert world.write(nominating.end_those_over) == 0
    assert [each["fact"] for each in street.entries() if each["kind"] == "red_list.ended"] == [
        {"why": "serious"}
    ]
    assert refused(lambda: nominated_again(world, street)) == "red_list.open_finding"


def nominated_again(world: World, street: Street) -> None:
    words = "每天打烊前都扫一遍，三个月没有问题"
    world.write(
        nominating.nominate, street.desk, street.shop.tenancy_id, words=words, by=street.desk
    )

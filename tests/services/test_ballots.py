"""Casting a vote: proved, secret, changed, once a tenancy; and what an adopted covenant issues."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.ledger import chain
from compliance.ledger import service as ledger
from compliance.merchants.shops import tenancy_table
from compliance.notices import publishing, texts_2026
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice
from compliance.votes import adopting, casting, queries, turnout
from compliance.votes.counting import Choice, Stage, Way
from tests.factories import World
from tests.polls import Poll
from tests.sittings import issue_all, merchant_of, sign_all

PAPER = {"file_no": "纸票-2026-001", "witness": "社区居委会 样例"}


def subject(shop) -> str:
    return ledger.tenancy_subject(shop.tenancy_id)


def tally(poll: Poll, vote_id: str):
    found = poll.world.read(turnout.tally, poll.vote(vote_id))
    return found.yes, found.no, found.abstain


def test_the_chain_only_commits_to_what_was_said(world: World):
    poll = Poll(world)
    vote_id = poll.start()

    ballot = poll.cast(vote_id, poll.shops[0], Choice.NO)

    ((entry, body),) = poll.entries(subject(poll.shops[0]), "vote.cast")
    assert body == {"said": "no"}
    assert entry["fact"] == {
        "vote": vote_id,
        "text_hash": poll.vote(vote_id).text_hash,
        "way": "phone",
        "replaces": None,
    }
    assert len(entry["commitment"]) == 64
    assert world.read(casting.ballot_of, vote_id, poll.shops[0].tenancy_id).id == ballot.id


def test_two_ballots_that_say_the_same_look_different_in_the_chain(world: World):
    poll = Poll(world)
    vote_id = poll.start()

    for shop in poll.shops[:2]:
        poll.cast(vote_id, shop)

    committed = {poll.entries(subject(s), "vote.cast")[0][0]["commitment"] for s in poll.shops[:2]}
    assert len(committed) == 2
    stored = world.read(lambda s: list(ledger.stored_entries(s, subject(poll.shops[0]))))
    said = next(each for each in stored if each.body == b'{"said":"yes"}')
    assert chain.commitment(said.salt, said.body) == json.loads(said.content)["commitment"]


def test_a_vote_may_be_changed_until_the_close_and_both_entries_stay(world: World):
    poll = Poll(world)
    vote_id, shop = poll.start(), poll.shops[0]

    first = poll.cast(vote_id, shop, Choice.NO)
    poll.cast(vote_id, shop, Choice.YES)

    assert tally(poll, vote_id) == (1, 0, 0)
    former, latter = poll.entries(subject(shop), "vote.cast")
    assert (former[1], latter[1]) == ({"said": "no"}, {"said": "yes"})
    assert latter[0]["fact"]["replaces"] == first.entry_hash
    poll.end(vote_id)
    with pytest.raises(RuleBroken, match=r"vote\.not_running"):
        poll.cast(vote_id, shop, Choice.NO)
    assert poll.vote(vote_id).yes == 1


def test_a_vote_sent_twice_counts_once(world: World):
    poll = Poll(world)
    vote_id, shop = poll.start(), poll.shops[0]
    code_id, viewer = poll.prove(vote_id, shop), poll.merchant(shop)

    for _ in range(2):
        place = (viewer, vote_id, shop.tenancy_id)
        world.write(casting.cast, *place, said=Choice.YES, code_id=code_id, by=viewer)

    assert tally(poll, vote_id) == (1, 0, 0)
    assert len(poll.entries(subject(shop), "vote.cast")) == 1


def test_the_database_itself_holds_one_standing_vote_a_shop(world: World):
    poll = Poll(world)
    vote_id, shop = poll.start(), poll.shops[0]
    poll.cast(vote_id, shop)

    def again(session, act):
        ballot = casting.ballot_of(session, vote_id, shop.tenancy_id)
        session.execute(
            sa.insert(type(ballot)), [ballot.model_dump() | {"id": act.new_id(), "said": "no"}]
        )

    with pytest.raises(sa.exc.IntegrityError):
        world.write(again)


def test_two_shops_of_one_operator_have_two_votes(world: World):
    poll = Poll(world, 2)
    vote_id = poll.start()
    both = world.viewer(Role.MERCHANT, *(("tenancy", shop.tenancy_id) for shop in poll.shops))
    poll._merchants = {shop.tenancy_id: both for shop in poll.shops}

    poll.cast(vote_id, poll.shops[0])
    assert [each.ballot is None for each in world.read(queries.of_shops, both)].count(True) == 1
    poll.cast(vote_id, poll.shops[1], Choice.NO)

    vote = poll.vote(vote_id)
    assert (vote.yes, vote.no) == (1, 1)


def test_a_code_proves_one_vote_of_one_shop_in_one_browser(world: World):
    poll = Poll(world)
    vote_id, shop, other = poll.start(), *poll.shops[:2]
    code_id, viewer = poll.prove(vote_id, shop), poll.merchant(other)

    place = (viewer, vote_id, other.tenancy_id)
    with pytest.raises(InvalidInput, match=r"code\.ended"):
        world.write(casting.cast, *place, said=Choice.YES, code_id=code_id, by=viewer)
    elsewhere = merchant_of(world, shop)
    with pytest.raises(InvalidInput, match=r"code\.ended"):
        world.write(casting.try_code, elsewhere, vote_id, shop.tenancy_id, "000000")
    assert tally(poll, vote_id) == (0, 0, 0)


def test_nobody_votes_for_another_shop(world: World):
    poll = Poll(world)
    vote_id, viewer = poll.start(), poll.merchant(poll.shops[1])

    with pytest.raises(NotFound, match=r"vote\.unknown"):
        world.write(casting.send_code, viewer, vote_id, poll.shops[0].tenancy_id, by=viewer)
    with pytest.raises(NotAllowed):
        world.write(casting.send_code, poll.reviewer, vote_id, poll.shops[0].tenancy_id)


def test_a_shop_that_opened_later_is_told_that_it_is_not_on_the_roll(world: World):
    poll = Poll(world)
    vote_id, late = poll.start(), world.shop("后开的样例店", phone="13900000002")

    with pytest.raises(RuleBroken, match=r"vote\.not_on_roll"):
        poll.prove(vote_id, late)
    (own,) = world.read(queries.of_shops, poll.merchant(late))
    assert not own.on_roll
    assert not own.waits


def test_a_paper_vote_is_marked_and_its_proof_stays_out_of_the_entry(world: World):
    poll = Poll(world)
    vote_id, shop = poll.start(), poll.shops[0]

    def enter(said, **proof):
        place = (poll.desk, vote_id, shop.number)
        return world.write(casting.enter_paper, *place, said=said, **proof, by=poll.desk)

    with pytest.raises(InvalidInput, match=r"vote\.paper_proof"):
        enter(Choice.YES, file_no="纸票-2026-001", witness=" ")
    enter(Choice.NO, **PAPER)
    corrected = enter(Choice.YES, **PAPER)

    assert corrected.way is Way.PAPER
    entry, body = poll.entries(subject(shop), "vote.cast")[-1]
    assert entry["fact"]["way"] == "paper"
    assert "样例" not in json.dumps(entry, ensure_ascii=False)
    assert body == {"said": "yes", **PAPER}
    assert tally(poll, vote_id) == (1, 0, 0)


def test_what_was_voted_by_phone_is_not_replaced_by_paper_but_the_other_way_round(world: World):
    poll = Poll(world)
    vote_id = poll.start()
    paper = (poll.desk, vote_id, poll.shops[0].number)
    world.write(casting.enter_paper, *paper, said=Choice.NO, **PAPER, by=poll.desk)

    poll.cast(vote_id, poll.shops[0])

    with pytest.raises(RuleBroken, match=r"vote\.phone_counts"):
        world.write(casting.enter_paper, *paper, said=Choice.NO, **PAPER, by=poll.desk)
    elsewhere = (poll.desk, vote_id, world.shop(lane="双峪路").number)
    with pytest.raises(InvalidInput, match=r"vote\.door_not_on_roll"):
        world.write(casting.enter_paper, *elsewhere, said=Choice.NO, **PAPER, by=poll.desk)
    assert tally(poll, vote_id) == (1, 0, 0)


def covenants(world: World, vote_id: str) -> list[Notice]:
    query = select(Notice).where(Notice.kind == NoticeKind.COVENANT).order_by(Notice.issued_at)
    return list(world.read(lambda session: session.exec(query).all()))


def adopted(poll: Poll, said=(Choice.YES, Choice.YES)) -> str:
    vote_id = poll.start()
    for shop, each in zip(poll.shops, said, strict=False):
        poll.cast(vote_id, shop, each)
    poll.end(vote_id)
    return vote_id


def test_an_adopted_covenant_is_issued_to_the_whole_street_with_its_result(world: World):
    poll = Poll(world)
    vote_id = adopted(poll)
    newcomer = world.shop("新开样例店", phone="13900000003")

    run = world.write(adopting.issue, poll.desk, vote_id, by=poll.desk)

    street = {shop.tenancy_id for shop in (*poll.shops, newcomer)}
    assert {notice.tenancy_id for notice in run.issued} == street
    notice = covenants(world, vote_id)[0]
    assert "应到3户，同意2户，反对0户，弃权0户" in notice.content
    assert "2026年12月3日 经成员商户表决通过".replace(" ", "") in notice.content.replace(" ", "")
    assert notice.fields["watch_days"] == 20
    assert notice.valid_from == poll.vote(vote_id).effective_on
    assert not world.write(adopting.issue, poll.desk, vote_id, by=poll.desk).issued


def test_a_shop_with_an_older_covenant_gets_the_newly_adopted_one(world: World):
    poll = Poll(world)
    issue_all(world, poll.shops[0])
    sign_all(world, poll.shops[0])
    world.clock.forward(minutes=2)
    vote_id = adopted(poll)

    run = world.write(adopting.issue, poll.desk, vote_id, by=poll.desk)

    assert poll.shops[0].tenancy_id in {notice.tenancy_id for notice in run.issued}


def test_nothing_is_issued_from_a_vote_that_was_lost(world: World):
    poll = Poll(world)
    vote_id = adopted(poll, (Choice.YES, Choice.NO))

    assert poll.stage(vote_id) is Stage.NOT_ADOPTED
    with pytest.raises(RuleBroken, match=r"vote\.not_adopted"):
        world.write(adopting.issue, poll.desk, vote_id, by=poll.desk)


def test_nothing_is_issued_from_an_older_vote_or_another_version(world: World):
    poll = Poll(world)
    older = adopted(poll)
    newer = adopted(poll)

    with pytest.raises(RuleBroken, match=r"vote\.newer"):
        world.write(adopting.issue, poll.desk, older, by=poll.desk)
    _publish_next(world)
    with pytest.raises(RuleBroken, match=r"vote\.text_not_in_force"):
        world.write(adopting.issue, poll.desk, newer, by=poll.desk)


def _publish_next(world: World) -> None:
    today = world.clock().date()
    world.write(
        publishing.publish,
        NoticeKind.COVENANT,
        "2026.9",
        texts_2026.COVENANT.body,
        effective_from=today + timedelta(days=1),
        title=texts_2026.COVENANT.title,
        summary=texts_2026.COVENANT.summary,
        summary_en=texts_2026.COVENANT.summary_en,
    )
    world.clock.forward(days=2)


def test_a_lanes_last_result_is_what_single_covenants_are_issued_with(world: World):
    poll = Poll(world)
    lane = poll.shops[0].lane_id
    today = world.clock().date()
    assert world.read(adopting.of_lane, lane, today) == {}

    adopted(poll)

    values = world.read(adopting.of_lane, lane, today)
    assert (values["eligible"], values["yes"], values["street_name"]) == (3, 2, "月季园路")


def test_a_closed_shop_does_not_vote(world: World):
    poll = Poll(world)
    vote_id, shop = poll.start(), poll.shops[0]
    viewer = poll.merchant(shop)
    code_id = poll.prove(vote_id, shop)

    def end(session, act):
        closed = sa.update(tenancy_table).where(tenancy_table.c.id == shop.tenancy_id)
        session.execute(closed.values(closed_on=act.day))

    world.write(end)
    place = (viewer, vote_id, shop.tenancy_id)
    with pytest.raises(RuleBroken, match=r"shop\.closed"):
        world.write(casting.cast, *place, said=Choice.YES, code_id=code_id, by=viewer)

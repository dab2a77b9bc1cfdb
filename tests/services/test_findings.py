"""Findings on both databases: the walks through the table, what is counted, who is told what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from compliance.accounts.permissions import Role
from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.catalogue.models import CheckItem
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotAllowed, NotFound
from compliance.findings import queries
from compliance.findings import service as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.findings.models import Agency, Cause
from compliance.findings.public import public_findings
from compliance.ledger import service as ledger
from compliance.merchants.models import Tenancy
from compliance.reviews import service as reviews
from tests.factories import LONGQUAN, World
from tests.people import Street

S, T = FindingState, Step


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def test_from_the_reminder_through_a_failed_recheck_to_the_end(world: World, street: Street):
    opened = street.fault("H02")
    assert opened.state is S.REMINDED
    assert opened.due_at == world.clock() + timedelta(hours=4)

    street.step(opened.id, T.CLAIM, by=street.merchant, words="已经清走")
    world.clock.forward(hours=1)
    failed = street.step(opened.id, T.FAIL, by=street.chief, words="墙角还有一袋")
    assert failed.state is S.REMINDED
    assert failed.due_at == world.clock() + timedelta(hours=4)
    street.step(opened.id, T.CLAIM, by=street.merchant, photos=["a" * 64])
    ended = street.step(opened.id, T.PASS, by=street.chief)

    assert (ended.state, ended.counted, ended.ended_at) == (S.CLOSED, True, world.clock())
    story = world.read(queries.events, opened.id)
    assert [event.step for event in story] == ["opened", "claim", "fail", "claim", "pass"]
    assert [event.number for event in story] == [1, 2, 3, 4, 5]
    assert story[3].photos == ["a" * 64]


def test_every_step_stands_in_the_shops_ledger_and_its_words_only_as_a_commitment(street: Street):
    opened = street.fault("H02", note="门前三袋垃圾")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="已经清走")

    entries = street.entries()
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["finding.opened", "finding.claim"]
    assert {entry["ref"] for entry in entries} == {opened.id}
    assert "commitment" in entries[1]
    assert not [word for word in ("清走", "三袋") if word in str(entries)]
    assert street.world.read(ledger.verify)[1] == []


def test_the_shop_is_told_once_of_each_thing_it_should_know(world: World, street: Street):
    opened = street.fault("H02")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="清了")
    street.step(opened.id, T.FAIL, by=street.chief, words="没有")

    told = street.messages()
    assert [each.template for each in told] == ["finding.failed", "finding.opened"]
    assert told[1].dedup_key == f"finding:{opened.id}:opened"
    assert told[1].params == {
        "shop": street.shop.name,
        "item": "暴露垃圾或垃圾袋堆放门前",
        "due": "11-23 13:00",
    }


def test_what_a_third_party_did_is_never_counted_and_never_shown_as_the_shops(street: Street):
    opened = street.fault("O02", cause="third_party")
    assert (opened.state, opened.due_at) == (S.THIRD_PARTY, None)

    sent = street.step(opened.id, T.DISPATCH, by=street.chief, to=Agency.BIKE_COMPANY)
    ended = street.step(opened.id, T.RESOLVE, by=street.chief)

    assert (sent.counted, ended.counted, ended.state) == (False, False, S.CLOSED)
    assert street.public() == []
    assert street.messages() == []


def test_a_reminder_that_turns_out_to_be_a_third_partys_comes_off_the_record(street: Street):
    opened = street.fault("O02")

    sent = street.step(opened.id, T.DISPATCH, by=street.chief, to=Agency.COURIER_COMPANY)

    assert (sent.counted, sent.cause, sent.due_at) == (False, Cause.THIRD_PARTY, None)
    assert street.public() == []


def test_fixed_on_the_spot_is_over_at_once_and_counted(world: World, street: Street):
    opened = street.fault("H01", fixed_on_spot=True)

    found = world.read(queries.one, street.chief, opened.id)
    assert (found.state, found.counted, found.ended_at) == (S.CLOSED, True, world.clock())


def test_a_serious_fault_goes_to_the_enforcement_team_at_once(street: Street):
    opened = street.fault("O05")
    assert (opened.state, opened.due_at) == (S.REFERRED, None)

    with pytest.raises(NotAllowed):
        street.step(opened.id, T.PASS, by=street.chief)
    street.step(opened.id, T.ACCEPT, by=street.officer)
    ordered = street.step(opened.id, T.ORDER, by=street.officer, words="限期清理", days=2)

    assert ordered.due_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    assert street.step(opened.id, T.FAIL, by=street.officer, words="未清").state is S.ORDERED
    assert street.step(opened.id, T.PASS, by=street.officer).state is S.CLOSED


def test_the_team_sends_back_what_is_not_for_it_and_the_time_runs_anew(
    world: World, street: Street
):
    opened = street.fault("O05")

    back = street.step(opened.id, T.SEND_BACK, by=street.officer, words="已当场让开,提醒即可")

    assert back.state is S.REMINDED
    assert back.due_at > world.clock()


def test_the_third_time_within_thirty_days_is_referred_even_when_each_was_fixed(
    world: World, street: Street
):
    street.fault("H01", fixed_on_spot=True)
    world.clock.forward(days=10)
    street.fault("H01", cause="third_party")
    street.fault("H02")
    assert street.fault("H01", fixed_on_spot=True).state is S.CLOSED
    world.clock.forward(days=19)

    assert street.fault("H01", fixed_on_spot=True).state is S.REFERRED


def test_older_than_thirty_days_does_not_make_a_repetition(world: World, street: Street):
    street.fault("H01")
    street.fault("H01")
    world.clock.forward(days=30)

    assert street.fault("H01").state is S.REMINDED


def test_what_only_the_covenant_knows_never_goes_to_the_team(world: World, street: Street):
    opened = [street.fault("N01") for _ in range(4)]

    assert {each.state for each in opened} == {S.REMINDED}
    world.clock.forward(days=20)
    with pytest.raises(ComplianceError) as refusal:
        street.step(opened[0].id, T.REFER, by=street.chief, words="到期")
    assert refusal.value.code == "finding.covenant_only"


def test_an_overdue_legal_item_is_referred_by_the_chief(world: World, street: Street):
    opened = street.fault("O02")
    with pytest.raises(ComplianceError) as refusal:
        street.step(opened.id, T.REFER, by=street.chief, words="早了")
    assert refusal.value.code == "finding.not_overdue"

    world.clock.forward(hours=4, seconds=1)

    assert world.read(queries.one, street.chief, opened.id).shown(world.clock()) == "overdue"
    referred = street.step(opened.id, T.REFER, by=street.chief, words="到期未改")
    assert referred.state is S.REFERRED


def test_who_saw_an_older_state_is_told_and_changes_nothing(street: Street):
    opened = street.fault("H02")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="清了")

    with pytest.raises(Conflict) as refusal:
        street.step(opened.id, T.PASS, by=street.chief, version=1)

    assert refusal.value.code == "finding.stale"
    assert len(street.world.read(queries.events, opened.id)) == 2


def test_the_same_form_sent_twice_is_one_step(street: Street):
    opened = street.fault("H02")
    for _ in range(2):
        claimed = street.step(opened.id, T.CLAIM, by=street.merchant, words="清了", version=1)

    assert claimed.version == 2
    assert len(street.world.read(queries.events, opened.id)) == 2


def test_of_twenty_at_once_one_is_heard_and_the_others_are_told(street: Street):
    opened = street.fault("H02")

    def claim(number: int) -> str:
        try:
            street.step(opened.id, T.CLAIM, by=street.merchant, words=f"第{number}次", version=1)
        except ComplianceError as refusal:
            return refusal.code
        return "taken"

    with ThreadPoolExecutor(20) as threads:
        heard = sorted(threads.map(claim, range(20)))

    assert heard == ["finding.stale"] * 19 + ["taken"]
    assert len(street.world.read(queries.events, opened.id)) == 2
    assert street.world.read(ledger.verify)[1] == []


def test_an_objection_comes_too_late_after_three_working_days(world: World, street: Street):
    opened = street.fault("N01")
    world.clock.forward(days=4)

    with pytest.raises(ComplianceError) as refusal:
        street.step(opened.id, T.OBJECT, by=street.merchant, words="不对")
    assert refusal.value.code == "finding.objection_late"


def test_a_claim_without_words_and_photo_changes_nothing(street: Street):
    opened = street.fault("H02")

    with pytest.raises(InvalidInput) as refusal:
        street.step(opened.id, T.CLAIM, by=street.merchant, words="  ")
    assert refusal.value.fields == {"words": "finding.proof_required"}


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.LANE_CHIEF, Role.ENFORCEMENT_OFFICER])
def test_another_shops_finding_looks_as_if_it_did_not_exist(
    world: World, street: Street, role: Role
):
    opened = street.fault("H02")
    elsewhere = Street(world, township=LONGQUAN, lane="三家店东街")
    stranger = {
        Role.MERCHANT: elsewhere.merchant,
        Role.LANE_CHIEF: elsewhere.chief,
        Role.ENFORCEMENT_OFFICER: elsewhere.officer,
    }[role]
    taken = T.CLAIM if role is Role.MERCHANT else T.PASS

    with pytest.raises(NotFound) as refusal:
        street.step(opened.id, taken, by=stranger, words="…")
    assert refusal.value.code == "finding.unknown"
    with pytest.raises(NotFound) as unknown:
        street.step("0" * 32, taken, by=stranger, words="…", version=1)
    assert unknown.value.code == "finding.unknown"
    with pytest.raises(NotFound):
        world.read(queries.one, stranger, opened.id)
    reach = queries.reached_by(stranger)
    assert world.read(queries.worklist, reach, "open", world.clock()) == []


def test_nobody_takes_a_step_that_is_somebody_elses(street: Street):
    opened = street.fault("H02")

    for viewer, taken in ((street.merchant, T.PASS), (street.chief, T.CLAIM)):
        with pytest.raises(NotAllowed):
            street.step(opened.id, taken, by=viewer, words="…")


def test_only_the_system_itself_steps_without_a_person(world: World, street: Street):
    opened = street.fault("N01")

    with pytest.raises(NotAllowed):
        world.write(
            findings.step,
            None,
            opened.id,
            T.SEND_TO_ASSOCIATION,
            version=1,
            by=street.merchant,
        )


def test_the_door_shows_points_and_days_and_no_words_of_anybody(world: World, street: Street):
    opened = street.fault("H02", note="老张说是隔壁的")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="我是张样例")

    (shown,) = street.public()
    assert (shown.name, shown.state, shown.role) == (
        "暴露垃圾或垃圾袋堆放门前",
        "claimed",
        "lane_chief",
    )
    assert "张" not in str(shown)


def test_the_door_says_nothing_yet_of_what_lies_with_the_team(street: Street):
    street.fault("O05")

    (shown,) = street.public()
    assert (shown.state, shown.due_at) == ("in_hand", None)


def test_an_ended_finding_comes_down_from_the_door_after_thirty_days(world: World, street: Street):
    opened = street.fault("H02")
    street.step(opened.id, T.PASS, by=street.chief)
    world.clock.forward(days=29, hours=23)
    assert [each.state for each in street.public()] == ["closed"]

    world.clock.forward(hours=1)

    assert street.public() == []


def test_worklists_say_whose_turn_it_is(world: World, street: Street):
    claimed, other = street.fault("H02"), street.fault("O02", cause="third_party")
    street.fault("O05")
    street.step(claimed.id, T.CLAIM, by=street.merchant, words="清了")
    street.fault("O01")
    world.clock.forward(hours=2)

    reach, now = queries.reached_by(street.chief), world.clock()

    assert [each.id for each in world.read(queries.worklist, reach, "recheck", now)] == [claimed.id]
    assert world.read(queries.counts, reach, now) == {
        "recheck": 1,
        "asked": 0,
        "overdue": 1,
        "third_party": 1,
        "review": 0,
        "referred": 1,
        "screened": 0,
        "ordered": 0,
        "case": 0,
        "open": 4,
        "unresolved": 0,
        "ended": 0,
    }
    third = world.read(queries.worklist, reach, "third_party", now)
    assert [each.id for each in third] == [other.id]
    elsewhere = queries.reached_by(street.desk, township=LONGQUAN)
    assert world.read(queries.counts, elsewhere, now)["open"] == 0


def test_nobody_waits_for_a_shop_that_has_moved_out(world: World, street: Street):
    opened = street.fault("N01")
    world.clock.forward(days=20)

    def move_out(session: Session, act: Act) -> None:
        session.get_one(Tenancy, street.shop.tenancy_id).closed_on = act.at.date()

    world.write(move_out)

    reach, now = queries.reached_by(street.chief), world.clock()
    assert set(world.read(queries.counts, reach, now).values()) == {0}
    assert world.read(queries.worklist, reach, "overdue", now) == []
    assert world.write(reviews.send_all_overdue) == 0
    assert world.read(queries.one, street.chief, opened.id).state is S.REMINDED


def test_a_shop_sees_what_is_due_first_on_top(world: World, street: Street):
    done = street.fault("H01", fixed_on_spot=True)
    later, sooner = street.fault("A02"), street.fault("O01")

    mine = world.read(queries.of_tenancy, street.shop.tenancy_id)

    assert [each.id for each in mine] == [sooner.id, later.id, done.id]


def test_every_item_of_the_checklist_can_be_found_wrong(world: World, street: Street):
    edition = world.read(catalogue.edition_on, world.clock().date())
    items: list[CheckItem] = world.read(catalogue.items, edition)

    for item in items:
        opened = street.fault(item.code)
        assert opened.state in {S.REMINDED, S.REFERRED}
        assert world.read(public_findings, street.shop.tenancy_id, world.clock())

"""The same fault twice is one finding with two sightings, until a person says otherwise."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from compliance.errors import ComplianceError
from compliance.findings import service as findings
from compliance.findings.lifecycle import FindingState, Step
from compliance.findings.models import Finding
from compliance.ledger import service as ledger
from compliance.patrols import same_fault
from tests.factories import LONGQUAN, World
from tests.people import Street
from tests.visits import body, chief_of, fault, log, store_photo

S, T = FindingState, Step
FIRST, SECOND = "1" * 64, "2" * 64


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def rows(world):
    query = sa.select(Finding).order_by(Finding.opened_at)
    return world.read(lambda session: list(session.exec(query).scalars()))


def seen(world, finding_id):
    """Return the sightings of a finding as pages show them."""
    return world.read(
        lambda session: same_fault.sightings(session, session.get_one(Finding, finding_id))
    )


def apart(street, deed, finding_id, *, by, **named):
    version = named.pop("version", None) or street.version(finding_id)
    words = named.pop("words", "看过照片")
    return street.world.write(deed, by, finding_id, version=version, words=words, by=by, **named)


def code_of(call, *args, **named):
    with pytest.raises(ComplianceError) as refusal:
        call(*args, **named)
    return refusal.value.code


def test_two_phones_without_a_signal_make_one_finding_in_whichever_order_they_arrive(world: World):
    for first_to_arrive in ("early", "late"):
        shop = world.shop()
        early, late = chief_of(world, shop), chief_of(world, shop)
        store_photo(world, early, FIRST)
        store_photo(world, late, SECOND)
        nine = world.clock() - timedelta(hours=2)
        sent = {
            "early": (early, nine, FIRST, "两箱"),
            "late": (late, nine + timedelta(minutes=20), SECOND, "三箱"),
        }
        order = sorted(sent, key=lambda name: name != first_to_arrive)
        told = []
        for name in order:
            viewer, at, photo, note = sent[name]
            item = fault("O02", photos=[photo], note=note)
            told.append(log(world, viewer, body(world, shop, item, observed_at=at.isoformat())))
            world.clock.forward(minutes=1)

        (opened,) = told[0].findings
        assert (told[0].again, told[1].findings) == ((), ())
        (again,) = told[1].again
        assert (again.id, again.code, again.state) == (opened.id, "O02", S.REMINDED)
        both = seen(world, opened.id)
        assert [each.note for each in both] == ["两箱", "三箱"]
        assert [each.photos for each in both] == [[FIRST], [SECOND]]
        assert [each.first for each in both] == [name == first_to_arrive for name in sent]
        (finding,) = [each for each in rows(world) if each.tenancy_id == shop.tenancy_id]
        assert (finding.version, finding.due_at) == (1, opened.due_at)
    assert world.read(ledger.verify)[1] == []


def test_seen_again_is_an_entry_in_the_ledger_and_the_same_answer_when_sent_again(
    world: World, street: Street
):
    (opened,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
    sent, name = body(world, street.shop, fault("O02", note="还在")), secrets.token_hex(16)

    first = log(world, street.officer, sent, name)
    replayed = log(world, street.officer, sent, name)

    assert (replayed.again, replayed.findings) == (first.again, ())
    entries = street.entries()
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["patrol.logged", "finding.opened", "patrol.logged", "finding.seen_again"]
    fact = {"patrol": name, "code": "O02", "cause": "merchant", "state": "reminded"}
    assert (entries[3]["ref"], entries[3]["fact"]) == (opened.id, fact)
    assert [each.template for each in street.messages()] == ["finding.opened"]


def test_a_fault_seen_for_weeks_is_one_strike_and_three_that_were_put_right_are_three(
    world: World, street: Street
):
    for _ in range(4):
        log(world, street.chief, body(world, street.shop, fault("H02")))
        world.clock.forward(days=1)
    (only,) = rows(world)
    assert only.state is S.REMINDED

    for _ in range(2):
        street.step(rows(world)[-1].id, T.PASS, by=street.chief)
        log(world, street.chief, body(world, street.shop, fault("H02")))
        world.clock.forward(days=1)
    assert [each.state for each in rows(world)] == [S.CLOSED, S.CLOSED, S.REFERRED]


def test_seen_again_after_the_shop_says_it_is_done_is_a_hint_and_fails_nothing(
    world: World, street: Street
):
    (opened,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
    claimed = street.step(opened.id, T.CLAIM, by=street.merchant, words="搬走了")
    world.clock.forward(hours=1)

    told = log(world, street.officer, body(world, street.shop, fault("O02", fixed_on_spot=True)))

    assert [each.state for each in told.again] == [S.CLAIMED]
    assert street.view(opened.id).version == claimed.version
    assert [each.was_claimed for each in seen(world, opened.id)] == [False, True]
    assert street.step(opened.id, T.PASS, by=street.chief).state is S.CLOSED


def test_a_record_that_arrives_after_the_end_belongs_to_what_it_saw(world: World, street: Street):
    (opened,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
    world.clock.forward(minutes=30)
    seen_at = world.clock().isoformat()
    world.clock.forward(minutes=30)
    street.step(opened.id, T.PASS, by=street.chief)
    world.clock.forward(hours=8)

    before = log(world, street.officer, body(world, street.shop, fault("O02"), observed_at=seen_at))
    after = log(world, street.officer, body(world, street.shop, fault("O02")))

    assert [each.id for each in before.again] == [opened.id]
    assert (before.findings, after.again) == ((), ())
    assert len(after.findings) == 1


def test_another_fault_of_the_same_item_stands_beside_it(world: World, street: Street):
    (first,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings

    told = log(world, street.chief, body(world, street.shop, fault("O02", separate=True)))

    (second,) = told.findings
    assert (told.again, second.id != first.id) == ((), True)
    assert street.entries()[-1]["fact"]["sibling"] == first.id
    named = body(world, street.shop, fault("O02", again=second.id))
    assert [each.id for each in log(world, street.chief, named).again] == [second.id]


def test_a_sighting_that_was_another_fault_becomes_a_finding_of_who_saw_it(
    world: World, street: Street
):
    store_photo(world, street.officer, SECOND)
    (opened,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
    patrol_id = secrets.token_hex(16)
    item = fault("O02", note="左边货架", photos=[SECOND])
    log(world, street.officer, body(world, street.shop, item), patrol_id)
    world.clock.forward(hours=3)
    version = street.version(opened.id)

    told = apart(street, same_fault.split, opened.id, by=street.desk, patrol=patrol_id)

    own = street.view(told.id)
    assert (own.recorded_by, own.note, own.patrol_id) == (
        street.officer.account_id,
        "左边货架",
        patrol_id,
    )
    assert (own.opened_at, own.counted, own.state) == (world.clock(), True, S.REMINDED)
    (_, left) = seen(world, opened.id)
    assert left.split_into == told.id
    assert [each.photos for each in seen(world, told.id)] == [[SECOND]]
    kinds = [entry["kind"] for entry in street.entries()]
    assert kinds[-2:] == ["finding.split", "finding.opened"]
    again = apart(
        street, same_fault.split, opened.id, by=street.desk, patrol=patrol_id, version=version
    )
    assert again is None  # the same form twice
    assert (
        code_of(apart, street, same_fault.split, opened.id, by=street.desk, patrol=patrol_id)
        == "finding.no_sighting"
    )
    assert len(rows(world)) == 2

    street.step(opened.id, T.PASS, by=street.chief)
    assert street.view(told.id).state is S.REMINDED


def test_two_findings_that_are_one_fault_count_once_and_nothing_seen_is_lost(
    world: World, street: Street
):
    visits = [secrets.token_hex(16) for _ in range(3)]
    (first,) = log(world, street.chief, body(world, street.shop, fault("O02")), visits[0]).findings
    world.clock.forward(hours=1)
    item = fault("O02", separate=True, note="同一堆")
    (second,) = log(world, street.officer, body(world, street.shop, item), visits[1]).findings
    named = fault("O02", again=second.id)
    log(world, street.chief, body(world, street.shop, named), visits[2])

    merged = apart(street, same_fault.merge, second.id, by=street.chief, into=first.id)

    assert (merged.state, merged.counted) == (S.CLOSED, False)
    assert seen(world, first.id)[0].patrol_id == visits[0]
    assert {each.patrol_id for each in seen(world, first.id)} == set(visits)
    assert [each.merged_from for each in seen(world, first.id)] == [None, second.id, second.id]
    entries = street.entries()[-3:]
    told = [(each["kind"], each["ref"]) for each in entries]
    assert told == [("finding.merge", second.id)] + [("finding.seen_again", first.id)] * 2
    assert entries[0]["fact"]["into"] == first.id

    parted = apart(street, same_fault.split, first.id, by=street.desk, patrol=visits[1])
    apart(street, same_fault.merge, parted.id, by=street.desk, into=first.id)

    assert {each.patrol_id for each in seen(world, first.id)} == set(visits)
    assert not [each for each in seen(world, first.id) if each.split_into]
    assert [each.counted for each in rows(world)] == [True, False, False]
    assert world.read(ledger.verify)[1] == []


def test_only_who_may_send_somebody_there_tells_faults_apart_and_only_among_twins(
    world: World, street: Street
):
    (first,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
    told = log(world, street.chief, body(world, street.shop, fault("O02", separate=True)))
    (second,) = told.findings
    other = street.fault("H01")
    neighbour = Street(world, lane="双峪路").fault("O02")
    stranger = Street(world, township=LONGQUAN, lane="别处")

    def refused(viewer, into):
        return code_of(apart, street, same_fault.merge, second.id, by=viewer, into=into)

    assert refused(street.merchant, first.id) == "account.not_allowed"
    assert refused(street.reviewer, first.id) == "account.not_allowed"
    assert refused(stranger.desk, first.id) == "finding.unknown"
    for into in (other.id, neighbour.id, second.id, "0" * 32):
        assert refused(street.desk, into) == "finding.no_twin"
    assert street.view(second.id).state is S.REMINDED


def test_a_fault_seen_while_the_finding_is_being_closed_is_never_lost(world: World, street: Street):
    """The visit holds the shop's ledger, the step the finding: neither waits for the other."""
    for _ in range(6):
        (opened,) = log(world, street.chief, body(world, street.shop, fault("O02"))).findings
        sent = body(world, street.shop, fault("O02"))
        with ThreadPoolExecutor(2) as threads:
            passing = threads.submit(street.step, opened.id, T.PASS, by=street.chief)
            logging = threads.submit(log, world, street.officer, sent)
            passing.result()
            told = logging.result()

        assert len(told.again) + len(told.findings) == 1
        for each in told.findings:
            version = street.version(each.id)
            world.write(
                findings.step, street.officer, each.id, T.PASS, version=version, by=street.officer
            )
        world.clock.forward(days=40)
    assert world.read(ledger.verify)[1] == []

"""Logging a visit: once, with its evidence, by those who may; faults become findings."""

import json
import secrets

import pytest
import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotAllowed, NotFound
from compliance.findings.lifecycle import FindingState
from compliance.findings.models import Finding
from compliance.ledger import chain
from compliance.ledger import service as ledger
from compliance.patrols.models import Patrol, PatrolItem
from compliance.places.models import Lane
from tests.factories import World
from tests.visits import PHOTO, body, chief_of, fault, log, ok, store_photo


def rows(world, model):
    return world.read(lambda session: list(session.exec(sa.select(model)).scalars()))


def refusal(call, *args, **named):
    with pytest.raises(ComplianceError) as caught:
        call(*args, **named)
    return caught.value


def test_a_visit_without_a_fault_is_a_record_too(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)

    logged = log(world, chief, body(world, shop))

    assert logged.merchant == shop.number
    assert logged.findings == ()
    assert logged.warnings == ()
    assert logged.receipt.seq == 1
    assert rows(world, Finding) == []
    (patrol,) = rows(world, Patrol)
    assert (patrol.entry_seq, patrol.entry_hash) == (1, logged.receipt.entry_hash)
    assert patrol.distance_m == 0


def test_the_receipt_lets_the_phone_recompute_entry_and_commitment(world: World):
    shop = world.shop()
    sent = body(world, shop, fault("O02", note="占道 2 箱"), note="a\nb")

    receipt = log(world, chief_of(world, shop), sent).receipt

    told = json.loads(receipt.content)
    assert chain.entry_hash(receipt.content) == receipt.entry_hash
    assert told["commitment"] == chain.commitment(receipt.salt, chain.canonical_body(sent))
    assert told["kind"] == "patrol.logged"
    assert told["fact"] == {
        "kind": "patrol",
        "edition": "v2026",
        "looked_at": 1,
        "faults": ["O02"],
    }
    assert "占道 2 箱" not in receipt.content.decode()
    assert world.read(ledger.verify)[1] == []


def test_faults_become_findings_and_the_rest_stays_as_seen(world: World):
    shop = world.shop()

    logged = log(
        world,
        chief_of(world, shop),
        body(world, shop, ok("H01"), fault("O02"), fault("O05"), fault("A02", fixed_on_spot=True)),
    )

    assert [(each.code, each.state) for each in logged.findings] == [
        ("A02", FindingState.CLOSED),
        ("O02", FindingState.REMINDED),
        ("O05", FindingState.REFERRED),
    ]
    assert {(item.code, item.result.value) for item in rows(world, PatrolItem)} == {
        ("H01", "ok"),
        ("O02", "fault"),
        ("O05", "fault"),
        ("A02", "fault"),
    }
    assert rows(world, Patrol)[0].fault_count == 3


def test_what_a_third_party_did_is_not_the_shops(world: World):
    shop = world.shop()

    log(world, chief_of(world, shop), body(world, shop, fault("O04", cause="third_party")))

    (finding,) = rows(world, Finding)
    assert (finding.state, finding.counted) == (FindingState.THIRD_PARTY, False)


def test_advice_is_recorded_and_never_held_against_a_shop(world: World):
    shop = world.shop()

    logged = log(world, chief_of(world, shop), body(world, shop, fault("O10")))

    assert logged.findings == ()
    assert rows(world, Finding) == []
    assert rows(world, Patrol)[0].fault_count == 0
    assert [item.code for item in rows(world, PatrolItem)] == ["O10"]


def test_the_same_content_again_gets_the_same_receipt(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    sent = body(world, shop, fault("O02"))
    patrol_id = secrets.token_hex(16)
    first = log(world, chief, sent, patrol_id)
    world.clock.forward(hours=3)

    again = log(world, chief, dict(reversed(sent.items())), patrol_id)

    assert again.replayed
    assert not first.replayed
    assert again.receipt == first.receipt
    assert (again.merchant, again.findings, again.warnings) == (
        first.merchant,
        first.findings,
        first.warnings,
    )
    assert len(rows(world, Patrol)) == len(rows(world, Finding)) == 1


def test_other_content_under_the_same_id_is_refused_and_changes_nothing(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    patrol_id = secrets.token_hex(16)
    log(world, chief, body(world, shop), patrol_id)

    refused = refusal(log, world, chief, body(world, shop, note="anders"), patrol_id)

    assert isinstance(refused, Conflict)
    assert refused.code == "patrol.other_content"
    assert len(rows(world, Patrol)) == 1


def test_nobody_gets_the_receipt_of_another(world: World):
    shop = world.shop()
    patrol_id, sent = secrets.token_hex(16), body(world, shop)
    log(world, chief_of(world, shop), sent, patrol_id)

    refused = refusal(log, world, chief_of(world, shop), sent, patrol_id)

    assert refused.code == "patrol.other_content"


def test_a_receipt_can_be_had_again_after_the_door_code_was_withdrawn(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    patrol_id, sent = secrets.token_hex(16), body(world, shop)
    first = log(world, chief, sent, patrol_id)
    withdraw(world, shop)

    assert log(world, chief, sent, patrol_id).receipt == first.receipt
    assert refusal(log, world, chief, sent).code == "door.withdrawn"


def withdraw(world, shop):
    def change(session, act):
        statement = "UPDATE door_code SET state = 'withdrawn' WHERE token = :token"
        session.execute(sa.text(statement), {"token": shop.door})

    world.write(change)


def test_an_unknown_door_is_not_found(world: World):
    shop = world.shop()
    sent = {**body(world, shop), "door": "0" * 16}

    refused = refusal(log, world, chief_of(world, shop), sent)

    assert isinstance(refused, NotFound)
    assert refused.code == "door.unknown"


def test_a_lane_chief_logs_only_in_the_own_lanes(world: World):
    mine, other = world.shop(), world.shop(lane="双峪路")

    refused = refusal(log, world, chief_of(world, mine), body(world, other))

    assert isinstance(refused, NotFound)
    assert len({lane.id for lane in rows(world, Lane)}) == 2


@pytest.mark.parametrize(
    ("role", "kind", "may"),
    [
        (Role.LANE_CHIEF, "patrol", True),
        (Role.LANE_CHIEF, "inspection", False),
        (Role.LANE_CHIEF, "peer_check", False),
        (Role.LANE_CHIEF, "self_check", False),
        (Role.ENFORCEMENT_OFFICER, "patrol", True),
        (Role.ENFORCEMENT_OFFICER, "inspection", True),
        (Role.ASSOCIATION_REVIEWER, "peer_check", True),
        (Role.ASSOCIATION_REVIEWER, "patrol", False),
        (Role.MERCHANT, "self_check", True),
        (Role.MERCHANT, "patrol", False),
        (Role.TOWNSHIP_DESK, "patrol", False),
        (Role.AUDITOR, "patrol", False),
    ],
)
def test_each_role_logs_its_own_kinds(world: World, role, kind, may):
    shop = world.shop()
    places = [
        ("lane", shop.lane_id),
        ("township", shop.township_code),
        ("tenancy", shop.tenancy_id),
    ]
    viewer = world.viewer(role, *places, officer_certificate="京执001")
    sent = body(world, shop, kind=kind, **(INSPECTED if kind == "inspection" else {}))

    if may:
        assert log(world, viewer, sent).receipt.seq == 1
    else:
        assert isinstance(refusal(log, world, viewer, sent), NotAllowed)


INSPECTED = {
    "officers": ["京执001", "京执002"],
    "plan_ref": "2026-门城-11",
    "credentials_shown": True,
}


def officer_of(world, shop, certificate="京执001"):
    place = ("township", shop.township_code)
    return world.viewer(Role.ENFORCEMENT_OFFICER, place, officer_certificate=certificate)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"officers": ["京执001"]}, "officers", "inspection.two_officers"),
        ({"officers": ["京执001", "京执001"]}, "officers", "inspection.two_officers"),
        ({"officers": ["京执002", "京执003"]}, "officers", "inspection.own_certificate"),
        ({"plan_ref": None}, "plan_ref", "inspection.plan_needed"),
        ({"credentials_shown": False}, "credentials_shown", "inspection.credentials_needed"),
    ],
)
def test_an_inspection_needs_two_officers_a_plan_and_certificates_shown(
    world: World, change, field, code
):
    shop = world.shop()
    sent = body(world, shop, kind="inspection", **{**INSPECTED, **change})

    refused = refusal(log, world, officer_of(world, shop), sent)

    assert isinstance(refused, InvalidInput)
    assert refused.fields == {field: code}


def test_an_officer_without_a_certificate_inspects_nothing(world: World):
    shop = world.shop()
    sent = body(world, shop, kind="inspection", **INSPECTED)

    refused = refusal(log, world, officer_of(world, shop, certificate=None), sent)

    assert refused.fields == {"officers": "inspection.own_certificate"}


def test_waste_papers_are_looked_at_by_officers_on_an_inspection_only(world: World):
    shop = world.shop()
    officer = officer_of(world, shop)

    seen = log(world, officer, body(world, shop, fault("W03"), kind="inspection", **INSPECTED))
    by_officer = refusal(log, world, officer, body(world, shop, fault("W03")))
    by_chief = refusal(log, world, chief_of(world, shop), body(world, shop, ok("W01")))

    assert [each.code for each in seen.findings] == ["W03"]
    assert by_officer.fields == {"items.0.code": "patrol.officers_only"}
    assert by_chief.fields == {"items.0.code": "patrol.officers_only"}


def test_the_words_of_an_inspection_are_for_inspections(world: World):
    shop = world.shop()

    refused = refusal(log, world, chief_of(world, shop), body(world, shop, **INSPECTED))

    assert refused.fields == dict.fromkeys(INSPECTED, "inspection.only")


def test_a_shop_that_checks_itself_is_not_held_to_what_it_finds(world: World):
    shop = world.shop()
    merchant = world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id))

    logged = log(world, merchant, body(world, shop, fault("W04"), kind="self_check"))

    assert logged.findings == ()
    assert logged.receipt.seq == 1
    assert rows(world, Finding) == []


@pytest.mark.parametrize(
    ("items", "fields"),
    [
        ([fault("Z99")], {"items.0.code": "patrol.unknown_item"}),
        ([ok("H01"), fault("H01")], {"items.1.code": "patrol.repeated_item"}),
        (
            [{**ok("H01"), "fixed_on_spot": True}],
            {"items.0.fixed_on_spot": "patrol.nothing_to_fix"},
        ),
    ],
)
def test_points_that_make_no_sense_are_named(world: World, items, fields):
    shop = world.shop()

    assert refusal(log, world, chief_of(world, shop), body(world, shop, *items)).fields == fields


def test_doubts_are_told_and_never_refused(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    store_photo(world, chief)
    log(world, chief, body(world, shop, photos=[PHOTO]))
    far = {"lat": shop.lat + 0.05, "lng": shop.lng, "accuracy_m": 300, "crs": "WGS84"}

    logged = log(
        world,
        chief,
        body(
            world,
            shop,
            photos=[PHOTO],
            position=far,
            observed_at="2026-11-24T12:00:00+08:00",
        ),
    )

    assert set(logged.warnings) == {
        "inaccurate",
        "far_from_door",
        "clock_skew",
        "photo_seen_before",
    }
    assert rows(world, Patrol)[-1].distance_m is not None


def test_a_shifted_position_is_at_the_door(world: World):
    shop = world.shop()
    gcj = {"lat": 39.94047, "lng": 116.10146, "accuracy_m": 5, "crs": "GCJ02"}

    logged = log(world, chief_of(world, shop), body(world, shop, position=gcj))

    assert logged.warnings == ()


def test_an_entry_is_canonical_json(world: World):
    shop = world.shop()

    content = log(world, chief_of(world, shop), body(world, shop)).receipt.content

    assert chain.canonical(json.loads(content)) == content

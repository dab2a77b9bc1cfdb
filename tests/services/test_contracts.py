"""Contracts on the official form: sent in by shop, desk or hauler, checked, and what they are worth."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.accounts.permissions import Role, Viewer
from compliance.contracts import checking, missing
from compliance.contracts import service as contracts
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.notices import listing, service, sittings
from compliance.notices.evidence import result_hash
from compliance.notices.kinds import NoticeKind, NoticeState, Standing
from compliance.notices.models import NoticeText, Party, SignatureMethod, TextSource, WasteHauler
from compliance.notices.official import OFFICIAL_TEXT
from compliance.notifications.models import OutboxMessage
from tests.contracts import HAULER, accept, original, particulars, submit
from tests.factories import LONGQUAN, World
from tests.people import Street
from tests.sittings import given, sign_all

CONTRACT = NoticeKind.WASTE_CONTRACT


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def slot(street: Street, day=None):
    world = street.world
    today = day or world.act().day
    return world.read(service.of_tenancy, street.shop.tenancy_id, today)[CONTRACT]


def hauler_of(world: World, name: str = HAULER) -> Viewer:
    found = world.read(lambda s: s.exec(select(WasteHauler).where(WasteHauler.name == name)).one())
    return world.viewer(Role.WASTE_HAULER, ("hauler", found.id))


def messages(street: Street) -> list[str]:
    return [each.template for each in street.messages()]


def test_a_contract_sent_in_is_checked_before_it_fills_the_slot(world, street):
    notice = submit(world, street.shop, street.merchant)
    assert slot(street).standing is Standing.SUBMITTED
    assert not slot(street).filled

    accept(world, street.desk, notice)

    state = slot(street)
    assert state.standing is Standing.ACTIVE
    assert state.number == notice.number
    assert state.valid_to == world.act().day + timedelta(days=335)
    assert "contract.accepted" in messages(street)


def test_the_record_says_what_the_contract_says_and_holds_the_hashes_of_its_files(world, street):
    notice = submit(world, street.shop, street.merchant)

    for words in ("BF-2026-0815", HAULER, "每日2次，21:00–22:00", "厨余垃圾", "ab" * 32, "经营者"):
        assert words in notice.content
    assert "{" not in notice.content
    accept(world, street.desk, notice)
    entries = [each for each in street.entries() if each["ref"] == notice.id]
    assert [each["kind"] for each in entries] == [
        "notice.submitted",
        "notice.accepted",
        "notice.signed",
        "notice.signed",
    ]
    assert all(each["fact"]["files"] == ["ab" * 32] for each in entries)
    assert all(each["fact"]["text_hash"] == notice.text_hash for each in entries)
    assert not world.read(ledger.verify)[1]


def test_both_sides_stand_signed_on_paper_and_nobody_is_asked_to_sign_again(world, street):
    notice = submit(world, street.shop, street.merchant)
    assert not world.read(sittings.to_sign, world.act(), street.shop)
    accept(world, street.desk, notice)

    signed = world.read(service.signatures_of, notice.id)

    assert {each.party: each.method for each in signed} == {
        Party.MERCHANT: SignatureMethod.UPLOADED,
        Party.HAULER: SignatureMethod.UPLOADED,
    }
    for each in signed:
        assert each.evidence["result_hash"] == result_hash(each)
        assert [step["kind"] for step in each.evidence["events"]] == ["uploaded", "accepted"]
    assert not world.read(listing.to_countersign, hauler_of(world))


def test_what_is_sent_back_can_be_sent_in_again(world, street):
    notice = submit(world, street.shop, street.merchant)
    with pytest.raises(InvalidInput):
        world.write(checking.send_back, street.desk, notice.id, "不", by=street.desk)

    world.write(checking.send_back, street.desk, notice.id, "第二页看不清", by=street.desk)
    assert slot(street).standing is Standing.RETURNED
    with pytest.raises(RuleBroken):
        accept(world, street.desk, notice)
    second = submit(world, street.shop, street.merchant, official_no="BF-2026-0816")
    accept(world, street.desk, second)

    assert slot(street).number == second.number != notice.number
    assert [m.params["reason"] for m in street.messages() if m.template == "contract.returned"] == [
        "第二页看不清"
    ]


def test_a_repeated_press_changes_nothing(world, street):
    upload = world.write(
        contracts.begin, street.merchant, street.shop.tenancy_id, [original()], by=street.merchant
    )
    typed = particulars(world.act().day)
    first = world.write(contracts.submit, street.merchant, upload.id, typed, by=street.merchant)
    again = world.write(contracts.submit, street.merchant, upload.id, typed, by=street.merchant)
    assert again.id == first.id

    accept(world, street.desk, first)
    accept(world, street.desk, first)

    kinds = [each["kind"] for each in street.entries() if each["ref"] == first.id]
    assert kinds.count("notice.submitted") == kinds.count("notice.accepted") == 1
    assert messages(street).count("contract.accepted") == 1


def test_our_contract_holds_until_the_official_one_is_accepted_and_ends_with_it(world, street):
    merchant, today = street.merchant, world.act().day
    world.write(service.issue, street.shop, CONTRACT, given(CONTRACT, today))
    sign_all(world, street.shop)
    ours = slot(street)
    assert ours.standing is Standing.ACTIVE

    notice = submit(world, street.shop, merchant)
    assert slot(street).number == ours.number
    accept(world, street.desk, notice)

    assert slot(street).number == notice.number
    former = world.read(service.paper_of, world.act(), ours.notice_id)
    assert former.notice.state is NoticeState.SUPERSEDED


def test_what_waits_for_the_signature_gives_way_to_the_official_contract(world, street):
    ours = world.write(service.issue, street.shop, CONTRACT, given(CONTRACT, world.act().day))

    submit(world, street.shop, street.merchant)

    assert not world.read(sittings.to_sign, world.act(), street.shop)
    former = world.read(service.paper_of, world.act(), ours.id)
    assert former.notice.state is NoticeState.SUPERSEDED


def test_a_newer_model_text_leaves_official_contracts_alone(world, street):
    notice = submit(world, street.shop, street.merchant)
    accept(world, street.desk, notice)
    later = world.act().day + timedelta(days=10)

    def publish(session, act):
        text = session.exec(
            select(NoticeText).where(
                NoticeText.kind == CONTRACT, NoticeText.source == TextSource.MODEL
            )
        ).one()
        fields = text.model_dump() | {"id": act.new_id(), "version": "2027.1"}
        session.add(NoticeText(**(fields | {"effective_from": later})))

    world.write(publish)

    assert slot(street, later + timedelta(days=1)).standing is Standing.ACTIVE


def test_the_public_reads_who_collects_what_and_when_and_no_more(world, street):
    notice = submit(world, street.shop, street.merchant)
    accept(world, street.desk, notice)

    paper = world.read(service.paper_of, world.act(), notice.id)

    public = paper.public_text().text
    assert HAULER in public
    assert "BF-2026-0815" not in public
    assert "ab" * 32 not in public
    told = dict(paper.public_facts())
    assert told["fact.collection"] == "每日2次，21:00–22:00"
    assert told["fact.streams"] == "厨余垃圾、其他垃圾"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"streams": ["other"]}, "streams", "notice.kitchen_missing"),
        ({"valid_to": "2026-11-01"}, "valid_to", "contract.ended"),
        ({"valid_from": "2027-12-31"}, "valid_to", "notice.dates_reversed"),
        ({"permit_valid_to": "2026-11-10"}, "permit_valid_to", "contract.permit_ended"),
        ({"permit_valid_to": "2026-09-30"}, "permit_valid_to", "notice.permit_ended_before"),
        ({"official_no": ""}, "official_no", "notice.value_impossible"),
        ({"holder_type": "landlord"}, "holder_type", "notice.value_impossible"),
    ],
)
def test_particulars_that_cannot_be_are_named_by_field(world, street, changed, field, code):
    with pytest.raises(InvalidInput) as refusal:
        submit(world, street.shop, street.merchant, **changed)

    assert refusal.value.fields[field] == code
    assert slot(street).standing is Standing.MISSING


def test_a_mall_may_hold_the_contract(world, street):
    notice = submit(world, street.shop, street.desk, party_a="样例商场管理公司", holder_type="mall")

    assert "样例商场管理公司（商场）" in notice.content


def test_the_permit_seen_on_the_contract_is_noted_for_the_hauler(world, street):
    accept(world, street.desk, submit(world, street.shop, street.merchant))

    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())

    assert (hauler.name, hauler.permit_valid_to) == (
        HAULER,
        world.act().day + timedelta(days=400),
    )
    noted = world.read(
        lambda s: s.scalars(
            sa.select(LedgerEntry.content).where(LedgerEntry.kind == "hauler.permit_noted")
        ).one()
    )
    assert json.loads(noted)["fact"]["hauler"] == HAULER


def test_a_hauler_sends_in_contracts_of_the_shops_that_name_it_and_of_no_other(world, street):
    accept(world, street.desk, submit(world, street.shop, street.merchant))
    mine, tenant = hauler_of(world), world.shop("样例小吃店", category="snack")
    stranger = world.viewer(Role.WASTE_HAULER, ("hauler", "0" * 32))
    found = world.read(missing.of_haulers, mine, world.act().day)
    assert [shop.tenancy_id for shop in found] == [tenant.tenancy_id]
    assert not world.read(missing.of_haulers, stranger, world.act().day)

    notice = submit(world, tenant, mine)

    assert notice.state is NoticeState.SUBMITTED
    assert not world.read(missing.of_haulers, mine, world.act().day)
    with pytest.raises(InvalidInput) as refusal:
        submit(world, tenant, mine, hauler_name="别家收运(样例)")
    assert refusal.value.code == "contract.other_hauler"
    with pytest.raises(NotFound):
        submit(world, tenant, stranger)


def test_nobody_else_sees_an_upload_or_checks_it(world, street):
    notice = submit(world, street.shop, street.merchant)
    upload = world.read(contracts.of_notice, notice.id)
    stranger = world.viewer(
        Role.MERCHANT, ("tenancy", world.shop("隔壁", lane="向阳路").tenancy_id)
    )
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    read = contracts.Action.CONTRACT_READ

    for viewer in (stranger, far):
        with pytest.raises(NotFound) as refusal:
            world.read(contracts.seen_by, viewer, read, upload.id)
        assert refusal.value.code == "contract.unknown"
    with pytest.raises(NotFound):
        accept(world, far, notice)
    for viewer in (street.merchant, street.chief, street.officer):
        with pytest.raises(NotAllowed):
            accept(world, viewer, notice)
    assert world.read(contracts.seen_by, street.officer, read, upload.id).notice.id == notice.id


def test_a_closed_shop_sends_in_nothing(world, street):
    def close(session, act):
        session.get_one(contracts.Tenancy, street.shop.tenancy_id).closed_on = act.day

    world.write(close)

    with pytest.raises(RuleBroken):
        submit(world, street.shop, street.desk)


def test_the_text_that_records_contracts_is_published_like_any_other(world):
    text = world.read(
        lambda s: s.exec(select(NoticeText).where(NoticeText.source == TextSource.OFFICIAL)).one()
    )

    assert (text.title, text.kind) == (OFFICIAL_TEXT.title, CONTRACT)
    assert world.read(lambda s: s.exec(select(LedgerEntry).where(LedgerEntry.ref == text.id)).one())


def test_no_message_before_the_desk_has_decided(world, street):
    submit(world, street.shop, street.merchant)

    assert not world.read(lambda s: s.exec(select(OutboxMessage)).all())

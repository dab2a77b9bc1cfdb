"""One sitting, one code, a signature record for each notice; and every way in which it must not work."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.accounts.models import OneTimeCode
from compliance.errors import (
    ComplianceError,
    Conflict,
    InvalidInput,
    NotFound,
    RuleBroken,
)
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.merchants.models import Tenancy
from compliance.notices import consent, evidence, service, sittings, steps, texts
from compliance.notices.kinds import NoticeKind, NoticeState, Standing
from compliance.notices.models import Notice, Party, Signature, SignatureMethod
from compliance.notices.service import Witness
from compliance.notifications.models import OutboxMessage
from tests.factories import World
from tests.sittings import (
    DRAWN,
    TYPED,
    begin,
    finish,
    issue_all,
    last_code,
    merchant_of,
    prove,
    sign_all,
)


def signatures(world: World) -> list[Signature]:
    return world.read(lambda s: s.exec(select(Signature)).all())


def states(world: World) -> set[NoticeState]:
    return set(world.read(lambda s: s.exec(select(Notice.state)).all()))


def entries(world: World, kind: str) -> list[dict]:
    query = sa.select(LedgerEntry.content).where(LedgerEntry.kind == kind)
    return [json.loads(content) for content in world.read(lambda s: s.scalars(query).all())]


def test_all_four_are_signed_with_one_code_each_with_its_own_record(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)

    sitting = sign_all(world, shop)

    made = {each.notice_id: each for each in signatures(world)}
    assert set(made) == {notice.id for notice in notices.values()}
    assert len({each.code_id for each in made.values()}) == 1
    for notice in notices.values():
        signature = made[notice.id]
        assert signature.text_hash == notice.text_hash == texts.text_hash(notice.content)
        assert (signature.party, signature.method) == (Party.MERCHANT, SignatureMethod.DRAWN)
        assert (signature.signer_name, signature.signer_role) == ("张样例", "operator")
        assert signature.strokes == DRAWN.strokes
    slots = world.read(service.of_tenancy, shop.tenancy_id, world.clock().date())
    assert {slot.standing for slot in slots.values()} == {Standing.ACTIVE}
    assert sitting.finished_at is not None
    signed = entries(world, "notice.signed")
    assert {each["ref"] for each in signed} == set(made)
    assert {ledger.chain.entry_hash(ledger.chain.canonical(each)) for each in signed} == {
        each.entry_hash for each in made.values()
    }
    assert not world.read(ledger.verify)[1]


def test_the_evidence_tells_each_step_and_the_ledger_holds_no_name(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    world.clock.forward(minutes=1)
    code_id = prove(world, shop, sitting)
    world.clock.forward(minutes=1)

    finish(world, viewer, sitting, code_id)

    told = signatures(world)[0].evidence
    events = [(each["kind"], each["at"][14:19]) for each in told["events"]]
    assert events == [
        ("sent", "00:00"),
        ("opened", "00:00"),
        ("read", "00:00"),
        ("agreed", "00:00"),
        ("code_sent", "00:00"),
        ("code_proved", "01:00"),
        ("signed", "02:00"),
    ]
    assert told["events"][0]["at"] == "2026-11-23T01:00:00+00:00"
    assert (told["network"], told["user_agent"]) == ("203.0.113.0/24", "Test/1.0")
    assert (told["timezone"], told["phone_ends"]) == ("Asia/Shanghai", "0000")
    assert (told["sitting"], told["consent"]) == (sitting.id, consent.CONSENT.version)
    assert told["consent_hash"] == consent.CONSENT.text_hash
    assert "张样例" not in json.dumps(entries(world, "notice.signed"), ensure_ascii=False)


def test_one_hash_of_what_stands_signed_is_in_the_ledger_and_can_be_computed_again(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    in_ledger = {
        each["ref"]: each["fact"]["result_hash"] for each in entries(world, "notice.signed")
    }
    kept = signatures(world)

    assert {each.notice_id: evidence.result_hash(each) for each in kept} == in_ledger
    assert {each.notice_id: each.evidence["result_hash"] for each in kept} == in_ledger
    kept[0].signer_name = "李别人"
    assert evidence.result_hash(kept[0]) != in_ledger[kept[0].notice_id]


def test_each_wrong_code_is_a_step_of_the_evidence(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    wrong = f"{(int(last_code(world, shop.phone)) + 1) % 1_000_000:06d}"
    world.write(steps.try_code, sitting, wrong)
    world.clock.forward(seconds=5)

    finish(world, viewer, sitting, prove(world, shop, sitting))

    kinds = [each["kind"] for each in signatures(world)[0].evidence["events"]]
    assert kinds[-4:] == ["code_sent", "code_failed", "code_proved", "signed"]


def test_without_scripts_the_typed_name_signs(world: World):
    shop = world.shop()
    issue_all(world, shop)

    sign_all(world, shop, mark=TYPED)

    assert {each.method for each in signatures(world)} == {SignatureMethod.TYPED}
    assert {each["fact"]["method"] for each in entries(world, "notice.signed")} == {"typed"}


def test_signing_twice_gives_the_same_records(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)

    first = finish(world, viewer, sitting, code_id)
    again = finish(world, viewer, sitting, code_id)

    assert (again.id, again.finished_at) == (first.id, first.finished_at)
    assert len(signatures(world)) == 4


def test_ten_signatures_at_once_are_one(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)

    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(lambda _: finish(world, viewer, sitting, code_id), range(10)))

    assert {each.finished_at for each in done} == {world.clock()}
    assert len(signatures(world)) == 4
    assert len(entries(world, "notice.signed")) == 4


def test_a_wrong_code_signs_nothing_and_five_end_it(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    right = last_code(world, shop.phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    for _ in range(5):
        assert world.write(steps.try_code, sitting, wrong) is None
    with pytest.raises(InvalidInput) as refusal:
        world.write(steps.try_code, sitting, right)

    assert refusal.value.code == "code.ended"
    assert states(world) == {NoticeState.VIEWED}


def test_a_code_of_another_sitting_does_not_sign(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    other = begin(world, shop, viewer)
    code_id = prove(world, shop, other)
    world.clock.forward(minutes=2)
    sitting = begin(world, shop, viewer)

    with pytest.raises(InvalidInput) as refusal:
        finish(world, viewer, sitting, code_id)

    assert refusal.value.code == "code.ended"
    assert not signatures(world)


def test_a_code_that_was_not_typed_does_not_sign(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    unproved = world.read(lambda s: s.exec(select(OneTimeCode.id)).one())

    with pytest.raises(InvalidInput):
        finish(world, viewer, sitting, unproved)

    assert not signatures(world)


def test_a_form_with_another_hash_signs_nothing(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)

    with pytest.raises(Conflict) as refusal:
        finish(world, viewer, sitting, code_id, hashes=["0" * 64] * 4)

    assert refusal.value.code == "notice.text_changed"
    assert states(world) == {NoticeState.VIEWED}


def test_a_notice_reissued_meanwhile_takes_the_whole_sitting_back(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)
    world.write(service.issue, shop, NoticeKind.PLEDGE, {"clean_times": 5})

    with pytest.raises(ComplianceError):
        finish(world, viewer, sitting, code_id)

    assert not signatures(world)


def test_a_text_changed_behind_the_programs_back_is_not_signed(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)
    changed = sa.update(Notice).where(Notice.id == notices[NoticeKind.PLEDGE].id)
    world.write(lambda s, _act: s.execute(changed.values(content="《商户承诺书》\n另一份")))

    with pytest.raises(Conflict) as refusal:
        finish(world, viewer, sitting, code_id)

    assert refusal.value.code == "notice.text_changed"


def test_the_day_after_one_begins_again(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    world.clock.forward(hours=14, minutes=50)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)
    world.clock.forward(minutes=20)

    with pytest.raises(Conflict):
        finish(world, viewer, sitting, code_id)


def test_a_served_statement_can_still_be_signed(world: World):
    shop = world.shop()
    statement = issue_all(world, shop)[NoticeKind.RESPONSIBILITY_STATEMENT]
    world.write(service.serve, statement.id, witness=Witness("王见证", "社区居委会"))

    sign_all(world, shop)

    slots = world.read(service.of_tenancy, shop.tenancy_id, world.clock().date())
    assert slots[NoticeKind.RESPONSIBILITY_STATEMENT].standing is Standing.ACTIVE


def test_there_is_nothing_to_sign_when_all_is_signed(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    with pytest.raises(RuleBroken) as refusal:
        world.write(sittings.open_sitting, merchant_of(world, shop), shop)

    assert refusal.value.code == "notice.nothing_to_sign"


def test_another_shops_operator_cannot_sign_here(world: World):
    shop, other = world.shop(), world.shop(name="隔壁", phone="13900000000")
    notices = issue_all(world, shop)
    issue_all(world, other)
    viewer, stranger = merchant_of(world, shop), merchant_of(world, other)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)

    with pytest.raises(NotFound):
        finish(world, stranger, sitting, code_id)
    with pytest.raises(NotFound):
        world.write(sittings.open_sitting, stranger, other, notices[NoticeKind.PLEDGE].id)

    assert not signatures(world)


def test_after_handing_over_the_former_operator_signs_nothing(world: World):
    shop = world.shop()
    issue_all(world, shop)
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)
    code_id = prove(world, shop, sitting)

    def close(session, act):
        session.get_one(Tenancy, shop.tenancy_id).closed_on = act.at.date()

    world.write(close)

    with pytest.raises(RuleBroken) as refusal:
        finish(world, viewer, sitting, code_id)

    assert refusal.value.code == "shop.closed"


def test_the_phone_on_file_learns_what_was_signed(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    query = select(OutboxMessage).where(OutboxMessage.template == "notice.signed")
    message = world.read(lambda s: s.exec(query).one())

    assert message.phone == shop.phone
    assert "商户承诺书" in message.params["names"]

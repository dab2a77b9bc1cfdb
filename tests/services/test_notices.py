"""Notices from issue to end: numbers, slots, new versions, refusing, serving, revoking."""

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.accounts.permissions import Action, Role
from compliance.errors import Conflict, InvalidInput, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.merchants.models import Tenancy
from compliance.notices import publishing, service, texts_2026
from compliance.notices.kinds import NoticeKind, NoticeState, Standing
from compliance.notices.models import NoticeText, WasteHauler
from compliance.notices.service import Witness
from compliance.notices.slots import FILLED, notice_table, text_table
from compliance.notifications.models import OutboxMessage
from tests.factories import LONGQUAN, World
from tests.sittings import given, issue_all, merchant_of, permit, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT


def today_of(world: World) -> date:
    return world.clock().date()


def standing_of(world: World, shop, kind) -> Standing:
    return world.read(service.of_tenancy, shop.tenancy_id, today_of(world))[kind].standing


def entries_of(world: World, subject: str) -> list[dict]:
    query = sa.select(LedgerEntry.content).where(LedgerEntry.subject == subject)
    return [
        json.loads(row.content)
        for row in world.read(lambda s: s.execute(query.order_by(LedgerEntry.seq)).all())
    ]


def publish(world: World, kind: NoticeKind, version: str, day: date) -> NoticeText:
    model = next(each for each in texts_2026.MODEL_TEXTS if each.kind is kind)
    return world.write(
        publishing.publish,
        kind,
        version,
        model.body,
        effective_from=day,
        title=model.title,
        summary=model.summary,
        summary_en=model.summary_en,
    )


def test_an_issued_notice_holds_its_values_its_hash_and_its_term(world: World):
    shop = world.shop()

    notice = world.write(service.issue, shop, STATEMENT, {"depth_m": 4.5})

    assert notice.number == f"ZR-{shop.number.split('-')[1]}-2026-1"
    assert notice.state is NoticeState.SENT
    assert (notice.valid_from, notice.valid_to) == (date(2026, 11, 23), date(2027, 11, 22))
    for words in (
        shop.name,
        shop.uscc,
        notice.number,
        "纵深4.5米",
        "临街长度8米",
        "规则版本 v2026",
    ):
        assert words in notice.content
    assert "{" not in notice.content
    entry = entries_of(world, ledger.tenancy_subject(shop.tenancy_id))[-1]
    assert (entry["kind"], entry["ref"]) == ("notice.issued", notice.id)
    assert entry["fact"]["text_hash"] == notice.text_hash


def test_what_is_left_out_is_named_and_nothing_is_kept(world: World):
    shop = world.shop()

    with pytest.raises(InvalidInput) as refusal:
        world.write(service.issue, shop, NoticeKind.COVENANT, {})

    assert set(refusal.value.fields) == {"adopted_on", "eligible", "yes"}
    assert standing_of(world, shop, NoticeKind.COVENANT) is Standing.MISSING


def test_a_new_notice_supersedes_the_unsettled_one_of_its_kind(world: World):
    shop = world.shop()
    first = world.write(service.issue, shop, NoticeKind.PLEDGE, {})

    second = world.write(service.issue, shop, NoticeKind.PLEDGE, {"clean_times": 3})

    former = world.read(service.paper_of, world.act(), first.id).notice
    assert former.state is NoticeState.SUPERSEDED
    assert second.number.endswith("-2")
    assert standing_of(world, shop, NoticeKind.PLEDGE) is Standing.SENT
    facts = [each["fact"] for each in entries_of(world, f"tenancy:{shop.tenancy_id}")]
    assert facts[-1]["supersedes"] == [first.number]


def test_a_shop_is_told_once_a_day_what_waits(world: World):
    shop = world.shop()
    issue_all(world, shop)

    found = world.read(
        lambda s: s.exec(select(OutboxMessage).where(OutboxMessage.phone == shop.phone)).all()
    )

    assert [message.template for message in found] == ["notice.waiting"]


def test_a_hauler_is_known_once_and_its_permit_is_renewed(world: World):
    first, second = world.shop(), world.shop()
    early = permit(today_of(world))
    later = {"hauler_permit_no": "新证", "permit_valid_to": today_of(world) + timedelta(days=2000)}
    for shop, values in ((first, early), (second, later)):
        world.write(service.issue, shop, NoticeKind.WASTE_CONTRACT, values)

    haulers = world.read(lambda s: s.exec(select(WasteHauler)).all())

    assert [(each.permit_no, each.permit_valid_to) for each in haulers] == [
        ("新证", later["permit_valid_to"])
    ]


def test_issuing_in_bulk_fills_only_what_is_lacking_and_names_what_stands_in_the_way(world: World):
    shops = [world.shop(name=f"样例{n}") for n in range(3)]
    nobody = world.shop(name="无收运", uscc="91110109MA00XT014J")
    world.write(_without_hauler, nobody.tenancy_id)
    shops.append(world.read(lambda s: service.shops.by_tenancy(s, nobody.tenancy_id)))
    world.write(service.issue, shops[0], NoticeKind.PLEDGE, {})
    shared = {kind: given(kind, today_of(world)) for kind in NoticeKind}

    run = world.write(service.issue_missing, shops, list(NoticeKind), shared)
    again = world.write(service.issue_missing, shops, list(NoticeKind), shared)

    assert len(run.issued) == 4 * 4 - 1 - 1
    assert [(each.shop.name, each.kind, each.field) for each in run.skipped] == [
        ("无收运", NoticeKind.WASTE_CONTRACT, "hauler_name")
    ]
    assert not again.issued
    count, breaks = world.read(ledger.verify)
    assert count
    assert not breaks


def _without_hauler(session, act, tenancy_id):
    session.get_one(Tenancy, tenancy_id).hauler_name = ""


def test_covenants_are_not_issued_in_bulk_without_a_vote(world: World):
    run = world.write(service.issue_missing, [world.shop()], [NoticeKind.COVENANT])

    assert not run.issued
    assert [each.code for each in run.skipped] == ["notice.value_missing"]


def test_a_slot_follows_the_dates(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    days = {0: "active", 335: "expiring", 364: "expiring", 365: "expired"}
    for forward, expected in days.items():
        day = date(2026, 11, 23) + timedelta(days=forward)
        slots = world.read(service.of_tenancy, shop.tenancy_id, day)
        assert slots[NoticeKind.PLEDGE].standing is Standing(expected)


def test_a_slot_wants_the_text_in_force(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)
    day = today_of(world) + timedelta(days=10)
    publish(world, NoticeKind.PLEDGE, "2026.2", day)

    before = world.read(service.of_tenancy, shop.tenancy_id, day - timedelta(days=1))
    after = world.read(service.of_tenancy, shop.tenancy_id, day)

    assert before[NoticeKind.PLEDGE].standing is Standing.ACTIVE
    assert after[NoticeKind.PLEDGE].standing is Standing.OUTDATED
    assert after[STATEMENT].standing is Standing.ACTIVE


def test_a_renewed_notice_takes_over_only_when_signed(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)
    newer = world.write(service.issue, shop, NoticeKind.PLEDGE, {})

    waiting = world.read(service.of_tenancy, shop.tenancy_id, today_of(world))[NoticeKind.PLEDGE]
    assert (waiting.standing, waiting.waiting_id) == (Standing.ACTIVE, newer.id)

    world.clock.forward(minutes=2)
    sign_all(world, shop)
    signed = world.read(service.of_tenancy, shop.tenancy_id, today_of(world))[NoticeKind.PLEDGE]
    assert (signed.notice_id, signed.waiting_id) == (newer.id, None)


def test_counting_in_sql_agrees_with_the_slots(world: World):
    shops = [world.shop(name=f"样例{n}") for n in range(3)]
    for shop in shops:
        issue_all(world, shop)
    sign_all(world, shops[0])
    world.write(
        service.serve,
        issue_all(world, shops[1])[STATEMENT].id,
        witness=Witness("王见证", "社区居委会"),
    )
    day = today_of(world)
    query = (
        sa.select(sa.func.count())
        .select_from(notice_table.join(text_table, text_table.c.id == notice_table.c.text_id))
        .where(FILLED)
    )
    for forward in (0, 340, 366, 800):
        when = day + timedelta(days=forward)
        slots = world.read(service.slots, [shop.tenancy_id for shop in shops], when)
        filled = sum(slot.filled for each in slots.values() for slot in each.values())

        assert world.read(lambda s, when=when: s.scalar(query, {"today": when})) == filled


def test_a_statement_can_be_served_unsigned_and_binds(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    world.write(service.refuse, notices[STATEMENT].id, "想先看看责任区")

    served = world.write(
        service.serve,
        notices[STATEMENT].id,
        witness=Witness("王见证", "社区居委会"),
        note="留置送达",
    )

    assert served.state is NoticeState.SERVED_UNSIGNED
    slot = world.read(service.of_tenancy, shop.tenancy_id, today_of(world))[STATEMENT]
    assert (slot.standing, slot.filled) == (Standing.SERVED_UNSIGNED, True)
    kinds = [each["kind"] for each in entries_of(world, f"tenancy:{shop.tenancy_id}")]
    assert kinds[-2:] == ["notice.refused", "notice.served"]


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind is not STATEMENT])
def test_nothing_else_can_be_served(world: World, kind):
    notice = issue_all(world, world.shop())[kind]

    with pytest.raises(RuleBroken) as refusal:
        world.write(service.serve, notice.id, witness=Witness("王见证", "社区居委会"))

    assert refusal.value.code == "notice.only_statement_served"


def test_serving_needs_a_witness(world: World):
    notice = issue_all(world, world.shop())[STATEMENT]

    with pytest.raises(InvalidInput) as refusal:
        world.write(service.serve, notice.id, witness=Witness(" ", "社区居委会"))

    assert refusal.value.fields == {"witness": "notice.witness_missing"}


def test_a_refusal_needs_a_reason_that_stays_out_of_the_entry(world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[NoticeKind.PLEDGE]
    with pytest.raises(InvalidInput):
        world.write(service.refuse, notice.id, "不")

    refused = world.write(service.refuse, notice.id, "老板张样例不同意第三条")

    assert refused.state is NoticeState.REFUSED
    assert "张样例" not in json.dumps(
        entries_of(world, f"tenancy:{shop.tenancy_id}"), ensure_ascii=False
    )
    with pytest.raises(RuleBroken):
        world.write(service.refuse, notice.id, "再说一遍也一样")


def test_a_revoked_notice_leaves_its_slot(world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[NoticeKind.PLEDGE]
    sign_all(world, shop)

    world.write(service.revoke, notice.id, "填错了地址")

    assert standing_of(world, shop, NoticeKind.PLEDGE) is Standing.MISSING
    with pytest.raises(RuleBroken):
        world.write(service.revoke, notice.id, "再撤一次")


def test_a_closed_shop_gets_no_notices(world: World):
    shop = world.shop()
    world.write(_close, shop.tenancy_id)
    closed = world.read(lambda s: service.shops.by_tenancy(s, shop.tenancy_id))

    with pytest.raises(RuleBroken) as refusal:
        world.write(service.issue, closed, NoticeKind.PLEDGE, {})

    assert refusal.value.code == "shop.closed"
    assert not world.write(service.issue_missing, [closed], list(NoticeKind)).issued


def _close(session, act, tenancy_id):
    session.get_one(Tenancy, tenancy_id).closed_on = act.at.date()


def test_prices_stay_private_and_collection_is_public(world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[NoticeKind.WASTE_CONTRACT]
    paper = world.read(service.paper_of, world.act(), notice.id)

    public, facts = paper.public_text().text, dict(paper.public_facts())

    assert "京发改" in notice.content
    assert not [word for word in ("京发改", "银行转账", "万分之五") if word in public]
    assert facts["fact.collection"] == "每日1次，20:00–22:00"
    assert facts["fact.hauler_name"] == shop.hauler_name


def test_another_township_sees_nothing(world: World):
    notice = issue_all(world, world.shop())[NoticeKind.PLEDGE]
    stranger = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    neighbour = merchant_of(world, world.shop(name="隔壁"))

    for viewer in (stranger, neighbour):
        with pytest.raises(NotFound):
            world.read(service.seen_by, world.act(), viewer, Action.NOTICE_READ, notice.id)


def test_a_text_once_published_never_changes_and_each_version_comes_later(world: World):
    day = today_of(world)
    first = publish(world, NoticeKind.PLEDGE, "2026.2", day)

    with pytest.raises(Conflict) as taken:
        publish(world, NoticeKind.PLEDGE, "2026.2", day + timedelta(days=1))
    for too_early in (day, day - timedelta(days=1)):
        with pytest.raises(RuleBroken) as refusal:
            publish(world, NoticeKind.PLEDGE, "2026.3", too_early)
        assert refusal.value.code == "text.too_early"

    assert taken.value.code == "text.version_taken"
    assert world.read(publishing.text_in_force, NoticeKind.PLEDGE, day).id == first.id
    earlier = world.read(publishing.text_in_force, NoticeKind.PLEDGE, day - timedelta(days=1))
    assert earlier.version == texts_2026.VERSION
    assert entries_of(world, ledger.DISTRICT_SUBJECT)[-1]["fact"]["text_hash"] == first.text_hash


def test_loading_the_reference_again_publishes_nothing(world: World):
    before = len(world.read(publishing.all_texts))

    world.write(publishing.seed)

    assert before == 4
    assert len(world.read(publishing.all_texts)) == before

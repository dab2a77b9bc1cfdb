"""Re-signing: the roll, the notices, what is carried over, reminders, coverage, and the end."""

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.errors import RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants.models import Merchant, Tenancy
from compliance.notices import (
    drafting,
    publishing,
    resign_issuing,
    resign_lists,
    resigning,
    service,
)
from compliance.notices.kinds import NoticeKind, NoticeState, Standing
from compliance.notices.models import Notice, ResignShop, Signature
from compliance.notices.resign_lists import Headway, Phase, Wanted
from compliance.notices.resigning import Plan
from compliance.notifications.models import OutboxMessage
from merchants_app.resigning import resign
from tests.factories import DAYU, LONGQUAN, World
from tests.sittings import given, issue_all, sign_all

BEIJING = ZoneInfo("Asia/Shanghai")
PLEDGE = NoticeKind.PLEDGE
STARTS = date(2026, 12, 1)
DEADLINE = date(2026, 12, 31)


def at(world: World, day: date, hour: int = 10) -> None:
    world.clock.at = datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING)


def plan_new_version(world: World, kind: NoticeKind = PLEDGE, **plan) -> str:
    """Write a draft with one word changed and publish it; return the campaign's id."""

    def write(session, act):
        former = publishing.latest(session, kind)
        draft = drafting.begin(session, act, former)
        session.flush()
        words = {name: getattr(draft, name) for name in drafting.WRITTEN}
        words |= {
            "version": f"{former.version}x",
            "effective_from": STARTS,
            "body": draft.body.replace("门前", "店门前", 1),
        }
        saved = drafting.save(session, act, draft.id, 1, words)
        chosen = {"deadline": DEADLINE, "steps": (7, 1)} | plan
        return drafting.publish(session, act, saved.id, saved.revision, Plan(**chosen))[1]

    return world.write(write)


def work(world: World) -> None:
    """Let a worker look after campaigns once."""
    asyncio.run(resign(world.context))


def figures(world: World, campaign_id: str, role: Role = Role.DISTRICT_DESK, *places):
    viewer = world.viewer(role, *places)

    def read(session):
        campaign = resigning.campaign_of(session, campaign_id)
        return resign_lists.figures(session, viewer, campaign)[0].by_headway

    return world.read(read)


def lines(world: World, campaign_id: str, **wanted) -> list[resign_lists.Line]:
    viewer = world.viewer(Role.DISTRICT_DESK)

    def read(session):
        campaign = resigning.campaign_of(session, campaign_id)
        return resign_lists.shops(session, viewer, campaign, Wanted(**wanted), None)

    return world.read(read)


def reminders(world: World) -> list[str]:
    query = select(OutboxMessage).where(OutboxMessage.template == "resign.reminder")
    found = world.read(lambda s: s.exec(query.order_by(OutboxMessage.dedup_key)).all())
    return [message.dedup_key.rsplit(":", 1)[1] for message in found]


def standing(world: World, shop, kind: NoticeKind = PLEDGE) -> Standing:
    return world.read(service.of_tenancy, shop.tenancy_id, world.act().day)[kind].standing


def pledge_of(world: World, shop, state: NoticeState) -> Notice:
    query = select(Notice).where(
        Notice.tenancy_id == shop.tenancy_id, Notice.kind == PLEDGE, Notice.state == state
    )
    return world.read(lambda s: s.exec(query).one())


def test_coverage_falls_on_the_day_and_rises_as_shops_sign(world: World):
    shops = [world.shop(name=f"样例{n}", phone=f"1380000001{n}") for n in range(3)]
    for shop in shops:
        issue_all(world, shop)
        sign_all(world, shop)
    campaign_id = plan_new_version(world)
    work(world)
    assert [standing(world, shop) for shop in shops] == [Standing.ACTIVE] * 3

    at(world, STARTS)
    assert [standing(world, shop) for shop in shops] == [Standing.OUTDATED] * 3
    work(world)
    assert figures(world, campaign_id) == {Headway.WAITING: 3}

    sign_all(world, shops[0])

    assert standing(world, shops[0]) is Standing.ACTIVE
    assert figures(world, campaign_id) == {Headway.RESIGNED: 1, Headway.WAITING: 2}
    assert {line.shop for line in lines(world, campaign_id)} == {"样例1", "样例2"}


def test_what_was_signed_keeps_its_words_and_its_proof(world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)
    former = pledge_of(world, shop, NoticeState.SIGNED)
    plan_new_version(world)
    at(world, STARTS)
    work(world)
    sign_all(world, shop)

    kept = pledge_of(world, shop, NoticeState.SUPERSEDED)
    signature = world.read(
        lambda s: s.exec(select(Signature).where(Signature.notice_id == former.id)).one()
    )

    assert (kept.content, kept.text_hash) == (former.content, former.text_hash)
    assert signature.text_hash == kept.text_hash
    assert "店门前" not in kept.content
    assert "店门前" in pledge_of(world, shop, NoticeState.SIGNED).content
    assert world.read(ledger.verify)[1] == []


def test_what_still_holds_is_carried_over_and_what_the_register_corrected_is_not(world: World):
    shop = world.shop()
    world.write(service.issue, shop, PLEDGE, {"clean_times": 5, "complaint_reply_hours": 2})

    def rename(session, act):
        tenancy = session.get_one(Tenancy, shop.tenancy_id)
        session.get_one(Merchant, tenancy.merchant_id).name = "改名样例店"

    world.write(rename)
    plan_new_version(world)
    at(world, STARTS)
    work(world)

    new = pledge_of(world, shop, NoticeState.SENT)
    assert (new.fields["clean_times"], new.fields["complaint_reply_hours"]) == (5, 2)
    assert new.fields["shop_name"] == "改名样例店"
    assert (new.valid_from, new.valid_to) == (STARTS, date(2027, 11, 30))


def test_a_waste_contract_keeps_its_terms_and_its_last_day(world: World):
    shop, kind = world.shop(), NoticeKind.WASTE_CONTRACT
    terms = given(kind, world.act().day) | {"time_window": "06:00–07:00", "bin_list": "三只大桶"}
    former = world.write(service.issue, shop, kind, terms | {"valid_to": date(2027, 5, 31)})
    assert former.fields["time_window"] == "06:00–07:00"

    plan_new_version(world, kind)
    at(world, STARTS)
    work(world)

    (line,) = lines(world, world.read(resigning.campaigns)[0].id)
    new = world.read(lambda s: s.get_one(Notice, line.notice_id))
    kept = ("time_window", "bin_list", "hauler_name", "hauler_permit_no")
    assert {name: new.fields[name] for name in kept} == {name: former.fields[name] for name in kept}
    assert (new.valid_from, new.valid_to) == (STARTS, date(2027, 5, 31))


def test_a_missing_value_stops_one_shop_names_it_and_is_tried_again(world: World):
    shops = [world.shop(name=f"样例{n}", phone=f"1380000001{n}") for n in range(2)]
    kind = NoticeKind.RESPONSIBILITY_STATEMENT
    for shop in shops:
        world.write(service.issue, shop, kind, {})

    def forget_frontage(session, act):
        notice = session.exec(select(Notice).where(Notice.tenancy_id == shops[1].tenancy_id)).one()
        notice.fields = {**notice.fields, "frontage_m": None}
        session.execute(
            sa.text("UPDATE premises SET frontage_m = NULL WHERE id = :id"),
            {"id": shops[1].premises_id},
        )

    world.write(forget_frontage)
    campaign_id = plan_new_version(world, kind)
    at(world, STARTS)
    work(world)

    assert figures(world, campaign_id) == {Headway.WAITING: 1, Headway.STOPPED: 1}
    (line,) = lines(world, campaign_id, headway=Headway.STOPPED)
    assert (line.shop, line.field, line.code) == ("样例1", "frontage_m", "notice.value_missing")

    mend = sa.text("UPDATE premises SET frontage_m = 6 WHERE id = :id")
    world.write(lambda s, _: s.execute(mend, {"id": shops[1].premises_id}))
    work(world)
    assert figures(world, campaign_id)[Headway.STOPPED] == 1
    world.write(resigning.retry, campaign_id)
    work(world)
    assert figures(world, campaign_id) == {Headway.WAITING: 2}


def test_who_is_not_asked_to_re_sign(world: World):
    """Without a notice; issued by hand already; gone; in a township the campaign leaves out."""
    holder = world.shop(name="持有", phone="13800000011")
    world.shop(name="从未签过")
    elsewhere = world.shop(name="别的镇街", township=LONGQUAN, phone="13800000012")
    gone = world.shop(name="已闭店", phone="13800000013")
    for shop in (holder, elsewhere, gone):
        world.write(service.issue, shop, PLEDGE, {})
    campaign_id = plan_new_version(world, townships=(DAYU,))
    at(world, STARTS)
    world.write(resigning.enrol, campaign_id)
    world.write(service.issue, holder, PLEDGE, {"clean_times": 9})
    close = sa.text("UPDATE tenancy SET closed_on = :day WHERE id = :id")
    world.write(lambda s, _: s.execute(close, {"id": gone.tenancy_id, "day": "2026-12-01"}))
    work(world)

    assert figures(world, campaign_id) == {Headway.WAITING: 1, Headway.LEFT: 1}
    assert pledge_of(world, holder, NoticeState.SENT).fields["clean_times"] == 9
    assert standing(world, elsewhere) is Standing.OUTDATED


def test_streets_that_have_not_voted_wait_and_those_that_have_are_issued_to(world: World):
    voted = world.shop(name="表决了", lane="月季园路", phone="13800000011")
    silent = world.shop(name="没表决", lane="新桥大街", phone="13800000012")
    kind = NoticeKind.COVENANT
    for shop in (voted, silent):
        world.write(service.issue, shop, kind, {**given(kind, world.act().day), "watch_days": 15})
    campaign_id = plan_new_version(world, kind)
    at(world, STARTS)
    world.write(resigning.enrol, campaign_id)
    vote = {"adopted_on": STARTS, "effective_on": STARTS, "eligible": 9, "yes": 8, "no": 1}

    done = world.write(resign_issuing.issue_next, campaign_id, {voted.lane_id: vote})

    assert (done.taken, done.issued) == (2, 1)
    assert [(each.shop.name, each.code) for each in done.skipped] == [
        ("没表决", "resigning.street_not_voted")
    ]
    (line,) = lines(world, campaign_id, headway=Headway.WAITING)
    new = world.read(lambda s: s.get_one(Notice, line.notice_id))
    assert "应到9户，同意8户，反对1户" in new.content
    assert new.fields["watch_days"] == 15


def test_a_run_goes_on_where_it_stopped_and_twice_is_once(world: World):
    for n in range(5):
        world.write(service.issue, world.shop(name=f"样例{n}"), PLEDGE, {})
    campaign_id = plan_new_version(world)
    at(world, STARTS)
    world.write(resigning.enrol, campaign_id)
    first = world.write(resign_issuing.issue_next, campaign_id, {}, limit=2)
    assert first.issued == 2
    assert figures(world, campaign_id) == {Headway.WAITING: 2, Headway.QUEUED: 3}

    work(world)
    work(world)

    assert figures(world, campaign_id) == {Headway.WAITING: 5}
    issued = select(Notice).where(Notice.state == NoticeState.SENT)
    assert len(world.read(lambda s: s.exec(issued).all())) == 5


def test_two_workers_issue_each_notice_once(world: World):
    for n in range(12):
        world.write(service.issue, world.shop(name=f"样例{n}"), PLEDGE, {})
    campaign_id = plan_new_version(world)
    at(world, STARTS)

    async def both() -> None:
        await asyncio.gather(*(resign(world.context) for _ in range(3)))

    asyncio.run(both())

    assert figures(world, campaign_id) == {Headway.WAITING: 12}
    rolled = world.read(lambda s: s.exec(select(ResignShop)).all())
    issued = select(Notice).where(Notice.state == NoticeState.SENT)
    assert len(rolled) == len(world.read(lambda s: s.exec(issued).all())) == 12


def test_each_step_reminds_once_who_has_not_signed_and_never_at_night(world: World):
    waiting, done, refused = (
        world.shop(name=name, phone=f"1380000001{n}") for n, name in enumerate("等签退")
    )
    for shop in (waiting, done, refused):
        issue_all(world, shop)
    plan_new_version(world)
    at(world, STARTS)
    work(world)
    sign_all(world, done)
    notice = pledge_of(world, refused, NoticeState.SENT)
    world.write(service.refuse, notice.id, "内容不同意")
    assert reminders(world) == []

    for day in range(31):
        at(world, STARTS + timedelta(days=day), hour=22)
        work(world)
        work(world)

    assert reminders(world) == ["1", "7"]
    query = select(OutboxMessage).where(OutboxMessage.template == "resign.reminder")
    (first, _) = world.read(lambda s: s.exec(query.order_by(OutboxMessage.queued_at)).all())
    assert first.phone == waiting.phone
    assert first.due_at.astimezone(BEIJING) == datetime(2026, 12, 25, 8, tzinfo=BEIJING)


def test_after_a_long_absence_only_the_nearest_step_is_sent(world: World):
    shop = world.shop()
    world.write(service.issue, shop, PLEDGE, {})
    plan_new_version(world, steps=(30, 14, 7, 3))
    at(world, STARTS)
    work(world)
    at(world, DEADLINE - timedelta(days=2))
    work(world)
    at(world, DEADLINE + timedelta(days=1))
    work(world)

    assert reminders(world) == ["3"]


def test_a_campaign_past_its_deadline_is_closed_once_and_reminds_nobody(world: World):
    shop = world.shop()
    world.write(service.issue, shop, PLEDGE, {})
    campaign_id = plan_new_version(world)
    at(world, DEADLINE + timedelta(days=1))
    work(world)
    campaign = world.read(resigning.campaign_of, campaign_id)
    assert resign_lists.phase(campaign, world.act().day) is Phase.OVERDUE

    world.write(resigning.close, campaign_id, "已逐户上门")
    with pytest.raises(RuleBroken) as refusal:
        world.write(resigning.close, campaign_id, "")

    assert refusal.value.code == "resigning.closed"
    closed = world.read(resigning.campaign_of, campaign_id)
    assert resign_lists.phase(closed, world.act().day) is Phase.CLOSED
    assert reminders(world) == []


def test_a_township_sees_its_own_shops(world: World):
    for township in (DAYU, LONGQUAN):
        shop = world.shop(township=township, lane=f"{township}路")
        world.write(service.issue, shop, PLEDGE, {})
    campaign_id = plan_new_version(world)
    at(world, STARTS)
    work(world)

    assert figures(world, campaign_id) == {Headway.WAITING: 2}
    own = figures(world, campaign_id, Role.TOWNSHIP_DESK, ("township", DAYU))
    assert own == {Headway.WAITING: 1}

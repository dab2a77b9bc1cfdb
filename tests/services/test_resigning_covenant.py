"""A new covenant from publication to the last signature: the street votes, then its shops re-sign."""

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.ledger import service as ledger
from compliance.notices import drafting, publishing, resign_lists, resigning, service
from compliance.notices.kinds import NoticeKind, Standing
from compliance.notices.models import Notice, Signature
from compliance.notices.resign_lists import Headway
from compliance.notices.resigning import Plan
from compliance.votes.counting import Stage
from merchants_app.resigning import resign
from tests.factories import World
from tests.polls import GIVEN, Poll
from tests.sittings import given, sign_all

COVENANT = NoticeKind.COVENANT
STARTS = date(2026, 12, 14)


def standing(world: World, shop) -> Standing:
    return world.read(service.of_tenancy, shop.tenancy_id, world.act().day)[COVENANT].standing


def publish_next(world: World) -> tuple[str, str]:
    """Publish the covenant with other words; return the ids of text and campaign."""

    def write(session, act):
        draft = drafting.begin(session, act, publishing.latest(session, COVENANT))
        session.flush()
        words = {name: getattr(draft, name) for name in drafting.WRITTEN}
        words |= {"version": "2027.1", "effective_from": STARTS}
        words["body"] = draft.body.replace("每月互看一次", "每周互看一次")
        drafting.save(session, act, draft.id, 1, words)
        text, campaign = drafting.publish(
            session, act, draft.id, 2, Plan(STARTS + timedelta(days=60), (), (7,))
        )
        return text.id, campaign

    return world.write(write)


def test_a_new_covenant_is_voted_issued_and_signed_street_by_street(world: World):
    poll = Poll(world, 2)
    silent = world.shop(name="没表决的店", lane="新桥大街", phone="13800000099")
    for shop in (*poll.shops, silent):
        world.write(service.issue, shop, COVENANT, given(COVENANT, world.act().day))
        sign_all(world, shop)
    signed = world.read(lambda s: s.exec(select(Signature)).all())
    text_id, campaign_id = publish_next(world)
    vote_id = poll.start(text_id=text_id, effective_on=STARTS, given=GIVEN | {"watch_days": 12})

    assert poll.end(vote_id).stage is Stage.NO_QUORUM
    world.clock.at = datetime(2026, 12, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    asyncio.run(resign(world.context))

    assert {standing(world, shop) for shop in (*poll.shops, silent)} == {Standing.OUTDATED}
    assert headways(world, campaign_id) == {Headway.STOPPED: 3}

    world.clock.at = datetime(2026, 12, 15, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    tomorrow = world.act().day + timedelta(days=11)
    again = poll.start(text_id=text_id, effective_on=tomorrow, given=GIVEN | {"watch_days": 12})
    for shop in poll.shops:
        poll.cast(again, shop)
    assert poll.stage(again) is Stage.ADOPTED
    asyncio.run(resign(world.context))

    assert headways(world, campaign_id) == {Headway.WAITING: 2, Headway.STOPPED: 1}
    world.clock.at = datetime(2026, 12, 28, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    for shop in poll.shops:
        sign_all(world, shop)

    assert [standing(world, shop) for shop in (*poll.shops, silent)] == [
        Standing.ACTIVE,
        Standing.ACTIVE,
        Standing.OUTDATED,
    ]
    assert headways(world, campaign_id) == {Headway.RESIGNED: 2, Headway.STOPPED: 1}
    for each in signed:
        notice = world.read(lambda s, which=each: s.get_one(Notice, which.notice_id))
        assert notice.text_hash == each.text_hash
        assert "每月互看一次" in notice.content
    assert world.read(ledger.verify)[1] == []


def headways(world: World, campaign_id: str) -> dict[Headway, int]:
    viewer = world.viewer(Role.DISTRICT_DESK)

    def read(session):
        campaign = resigning.campaign_of(session, campaign_id)
        return resign_lists.figures(session, viewer, campaign)[0].by_headway

    return world.read(read)

"""The association's pages through HTTP, without a script; and what the merchant sees of a decision."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.findings.lifecycle import FindingState, Step
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from tests.browsing import Browser
from tests.factories import LONGQUAN, World
from tests.panels import members, nominated
from tests.people import Street

S, T = FindingState, Step
WHY = "照片里的位置在邻店门前,不在本店责任区内。"


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def disputed(street: Street, **named: object) -> Review:
    opened = street.fault("O02", note="纸箱占了便道", **named)
    return street.world.write(
        reviews.object_to,
        street.merchant,
        opened.id,
        version=1,
        words="箱子是隔壁卸货时放的",
        by=street.merchant,
    )


def overdue(street: Street) -> Review:
    opened = street.fault("N01")
    street.world.clock.forward(days=12)
    return street.world.write(
        reviews.send_overdue, street.chief, opened.id, version=1, by=street.chief
    )


def test_a_panel_sees_both_sides_votes_and_the_merchant_reads_why(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    for number, by in enumerate(members(world, review.id), 1):
        member = Browser(world, client, by)
        assert "等您投票" in member.open("/reviews")
        page = member.open(f"/reviews/{review.id}")
        for said in ("纸箱占了便道", "箱子是隔壁卸货时放的", "第35条", f"{number} 号评议员 （您）"):
            assert said in " ".join(page.replace("<strong>", "").split()).replace("</span>", "")
        page = member.send(outcome="revoke", grounds=WHY)
        assert ("决定：撤销" if number == 3 else "您投了：撤销") in page

    assert f"/reviews/{review.id}" in member.open("/reviews?state=decided")
    merchant = Browser(world, client, street.merchant)
    told = merchant.open(f"/findings/{review.finding_id}")
    assert WHY in told
    assert "不计入本店记录" in told
    file = merchant.open(f"/reviews/{review.id}")
    assert file.count(WHY) >= 3
    assert "3 号评议员" in file
    assert street.reviewer.display_name not in file


def test_a_vote_without_grounds_or_outcome_is_asked_for_again(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    member = Browser(world, client, members(world, review.id)[0])
    member.open(f"/reviews/{review.id}")

    assert 'id="outcome-error"' in member.send(status=422, grounds=WHY)
    page = member.send(status=422, outcome="uphold", grounds="同意")

    assert 'id="grounds-error"' in page
    assert "至少 10 个字" in page
    assert "同意" in page
    assert street.view(review.finding_id).state is S.DISPUTED


def test_what_came_in_meanwhile_is_shown_before_the_vote_stands(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    member = Browser(world, client, members(world, review.id)[0])
    member.open(f"/reviews/{review.id}")
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="补充:有监控录像")

    page = member.send(status=409, outcome="uphold", grounds=WHY)

    assert "刚才有新的内容" in page
    assert "补充:有监控录像" in page
    assert WHY in page
    assert "您投了：维持" in member.send(outcome="uphold", grounds=WHY)


def test_who_recorded_it_is_told_why_others_vote(world: World, client: TestClient, street: Street):
    world.viewer(Role.ASSOCIATION_REVIEWER, ("township", street.shop.township_code))
    review = disputed(street, by=street.reviewer)

    barred = Browser(world, client, street.reviewer)
    page = barred.open(f"/reviews/{review.id}")

    assert "记录过这件事" in page
    assert 'name="grounds"' not in page
    form = {"form_token": barred.viewer.csrf, "version": "2", "outcome": "revoke", "grounds": WHY}
    assert client.post(f"/reviews/{review.id}", data=form).status_code == 403


def test_a_member_stands_aside_and_the_desk_asks_next_door(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    neighbour = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))
    tied = Browser(world, client, members(world, review.id)[0])
    tied.open(f"/panels/{review.id}/recusal")
    assert 'id="why-error"' in tied.send(status=422)
    assert "和店主是亲属" in tied.send(why="relative")
    desk = Browser(world, client, street.desk)
    assert "还缺 1 名评议员" in desk.open(f"/reviews/{review.id}")
    desk.open(f"/panels/{review.id}/widening")
    assert 'id="reason-error"' in desk.send(status=422, township=LONGQUAN, reason="缺")
    assert "还缺" not in desk.send(township=LONGQUAN, reason="本镇街一人回避")

    called = Browser(world, client, neighbour)
    assert review.id in called.open("/reviews")
    called.open(f"/reviews/{review.id}")
    assert "您投了：撤销" in called.send(outcome="revoke", grounds=WHY)


def test_a_shop_not_heard_cannot_be_listed_yet(world: World, client: TestClient, street: Street):
    review = overdue(street)
    member = Browser(world, client, members(world, review.id)[0])
    assert "还没有听取商户意见" in member.open(f"/reviews/{review.id}")

    page = member.send(status=409, outcome="list", days="10", grounds="提醒两次仍未更换公示。")

    assert "等满 3 个工作日" in page
    world.clock.forward(days=5)
    for by in members(world, review.id):
        member = Browser(world, client, by)
        assert "还没有听取商户意见" not in member.open(f"/reviews/{review.id}")
        member.send(outcome="list", days="10", grounds="提醒两次仍未更换公示。")
    assert street.view(review.finding_id).state is S.ON_IMPROVEMENT_LIST
    assert "待改进清单" in Browser(world, client, street.merchant).open("/findings")


def test_a_member_tells_of_shops_and_no_longer(world: World, client: TestClient, street: Street):
    member = Browser(world, client, street.reviewer)
    assert "请先说明您自己开的店" in member.open("/reviews")
    member.open("/membership")
    assert 'id="lane-error"' in member.send(status=422, lane=street.shop.lane_id)
    member.open("/membership")
    member.send(lane=street.shop.lane_id, category="pharmacy", phone="13900000009")

    assert "请先说明您自己开的店" not in member.open("/reviews")
    assert f"{street.shop.lane_id}:pharmacy" in member.open("/membership")


def test_the_red_list_page_by_page(world: World, client: TestClient, street: Street):
    listing = nominated(world, street.shop, street.chief)
    for by in members(world, listing):
        member = Browser(world, client, by)
        member.open(f"/red-list/{listing}")
        page = member.send(answer="confirm", grounds="九十天里门前一直干净。")

    assert "在红榜上" in page
    assert street.shop.name in Browser(world, client, street.desk).open("/red-list")
    chief = Browser(world, client, street.chief)
    chief.open(f"/red-list/nominations/{street.shop.tenancy_id}")
    assert "已经被推荐" in chief.send(status=409, words="再推荐一次，一直很干净")


def test_the_desk_reads_and_does_not_vote(world: World, client: TestClient, street: Street):
    review = disputed(street)
    desk = Browser(world, client, street.desk)

    assert "只有商户联合会的评议员可以决定" in desk.open(f"/reviews/{review.id}")
    form = {"form_token": desk.viewer.csrf, "version": "2", "outcome": "revoke", "grounds": WHY}
    assert client.post(f"/reviews/{review.id}", data=form).status_code == 403


def test_another_townships_association_finds_nothing(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    stranger = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))
    browser = Browser(world, client, stranger)

    browser.open(f"/reviews/{review.id}", status=404)
    assert review.id not in browser.open("/reviews")
    form = {"form_token": browser.viewer.csrf, "version": "2", "outcome": "revoke", "grounds": WHY}
    assert client.post(f"/reviews/{review.id}", data=form).status_code == 404


def test_what_is_late_stands_out(world: World, client: TestClient, street: Street):
    disputed(street)
    reviewer = Browser(world, client, street.reviewer)
    assert "没有超期" in reviewer.open("/reviews")

    world.clock.forward(days=8)

    assert "已超期" in Browser(world, client, street.reviewer).open("/reviews")


@pytest.mark.parametrize("path", ["/reviews", "/reviews?state=decided&page=0"])
def test_an_empty_queue_says_so(world: World, client: TestClient, street: Street, path: str):
    reviewer = Browser(world, client, street.reviewer)

    assert "没有等着评议的事" in reviewer.open(path)
    assert "Nothing is waiting" in reviewer.open(f"{path}{'&' if '?' in path else '?'}lang=en")

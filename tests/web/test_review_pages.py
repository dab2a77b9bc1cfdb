"""The association's pages through HTTP, without a script; and what the merchant sees of a decision."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.findings.lifecycle import FindingState, Step
from compliance.reviews import service as reviews
from compliance.reviews.models import Review
from tests.browsing import Browser
from tests.factories import LONGQUAN, World
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


def test_a_reviewer_sees_both_sides_decides_and_the_merchant_reads_why(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    reviewer = Browser(world, client, street.reviewer)
    assert f"/reviews/{review.id}" in reviewer.open("/reviews")
    page = reviewer.open(f"/reviews/{review.id}")
    for said in ("纸箱占了便道", "箱子是隔壁卸货时放的", "第35条"):
        assert said in page

    page = reviewer.send(outcome="revoke", grounds=WHY)

    assert "决定：撤销" in page
    assert f"/reviews/{review.id}" in reviewer.open("/reviews?state=decided")
    told = Browser(world, client, street.merchant).open(f"/findings/{review.finding_id}")
    assert "协会的决定：撤销" in told
    assert WHY in told
    assert "不计入本店记录" in told


def test_a_decision_without_grounds_or_outcome_is_asked_for_again(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    reviewer = Browser(world, client, street.reviewer)
    reviewer.open(f"/reviews/{review.id}")

    assert 'id="outcome-error"' in reviewer.send(status=422, grounds=WHY)
    page = reviewer.send(status=422, outcome="uphold", grounds="同意")

    assert 'id="grounds-error"' in page
    assert "至少 10 个字" in page
    assert "同意" in page
    assert street.view(review.finding_id).state is S.DISPUTED


def test_what_came_in_meanwhile_is_shown_before_the_decision_stands(
    world: World, client: TestClient, street: Street
):
    review = disputed(street)
    reviewer = Browser(world, client, street.reviewer)
    reviewer.open(f"/reviews/{review.id}")
    street.step(review.finding_id, T.STATE_CASE, by=street.merchant, words="补充:有监控录像")

    page = reviewer.send(status=409, outcome="uphold", grounds=WHY)

    assert "刚才有新的内容" in page
    assert "补充:有监控录像" in page
    assert WHY in page
    reviewer.send(outcome="uphold", grounds=WHY)
    assert street.view(review.finding_id).state is S.REMINDED


def test_who_recorded_it_is_told_why_somebody_else_decides(
    world: World, client: TestClient, street: Street
):
    review = disputed(street, by=street.reviewer)

    reviewer = Browser(world, client, street.reviewer)
    page = reviewer.open(f"/reviews/{review.id}")
    assert "这个问题是您记录的" in page
    assert 'name="grounds"' not in page
    form = {
        "form_token": reviewer.viewer.csrf,
        "version": "2",
        "outcome": "revoke",
        "grounds": WHY,
    }
    assert client.post(f"/reviews/{review.id}", data=form).status_code == 403
    colleague = Browser(world, client, street.colleague)
    assert 'name="grounds"' in colleague.open(f"/reviews/{review.id}")


def test_a_shop_not_heard_cannot_be_listed_yet(world: World, client: TestClient, street: Street):
    review = overdue(street)
    reviewer = Browser(world, client, street.reviewer)
    assert "还没有听取商户意见" in reviewer.open(f"/reviews/{review.id}")

    page = reviewer.send(status=409, outcome="list", days="10", grounds="提醒两次仍未更换公示。")
    assert "等满 3 个工作日" in page
    world.clock.forward(days=5)
    reviewer = Browser(world, client, street.reviewer)
    assert "还没有听取商户意见" not in reviewer.open(f"/reviews/{review.id}")
    reviewer.send(outcome="list", days="10", grounds="提醒两次仍未更换公示。")

    assert street.view(review.finding_id).state is S.ON_IMPROVEMENT_LIST
    assert "待改进清单" in Browser(world, client, street.merchant).open("/findings")


def test_the_desk_reads_and_does_not_decide(world: World, client: TestClient, street: Street):
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

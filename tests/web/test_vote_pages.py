"""A vote as people use it: prepared, opened, voted on the phone, counted, published, issued."""

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.votes.counting import Choice, Stage
from compliance.votes.models import Vote
from tests.browsing import Browser
from tests.factories import LONGQUAN, World
from tests.polls import Poll
from tests.sittings import last_code


@pytest.fixture
def poll(world: World) -> Poll:
    return Poll(world)


def ballot(vote_id: str, shop) -> str:
    return f"/votes/{vote_id}/ballots/{shop.tenancy_id}"


def test_a_vote_is_prepared_by_the_desk_and_opened_by_the_association(
    client: TestClient, world: World, poll: Poll
):
    desk = Browser(world, client, poll.desk)
    desk.open("/votes/new")
    text_id = poll.proposal().text_id
    lane_id = poll.shops[0].lane_id
    refused = desk.send(status=422, text_id=text_id, street_name="月季园路")
    assert "请选择至少一条本镇街的街巷" in refused

    shown = desk.send(
        text_id=text_id,
        lanes=lane_id,
        scope_desc="月季园路沿街",
        association_name="月季园路商户联合会",
    )

    assert "月季园路商户自治公约" in shown
    assert "等商户联合会确认" in shown
    here = desk.path
    reviewer = Browser(world, client, poll.reviewer)
    assert "准备中" in reviewer.open("/votes")
    reviewer.open(here)
    assert "等待开始" in reviewer.send()
    world.clock.forward(days=1)
    poll.tick()
    assert "0 / 3" in Browser(world, client, poll.reviewer).open(here)


def test_a_shop_votes_from_its_own_page_and_may_change_its_mind(
    client: TestClient, world: World, poll: Poll
):
    vote_id, shop = poll.start(), poll.shops[0]
    merchant = Browser(world, client, poll.merchant(shop))
    assert ballot(vote_id, shop) in merchant.open("/shop")
    assert "最长20日" in merchant.open(ballot(vote_id, shop))
    assert "请选择同意、反对或者弃权" in merchant.send(status=422)

    asked = merchant.send(status=200, said="no")
    assert "反对" in asked
    digits = last_code(world, shop.phone)
    wrong = "000000" if digits != "000000" else "111111"
    code = {"said": "no", "form_token": merchant.viewer.csrf}
    answer = client.post(f"{ballot(vote_id, shop)}/cast", data=code | {"code": wrong})
    assert answer.status_code == 422
    answer = client.post(f"{ballot(vote_id, shop)}/cast", data=code | {"code": digits})

    assert answer.headers["location"] == f"{ballot(vote_id, shop)}/receipt"
    assert "已投：反对" in merchant.open(answer.headers["location"])
    world.clock.forward(minutes=2)
    merchant.open(ballot(vote_id, shop))
    merchant.send(status=200, said="yes")
    sent = code | {"said": "yes", "code": last_code(world, shop.phone)}
    assert client.post(f"{ballot(vote_id, shop)}/cast", data=sent).status_code == 303
    assert "本店投了：同意" in merchant.open("/votes")


def test_nobody_sees_more_than_the_turnout_while_it_runs(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.start()
    poll.cast(vote_id, poll.shops[0], Choice.NO)

    running = Browser(world, client, poll.reviewer).open(f"/votes/{vote_id}/count")
    assert "1 / 3" in running
    assert "反对</span>" not in running
    public = client.get(f"/votes/{vote_id}").text
    assert "正在表决" in public
    assert "1 / 3" not in public
    poll.end(vote_id)
    client.cookies.clear()
    published = client.get(f"/votes/{vote_id}").text
    assert "参加的店不够" in published
    assert "反对</span>" in published
    assert poll.shops[0].name not in published


def test_an_adopted_covenant_is_issued_by_the_desk_with_one_button(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.start()
    for shop in poll.shops:
        poll.cast(vote_id, shop)
    assert poll.stage(vote_id) is Stage.ADOPTED
    count = f"/votes/{vote_id}/count"
    reviewer = Browser(world, client, poll.reviewer)
    assert "由镇街按表决结果制发公约" in reviewer.open(count)

    desk = Browser(world, client, poll.desk)
    desk.open(count)
    issued = desk.send(status=200)

    assert "已发出 3 份" in issued
    assert "都已收到按这一结果制发的公约" in desk.open(count)
    shop = poll.shops[0]
    assert f"/votes/{vote_id}" in client.get(f"/q/{shop.door}/notices/covenant").text


def test_a_single_covenant_is_issued_with_what_the_street_adopted(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.start()
    for shop in poll.shops:
        poll.cast(vote_id, shop)
    newcomer = world.shop("新开样例店", phone="13900000005")
    desk = Browser(world, client, poll.desk)

    asked = desk.open(f"/notices/issue?tenancy={newcomer.tenancy_id}&kind=covenant")
    assert 'name="watch_days" type="text" spellcheck="false" value="20"' in asked
    desk.send()

    assert "应到3户，同意3户" in desk.text
    bulk = f"/notices/issue-missing?lane={newcomer.lane_id}"
    assert 'id="yes" name="yes" type="text" spellcheck="false" value="3"' in desk.open(bulk)
    assert "已发出 3 份" in desk.send(status=200, kinds="covenant")
    assert "还有" not in desk.open(f"/votes/{vote_id}/count")


def test_a_lost_vote_issues_nothing(client: TestClient, world: World, poll: Poll):
    vote_id = poll.start()
    poll.cast(vote_id, poll.shops[0])
    poll.end(vote_id)
    desk = Browser(world, client, poll.desk)

    answer = client.post(f"/votes/{vote_id}/issue", data={"form_token": desk.viewer.csrf})

    assert answer.status_code == 409
    assert "这次表决没有通过公约" in answer.text


def test_the_desk_enters_a_paper_vote_and_is_told_of_a_wrong_door(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.start()
    desk = Browser(world, client, poll.desk)
    desk.open(f"/votes/{vote_id}/paper")
    proof = {"file_no": "纸票-1", "witness": "社区居委会 样例"}

    assert "名单上没有这个门牌编号" in desk.send(status=422, number="MTG-1", said="yes", **proof)
    entered = desk.send(status=200, number=poll.shops[1].number.lower(), said="yes", **proof)

    assert poll.shops[1].number in entered
    merchant = Browser(world, client, poll.merchant(poll.shops[1]))
    assert "纸质票" in merchant.open(ballot(vote_id, poll.shops[1]))


def test_a_shop_that_came_later_reads_why_it_does_not_vote(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.start()
    late = world.shop("后开的样例店", phone="13900000004")
    merchant = Browser(world, client, poll.merchant(late))

    assert "本店不在这次的名单上" in merchant.open(ballot(vote_id, late))
    assert not [form for form in merchant._forms if form.action == ballot(vote_id, late)]
    sent = {"form_token": merchant.viewer.csrf, "said": "yes"}
    assert client.post(ballot(vote_id, late), data=sent).status_code == 409


def test_a_vote_is_called_off_on_its_page(client: TestClient, world: World, poll: Poll):
    vote_id = poll.start()
    reviewer = Browser(world, client, poll.reviewer)
    reviewer.open(f"/votes/{vote_id}/withdraw")
    reviewer.send(status=422, reason="误")

    assert "街名写错了" in reviewer.send(reason="街名写错了")
    assert "已取消" in client.get(f"/votes/{vote_id}").text


def test_a_vote_that_was_not_opened_is_nobodys_business(
    client: TestClient, world: World, poll: Poll
):
    vote_id = poll.prepare()
    assert client.get(f"/votes/{vote_id}").status_code == 404
    for role in (Role.TOWNSHIP_DESK, Role.ASSOCIATION_REVIEWER):
        Browser(world, client, world.viewer(role, ("township", LONGQUAN))).open(
            f"/votes/{vote_id}/count", status=404
        )
    assert world.read(lambda session: session.get(Vote, vote_id)).stage is Stage.PREPARED


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_a_vote_is_there_in_both_languages(
    client: TestClient, world: World, poll: Poll, lang: str
):
    vote_id, shop = poll.start(), poll.shops[0]
    poll.cast(vote_id, shop)
    desk = Browser(world, client, poll.desk)
    for path in ("/votes", "/votes/new", f"/votes/{vote_id}/count", f"/votes/{vote_id}/paper"):
        desk.open(f"{path}?lang={lang}")
    merchant = Browser(world, client, poll.merchant(shop))
    for path in ("/votes", ballot(vote_id, shop), f"{ballot(vote_id, shop)}/receipt"):
        merchant.open(f"{path}?lang={lang}")
    client.cookies.clear()
    assert client.get(f"/votes/{vote_id}?lang={lang}").status_code == 200

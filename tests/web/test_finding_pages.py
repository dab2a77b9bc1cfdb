"""Findings through HTTP, without a script: what a merchant and a patroller do with their forms."""

import io

import pytest
from litestar.testing import TestClient
from PIL import Image

from compliance.accounts.permissions import Role
from compliance.catalogue.models import LimitKind
from compliance.findings import messages, queries
from compliance.findings.lifecycle import ANSWERS, FindingState, Step
from compliance.findings.models import Agency
from compliance.findings.public import IN_HAND
from compliance.findings.states import OPENED
from compliance.reviews.outcomes import OUTCOMES, Outcome
from merchants_app import words
from merchants_app.questions import BESIDE_SIGHTINGS, QUESTIONS
from tests.browsing import Browser
from tests.factories import LONGQUAN, World
from tests.people import Street

S, T = FindingState, Step


def picture(colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def test_a_merchant_reports_a_fix_with_a_photo_and_the_chief_closes_it(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02", note="台阶右侧三袋垃圾")
    merchant = Browser(world, client, street.merchant)
    assert "有 1 件等您改" in merchant.open("/findings")
    page = merchant.open(f"/findings/{opened.id}")
    assert "台阶右侧三袋垃圾" in page
    assert f"/findings/{opened.id}/claim" in page
    merchant.open(f"/findings/{opened.id}/claim")

    page = merchant.send(words="已经清走", files={"photo": picture()})

    assert "已收到" in page
    assert "待复查" in page
    (photo,) = world.read(queries.events, opened.id)[-1].photos
    assert f'src="/photos/{photo}"' in page
    chief = Browser(world, client, street.chief)
    assert "暴露垃圾" in chief.open("/findings")
    assert client.get(f"/photos/{photo}").status_code == 200
    chief.open(f"/findings/{opened.id}/recheck")
    assert "复查结果已记下" in chief.send(result="pass")
    assert street.view(opened.id).state is S.CLOSED


def test_a_failed_recheck_says_what_is_missing(world: World, client: TestClient, street: Street):
    opened = street.fault("H02")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="清了")
    chief = Browser(world, client, street.chief)
    chief.open(f"/findings/{opened.id}/recheck")

    assert "请写下说明" in chief.send(status=422, result="fail")
    chief.send(result="fail", words="墙角还有一袋")

    assert "墙角还有一袋" in Browser(world, client, street.merchant).open(f"/findings/{opened.id}")


def test_an_empty_claim_is_asked_for_again_with_the_photo_kept(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")
    merchant = Browser(world, client, street.merchant)
    merchant.open(f"/findings/{opened.id}/claim")
    page = merchant.send(status=422)
    assert "有误" in page
    assert "请拍一张照片" in page

    page = merchant.send(status=422, words="长" * 1001, files={"photo": picture()})
    assert "请写在 1000 字以内" in page
    assert "长" * 1001 in page
    merchant.send(words="改好了")

    assert len(world.read(queries.events, opened.id)[-1].photos) == 1


def test_a_photo_that_arrived_is_not_asked_for_twice(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("N01")
    merchant = Browser(world, client, street.merchant)
    merchant.open(f"/findings/{opened.id}/object")

    page = merchant.send(status=422, files={"photo": picture()})
    assert "已经传好的照片" in page
    merchant.send(words="牌子就挂在里面")

    assert len(world.read(queries.events, opened.id)[-1].photos) == 1


def test_a_file_that_is_no_photo_is_refused_at_its_field(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")
    merchant = Browser(world, client, street.merchant)
    merchant.open(f"/findings/{opened.id}/claim")

    page = merchant.send(status=415, words="改好了", files={"photo": b"<svg onload=alert(1)>"})

    assert 'id="photo-error"' in page
    assert street.view(opened.id).state is S.REMINDED


def test_a_stored_photo_of_somebody_else_cannot_be_claimed(
    world: World, client: TestClient, street: Street
):
    opened, elsewhere = street.fault("H02"), Street(world, township=LONGQUAN, lane="三家店东街")
    theirs = elsewhere.fault("H02")
    other = Browser(world, client, elsewhere.merchant)
    other.open(f"/findings/{theirs.id}/claim")
    other.send(files={"photo": picture("red")})
    (photo,) = world.read(queries.events, theirs.id)[-1].photos
    merchant = Browser(world, client, street.merchant)

    form = {"form_token": merchant.viewer.csrf, "version": "1", "words": "…", "kept": photo}
    answer = client.post(f"/findings/{opened.id}/claim", data=form)

    assert answer.status_code == 404
    assert street.view(opened.id).state is S.REMINDED


def test_an_objection_stops_the_clock_and_can_be_withdrawn(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("O02")
    merchant = Browser(world, client, street.merchant)
    merchant.open(f"/findings/{opened.id}/object")
    assert "异议已收到" in merchant.send(words="箱子是隔壁的")
    assert street.view(opened.id).running_until is None

    assert f"/findings/{opened.id}/withdraw" in merchant.open(f"/findings/{opened.id}")
    merchant.open(f"/findings/{opened.id}/withdraw")
    assert "异议已撤回" in merchant.send()

    assert street.view(opened.id).running_until == opened.due_at


def test_who_wrote_on_an_older_state_sees_both_texts_and_sends_again(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="清了")
    chief = Browser(world, client, street.chief)
    chief.open(f"/findings/{opened.id}/recheck")
    deputy = world.viewer(Role.LANE_CHIEF, ("lane", street.shop.lane_id))
    street.step(opened.id, T.FAIL, by=deputy, words="左边还有一袋")
    street.step(opened.id, T.CLAIM, by=street.merchant, words="左边也清了")

    page = chief.send(status=409, result="fail", words="右边没有清")

    assert "有人先做了一步" in page
    theirs, mine = page.split("别人做的")[1].split("您写的")[:2]
    assert "左边还有一袋" in theirs
    assert "右边没有清" in mine.split("</section>")[0]
    assert "左边还有一袋" in page
    assert "左边也清了" in page
    assert "右边没有清" in page
    chief.send(result="fail", words="右边没有清,左边清了")
    assert world.read(queries.events, opened.id)[-1].words == "右边没有清,左边清了"


def test_what_was_written_is_shown_when_the_step_is_no_longer_possible(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")
    merchant = Browser(world, client, street.merchant)
    merchant.open(f"/findings/{opened.id}/claim")
    street.step(opened.id, T.PASS, by=street.chief)

    page = merchant.send(status=409, words="我已经扫过两遍")

    assert "现在不能再走这一步了" in page
    assert "我已经扫过两遍" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]


def test_a_third_partys_doing_is_dispatched_and_noted_as_solved(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("O02", cause="third_party")
    chief = Browser(world, client, street.chief)
    assert "派给能处理的单位" in chief.open(f"/findings/{opened.id}")
    chief.open(f"/findings/{opened.id}/dispatch")
    assert 'id="to-error"' in chief.send(status=422)
    assert "共享单车企业" in chief.send(to="bike_company")
    chief.open(f"/findings/{opened.id}/resolve")
    chief.send(words="已经搬走")

    assert street.view(opened.id).state is S.CLOSED
    shown = Browser(world, client, street.merchant).open("/findings")
    assert "要改的问题" in shown
    assert "有 1 件等您改" not in shown


def test_the_team_orders_and_sends_back_what_was_referred(
    world: World, client: TestClient, street: Street
):
    ordered, back = street.fault("O05"), street.fault("H04")
    officer = Browser(world, client, street.officer)
    assert "堵塞消防通道" in officer.open("/findings?due=referred")
    officer.open(f"/findings/{ordered.id}/accept")
    assert "已受理" in officer.send()
    officer.open(f"/findings/{ordered.id}/order")
    assert 'id="days-error"' in officer.send(status=422, words="限期清理", days="31")
    assert "责令改正已登记" in officer.send(words="限期清理", days="2")
    officer.open(f"/findings/{back.id}/return")
    officer.send(words="已当场清走,提醒即可")

    assert street.view(ordered.id).state is S.ORDERED
    assert street.view(back.id).state is S.REMINDED


def test_an_overdue_item_goes_further_by_two_roads(
    world: World, client: TestClient, street: Street
):
    covenant, legal = street.fault("N01"), street.fault("O02")
    chief = Browser(world, client, street.chief)
    assert "还没有到期" in chief.open(f"/findings/{legal.id}/refer", status=409)
    world.clock.forward(days=12)
    chief = Browser(world, client, street.chief)

    chief.open(f"/findings/{covenant.id}/send")
    assert "已送联合会" in chief.send()
    chief.open(f"/findings/{legal.id}/refer")
    assert "已转执法队" in chief.send(words="提醒三次未改")

    assert street.view(covenant.id).state is S.IN_REVIEW
    assert street.view(legal.id).state is S.REFERRED


def test_a_merchant_before_the_association_tells_their_side(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("N01")
    world.clock.forward(days=12)
    chief = Browser(world, client, street.chief)
    chief.open(f"/findings/{opened.id}/send")
    chief.send()
    merchant = Browser(world, client, street.merchant)
    assert "说说情况" in merchant.open(f"/findings/{opened.id}")
    merchant.open(f"/findings/{opened.id}/statement")

    assert "已收到您的话" in merchant.send(words="新牌子周五装好")


@pytest.mark.parametrize("verb", ["claim", "object", "recheck", "dispatch", "order"])
def test_a_page_that_leads_nowhere_now_says_so_at_once(
    world: World, client: TestClient, street: Street, verb: str
):
    opened = street.fault("H01", fixed_on_spot=True)
    people = {"claim": street.merchant, "object": street.merchant, "order": street.officer}
    browser = Browser(world, client, people.get(verb, street.chief))

    browser.open(f"/findings/{opened.id}/{verb}", status=409)


def test_nobody_opens_a_page_that_is_somebody_elses(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")

    Browser(world, client, street.merchant).open(f"/findings/{opened.id}/recheck", status=403)
    Browser(world, client, street.chief).open(f"/findings/{opened.id}/claim", status=403)
    Browser(world, client, street.chief).open(f"/findings/{opened.id}/nothing", status=404)
    Browser(world, client, street.reviewer).open(f"/findings/{opened.id}/claim", status=403)


def test_another_townships_people_find_nothing(world: World, client: TestClient, street: Street):
    opened = street.fault("H02")
    far = Street(world, township=LONGQUAN, lane="三家店东街")

    for viewer in (far.merchant, far.chief, far.officer, far.desk, far.reviewer):
        browser = Browser(world, client, viewer)
        browser.open(f"/findings/{opened.id}", status=404)
        assert street.shop.number not in browser.open("/findings")


def test_the_worklists_are_narrowed_by_township_and_never_widened(
    world: World, client: TestClient, street: Street
):
    far = Street(world, township=LONGQUAN, lane="三家店东街")
    street.fault("H02")
    far.fault("O02")
    district = Browser(world, client, world.viewer(Role.DISTRICT_DESK))

    assert far.shop.number in district.open("/findings")
    narrowed = district.open(f"/findings?due=open&township={LONGQUAN}")
    assert far.shop.number in narrowed
    assert street.shop.number not in narrowed
    chief = Browser(world, client, street.chief)
    widened = chief.open(f"/findings?due=open&township={LONGQUAN}&page=-1")
    assert far.shop.number not in widened


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_whatever_a_page_may_have_to_say_has_its_words(lang: str):
    pages = [verb.replace("-", "_") for verb in QUESTIONS if verb not in BESIDE_SIGHTINGS]
    said = {
        "state": [*S, "overdue", IN_HAND],
        "turn": S,
        "task": S,
        "step": [*T, OPENED],
        "do": pages,
        "done": pages,
        "next": pages,
        "asked": ANSWERS,
        "asked_turn": ANSWERS,
        "asked_task": ANSWERS,
        "weekday": "1234567",
        "not_counted": ["off", "paused"],
        "agency": Agency,
        "worklist": queries.WORKLISTS,
        "nothing": queries.WORKLISTS,
        "due": [*LimitKind, "ordered", "listed", "extended"],
        "outcome": Outcome,
        "means": [each for options in OUTCOMES.values() for each in options],
        "message": [*(f"{told}" for told in messages.TELLS.values()), "review.decided"],
    }
    codes = [f"{family}.{each}" for family, members in said.items() for each in members]

    assert not [code for code in codes if not words.known(lang, code)]


def test_the_page_says_how_the_deadline_was_counted(
    world: World, client: TestClient, street: Street
):
    opened = street.fault("H02")

    page = Browser(world, client, street.merchant).open(f"/findings/{opened.id}")

    assert "今天到期" in page
    assert words.translate("zh", "due.hours", n=4) in page

"""Texts through HTTP without scripts: drafts of several people, comparison, preview, publication."""

import asyncio
import io
import re
from datetime import date

import pytest
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from compliance.accounts.permissions import Role
from compliance.notices import drafting, publishing, service
from compliance.notices.kinds import NoticeKind
from merchants_app.resigning import resign
from tests.browsing import Browser
from tests.factories import DAYU, LONGQUAN, World

PLEDGE = NoticeKind.PLEDGE
STARTS, TODAY = "2026-12-01", "2026-11-23"


@pytest.fixture
def former(world: World):
    return world.read(publishing.latest, PLEDGE)


@pytest.fixture
def district(world: World, client: TestClient) -> Browser:
    return Browser(world, client, world.viewer(Role.DISTRICT_DESK))


def begin(browser: Browser, world: World) -> str:
    """Start a draft of the pledge from the page of texts; return its address."""
    browser.open("/texts")
    browser.send(kind="pledge")
    return browser.path


def changed(body: str) -> str:
    return body.replace("十、", "十、店门前不停杂物车。\n十一、")


def publish(browser: Browser, former, starts: str = STARTS, **typed: str) -> str:
    """Write and publish a version; return the address of the re-signing."""
    browser.open("/texts")
    browser.send(kind="pledge")
    address = browser.path
    browser.send(version="2026.2", effective_from=starts, body=changed(former.body))
    browser.open(f"{address}/publish")
    browser.send(deadline="2026-12-31", steps="7", **typed)
    return browser.path


def work(world: World) -> None:
    """Let a worker look after re-signings once."""
    asyncio.run(resign(world.context))


def test_a_draft_is_saved_with_its_faults_and_tells_line_and_name(world, district, former):
    begin(district, world)
    text = district.send(version="2026.2", body=f"{former.body}\n最后一行{{bank_account}}")

    line = len(former.body.strip().splitlines()) + 2
    assert "已保存" in text
    assert "第 2 稿" in text
    assert f"第 {line} 行：没有“bank_account”这个名称" in text
    assert "这一项要填" not in text
    assert world.read(drafting.open_drafts)[0].version == "2026.2"


def test_a_draft_with_faults_cannot_be_published(world, district, former):
    address = begin(district, world)
    district.send(body="《承诺书》\n{?catering}没有收尾")
    assert "条件“catering”缺开头或收尾" in district.open(f"{address}/publish")

    form = {"form_token": district.viewer.csrf, "revision": "2", "deadline": "2026-12-31"}
    answer = district.client.post(f"{address}/publish", data=form)

    assert answer.status_code == 422
    assert world.read(publishing.latest, PLEDGE).id == former.id


def test_who_was_slower_sees_both_texts_and_loses_nothing(world, client, former):
    first = Browser(world, client, world.viewer(Role.DISTRICT_DESK))
    address = begin(first, world)
    second = Browser(world, client, world.viewer(Role.DISTRICT_DESK))
    second.open(address)
    mine = former.body.replace("明码标价", "明明白白标价")
    world.write(
        drafting.save,
        address.rsplit("/", 1)[1],
        1,
        {"body": former.body.replace("亮照经营", "证照上墙"), "title": "承诺书"},
    )

    text = second.send(status=409, body=mine)

    assert "没有保存" in text
    assert "<del>证照上墙</del>" in text
    assert "<del>承诺书</del> <ins>商户承诺书</ins>" in text
    assert "<ins>明明白白</ins>" in text or "<ins>明白白</ins>" in text or "明明白白" in text
    assert mine.strip() in text.replace("\r", "")
    kept = world.read(drafting.draft_of, address.rsplit("/", 1)[1])
    assert "证照上墙" in kept.body
    second.send(body=mine)
    assert "明明白白" in world.read(drafting.draft_of, kept.id).body


def test_saving_the_same_words_twice_is_once(world, district, former):
    address = begin(district, world)
    for _ in range(2):
        form = {"form_token": district.viewer.csrf, "revision": "1", "body": "《新稿》"}
        assert district.client.post(address, data=form).status_code == 303

    assert world.read(drafting.open_drafts)[0].revision == 2


def test_the_comparison_says_what_changed_in_words(world, district, former):
    address = begin(district, world)
    body = changed(former.body).replace("二、明码标价", "二、清楚标价")
    district.send(body=body)

    text = district.open(f"{address}/changes")

    assert "<ins>十、店门前不停杂物车。</ins>" in text
    assert "<del>明码</del>" in text
    assert "<ins>清楚</ins>" in text
    for word in ("有改动", "新增", "段不变"):
        assert word in text


def test_the_preview_shows_a_real_shop_catering_or_not(world, district, former):
    restaurant = world.shop(name="样例饺子馆")
    bookshop = world.shop(name="样例书店", category="retail")
    world.write(service.issue, restaurant, PLEDGE, {"clean_times": 6})
    address = begin(district, world)

    first = district.open(f"{address}/preview")
    other = district.open(f"{address}/preview?shop=样例书店")
    nobody = district.open(f"{address}/preview?shop=没有这家")

    assert "样例饺子馆（统一社会信用代码" in first
    assert "每日至少清扫6次" in first
    assert "厨余垃圾和废弃油脂单独收集" in first
    assert bookshop.number in other
    assert "厨余垃圾和废弃油脂单独收集" not in other
    assert "没有找到这家店" in nobody


def test_the_preview_names_what_a_shop_lacks(world, district):
    world.shop()
    district.open("/texts")
    district.send(kind="covenant")

    text = district.open(f"{district.path}/preview")

    assert "表决通过的日期" in text
    assert "{adopted_on}" in text


def test_publishing_plans_the_re_signing(world, district, former):
    address = publish(district, former)

    assert address.startswith("/resigning/")
    assert "2026.1 → 2026.2" in district.text
    assert "还没开始" in district.text
    latest = world.read(publishing.latest, PLEDGE)
    assert (latest.version, latest.effective_from) == ("2026.2", date(2026, 12, 1))
    assert "店门前不停杂物车" in district.open(f"/texts/{latest.id}/changes")
    assert "还没开始" in district.open("/texts")


def test_a_deadline_before_the_first_day_is_refused_and_nothing_is_published(
    world, district, former
):
    address = begin(district, world)
    district.send(version="2026.2", effective_from=STARTS, body=changed(former.body))
    district.open(f"{address}/publish")

    text = district.send(status=422, deadline=STARTS)

    assert "期限要晚于施行日期" in text
    assert world.read(publishing.latest, PLEDGE).id == former.id


def test_progress_and_who_has_not_signed_by_township(world, client, district, former):
    here = world.shop(name="大峪样例店")
    there = world.shop(name="龙泉样例店", township=LONGQUAN, lane="龙泉样例路")
    for shop in (here, there):
        world.write(service.issue, shop, PLEDGE, {})
    address = publish(district, former, TODAY)
    work(world)

    whole = district.open(address)
    assert "/ 2</span>" in whole
    assert "大峪样例店" in whole
    assert "龙泉样例店" in whole
    assert "龙泉样例店" not in district.open(f"{address}?township={DAYU}")
    table = client.get(f"{address}/shops.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(table)).get_sheet_by_index(0).to_python()
    assert {row[0] for row in rows[2:]} == {"大峪样例店", "龙泉样例店"}

    own = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))
    text = own.open(address)
    assert "大峪样例店" in text
    assert "龙泉样例店" not in text
    assert "结束这次重签" not in text


def test_a_shop_that_is_held_up_is_led_to_where_it_is_mended(world, district):
    shop = world.shop()
    today = world.act().day
    vote = {"adopted_on": today, "eligible": 9, "yes": 8}
    world.write(service.issue, shop, NoticeKind.COVENANT, vote)
    former = world.read(publishing.latest, NoticeKind.COVENANT)
    district.open("/texts")
    district.send(kind="covenant")
    address = district.path
    district.send(version="2026.2", effective_from=TODAY, body=former.body.replace("一遍", "两遍"))
    district.open(f"{address}/publish")
    district.send(deadline="2026-12-31")
    work(world)

    text = district.open(district.path)

    assert "这条街还没有表决通过新版公约" in text
    assert f'大峪街道<span class="streets">{shop.lane}' in text
    assert 'href="/votes"' in text
    district.send()
    assert "缺内容，没发出" in district.text


def test_the_desk_ends_a_re_signing(world, district, former):
    world.write(service.issue, world.shop(), PLEDGE, {})
    address = publish(district, former, TODAY)
    work(world)
    district.open(f"{address}/close")

    text = district.send(note="其余上门补签")

    assert "其余上门补签" in text
    assert "已结束" in text


def test_a_township_reads_texts_and_writes_none(world, client):
    browser = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))

    assert "开始写" not in browser.open("/texts")
    form = {"form_token": browser.viewer.csrf, "kind": "pledge"}
    assert client.post("/drafts", data=form).status_code == 403


def test_a_township_left_out_does_not_know_of_the_re_signing(world, client, district, former):
    address = publish(district, former, townships=DAYU)
    other = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)))

    other.open(address, status=404)
    assert not re.search(r"/resigning/[0-9a-f]", other.open("/resigning"))


def test_every_page_of_texts_is_whole_in_english(world, district, former):
    shop = world.shop()
    address = begin(district, world)
    pages = (address, f"{address}/changes", f"{address}/preview", f"{address}/publish")
    for path in (*pages, "/texts", "/resigning", f"/texts/{former.id}"):
        text = district.open(f"{path}?lang=en")
        frame = re.sub(
            r'<(textarea|article|span|p|div)[^>]*lang="zh-CN".*?</\1>', "", text, flags=re.DOTALL
        )
        frame = re.sub(
            r"<textarea.*?</textarea>|<input[^>]*>|<option.*?</option>", "", frame, flags=re.DOTALL
        )
        words = re.findall(r">([^<]*[\u4e00-\u9fff]{2,}[^<]*)<", frame)
        mostly = [each for each in words if len(re.findall(r"[a-z]", each)) < len(each) / 4]
        assert not {each.strip() for each in mostly} - {
            "中文",
            district.viewer.display_name,
            shop.name,
        }, path

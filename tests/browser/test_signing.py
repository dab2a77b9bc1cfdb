"""Four papers on a phone: what has to be typed, how many presses, and what is not lost on the way."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from compliance.merchants.shops import Shop
from compliance.notices.models import Signature
from tests.browser.person import Person
from tests.factories import World
from tests.sittings import issue_all

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

COUNT = """
    const key = 'counted';
    const kept = JSON.parse(sessionStorage.getItem(key) || '{"typed": "", "presses": 0, "pages": 0}');
    const keep = () => sessionStorage.setItem(key, JSON.stringify(kept));
    kept.pages += 1;
    keep();
    addEventListener('keydown', (event) => {
        kept.typed += event.key;
        keep();
    }, true);
    addEventListener('click', (event) => {
        if (event.isTrusted) kept.presses += 1;
        keep();
    }, true);
"""
INK = """() => {
    const canvas = document.querySelector('[data-signature-canvas]');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const box = {left: canvas.width, right: 0, top: canvas.height, bottom: 0};
    for (let i = 3; i < data.length; i += 4) {
        if (!data[i]) continue;
        const [x, y] = [((i - 3) / 4) % canvas.width, Math.floor((i - 3) / 4 / canvas.width)];
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y);
    }
    const part = (value, whole) => Math.round((value / whole) * 50);
    return [part(box.left, canvas.width), part(box.right, canvas.width),
            part(box.top, canvas.height), part(box.bottom, canvas.height)];
}"""
"""Where the ink begins and ends, in fiftieths of the canvas."""
PATH = "[data-signature-path]"
UPRIGHT, LYING = {"width": 390, "height": 844}, {"width": 844, "height": 390}


@pytest.fixture
def shop(world: World) -> Shop:
    made = world.shop()
    issue_all(world, made)
    return made


@pytest.fixture
def merchant(somebody: Callable[..., Person], shop: Shop) -> Person:
    return somebody("merchant").sign_in_at(f"/q/{shop.door}", shop.phone)


def at_the_mark(merchant: Person) -> Page:
    merchant.read_all(4).say_who("张样例")
    return merchant.page


def close(one: list[int], other: list[int]) -> bool:
    """Return whether ink lies in the same place, give or take the width of the pen."""
    return all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))


def test_four_papers_in_two_minutes_with_nothing_typed_but_the_code(
    world: World, merchant: Person, shop: Shop
):
    page = merchant.page
    page.add_init_script(COUNT)
    begun = time.monotonic()

    merchant.open("/shop").press("开始签署").press("开始")
    for place in range(1, 5):
        merchant.sees(f"第 {place} 份，共 4 份")
        merchant.press("我已读完" if place == 4 else "我已读完，看下一份")
    merchant.say_who("张样例").draw_name().press("继续")
    merchant.sees("请核对", "张样例（经营者本人）").press("发送验证码")
    code = merchant.house.code_sent_to(shop.phone)
    merchant.sees("短信里的六位数字")
    page.get_by_label("短信里的六位数字").click()
    page.keyboard.type(code)
    merchant.press("签署 4 份").sees("已签署 4 份")

    counted = page.evaluate("JSON.parse(sessionStorage.getItem('counted'))")
    assert counted["typed"] == code
    assert counted["presses"] <= 20
    assert counted["pages"] <= 13
    assert time.monotonic() - begun < 60
    told = world.read(lambda s: s.exec(select(Signature.evidence)).all())
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert {each["timezone"] for each in told} == {zone}
    read = [event for each in told for event in each["events"] if event["kind"] == "read"]
    assert {event["to_end"] for event in read} == {True}
    assert all(event["seconds"] >= 0 for event in read)


def test_turning_the_phone_coming_back_or_loading_again_does_not_lose_the_signature(
    merchant: Person,
):
    page = at_the_mark(merchant)
    merchant.draw_name()
    path, ink = page.locator(PATH).input_value(), page.evaluate(INK)
    assert len(re.findall("M", path)) == 2

    page.set_viewport_size(LYING)
    page.wait_for_function("document.querySelector('canvas').clientWidth > 400")
    wide = page.evaluate(INK)
    page.set_viewport_size(UPRIGHT)
    page.wait_for_function("document.querySelector('canvas').clientWidth < 400")
    assert close(wide, ink)
    assert close(page.evaluate(INK), ink)
    assert page.locator(PATH).input_value() == path

    page.reload()
    assert close(page.evaluate(INK), ink)
    merchant.press("继续").sees("请核对")
    expect(page.locator("main svg path").first).to_have_attribute("d", path)
    merchant.open("/notices/sign/mark")
    assert close(page.evaluate(INK), ink)
    assert page.locator(PATH).input_value() == path


def test_strokes_are_taken_back_and_a_finger_draws_too(merchant: Person):
    page = at_the_mark(merchant)
    merchant.draw_name()
    path = page.locator(PATH).input_value()

    merchant.press("退一笔")
    assert path.startswith(page.locator(PATH).input_value())
    assert page.locator(PATH).input_value().count("M") == 1
    merchant.press("重写")
    assert page.locator(PATH).input_value() == ""
    merchant.press("继续").sees("请手写签名，或输入姓名")

    draw_with_a_finger(page)
    assert page.locator(PATH).input_value().count("M") == 2
    merchant.press("继续").sees("请核对")


def draw_with_a_finger(page: Page) -> None:
    canvas = page.locator("[data-signature-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    touch = page.context.new_cdp_session(page)
    for start in (0.2, 0.5):
        places = [(start, 0.3), (start + 0.1, 0.6), (start + 0.2, 0.4), (start + 0.25, 0.7)]
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places
        ]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_closing_the_page_and_scanning_again_leads_back(
    merchant: Person, shop: Shop, somebody: Callable[..., Person]
):
    merchant.open("/notices/sign").press("开始").press("我已读完，看下一份").sees("第 2 份")
    merchant.page.close()
    merchant.page = merchant.browser.new_page()

    merchant.open(f"/q/{shop.door}").sees("第 2 份，共 4 份").press("我已读完，看下一份").sees(
        "第 3 份"
    )

    elsewhere = somebody("elsewhere").sign_in_at(f"/q/{shop.door}", shop.phone)
    elsewhere.sees("继续签署（还剩 2 份）").press("继续签署（还剩 2 份）").sees("另一台设备")
    elsewhere.press("继续签署（还剩 2 份）").sees("第 3 份，共 4 份")

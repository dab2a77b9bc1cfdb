"""A person at a browser: opens addresses, presses what is named so, fills in what is asked for.

Everything is found by the words people see, so a test that passes shows that the words are there.
"""

import os
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, expect

from tests.browser.house import PATIENCE, House
from tests.visits import picture

SHOTS = os.environ.get("MENQIAN_TEST_SHOTS", "")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class Person:
    """One person with a browser of their own, on a phone unless `wide`."""

    def __init__(
        self, house: House, browser: Browser, name: str, *, scripts: bool = True, wide: bool = False
    ) -> None:
        self.house = house
        self.name = name
        self._seen = 0
        self.browser = browser.new_context(
            base_url=house.address,
            locale="zh-CN",
            viewport=DESK if wide else PHONE,
            has_touch=not wide,
            java_script_enabled=scripts,
            permissions=["geolocation"],
            geolocation={"latitude": 39.93907, "longitude": 116.09513, "accuracy": 12},
        )
        self.browser.set_default_timeout(PATIENCE * 500)
        self.page = self.browser.new_page()

    def leave(self) -> None:
        self.browser.close()

    # Looking

    def open(self, address: str) -> "Person":
        """Open a page, which must be there."""
        answer = self.page.goto(urljoin(self.house.address, address))
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}\n{self.text[:2000]}"
        return self

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def sees(self, *words: str) -> "Person":
        """Check that all of this stands on the page, and keep a picture if asked for."""
        for each in words:
            expect(self.page.locator("body")).to_contain_text(each, use_inner_text=True)
        self._keep_picture()
        return self

    def sees_no(self, *words: str) -> "Person":
        for each in words:
            expect(self.page.locator("body")).not_to_contain_text(each, use_inner_text=True)
        return self

    # Doing

    def press(self, words: str) -> "Person":
        """Press the button or follow the link that is named so, below the page's header."""
        body, named = self.page.locator(".page, .action-bar"), {"name": words, "exact": True}
        body.get_by_role("button", **named).or_(body.get_by_role("link", **named)).first.click()
        return self

    def unfold(self, words: str) -> "Person":
        self.page.locator("summary", has_text=words).first.click()
        return self

    def fill(self, label: str, text: str) -> "Person":
        self.field(label).fill(text)
        return self

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True).first

    def choose(self, *labels: str) -> "Person":
        """Tick boxes or choose answers by their words."""
        for label in labels:
            self.page.locator("label", has_text=label).first.click()
        return self

    def select(self, label: str, option: str) -> "Person":
        self.field(label).select_option(label=option)
        return self

    def give_photo(self, label: str, colour: str = "teal") -> "Person":
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture(colour)}
        self.field(label).set_input_files(photo)
        return self

    def draw_name(self) -> "Person":
        """Write on the field for signatures with the mouse."""
        canvas = self.page.locator("[data-signature-canvas]")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        mouse, left, top = self.page.mouse, box["x"], box["y"]
        for stroke in (((0.2, 0.3), (0.35, 0.7), (0.5, 0.3)), ((0.6, 0.2), (0.62, 0.8))):
            mouse.move(left + stroke[0][0] * box["width"], top + stroke[0][1] * box["height"])
            mouse.down()
            for across, down in stroke[1:]:
                mouse.move(left + across * box["width"], top + down * box["height"], steps=6)
            mouse.up()
        return self

    def turn_to_english(self) -> "Person":
        self.page.get_by_role("link", name="English").click()
        return self

    # What people do here again and again

    def sign_in(self, name: str, password: str) -> "Person":
        self.open("/sign-in").fill("账号", name).fill("密码", password).press("登录")
        return self.sees("退出")

    def sign_in_at(self, door: str, phone: str) -> "Person":
        """Enter as the shop's operator, by a code sent to the phone on file."""
        self.open(door).press("我是店主").press("发送验证码").sees("验证码已发到")
        self.fill("短信里的六位数字", self.house.code_sent_to(phone)).press("登录")
        self.house.clock.forward(minutes=2)
        return self.sees("四公示一台账", "退出")

    def read_all(self, count: int) -> "Person":
        """Sit down to sign and read everything on the table, up to the question who signs."""
        self.open("/notices/sign").press("开始")
        for place in range(1, count + 1):
            self.sees(f"第 {place} 份，共 {count} 份")
            self.press("我已读完" if place == count else "我已读完，看下一份")
        return self.sees("由谁签署？")

    def say_who(self, signer: str) -> "Person":
        """Say who signs, as the register knows it, and agree to sign electronically."""
        self.choose(signer).press("继续").sees("同意用电子签名吗？")
        return self.choose("我同意上面的约定").press("继续").sees(f"请{signer}签名")

    def prove(self, phone: str) -> "Person":
        """Having signed, check the answers and type in the code that was sent."""
        self.press("继续").sees("请核对").press("发送验证码").sees("短信里的六位数字")
        return self.fill("短信里的六位数字", self.house.code_sent_to(phone))

    def get(self, address: str) -> bytes:
        """Fetch a file with this person's session."""
        answer = self.browser.request.get(urljoin(self.house.address, address))
        assert answer.ok, f"{address}: {answer.status}"
        return answer.body()

    def _keep_picture(self) -> None:
        if SHOTS:
            self._seen += 1
            file = Path(SHOTS) / "walk" / f"{self.name}-{self._seen:02d}.png"
            self.page.screenshot(path=file, full_page=True)

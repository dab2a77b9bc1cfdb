"""A patroller with the app in one hand: everything is done on the screens, by the words on them.

Taps are counted by the page itself, each that it really got.
"""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from merchants_app import pages
from tests import provision
from tests.browser.film import camera_of, film, sticker_of
from tests.browser.house import PATIENCE, House
from tests.browser.person import PHONE
from tests.browser.phone import PIN, Phone
from tests.guards.tree import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
COUNT_TAPS = (
    "document.addEventListener('click', (e) => { if (e.isTrusted) window.taps += 1; }, true);"
)
PLACE = {"latitude": 39.93907, "longitude": 116.09513, "accuracy": 12}
KEPT = """async (names) => {
  const held = await Promise.all(names.map((name) => caches.match(name)));
  return held.every(Boolean);
}"""


class Hand(Phone):
    """A phone with a camera that looks at `seen`, used by its screens alone."""

    def __init__(self, house: House, browser: Browser, folder: Path, *seen: Image.Image) -> None:
        folder.mkdir(exist_ok=True)
        self._film = film(folder / "film.mjpeg", *(seen or [sticker_of("nothing")]))
        super().__init__(house, browser, folder)

    def _start(self) -> BrowserContext:
        options = provision.browser_options(self.folder)
        options["args"] += camera_of(self._film)
        started = self._browser.browser_type.launch_persistent_context(
            self.disk,
            base_url=self.house.address,
            locale="zh-CN",
            viewport=PHONE,
            has_touch=True,
            reduced_motion="reduce",
            bypass_csp=False,
            permissions=["geolocation", "camera"],
            geolocation=PLACE,
            **options,
        )
        started.set_default_timeout(PATIENCE * 500)
        started.add_init_script(f"window.taps = 0; {COUNT_TAPS}")
        return started

    # Looking

    def sees(self, *words: str) -> "Hand":
        for each in words:
            expect(self.page.locator("body")).to_contain_text(each, use_inner_text=True)
        return self

    def sees_no(self, *words: str) -> "Hand":
        for each in words:
            expect(self.page.locator("main")).not_to_contain_text(each, use_inner_text=True)
        return self

    def headed(self, words: str) -> "Hand":
        """Check which screen this is: its heading, which also has the focus."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(words)
        expect(heading).to_be_focused()
        return self

    @property
    def taps(self) -> int:
        """How many taps the page got since this was asked last."""
        return int(
            self.page.evaluate("() => { const n = window.taps; window.taps = 0; return n; }")
        )

    # Doing

    def named(self, words: str) -> Locator:
        page, exact = self.page.locator("main"), {"name": words, "exact": True}
        return page.get_by_role("button", **exact).or_(page.get_by_role("link", **exact))

    def press(self, words: str) -> "Hand":
        self.named(words).first.click()
        return self

    def look_at(self, *seen: Image.Image) -> "Hand":
        """Turn the camera to something else; it is seen when the camera is opened next."""
        film(self._film, *seen)
        return self

    def fill(self, label: str, text: str) -> "Hand":
        self.page.get_by_label(label, exact=True).first.fill(text)
        return self

    def go(self, screen: str) -> "Hand":
        """Follow a link to a screen by its address."""
        self.page.evaluate("(screen) => { location.hash = screen; }", screen)
        return self

    def type_pin(self, digits: str = PIN) -> "Hand":
        for digit in digits:
            self.press(digit)
        return self.press("确定")

    def begin(self) -> "Hand":
        """Open the app for the first time, choose a PIN, and wait until it needs no network."""
        self.open().headed("设一个 PIN 码").type_pin().sees("再输一遍").type_pin()
        self.headed("今天的巡查").sees("没有信号也能用")
        names = ["scanner.js", "zxing_reader.wasm", "patrol-app.js"]
        self.page.wait_for_function(KEPT, arg=[pages.static_url(name) for name in names])
        return self

    def lose_signal(self) -> "Hand":
        self.browser.set_offline(True)
        return self

    def find_signal(self) -> "Hand":
        self.browser.set_offline(False)
        return self

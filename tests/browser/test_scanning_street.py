"""In the street, with the server gone: a camera that sees a printed plate opens the right shop, and
a code that is not ours is called by its name and reported.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import select

import qr
from compliance.accounts.permissions import Role, Viewer
from compliance.merchants import codes
from compliance.merchants.shops import Shop, by_tenancy
from compliance.patrols.models import Photo
from compliance.suspect_codes.models import SuspectCode
from merchants_app import pages
from merchants_app.context import Context
from tests import provision
from tests.browser.film import camera_of, film, plate_of, sticker_of
from tests.browser.house import PATIENCE, served
from tests.browser.person import PHONE
from tests.browser.phone import PIN, Phone
from tests.clock import Clock
from tests.factories import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT = """async (names) => {
  for (const key of await caches.keys()) {
    const cache = await caches.open(key);
    const held = await Promise.all(names.map((name) => cache.match(name)));
    if (held.every(Boolean)) return true;
  }
  return false;
}"""

TIMED = """() => {
  document.addEventListener("playing", () => { window.cameraAt ??= performance.now(); }, true);
  new MutationObserver(() => {
    const name = document.querySelector(".sign__name");
    if (name?.textContent) window.doorAt ??= performance.now();
  }).observe(document, { childList: true, subtree: true, characterData: true });
}"""

REFUSED = """() => {
  const refusal = new DOMException("", "NotAllowedError");
  navigator.mediaDevices.getUserMedia = () => Promise.reject(refusal);
}"""


class Camera(Phone):
    """A phone with something held before its camera."""

    def _start(self) -> BrowserContext:
        options = provision.browser_options(self.folder)
        options["args"] += camera_of(film(self.folder / "film.mjpeg", sticker_of("nothing")))
        started = self._browser.browser_type.launch_persistent_context(
            self.disk, base_url=self.house.address, locale="zh-CN", viewport=PHONE, **options
        )
        started.set_default_timeout(PATIENCE * 500)
        return started

    def hold(self, *shown: Image.Image) -> "Camera":
        """Hold other things before the camera, which looks anew when it is opened next."""
        film(self.folder / "film.mjpeg", *shown)
        self.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        self.page.goto("/patrols/app#home")
        return self.press("扫门牌码")

    def press(self, words: str) -> "Camera":
        named = {"name": words, "exact": True}
        page = self.page.locator("main")
        page.get_by_role("button", **named).or_(page.get_by_role("link", **named)).first.click()
        return self

    def sees(self, *words: str) -> "Camera":
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each, use_inner_text=True)
        return self

    def type_number(self, number: str) -> "Camera":
        self.page.get_by_label("码看不清？输门牌号").fill(number)
        return self.press("打开")

    def unlock_by_hand(self) -> "Camera":
        for digit in PIN:
            self.press(digit)
        return self.press("确定").sees("今天的巡查")


@pytest.fixture
def torn(world: World, shop: Shop) -> str:
    """A code that hung at the shop's door before and was taken back."""
    desk, old = world.viewer(Role.DISTRICT_DESK), shop.door
    world.write(codes.reissue, desk, shop.tenancy_id, door=old, reason="被撕掉了", by=desk)
    return old


@pytest.fixture
def camera(
    context: Context,
    clock: Clock,
    browser: Browser,
    world: World,
    chief: Viewer,
    torn: str,
    tmp_path: Path,
) -> Iterator[Camera]:
    """A phone that took the round along, switched off and on since, and the server is gone."""
    with served(context, clock) as house:
        made = Camera(house, browser, tmp_path / "phone")
        made.sign_in(world, chief).open().enrol()
        made.do("await (await import(url)).round.refresh();")
        names = ["scanner.js", "zxing_reader.wasm", "patrol-app.js"]
        made.page.wait_for_function(KEPT, arg=[pages.static_url(name) for name in names])
    made.restart().open()
    yield made.unlock_by_hand()
    made.leave()


def door(world: World, token: str) -> str:
    return qr.door_url(world.context.settings.base_url, token)


def test_a_plate_opens_its_shop_within_a_second_and_other_codes_are_named_and_reported(
    world: World,
    shop: Shop,
    torn: str,
    chief: Viewer,
    context: Context,
    clock: Clock,
    camera: Camera,
):
    plate = plate_of(door(world, world.read(by_tenancy, shop.tenancy_id).door))
    foreign = "https://pay.example.com/u?id=7"
    port = context.settings.base_url.rsplit(":", 1)[1]
    lookalike = f"http://127.0.0.1.example.com:{port}/q/{shop.door}"

    camera.hold(plate).sees(shop.name, "没有发现问题")
    camera.page.evaluate(TIMED)
    camera.hold(sticker_of("wxp://f2f0examplepaycode"), plate).sees(shop.name, "没有发现问题")
    taken = camera.page.evaluate("window.doorAt - window.cameraAt")
    assert 0 < taken < 1000, f"{taken:.0f} ms from the first picture to the shop"

    camera.hold(sticker_of(foreign)).sees("这不是我们的码", foreign)
    camera.hold(sticker_of(lookalike)).sees("这个码在冒充我们", lookalike)
    camera.hold(plate_of(door(world, torn))).sees("这是收回了的旧码", "照样记录这家店")
    camera.hold(plate_of(door(world, "7" * 16))).sees("这个码不在您的清单里")
    camera.page.evaluate(REFUSED)
    camera.hold(plate).sees("用不了相机", "手机没有允许用相机")
    camera.type_number(shop.number.lower().replace("-", " ")).sees(shop.name, "没有发现问题")
    camera.page.evaluate("delete navigator.mediaDevices.getUserMedia")
    camera.hold(sticker_of(foreign)).sees("这不是我们的码").press("先拍一张").press("拍照")
    camera.sees("扫到的内容").press("报告这个码").sees("报告存在本机了")
    with served(context, clock):
        camera.flush()

    told = world.read(lambda session: session.exec(select(SuspectCode)).one())
    assert (told.content, told.verdict, told.account_id) == (foreign, "foreign", chief.account_id)
    assert world.read(lambda session: [session.get(Photo, each).size for each in told.photos])

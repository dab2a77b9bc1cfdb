"""Every screen of the patroller's app on the smallest phone, in the sun, in both languages.

Nothing wider than the screen, nothing to press smaller than 48 pixels, nothing serious for axe; in
the sun every word at least 7:1.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from compliance.accounts.permissions import Role
from tests.browser.hand import AXE, Hand
from tests.browser.house import House
from tests.browser.phone import PIN
from tests.browser.test_accessibility import SHOTS, WIDER
from tests.factories import DAYU, World
from tests.people import Street

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SMALLEST, PHONE, DESK = 320, 390, 1280
SERIOUS = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false, rules});
  return found.violations
    .filter((each) => ['serious', 'critical'].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target).join(' | ')}`);
}"""
SMALL = """() => {
  const pressed = 'button, summary, select, textarea, input, .key, .govuk-button, .row-button, '
    + '.govuk-back-link, .plain-link, .round__name a, .app-head a';
  const told = [];
  for (const each of document.querySelectorAll(pressed)) {
    const line = each.closest('.round__stop') ?? each;
    const { width, height } = line.getBoundingClientRect();
    if (width && (width < 47.5 || height < 47.5)) {
      told.push(`${each.localName} ${each.className} ${Math.round(width)}x${Math.round(height)}`);
    }
  }
  return told;
}"""
ENHANCED = {"color-contrast-enhanced": {"enabled": True}}


@pytest.fixture
def hand(house: House, browser: Browser, world: World, tmp_path: Path) -> Iterator[Hand]:
    """An officer's phone with a round in which something is overdue."""
    street = Street(world)
    world.clock.forward(days=-9)
    street.fault("O02", note="门口堆着纸箱")
    world.clock.forward(days=9)
    here = ("township", DAYU)
    officer = world.viewer(Role.ENFORCEMENT_OFFICER, here, officer_certificate="京门执0001(样例)")
    made = Hand(house, browser, tmp_path / "hand").sign_in(world, officer)
    yield made
    made.leave()


def screens(phone: Hand) -> Iterator[str]:
    """Walk through the app, and give the name of each screen while it is shown."""
    page = phone.page
    phone.go("home")
    yield at(page, "home")
    page.locator(".round__name a").first.click()
    yield at(page, "shop")
    page.locator('[data-do="kind"]').nth(1).click()
    page.locator('[data-do="clean"]').click()
    at(page, "record")
    page.locator('[data-do="save"]').click()
    yield "record lacking"
    page.locator('[data-do="add"]').click()
    yield at(page, "pick")
    page.locator('[data-do="heading"][data-value="order"]').click()
    page.locator('[data-do="point"][data-code="O02"]').click()
    at(page, "shoot")
    expect(page.locator('[data-do="take"]')).to_be_enabled()
    yield "shoot"
    page.locator('[data-do="take"]').click()
    at(page, "record")
    page.locator('[data-do="write"]').click()
    page.locator("summary").click()
    yield "record"
    phone.go("home")
    yield at(page, "home") + " with a draft"
    for name in ("queue", "settings", "new-pin", "scan"):
        phone.go(name)
        yield at(page, name)
    page.locator('[name="number"]').fill("MTG-XX00001-1")
    page.locator("form button").click()
    yield "scan refused"
    phone.go("door=0123456789ABCDEF")
    yield at(page, "door") + " unknown"


def at(page: Page, name: str) -> str:
    expect(page.locator("body")).to_have_attribute("data-screen", name)
    return name


def faults_of(page: Page, rules: dict[str, object], widths: tuple[int, ...]) -> Iterator[str]:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 700})
        if wider := page.evaluate(WIDER):
            yield f"{width}: {wider}"
        yield from (f"{width}: {each}" for each in page.evaluate(SMALL))
    yield from page.evaluate(SERIOUS, rules)
    if (count := page.locator("h1").count()) != 1:
        yield f"{count} headings of the first order"


def keep_picture(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "app" / f"{name}.png", full_page=True)


def looked_at(phone: Hand, called: str, rules: dict[str, object], *widths: int) -> list[str]:
    """Walk once, and return what is wrong on which screen."""
    phone.page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = []
    for name in screens(phone):
        faults += [f"{called} {name}: {each}" for each in faults_of(phone.page, rules, widths)]
        keep_picture(phone.page, f"{called}-{name}")
    return faults


def test_every_screen_is_for_a_thumb_on_the_smallest_phone_in_the_sun_and_in_english(hand: Hand):
    hand.begin()
    faults = looked_at(hand, "zh", {}, SMALLEST, PHONE, DESK)
    hand.go("settings").press("阳光下").press("大字")
    faults += looked_at(hand, "sun", ENHANCED, PHONE)
    hand.go("settings").press("大字").press("阳光下")
    hand.page.locator('[data-do="lock"]').click()
    expect(hand.page.locator("body")).to_have_attribute("data-screen", "unlock")
    hand.page.evaluate(AXE.read_text(encoding="utf-8"))
    faults += [f"unlock: {each}" for each in faults_of(hand.page, {}, (SMALLEST, PHONE))]
    hand.type_pin().go("settings").press("English")
    expect(hand.page.locator("html")).to_have_attribute("lang", "en")
    at(hand.page, "unlock")
    hand.page.keyboard.type(PIN)
    hand.page.get_by_role("button", name="OK").click()
    faults += looked_at(hand, "en", {}, SMALLEST, PHONE)

    assert not faults, "\n".join(faults)

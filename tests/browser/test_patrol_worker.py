"""The app without a network: it opens, a door scanned elsewhere opens in it, a new one takes over."""

import pytest

from compliance.accounts.permissions import Viewer
from compliance.merchants.shops import Shop
from merchants_app.routes import patrol_worker
from tests.browser.phone import Phone
from tests.factories import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CACHES = "return (await caches.keys()).filter((name) => name.startsWith('menqian-'))"
SETTLED = "(await navigator.serviceWorker.ready).active.state === 'activated'"
KEPT = """await (async () => {
  const {scanner, wasm} = JSON.parse(document.getElementById("assets").textContent);
  return (await Promise.all([scanner, wasm].map((each) => caches.match(each)))).every(Boolean);
})()"""
WAITING = "(await navigator.serviceWorker.getRegistration('/')).waiting"


def until(phone: Phone, truth: str) -> None:
    """Wait in the page until an expression is true; the test's patience ends it."""
    pause = "await new Promise((resolve) => setTimeout(resolve, 40))"
    phone.page.evaluate(f"async () => {{ while (!({truth})) {pause}; }}")


def language(phone: Phone) -> str:
    return phone.page.evaluate("document.documentElement.lang")


def test_the_app_opens_without_a_network_in_the_language_last_chosen(
    phone: Phone, world: World, shop: Shop
):
    flaky = iter((True, False, True))
    phone.browser.route(
        "**/static/site.*.css",
        lambda route: route.abort() if next(flaky, False) else route.continue_(),
    )
    phone.page.reload()
    until(phone, SETTLED)
    until(phone, KEPT)
    phone.open("/privacy?lang=en")
    phone.page.wait_for_load_state()
    phone.browser.set_offline(True)

    phone.open("/patrols/app")
    assert language(phone) == "en"
    assert phone.do("return vault.list()") == []
    phone.page.goto(f"/Q/{shop.door}")
    assert phone.page.url == f"{phone.house.address}/patrols/app#door={shop.door}"
    phone.open("/patrols/app?lang=zh")
    assert language(phone) == "zh-CN"

    phone.browser.set_offline(False)
    phone.open(f"/q/{shop.door}")
    assert phone.page.url.startswith(f"{phone.house.address}/")
    assert shop.name in phone.page.content()


def test_a_new_version_waits_until_the_vault_is_locked_and_takes_the_old_ones_place(
    phone: Phone, chief: Viewer, monkeypatch: pytest.MonkeyPatch
):
    until(phone, SETTLED)
    phone.page.reload()
    old = phone.do(CACHES)
    phone.enrol()

    monkeypatch.setattr(patrol_worker, "release", lambda: "f" * 16)
    phone.do("await (await navigator.serviceWorker.getRegistration('/')).update()")
    until(phone, WAITING)
    assert set(old) < set(phone.do(CACHES))
    with phone.page.expect_event("load"):
        phone.do("setTimeout(() => vault.lock())")
    until(phone, SETTLED)

    assert phone.do(CACHES) == ["menqian-" + "f" * 16]
    phone.unlock(chief.account_id)

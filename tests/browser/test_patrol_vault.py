"""What lies on a phone is sealed; a wrong PIN ends it, a revoked device gives it up and forgets it."""

import json

import pytest
from playwright.sync_api import Route
from sqlmodel import col, select

from compliance.accounts.permissions import Role, Viewer
from compliance.devices import service as devices
from compliance.devices.models import Device, DeviceLife, RevokeReason
from compliance.merchants.shops import Shop
from compliance.patrols.models import Patrol
from compliance.quarantine.models import SealedItem
from tests.browser.phone import PIN, Phone, forms_of, record_of
from tests.factories import DAYU, World
from tests.visits import picture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOTE, DRAFT = "planted-note-门口一滩油-7Q4Z", "planted-draft-写到一半-9X2K"
SHOP_NAME = "planted-shop-京西样例密封铺-5T8V"
WRONG = "111111"


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shop(SHOP_NAME)


def filled(phone: Phone, world: World, shop: Shop) -> bytes:
    """Save two records, a photo and a draft with the network cut; return the photo."""
    phone.enrol()
    phone.browser.set_offline(True)
    photo = picture("maroon", size=(800, 600), comment=b"planted-photo-3M6N")
    sha256 = phone.keep_photo(photo)
    phone.add(record_of(shop, world, 1, body={"note": NOTE, "photos": [sha256]}, photos=[sha256]))
    phone.add(record_of(shop, world, 2, body={"note": NOTE}))
    phone.do("await queue.saveDraft('d', {note: given})", DRAFT)
    return photo


def in_clear(disk: bytes, shop: Shop, photo: bytes) -> list[bytes]:
    planted = [NOTE, DRAFT, SHOP_NAME, shop.door, PIN, "planted-photo"]
    forms = {form for each in planted for form in forms_of(each)} | {photo[200:264]}
    return sorted(form for form in forms if form in disk)


def test_nothing_readable_is_on_the_disk_and_neither_signing_out_nor_idling_loses_anything(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    photo = filled(phone, world, shop)
    phone.do("vault.lock()")
    asked = "return queue.content(given).catch((each) => each.code)"
    assert phone.do(asked, f"{1:032x}") == "locked"
    assert phone.do("return queue.list()") == []
    phone.leave()

    disk = phone.written()
    assert chief.account_id.encode() in disk, "the phone's store is not where the test looks"
    assert in_clear(disk, shop, photo) == []

    phone.restart().browser.clear_cookies()
    phone.page.clock.install()
    phone.open().unlock(chief.account_id)
    assert phone.flush()["stopped"] == "sign_in"
    assert phone.states() == ["saved", "saved"]
    assert phone.do("return (await queue.drafts())[0].draft.note") == DRAFT
    assert phone.do("return vault.change(given[0], given[1])", [PIN, "975310"]) is None
    phone.do("vault.lock()")
    phone.do("await vault.unlock(given[0], given[1])", [chief.account_id, "975310"])
    phone.page.clock.fast_forward("14:30")
    assert phone.do("return vault.current().device")
    phone.page.clock.fast_forward("01:00")
    assert phone.do("return vault.current()") is None
    phone.do("await vault.unlock(given[0], given[1])", [chief.account_id, "975310"])
    assert phone.sign_in(world, chief).flush()["waiting"] == 0
    assert phone.states() == ["ledger", "ledger"]


def test_ten_wrong_pins_leave_the_records_to_the_desk_alone(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    filled(phone, world, shop)
    device = phone.do("return vault.current().device")
    phone.do("vault.lock()")
    tries = phone.do(
        """const told = [];
        for (let n = 0; n < 11; n++) {
          await vault.unlock(given[0], n === 10 ? given[2] : given[1])
            .catch(({code, left}) => told.push(left ?? code));
        }
        return told;""",
        [chief.account_id, WRONG, PIN],
    )
    assert tries == [9, 8, 7, 6, 5, 4, 3, 2, 1, "pin_destroyed", "pin_destroyed"]
    assert phone.do("return vault.list()")[0]["destroyed"]
    lines = phone.do("return (await queue.exportFile()).file.text()").splitlines()
    head, *things = map(json.loads, lines)
    assert (head["format"], head["device"], len(things)) == ("menqian-queue", device, 3)

    phone.browser.set_offline(False)
    phone.do("await queue.flush()")
    assert in_quarantine(world, device) == ["patrol", "patrol", "photo"]
    assert world.read(lambda s: s.exec(select(Patrol)).all()) == []
    assert phone.do("return vault.list()") == []
    assert phone.enrol()["device"] != device


def test_a_revoked_phone_hands_over_to_quarantine_and_keeps_nothing(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    filled(phone, world, shop)
    device = phone.do("return vault.current().device")
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(devices.revoke, desk, device, RevokeReason.LOST, by=desk)
    phone.browser.route("**/wiped", lambda route: route.abort())
    phone.browser.set_offline(False)

    assert phone.flush()["stopped"] == "revoked"
    assert in_quarantine(world, device) == ["patrol", "patrol", "photo"]
    assert world.read(lambda s: s.exec(select(Patrol)).all()) == []
    left = ("vaults", "items", "contents", "photos", "drafts", "kept")
    counts = "return Promise.all(given.map(async (name) => (await store.all(name)).length))"
    assert phone.do(counts, left) == [0] * len(left)
    assert [each for each in phone.do("return caches.keys()") if each.startswith("menqian")] == []
    assert standing(world, device) is DeviceLife.REVOKED

    phone.browser.unroute("**/wiped")
    phone.flush()
    assert standing(world, device) is DeviceLife.WIPED
    assert phone.do("return store.all('farewells')") == []


def test_a_record_is_refused_rather_than_wiped_while_a_revoked_phone_hands_over(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    filled(phone, world, shop)
    device = phone.do("return vault.current().device")
    second = phone.browser.new_page()
    phone.browser.route("**/api/v1/patrols/*", lambda route: route.abort())
    phone.browser.set_offline(False)
    second.add_init_script("BroadcastChannel.prototype.addEventListener = () => {};")
    second.goto("/patrols/app")
    entering = "await vault.unlock(given[0], given[1]); await queue.flush();"
    phone.do(entering, [chief.account_id, PIN], second)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(devices.revoke, desk, device, RevokeReason.LOST, by=desk)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    phone.browser.route("**/sealed/*", hold)
    with phone.page.expect_request("**/sealed/*"):
        phone.do("void queue.flush()")
    adding = "return queue.add(given).catch((error) => error.code)"
    told = phone.do(adding, record_of(shop, world, 3), second)
    phone.browser.unroute("**/sealed/*")
    waiting[0].continue_()
    phone.do("await queue.flush()")

    assert (told, phone.do("return vault.rows()")) == ("locked", [])
    assert in_quarantine(world, device) == ["patrol", "patrol", "photo"]


def test_a_vault_that_cannot_be_handed_over_holds_up_no_other_and_leaving_offline_is_remembered(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    filled(phone, world, shop)
    given_up = phone.do("return vault.current().device")
    phone.do("await vault.abandon(given)", chief.account_id)
    full = {"status": 507, "json": {"code": "quarantine.full"}, "headers": {"menqian": "1"}}
    phone.browser.route("**/sealed/*", lambda route: route.fulfill(**full))
    phone.browser.set_offline(False)
    phone.enrol()
    phone.add(record_of(shop, world, 3))
    assert phone.flush()["waiting"] == 0
    assert phone.states() == ["ledger"]
    phone.browser.unroute("**/sealed/*")
    assert phone.flush()["stopped"] is None
    assert in_quarantine(world, given_up) == ["patrol", "patrol", "photo"]
    assert len(phone.do("return vault.rows()")) == 1

    phone.browser.set_offline(True)
    phone.page.evaluate("location.hash = 'settings'")
    phone.page.get_by_role("button", name="退出登录").click()
    phone.page.locator("body[data-screen=unlock]").wait_for()
    phone.browser.set_offline(False)
    phone.do("await queue.flush(); net.forgetMe()")
    assert phone.do("return net.me().catch((error) => error.code)") == "sign_in"


def in_quarantine(world: World, device: str) -> list[str]:
    query = select(SealedItem.kind).where(col(SealedItem.device_id) == device)
    return sorted(each.value for each in world.read(lambda s: s.exec(query).all()))


def standing(world: World, device: str) -> DeviceLife:
    return world.read(lambda s: s.get_one(Device, device).life)

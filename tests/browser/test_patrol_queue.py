"""The queue on a phone: what was saved there reaches the ledger once, whatever breaks on the way."""

import pytest
from playwright.sync_api import Route
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Viewer
from compliance.merchants.shops import Shop
from compliance.patrols.models import Patrol
from compliance.quarantine.models import SealedItem
from tests.browser.phone import PIN, Phone, record_of
from tests.factories import World
from tests.visits import picture

PATROLS, PHOTOS = "**/api/v1/patrols/*", "**/api/v1/photos/*"
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ids(*numbers: int) -> list[str]:
    return [f"{number:032x}" for number in numbers]


def logged(world: World) -> list[str]:
    """Return the ids of all visits in the ledger's order."""

    def read(session: Session) -> list[str]:
        return list(session.exec(select(Patrol.id).order_by(col(Patrol.entry_seq))))

    return world.read(read)


class LostAnswers:
    """Lets requests through to the server, and loses every other answer on its way back."""

    def __init__(self, phone: Phone, address: str) -> None:
        self.lost = 0
        self._asked = 0
        phone.browser.route(address, self._answer)

    def _answer(self, route: Route) -> None:
        self._asked += 1
        if self._asked % 2:
            route.fetch()
            self.lost += 1
            route.abort("connectionreset")
        else:
            route.continue_()


@ONE_DATABASE
def test_what_was_saved_offline_arrives_once_and_in_order_through_a_restart_and_lost_answers(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    phone.enrol()
    phone.browser.set_offline(True)
    for number, colour in enumerate(("teal", "navy", "olive"), 1):
        photo = phone.keep_photo(picture(colour))
        fault = {"code": "O02", "result": "fault", "photos": [photo], "separate": True}
        record = record_of(shop, world, number, body={"items": [fault]}, photos=[photo])
        assert phone.add(record) == {"id": record["id"], "order": number}
        assert phone.add(record) == {"id": record["id"], "order": number}
    assert phone.states() == ["saved"] * 3

    phone.restart().sign_in(world, chief)
    lost = LostAnswers(phone, PATROLS), LostAnswers(phone, PHOTOS)
    phone.open().unlock(chief.account_id)
    for _ in range(7):
        phone.flush()

    assert [each.lost for each in lost] == [3, 3]
    assert logged(world) == ids(1, 2, 3)
    told = phone.records()
    assert [each["state"] for each in told] == ["ledger"] * 3
    assert {each["receipt"]["merchant"] for each in told} == {shop.number}
    seqs = [each["receipt"]["seq"] for each in told]
    assert seqs == sorted(seqs)
    assert phone.do("return (await store.all('contents')).length") == 0
    assert phone.do("return (await store.all('photos')).length") == 0


@ONE_DATABASE
def test_only_our_201_to_the_right_person_means_received(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    phone.enrol()
    phone.browser.route(
        PATROLS, lambda route: route.fulfill(status=200, body="<p>Welcome to WiFi</p>")
    )
    phone.add(record_of(shop, world, 1))
    status = phone.flush()
    assert (status["stopped"], status["waiting"], logged(world)) == ("portal", 1, [])
    phone.browser.unroute(PATROLS)

    forged = {"receipt": {"entry": "e30", "entry_hash": "0" * 64, "seq": 1, "salt": "00"}}
    ours = {"menqian": "1"}
    phone.browser.route(PATROLS, lambda route: route.fulfill(status=201, json=forged, headers=ours))
    phone.flush()
    (only,) = phone.records()
    assert (only["state"], only["problem"]) == ("received", "receipt_wrong")
    assert phone.do("return (await queue.content(given)).body.door", only["id"]) == shop.door
    phone.browser.unroute(PATROLS)

    cookies = phone.browser.cookies()
    for other in (None, world.viewer(chief.role, ("lane", shop.lane_id))):
        phone.browser.clear_cookies()
        if other:
            phone.sign_in(world, other)
        assert (phone.flush()["stopped"], logged(world)) == ("sign_in", [])
    phone.browser.add_cookies(cookies)
    assert (phone.flush()["stopped"], logged(world)) == (None, ids(1))
    assert phone.states() == ["ledger"]


@ONE_DATABASE
def test_a_conflict_a_refusal_and_a_stumbling_server_hold_nothing_else_up(
    phone: Phone, world: World, shop: Shop
):
    phone.enrol()
    phone.add(record_of(shop, world, 1, body={"note": "先到的内容"}))
    assert phone.flush()["waiting"] == 0
    phone.do("await store.drop('items', given)", ids(1)[0])
    phone.add(record_of(shop, world, 1, body={"note": "后到的内容"}))
    phone.add(record_of(shop, world, 2, body={"items": [{"code": "Z99", "result": "fault"}]}))
    stumbles = f"**/api/v1/patrols/{ids(3)[0]}"
    phone.browser.route(
        stumbles, lambda route: route.fulfill(status=500, body="{}", headers={"menqian": "1"})
    )
    phone.add(record_of(shop, world, 3))
    phone.add(record_of(shop, world, 4))

    status = phone.flush()
    assert (status["conflicts"], status["refused"], status["waiting"]) == (1, 1, 1)
    assert (status["stopped"], logged(world)) == ("server", ids(1, 4))
    assert phone.states() == ["conflict", "refused", "sent", "ledger"]
    phone.browser.unroute(stumbles)
    conflict, refused, _, _ = phone.records()
    assert conflict["other"]["body"]["note"] == "先到的内容"
    mine = phone.do("return queue.content(given)", conflict["id"])
    assert mine["body"]["note"] == "后到的内容"
    assert refused["fields"]

    twice = "Promise.all([1, 2].map(() => queue.settle(given, 'mine')))"
    (fresh,) = phone.do(f"return (await {twice}).filter(Boolean)", conflict["id"])
    phone.do("await queue.settle(given, 'drop')", refused["id"])
    assert phone.flush()["conflicts"] == 0
    assert phone.states() == ["ledger"] * 3
    assert logged(world) == [*ids(1, 4, 3), fresh["id"]]


FAILING = """
const {put} = IDBObjectStore.prototype;
IDBObjectStore.prototype.put = function (row, ...more) {
  if (row.state === "received") throw new DOMException("made to fail", given);
  return put.call(this, row, ...more);
};
await queue.flush();
IDBObjectStore.prototype.put = put;
return queue.status();
"""
"""Sends, while the phone's own storage fails behind the server's answer."""

DAMAGED = """
const row = (await store.all("contents")).find((each) => each.id === given);
await store.put("contents", {...row, sealed: row.sealed.map((byte) => byte ^ 1)});
"""


@ONE_DATABASE
def test_what_this_phone_cannot_store_or_read_is_not_called_refused_and_holds_nothing_up(
    phone: Phone, world: World, shop: Shop
):
    device = phone.enrol()["device"]
    phone.add(record_of(shop, world, 1, body={"items": [{"code": "Z99", "result": "fault"}]}))
    phone.flush()
    for name in ("QuotaExceededError", "AbortError"):
        phone.browser.set_offline(True)
        phone.add(record_of(shop, world, 2))
        phone.browser.set_offline(False)
        status = phone.do(FAILING, name)
        assert (status["waiting"], status["refused"], logged(world)) == (1, 1, ids(2))
    assert (phone.flush()["waiting"], phone.states()) == (0, ["refused", "ledger"])

    busy = {"status": 500, "body": "{}", "headers": {"menqian": "1"}}
    for bad in ids(4, 5, 6):
        phone.browser.route(f"**/patrols/{bad}", lambda route: route.fulfill(**busy))
    phone.browser.set_offline(True)
    for number in range(3, 8):
        phone.add(record_of(shop, world, number))
    phone.do(DAMAGED, ids(3)[0])
    phone.browser.set_offline(False)
    phone.flush()
    phone.flush()
    assert logged(world) == ids(2, 7)
    told = phone.records()
    assert [each["state"] for each in told[:3]] == ["refused", "ledger", "refused"]
    assert told[2]["problem"] == "unreadable"

    again = "return queue.settle(given, 'desk').catch((error) => error.code)"
    assert phone.do(again, ids(3)[0]) == "unreadable"
    assert phone.do(again, ids(1)[0]) == {"id": ids(1)[0]}
    (held,) = world.read(lambda s: s.exec(select(SealedItem)).all())
    assert (held.device_id, held.name) == (device, ids(1)[0])
    assert phone.states()[::2] == ["handed_over", "refused", "sent", "ledger"]
    assert phone.do("return queue.content(given)", ids(1)[0]) is None


@ONE_DATABASE
def test_a_draft_goes_in_the_step_that_saves_its_record_and_full_storage_loses_nothing(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    phone.enrol()
    phone.browser.set_offline(True)
    kept = phone.keep_photo(picture("teal"))
    record = record_of(shop, world, 1, photos=[kept])
    left = phone.do(
        """for (const note of ["门", "门前", "门前有"]) queue.saveDraft(given.id, {note});
        await queue.saveDraft(given.id, {note: "门前有油"});
        const before = await queue.drafts();
        const adding = queue.add(given);
        const late = queue.saveDraft(given.id, {note: "晚到"});
        await Promise.all([adding, late]);
        return [before.map((each) => each.draft.note), await queue.drafts()];""",
        record,
    )
    assert left == [["门前有油"], []]

    phone.restart().sign_in(world, chief)
    session = phone.browser.new_cdp_session(phone.page)
    room = {"origin": phone.house.address, "quotaSize": 6_000_000}
    session.send("Storage.overrideQuotaForOrigin", room)
    phone.open().unlock(chief.account_id)
    phone.browser.set_offline(True)
    kept_photos = phone.do(FILLED)
    assert len(kept_photos) > 1
    phone.add(record_of(shop, world, 2, body={"note": "没有照片也要留下" * 60}))
    assert phone.do("return (await queue.photo(given)).size", kept_photos[-1]) == 5 * 65536
    phone.browser.set_offline(False)
    assert phone.flush()["waiting"] == 0
    assert logged(world) == ids(1, 2)


FILLED = """
const kept = [];
for (;;) {
  const noise = Array.from({length: 5}, () => crypto.getRandomValues(new Uint8Array(65536)));
  try {
    kept.push((await queue.keepPhoto(new Blob(noise))).sha256);
  } catch (error) {
    if (error.code !== "no_space") throw error;
    break;
  }
}
const draft = (n) => queue.saveDraft("draft" + n, {note: "门".repeat(3000)});
for (let n = 0; n < 60; n++) await draft(n);
return kept;
"""
"""Takes photos until there is no room for one more, then writes what only the reserve has room for."""


@ONE_DATABASE
def test_a_queue_made_by_an_earlier_version_is_sent_by_this_one_and_two_tabs_send_it_once(
    phone: Phone, world: World, shop: Shop, chief: Viewer
):
    phone.enrol()
    phone.browser.set_offline(True)
    for number in range(1, 5):
        phone.add(record_of(shop, world, number))
    phone.do("vault.lock()")
    phone.browser.set_offline(False)
    phone.open("/privacy").page.evaluate(AGED)
    sent: list[str] = []
    phone.browser.on(
        "request", lambda each: sent.append(each.url) if each.method == "PUT" else None
    )
    second = phone.browser.new_page()
    for page in (phone.page, second):
        page.goto("/patrols/app")
    for page in (second, phone.page):
        phone.do("await vault.unlock(given[0], given[1])", [chief.account_id, PIN], page)
    for page in (second, phone.page):
        phone.do("await queue.flush()", page=page)

    assert logged(world) == ids(1, 2, 3, 4)
    assert [each.rsplit("/", 1)[1] for each in sent if "/patrols/" in each] == ids(1, 2, 3, 4)
    listed = phone.do("return (await queue.list()).map((each) => each.state)", page=second)
    assert listed == ["ledger"] * 4
    phone.do("await queue.add(given)", record_of(shop, world, 5), page=second)
    assert phone.records()[-1]["order"] == 5


AGED = """async () => {
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const old = ["vaults", "items", "contents", "photos", "drafts"];
  const newer = await asked(indexedDB.open("menqian"));
  const reading = newer.transaction(old);
  const rows = await Promise.all(old.map((name) => asked(reading.objectStore(name).getAll())));
  newer.close();
  await asked(indexedDB.deleteDatabase("menqian"));
  const opening = indexedDB.open("menqian", 1);
  opening.onupgradeneeded = () => {
    const db = opening.result;
    db.createObjectStore("vaults", {keyPath: "device"});
    const items = db.createObjectStore("items", {keyPath: "id"});
    items.createIndex("place", ["device", "order"], {unique: true});
    items.createIndex("photo", "photos", {multiEntry: true});
    db.createObjectStore("contents", {keyPath: ["device", "id"]});
    db.createObjectStore("photos", {keyPath: ["device", "sha256"]});
    db.createObjectStore("drafts", {keyPath: ["device", "id"]});
  };
  const older = await asked(opening);
  const writing = older.transaction(old, "readwrite");
  old.forEach((name, at) => rows[at].forEach((row) => writing.objectStore(name).put(row)));
  await new Promise((resolve) => (writing.oncomplete = resolve));
  older.close();
}"""
"""Puts the queue back into the store as the first version of the app had made it."""

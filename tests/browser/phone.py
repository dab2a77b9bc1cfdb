"""A patroller's phone: a browser with a disk of its own, whose app is driven by its own modules.

What the app's screens do, they do through these modules; here a test asks them directly, in the
real page, so that it can look between the steps.
"""

import json
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import Viewer
from merchants_app import pages
from merchants_app.access import cookie_name
from tests import provision
from tests.browser.house import PATIENCE, House
from tests.browser.person import PHONE
from tests.factories import World
from tests.visits import sha256

APP = "/patrols/app"
PIN = "258036"

READY = "const {vault, queue: {queue}, device, net, receipt, store, updates} = await import(url);"
"""The very instances that the page runs."""


class Phone:
    """One phone; its disk lies in `folder` and outlives it."""

    def __init__(self, house: House, browser: Browser, folder: Path, **options: Any) -> None:
        self.house = house
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.disk = folder / "disk"
        self._browser = browser
        self._options = options
        self.browser = self._start()
        self.page = self.browser.pages[0]

    def _start(self) -> BrowserContext:
        started = self._browser.browser_type.launch_persistent_context(
            self.disk,
            base_url=self.house.address,
            locale="zh-CN",
            viewport=PHONE,
            **provision.browser_options(self.folder),
            **self._options,
        )
        started.set_default_timeout(PATIENCE * 500)
        return started

    def leave(self) -> None:
        self.browser.close()

    def restart(self) -> "Phone":
        """Switch off and on again: only what is on the disk is left."""
        self.browser.close()
        self.browser = self._start()
        self.page = self.browser.pages[0]
        return self

    def sign_in(self, world: World, viewer: Viewer) -> "Phone":
        """Give the browser a session of an account."""

        def enter(session: Any, act: Any) -> str:
            account = session.get_one(Account, viewer.account_id)
            return sessions.open_session(session, act, account, "test").secret

        name = cookie_name(secure=False)
        cookie = {"name": name, "value": world.write(enter), "url": self.house.address}
        cookie["expires"] = time.time() + 3600
        self.browser.add_cookies([cookie])
        return self

    def open(self, address: str = APP) -> "Phone":
        self.page.goto(address)
        return self

    def enrol(self) -> dict[str, str]:
        """Make a vault for whoever is signed in; return {account, name, role, device}."""
        return self.do("return vault.enrol({...(await net.me()), pin: given});", PIN)

    def unlock(self, account: str) -> None:
        self.do("await vault.unlock(given[0], given[1]);", [account, PIN])

    def keep_photo(self, data: bytes) -> str:
        kept = self.do(
            "return queue.keepPhoto(new Blob([Uint8Array.from(given)], {type: 'image/jpeg'}));",
            list(data),
        )
        assert kept == {"sha256": sha256(data), "size": len(data)}
        return kept["sha256"]

    def add(self, record: dict[str, Any]) -> dict[str, Any]:
        return self.do("return queue.add(given);", record)

    def flush(self) -> dict[str, Any]:
        """Send now; return the queue's status after that."""
        return self.do("await queue.flush(); return queue.status();")

    def records(self) -> list[dict[str, Any]]:
        """Return what the queue lists, in the order of the device."""
        return list(reversed(self.do("return queue.list();")))

    def states(self) -> list[str]:
        return [each["state"] for each in self.records()]

    def do(self, script: str, given: Any = None, page: Page | None = None) -> Any:
        """Run the body of an async function in the page, with the app's modules at hand."""
        whole = f"async ([url, given]) => {{ {READY} {script} }}"
        return (page or self.page).evaluate(whole, [pages.static_url("patrol-app.js"), given])

    def written(self) -> bytes:
        """Return every byte of the disk."""
        files = [each for each in sorted(self.disk.rglob("*")) if each.is_file()]
        return b"\n".join(each.read_bytes() for each in files)


def record_of(shop: Any, world: World, number: int, **named: Any) -> dict[str, Any]:
    """Return a record as the app hands it to its queue, with an id that follows from `number`."""
    body = {
        "door": shop.door,
        "kind": "patrol",
        "observed_at": world.clock().isoformat(),
        "items": [],
        "origin": {"scan": "camera"},
        **named.pop("body", {}),
    }
    told = {"number": shop.number, "name": shop.name}
    return {"id": f"{number:032x}", "kind": "patrol", "body": body, "shop": told, **named}


def forms_of(text: str) -> set[bytes]:
    """Return how a text may lie on a disk: UTF-8, UTF-16 both ways, escaped as JSON."""
    escaped = json.dumps(text)[1:-1]
    return {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), escaped.encode()}

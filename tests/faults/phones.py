"""Patrollers' phones: real Chromium on the real app, which can be crashed, killed and filled up.

A phone of its own (`Phone`) is a Chromium process with a profile folder, so that what it keeps can
be looked for on the disk and outlives the process. Records are made by the app's own modules, which
its page is asked for again (`patrol-app.js`), so that they are the very instances the screens use.
"""

import base64
import os
import random
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests import provision
from tests.faults import calls

PATIENCE = 60
PIN = "271828"
ROOM = 512 * 1024
"""Bytes that a phone has left before it is filled up."""


def picture(chance: random.Random) -> bytes:
    """Return a JPEG of 160 × 120 like no other, about 5 KB large."""
    file = BytesIO()
    noise = Image.frombytes("RGB", (40, 30), chance.randbytes(40 * 30 * 3))
    noise.resize((160, 120)).save(file, "JPEG", quality=90)
    return file.getvalue()


ANOTHER = base64.b64encode(picture(random.Random("another"))).decode()
"""A photo that no record names."""


def record(shop: Any, chance: random.Random, *, note: str, photos: int, fault: str = "") -> dict:
    """Return what `calls.ADD` takes: a visit to a shop with its photos."""
    items = [{"code": fault, "result": "fault", "note": note}] if fault else []
    return {
        "id": secrets.token_hex(16),
        "shop": {"number": shop.number, "name": shop.name},
        "pictures": [base64.b64encode(picture(chance)).decode() for _ in range(photos)],
        "body": {
            "door": shop.door,
            "kind": "patrol",
            "observed_at": datetime.now(UTC).isoformat(),
            "position": {"lat": shop.lat, "lng": shop.lng, "accuracy_m": 12, "crs": "WGS84"},
            "items": items,
            "note": note,
            "photos": [],
            "origin": {"device": "0" * 32, "order": 1, "scan": "list"},
        },
    }


class App:
    """The app in a tab: `page` may be replaced by another tab of the same browser."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = context.pages[0] if context.pages else context.new_page()

    def do(self, script: str, given: Any = None) -> Any:
        """Run a call of the app's own modules in its page."""
        return self.page.evaluate(calls.WITH_APP.format(script), given)

    def begin(self, script: str, given: Any = None) -> None:
        """Start a call without waiting for it; `end` does that."""
        self.page.evaluate(
            f"(given) => {{ window.begun = ({calls.WITH_APP.format(script)})(given); }}", given
        )

    def end(self) -> Any:
        """Return what came of the call that was begun."""
        return self.page.evaluate("() => window.begun")

    def sign_in(self, name: str, password: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.page.get_by_label("账号", exact=True).fill(name)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.get_by_text("退出").first.wait_for(state="attached")

    def open(self) -> None:
        """Open the app, from the network or from what the phone keeps."""
        self.page.goto(f"{self.address}/patrols/app")

    def enrol(self, name: str, password: str) -> str:
        """Sign in, make a vault, and wait until the app opens without a network; return its device."""
        self.sign_in(name, password)
        self.open()
        device: str = self.do(calls.ENROL, PIN)
        self.do(calls.KEPT)
        return device

    def unlock(self) -> None:
        self.do(calls.UNLOCK, PIN)

    def keep_by_hand(self, shop: str) -> None:
        """Say on the screens that nothing is wrong at a shop of the list."""
        self.page.get_by_role("link", name=shop).first.click()
        for button in ("没有发现问题", "保存"):
            self.page.get_by_role("button", name=button, exact=True).click()
        self.page.get_by_role("heading", name="已存在本机").wait_for()

    def send(self, name: str, password: str) -> None:
        """Press "send now" until nothing waits; sign in and unlock whenever the app asks for it."""
        while (status := self.do(calls.DRAIN, {"seconds": 30, "pause": 0}))["waiting"]:
            if status["stopped"] == "sign_in":
                self.sign_in(name, password)
                self.open()
            if not self.do("() => Boolean(vault.current())"):
                self.unlock()
            self.page.keyboard.press("Shift")  # who is there is not locked out

    def ids(self) -> list[str]:
        """Return the records here, in their order, which must have no gap."""
        listed = sorted(self.do("() => queue.list()"), key=lambda each: each["order"])
        assert [each["order"] for each in listed] == list(range(1, len(listed) + 1))
        return [each["id"] for each in listed]

    def crash(self) -> None:
        """Kill the tab and open another one."""
        with self.page.expect_event("crash"), suppress(Error):
            self.page.goto("chrome://crash")
        old, self.page = self.page, self.context.new_page()
        old.close()


class Phone(App):
    """A browser process with its folder; what is kept there outlives the process."""

    def __init__(self, playwright: Playwright, folder: Path, address: str) -> None:
        self._playwright = playwright
        self.folder = folder
        self._options = provision.browser_options(folder.parent)
        self._start()
        super().__init__(self._browser.contexts[0], address)

    def _start(self) -> None:
        told = self.folder / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()
        words = ["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--lang=zh-CN"]
        words += ["--password-store=basic", "--disable-gpu", f"--user-data-dir={self.folder}"]
        words += ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"]
        self._process = subprocess.Popen(
            [self._options["executable_path"], *self._options["args"], *words, "about:blank"],
            env=self._options["env"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not (told.exists() and told.read_text().count("\n")):
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        port = told.read_text().split("\n")[0]
        self._browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")

    def switch_off(self) -> None:
        """End every process of the browser at once, as an empty battery does."""
        if self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._browser.close()

    def switch_on(self) -> None:
        self._start()
        App.__init__(self, self._browser.contexts[0], self.address)

    def restart(self) -> None:
        self.switch_off()
        self.switch_on()

    def used(self) -> int:
        """Return how many bytes this origin takes."""
        number: int = self.page.evaluate("async () => (await navigator.storage.estimate()).usage")
        return number

    def limit(self, quota: int | None) -> None:
        """Leave so many bytes to this origin, all that there are for None.

        A browser asks once in half a minute how much room is left, so this comes before the app.
        """
        self._meter = self.context.new_cdp_session(self.page)
        given = {"origin": self.address} | ({"quotaSize": quota} if quota else {})
        self._meter.send("Storage.overrideQuotaForOrigin", given)

    def holds(self, *forms: bytes) -> list[str]:
        """Return the files of the profile in which one of these stands."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return [
            str(path.relative_to(self.folder))
            for path in files
            if any(form in path.read_bytes() for form in forms)
        ]


def forms_of(words: str) -> tuple[bytes, bytes]:
    """Return how a browser may write words down: as UTF-8, and as it has them in memory."""
    return words.encode(), words.encode("utf-16-le")


@contextmanager
def phone(playwright: Playwright, folder: Path, address: str) -> Iterator[Phone]:
    """Give a phone that is switched off at the end."""
    folder.mkdir(parents=True)
    made = Phone(playwright, folder, address)
    try:
        yield made
    finally:
        made.switch_off()

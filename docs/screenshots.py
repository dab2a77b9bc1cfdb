"""Takes the pictures of the README from a running demonstration: `make screenshots`.

Without `--door` the first shop of the list is shown; names and passwords are those that
`menqian demo` prints.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="address of the server")
    parser.add_argument("--name", required=True, help="account of a desk")
    parser.add_argument("--password", required=True)
    parser.add_argument("--door", help="token of the door to show")
    parser.add_argument("--desk", default="/coverage", help="path of the desk's page")
    parser.add_argument("--lang", default="zh", choices=["zh", "en"])
    parser.add_argument("--out", type=Path, default=IMAGES)
    return parser.parse_args()


def first_door(page: Page, base: str) -> str:
    """Return the token of the first shop that the signed-in account sees."""
    answer = page.request.get(f"{base}/api/v1/merchants?limit=1")
    return str(answer.json()["merchants"][0]["door"])


def sign_in(page: Page, wanted: argparse.Namespace) -> None:
    """Sign in as staff."""
    page.goto(f"{wanted.base}/sign-in")
    page.fill("[name=name]", wanted.name)
    page.fill("[name=password]", wanted.password)
    page.click("main form [type=submit], main form button")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def take(browser: Browser, wanted: argparse.Namespace) -> None:
    """Save the desk's page, then the door as a passer-by sees it."""
    desk = browser.new_page(viewport=DESK)
    sign_in(desk, wanted)
    desk.goto(f"{wanted.base}{wanted.desk}?lang={wanted.lang}")
    desk.screenshot(path=wanted.out / "desk.png")
    door = wanted.door or first_door(desk, wanted.base)
    passer_by = browser.new_page(viewport=PHONE, device_scale_factor=2)
    passer_by.goto(f"{wanted.base}/q/{door}?lang={wanted.lang}")
    passer_by.screenshot(path=wanted.out / "door.png")


def main() -> None:
    """Take both pictures."""
    sys.path.insert(0, str(ROOT))
    from tests import provision

    wanted = arguments()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**provision.browser_options(Path(folder)))
        take(browser, wanted)
        browser.close()
    print(f"wrote {wanted.out}/door.png and desk.png")


if __name__ == "__main__":
    main()

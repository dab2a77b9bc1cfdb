"""Every page of every role, in both languages, on a phone and on a desk: nothing serious for axe.

axe looks at a page on the phone in Chinese and on the desk in English. Besides: nothing wider than the screen, one heading of the first order, a title, the right language.
The pages of the street are also looked at on the smallest phone there is. What several roles see is
looked at in English with the first of them only.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from compliance.accounts.permissions import Role
from merchants_app.access import cookie_name
from tests.browser.house import House
from tests.browser.town import Town, build
from tests.factories import World
from tests.guards.tree import ROOT

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations'], preload: false});
    return found.violations
        .filter(each => ['serious', 'critical'].includes(each.impact))
        .map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.target).join(' | ')}`);
}"""
WIDER = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const over = document.scrollingElement.scrollWidth - window.innerWidth;
    if (over <= 0) return '';
    const end = (each) => each.getBoundingClientRect().right + window.scrollX;
    const held = (each) => each !== document.body && each
        && (getComputedStyle(each).overflowX !== 'visible' || held(each.parentElement));
    const widest = [...document.querySelectorAll('body *')].filter(each => !held(each.parentElement))
        .reduce((one, other) => end(other) >= end(one) ? other : one);
    const named = `${widest.localName}.${widest.className} in .${widest.parentElement.className}`;
    return `${over} pixels wider than the screen: ${named}`;
}"""
FRAME = """() => [
    document.documentElement.lang, document.title, document.querySelectorAll('h1').length
]"""
HTML_LANG = {"zh": "zh-CN", "en": "en"}
PHONE, DESK, SMALLEST = 390, 1280, 320
AXE_AT = {"zh": PHONE, "en": DESK}
STREET = ("/q/", "/patrols")
EVERYBODY = (None, *Role)
LIKE_ANOTHER = {
    Role.ENFORCEMENT_OFFICER,
    Role.ASSOCIATION_REVIEWER,
    Role.DISTRICT_DESK,
    Role.AUDITOR,
}
"""Of pages that somebody before them has had, they see more or fewer buttons: looked at once."""
SHOTS = os.environ.get("MENQIAN_TEST_SHOTS", "")


@pytest.fixture
def town(world: World) -> Town:
    return build(world)


def test_every_page_can_be_used(town: Town, house: House, browser: Browser):
    """Look at what each role is shown; in English at what nobody before it is shown."""
    faults: list[str] = []
    known: set[str] = set()
    for role in EVERYBODY:
        called = role.value if role else "anybody"
        with entered(town, house, browser, role, "zh") as page:
            shown = dict(seen_by(page, town, role))
            faults += [f"{called} {name}: {fault}" for name, fault in broken(shown)]
            fresh = {name: found for name, found in shown.items() if name not in known}
            faults += looked_at(page, fresh if role in LIKE_ANOTHER else shown, "zh", called)
        with entered(town, house, browser, role, "en") as page:
            faults += looked_at(page, fresh, "en", called)
        known |= {name for name, (status, _) in shown.items() if status == 200}
    unseen = {name for name, _ in town.pages(*EVERYBODY)} - known

    assert not faults, "\n".join(faults)
    assert not unseen, f"nobody is shown {sorted(unseen)}"


def test_what_axe_calls_serious_is_found(house: House, browser: Browser):
    with entered(Town({}, {None: None}), house, browser, None, "zh") as page:
        page.goto("/privacy")
        page.evaluate(
            "() => document.querySelector('main').insertAdjacentHTML('beforeend', "
            '\'<img src="/static/x.png"><div style="width: 2000px">.</div>\')'
        )

        told = "\n".join(faults_of(page, "zh", PHONE))

    assert "image-alt" in told
    assert "wider" in told


@contextmanager
def entered(
    town: Town, house: House, browser: Browser, role: Role | None, lang: str
) -> Iterator[Page]:
    """Give a page of a browser in which somebody of `role` is signed in."""
    context = browser.new_context(
        base_url=house.address, locale=HTML_LANG[lang], bypass_csp=True, reduced_motion="reduce"
    )
    context.add_init_script(path=AXE)
    cookies = {"lang": lang, cookie_name(secure=False): town.secrets[role]}
    context.add_cookies(
        [{"name": n, "value": v, "url": house.address} for n, v in cookies.items() if v]
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def seen_by(page: Page, town: Town, role: Role | None) -> Iterator[tuple[str, tuple[int, str]]]:
    """Give name, status and address of every page that this browser is shown, or that is broken."""
    for name, addresses in town.pages(role):
        for address in addresses:
            status = page.request.get(address, max_redirects=0).status
            if status == 200 or status >= 500:
                yield name, (status, address)
                break


def broken(shown: dict[str, tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Give the pages that the program could not make."""
    yield from ((name, f"{status}") for name, (status, _) in shown.items() if status >= 500)


def looked_at(
    page: Page, shown: dict[str, tuple[int, str]], lang: str, called: str
) -> Iterator[str]:
    """Open page after page and give what is wrong with each."""
    for name, (_, address) in shown.items():
        page.goto(address)
        for width in (DESK, PHONE):
            for fault in faults_of(page, lang, width):
                yield f"{called} {name} in {lang} at {width}: {fault}"
            keep_picture(page, f"{called}/{name}-{width}-{lang}")
        if name.startswith(STREET) and (wider := wider_than(page, SMALLEST)):
            yield f"{called} {name} in {lang} at {SMALLEST}: {wider}"


def faults_of(page: Page, lang: str, width: int) -> Iterator[str]:
    if wider := wider_than(page, width):
        yield wider
    if AXE_AT[lang] == width:
        yield from page.evaluate(RUN_AXE)
    spoken, title, headings = page.evaluate(FRAME)
    if spoken != HTML_LANG[lang]:
        yield "wrong language"
    if not title.removesuffix("门前").strip(" -"):
        yield "no title"
    if headings != 1:
        yield f"{headings} headings of the first order"


def wider_than(page: Page, width: int) -> str:
    """Say by how much the page is wider than a screen of `width`, and because of what."""
    page.set_viewport_size({"width": width, "height": 844})
    return str(page.evaluate(WIDER))


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the page when somebody wants to look at it."""
    if SHOTS:
        folder, _, rest = name.partition("/")
        file = re.sub(r"\W+", "-", "home" + rest if rest.startswith("/-") else rest).strip("-")
        page.screenshot(path=Path(SHOTS) / folder / f"{file}.png", full_page=True)

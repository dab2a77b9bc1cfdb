"""The patroller's app as one uses it in the street: by its screens, without a signal."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlmodel import select

import qr
from compliance.accounts.models import Account
from compliance.accounts.permissions import Role, Viewer
from compliance.findings.models import Finding
from compliance.merchants.shops import Shop
from compliance.patrols.models import Patrol, PatrolPhoto
from tests.browser.film import plate_of, sticker_of
from tests.browser.hand import Hand
from tests.browser.house import House
from tests.factories import DAYU, World
from tests.visits import body, fault, log

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SHELL_BYTES = 200_000
CERTIFICATE = "京门执0001(样例)"


@pytest.fixture
def hand(house: House, browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Hand]]:
    """Returns a phone whose camera looks at something."""
    made: list[Hand] = []

    def take(*seen: Image.Image) -> Hand:
        made.append(Hand(house, browser, tmp_path / f"hand-{len(made)}", *seen))
        return made[-1]

    yield take
    for each in made:
        each.leave()


def all_of(world: World, table: type) -> list:
    return world.read(lambda session: list(session.exec(select(table))))


def test_a_scan_and_two_taps_say_that_nothing_is_wrong_and_no_more_is_said_than_is_proved(
    hand: Callable[..., Hand], world: World, shop: Shop, chief: Viewer, house: House
):
    plate = plate_of(qr.door_url(house.address, shop.door))
    phone = hand(plate).sign_in(world, chief).begin().lose_signal()
    assert phone.taps

    phone.press("扫门牌码").headed(shop.name)
    phone.press("没有发现问题").headed("没有发现问题").press("保存").headed("已存在本机")

    assert phone.taps == 3
    phone.sees("待传 1").sees_no("回执", "条").press("回到清单").press("扫门牌码").headed(shop.name)
    phone.sees("刚记过这家")
    assert not all_of(world, Patrol)
    phone.find_signal().go("queue").headed("待传").sees("可以关机了", f"回执 {shop.number} / 1")
    (patrol,) = all_of(world, Patrol)
    assert (patrol.fault_count, patrol.kind, patrol.account_id) == (0, "patrol", chief.account_id)


def test_a_fault_is_under_ten_taps_and_its_draft_survives_being_switched_off(
    hand: Callable[..., Hand], world: World, shop: Shop, chief: Viewer, house: House
):
    log(world, chief, body(world, shop, fault("O02")), "a" * 32)
    plate = plate_of(qr.door_url(house.address, shop.door))
    phone = hand(plate).sign_in(world, chief).begin().lose_signal()
    assert phone.taps

    phone.press("扫门牌码").headed(shop.name).press("发现问题").headed("什么问题？")
    phone.press("包环境有序")
    phone.page.locator("button", has_text="占道堆物堆料").click()
    phone.headed("拍下：占道堆物堆料").press("拍照").headed("问题：1 个")
    assert phone.taps == 5

    phone.look_at(sticker_of("nothing")).sees("不重复记").press("第三方造成").press("已当场改好")
    phone.headed("拍下改好后的样子：占道堆物堆料").press("拍照").headed("问题：1 个").press(
        "写一句"
    )
    phone.fill("说明", "纸箱已搬进店里").sees("改好后")
    phone.page.wait_for_function(SAVED_NOTE)
    phone.restart().lose_signal().open().headed(viewer_name(world, chief)).type_pin("111111")
    phone.sees("还能试 9 次").type_pin().headed("今天的巡查").sees("没写完", shop.name)
    phone.press("接着写").headed("问题：1 个")
    expect(phone.page.get_by_label("说明", exact=True)).to_have_value("纸箱已搬进店里")
    expect(phone.page.locator(".shot img[src^='blob:']")).to_have_count(2)
    phone.press("保存，1 个问题").headed("已存在本机").find_signal().go("queue")
    phone.press("现在传").sees("可以关机了")

    patrol = next(each for each in all_of(world, Patrol) if each.id != "a" * 32)
    assert len([each for each in all_of(world, PatrolPhoto) if each.patrol_id == patrol.id]) == 2
    (finding,) = all_of(world, Finding)
    assert finding.patrol_id == "a" * 32, "seen again is no second strike"


SAVED_NOTE = """async () => {
  const script = document.querySelector('script[type=module]').src;
  const { queue: { queue } } = await import(script);
  const kept = await queue.drafts();
  return kept.some(({ draft }) => draft.items?.some((each) => each.note === '纸箱已搬进店里'));
}"""


def viewer_name(world: World, viewer: Viewer) -> str:
    """Return the sign-in name, which is all that a locked phone tells."""
    return world.read(lambda session: session.get_one(Account, viewer.account_id).name)


def test_an_inspection_says_what_it_lacks_and_goes_out_with_two_officers(
    hand: Callable[..., Hand], world: World, shop: Shop
):
    here = ("township", DAYU)
    officer = world.viewer(Role.ENFORCEMENT_OFFICER, here, officer_certificate=CERTIFICATE)
    phone = hand().sign_in(world, officer).begin().lose_signal()

    phone.press(shop.name).headed(shop.name).press("行政检查").press("没有发现问题")
    phone.press("保存").sees("还差一点")
    phone.press("请填写另一名执法人员的执法证号")
    expect(phone.page.get_by_label("另一名执法人员的执法证号")).to_be_focused()
    phone.page.keyboard.type("京门执0002(样例)")
    phone.fill("检查计划编号", "2026-01")
    phone.page.get_by_text("两名执法人员已出示执法证", exact=True).click()
    phone.press("保存").headed("已存在本机").find_signal().go("queue").sees("可以关机了")

    (patrol,) = all_of(world, Patrol)
    assert patrol.officers == [CERTIFICATE, "京门执0002(样例)"]
    assert patrol.plan_ref == "2026-01"


def test_a_conflict_shows_both_and_the_person_decides(
    hand: Callable[..., Hand], world: World, shop: Shop, chief: Viewer
):
    phone = hand().sign_in(world, chief).begin().lose_signal()
    phone.press(shop.name).press("没有发现问题").headed("没有发现问题")
    (record,) = re.findall(r"[0-9a-f]{32}", phone.page.url)
    log(world, chief, body(world, shop, fault("H01", note="另一台手机记的")), record)
    phone.press("保存").headed("已存在本机").find_signal().go("queue").sees("先别关机", "内容冲突")

    phone.press("处理").headed("两份内容不一样").sees("没有发现问题", "另一台手机记的")
    phone.press("手机上的另记一条").headed("待传").sees("可以关机了")

    assert sorted(each.fault_count for each in all_of(world, Patrol)) == [0, 1]


def test_the_first_load_is_small_and_the_door_leads_a_patroller_into_the_app(
    hand: Callable[..., Hand], world: World, shop: Shop, chief: Viewer, house: House
):
    fetched = {}
    for lang in ("zh", "en"):
        page = fetch(f"{house.address}/patrols/app?lang={lang}")
        named = re.findall(rb'(?:src|href)="(/static/[^"]+)"', page[1])
        fetched = {path.decode(): fetch(house.address + path.decode()) for path in named}
        assert page[0] + sum(size for size, _ in fetched.values()) < SHELL_BYTES
    assert any("patrol-app" in path for path in fetched)

    phone = hand().sign_in(world, chief)
    phone.page.goto(f"/q/{shop.door}")
    assert phone.page.url.endswith(f"/patrols/door/{shop.door}")
    phone.begin().page.goto(f"/q/{shop.door}")
    phone.headed(viewer_name(world, chief)).type_pin().headed(shop.name)


def fetch(address: str) -> tuple[int, bytes]:
    """Return how many bytes an answer has on its way, and what it says."""
    asked = Request(address, headers={"Accept-Encoding": "gzip"})
    with urlopen(asked) as answer:
        sent = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(sent), gzip.decompress(sent) if packed else sent

"""What passers-by, merchants and lane chiefs do works with scripts switched off.

The typed name stands for the drawn signature; photos are sent as plain files. One database will do:
what the services do on both is proved elsewhere.
"""

from collections.abc import Callable

import pytest

from compliance.accounts.permissions import Role
from compliance.merchants.shops import Shop
from tests.browser.person import Person
from tests.factories import World
from tests.people import Street
from tests.polls import Poll
from tests.sittings import issue_all

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PASSWORD = "tests-only-7"


@pytest.fixture
def shop(world: World) -> Shop:
    shop = world.shop()
    issue_all(world, shop)
    return shop


@pytest.fixture
def without_scripts(somebody: Callable[..., Person]) -> Callable[[str], Person]:
    def arrive(name: str) -> Person:
        person = somebody(name, scripts=False)
        person.page.goto("data:text/html,<p>off</p><script>document.write('on')</script>")
        person.sees("off").sees_no("on")
        return person

    return arrive


def chief_at_work(world: World, shop: Shop, person: Person) -> Person:
    world.account(Role.LANE_CHIEF, ("lane", shop.lane_id), name="xiang", password=PASSWORD)
    return person.sign_in("xiang", PASSWORD)


def test_anybody_reads_the_door_and_its_notices(
    without_scripts: Callable[[str], Person], shop: Shop
):
    reader = without_scripts("passer-by").open(f"/q/{shop.door}")

    reader.sees(shop.name, "四项公示", "巡查台账", "本码不收费、不下载、不登录")
    reader.press("商户承诺书").sees(shop.name, "商户承诺书")
    reader.turn_to_english().sees("Shop pledge", "The Chinese text below is the one that binds")


def test_a_merchant_signs_all_four_by_typing_the_name(
    without_scripts: Callable[[str], Person], shop: Shop
):
    merchant = without_scripts("merchant").sign_in_at(f"/q/{shop.door}", shop.phone)

    merchant.read_all(4).say_who("张样例").sees_no("退一笔")
    merchant.fill("签名：输入姓名", "张样例").prove(shop.phone).press("签署 4 份")

    merchant.sees("已签署 4 份", "输入姓名", "下载《商户承诺书》PDF")
    merchant.open(f"/q/{shop.door}?public").sees("4 / 5")


def test_a_wrong_code_is_told_and_what_was_typed_stays(
    without_scripts: Callable[[str], Person], shop: Shop
):
    merchant = without_scripts("merchant").sign_in_at(f"/q/{shop.door}", shop.phone)
    merchant.read_all(4).say_who("张样例").fill("签名：输入姓名", "张样例").prove(shop.phone)
    right = merchant.field("短信里的六位数字").input_value()

    merchant.fill("短信里的六位数字", "000000x").press("签署 4 份").sees("验证码不对", "有误")

    merchant.fill("短信里的六位数字", right).press("签署 4 份").sees("已签署 4 份")


def test_a_merchant_votes_on_the_covenant_and_changes_the_vote(
    without_scripts: Callable[[str], Person], world: World
):
    poll = Poll(world)
    poll.start()
    shop, code = poll.shops[0], "短信里的六位数字"
    merchant = without_scripts("merchant").sign_in_at(f"/q/{shop.door}", shop.phone)

    merchant.press("月季园路正在表决公约").sees("最长20日", "您的意见")
    merchant.choose("反对").press("下一步：收验证码").sees("请核对", "反对")
    merchant.fill(code, merchant.house.code_sent_to(shop.phone)).press("投出这一票")
    merchant.sees("已投：反对", "以最后一次为准")
    world.clock.forward(minutes=2)
    merchant.press("改投").choose("同意").press("下一步：收验证码")
    merchant.fill(code, merchant.house.code_sent_to(shop.phone)).press("投出这一票")
    merchant.sees("已投：同意")


def test_a_lane_chief_logs_a_fault_with_a_photo_and_finds_it_kept(
    without_scripts: Callable[[str], Person], world: World, shop: Shop
):
    chief = chief_at_work(world, shop, without_scripts("chief"))
    chief.open("/patrols").sees("我的巡查", "还没有来过").press(shop.name)

    chief.unfold("包卫生干净").choose("门前有散落垃圾").press("写清问题")
    chief.give_photo("拍一张").choose("本店").press("保存记录")

    chief.sees("已记入台账", "没有手机位置")
    chief.press("看这条记录").sees("门前有散落垃圾")
    photo = chief.page.locator("main img").first.get_attribute("src")
    assert chief.get(photo)[:2] in {b"\xff\xd8", b"RI"}


def test_a_merchant_answers_one_finding_and_objects_to_another(
    without_scripts: Callable[[str], Person], world: World
):
    street = Street(world)
    street.fault("H01")
    street.fault("O02")
    shop = street.shop
    merchant = without_scripts("merchant").sign_in_at(f"/q/{shop.door}", shop.phone)

    merchant.open("/findings").press("门前有散落垃圾、烟头、纸屑").press("报告已改好")
    merchant.give_photo("改好后的照片").fill("想说明的话", "扫干净了").press("报告已改好")
    merchant.sees("已收到", "待复查", "扫干净了")

    merchant.open("/findings").press("占道堆物堆料").press("我有异议")
    merchant.press("提出异议").sees("有误")
    merchant.fill("理由", "不是本店放的东西").press("提出异议")
    merchant.sees("异议已收到", "核实中", "不是本店放的东西")

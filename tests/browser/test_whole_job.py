"""The whole job in a real browser, by everybody whose job it is; on PostgreSQL in the long tier.

A township's list comes in, plates are printed and scanned, a merchant signs all four notices, a
lane chief finds two faults, one is put right and closed, the other goes before the association; in
the end the ledger is recomputed from its rows. Nothing is done behind the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp

from tests.browser.house import House
from tests.browser.person import Person
from tests.lists import merchant_list

LIST = merchant_list(shops=40)
LITTER, PILED = "门前有散落垃圾、烟头、纸屑", "占道堆物堆料"
HAULER = "绿谷环卫服务有限公司(样例)"
PANEL = ("ping", "lun", "jue")
SIGNED_KINDS = ("自治公约", "承诺书", "责任书", "收运协议")


@dataclass(frozen=True)
class ListedShop:
    """The shop this is about, as the township's list has it."""

    name: str
    operator: str
    phone: str
    township: str
    lane: str


def chosen_shop() -> ListedShop:
    (row,) = [row for rows in LIST.rows.values() for row in rows if row[0] == 18]
    return ListedShop(row[1].strip(), row[3], row[4], row[6], row[7])


@pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)],
    indirect=True,
)
def test_the_whole_job(house: House, somebody: Callable[..., Person]):
    shop = chosen_shop()
    desk = somebody("desk", wide=True)
    desk.sign_in("qu", house.command("account", "add", "qu", "--role", "district_desk").split()[-1])

    import_the_list(desk)
    door = scan(print_plates(desk, shop), shop)
    passer_by = somebody("passer-by").open(door).sees(shop.name, "0 / 5", "还没有巡查记录")
    issue_all_four(desk, shop)

    before = filled(desk)
    merchant = somebody("merchant").sign_in_at(door, shop.phone)
    sign_all_four(merchant, shop)
    assert filled(desk) == before + 4
    passer_by.open(door).sees("4 / 5", "已签")

    chief = somebody("chief").sign_in("xiang", make_account(desk, "xiang", "街巷长", shop))
    log_fault(chief, door, "包卫生干净", LITTER)
    assert filled(desk) == before + 5
    passer_by.open(door).sees("5 / 5", LITTER, "待整改")
    put_right(merchant, LITTER)
    check_again(chief, LITTER)
    merchant.open("/findings").sees("已经办完的", "已办结").sees_no("等着别人办的")
    passer_by.open(door).sees(LITTER, "已办结")

    panel = [(name, make_account(desk, name, "商户联合会评议员", shop)) for name in PANEL]
    log_fault(chief, door, "包环境有序", PILED)
    object_to(merchant, PILED, "是隔壁装修堆的，不是本店的东西")
    passer_by.open(door).sees(PILED, "核实中")
    reason = "照片里的料是隔壁装修所堆，与本店无关"
    words = "是隔壁装修堆的，不是本店的东西"
    for name, password in panel:
        member = somebody(name, wide=True)
        vote(member.sign_in(name, password), PILED, words, reason)
    member.sees("决定：撤销")
    merchant.open("/findings").press(PILED).sees("协会的决定：撤销", reason)
    passer_by.open(door).sees(PILED, "已撤销", reason)

    assert "every chain holds" in house.command("ledger", "verify")


def filled(desk: Person) -> int:
    """Return how many slots of the district are filled, as the page and the data both say."""
    data = desk.browser.request.get("/api/v1/coverage").json()
    desk.open("/coverage").sees(f"{data['filled']} / {data['slots']}")
    return data["filled"]


def import_the_list(desk: Person) -> None:
    sheet = {"name": "底册.xlsx", "mimeType": "application/octet-stream", "buffer": LIST.xlsx()}
    taken = LIST.counts["good"] + LIST.counts["warned"]
    desk.open("/imports/new").choose("自动新建街巷")
    desk.field("表格文件").set_input_files(sheet)
    desk.press("上传并核对").sees("核对底册", "要改、要核对的", "门城镇", "将新建")
    refused = desk.page.locator("tr", has_text="门城镇").first.inner_text()
    assert "须改正" in refused, refused
    desk.press(f"收入 {taken} 户").sees("导入完成", f"新增 {taken} 户", "行没有收")


def print_plates(desk: Person, shop: ListedShop) -> bytes:
    """Return the door plates of the shop's lane as downloaded."""
    desk.open("/codes").sees("打印门牌").select("镇街", shop.township).press("看有多少")
    desk.select("街巷", shop.lane).choose("室外门牌").press("看有多少").sees("户，", "张")
    with desk.page.expect_download() as download:
        desk.press("打印（PDF）")
    return download.value.path().read_bytes()


def scan(plates: bytes, shop: ListedShop) -> str:
    """Return the address that a camera reads from the shop's plate, after the lane's cover sheet."""
    with pypdfium2.PdfDocument(plates) as pdf:
        _, page = [page for page in pdf if shop.name in page.get_textpage().get_text_bounded()]
        picture = page.render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def issue_all_four(desk: Person, shop: ListedShop) -> None:
    """Issue what the lane lacks; the contract waits until the hauler's permit is typed in once."""
    desk.open("/notices/issue-missing").select("镇街", shop.township).press("查看")
    desk.select("街巷", shop.lane).press("查看").sees("补发公示", "缺")
    desk.choose(*SIGNED_KINDS).fill("表决通过的日期", "2026-11-01")
    desk.fill("应到户数", "30").fill("同意", "26").fill("反对", "1").press("发出")
    desk.sees("份没有发出", "短信已排队通知商户", "收运许可证号")
    desk.press("登记收运单位").press("登记收运单位").fill("收运单位全称", HAULER)
    desk.fill("收运许可证号", "京门环许2026-001(样例)").fill("许可证有效期至", "2029-11-01")
    desk.press("登记").sees(HAULER, "在有效期内")
    desk.open("/notices/issue-missing").select("镇街", shop.township).press("查看")
    desk.choose("收运协议").press("发出").sees("短信已排队通知商户")


def sign_all_four(merchant: Person, shop: ListedShop) -> None:
    merchant.open("/shop").sees("有 4 份公示待签署")
    merchant.read_all(4).say_who(shop.operator).draw_name().prove(shop.phone).press("签署 4 份")
    merchant.sees("已签署 4 份", shop.operator, "手写签名", *SIGNED_KINDS)
    for paper in merchant.page.get_by_role("link", name="PDF").all():
        text = text_of(merchant.get(paper.get_attribute("href")))
        assert shop.name in text
        assert shop.operator in text
    shown = merchant.page.locator(".govuk-summary-list__row", has_text="校验码").last
    digest = "".join(shown.locator("dd").inner_text().split())
    assert len(digest) >= 12
    assert digest in "".join(text.split())


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "".join(page.get_textpage().get_text_bounded() for page in opened)


def make_account(desk: Person, name: str, role: str, shop: ListedShop) -> str:
    """Make a staff account for the shop's lane or township; return its first password."""
    desk.open("/accounts").press("新建账号").fill("显示的名字", f"样例{name}").fill("账号", name)
    desk.select("岗位", role)
    desk.choose(f"{shop.township} · {shop.lane}" if role == "街巷长" else shop.township)
    desk.press("建立账号").sees("账号已建立", "初始密码只显示这一次")
    return desk.page.locator("main strong.tabular").last.inner_text()


def log_fault(chief: Person, door: str, heading: str, fault: str) -> None:
    """Scan the door again and log a patrol with one fault of the shop's own, with a photo."""
    chief.open(door).sees("巡查", "没有发现问题，保存")
    chief.unfold(heading).choose(fault).press("写清问题").sees("写清 1 个问题", fault)
    chief.give_photo("拍一张").choose("本店").press("保存记录")
    chief.sees("已记入台账", "回执号", fault, "待整改")


def put_right(merchant: Person, fault: str) -> None:
    merchant.open("/shop").sees("有 1 个问题要处理").press("去处理").sees(fault, "待整改")
    merchant.open("/findings").press(fault).sees("改好后，点“报告已改好”").press("报告已改好")
    merchant.give_photo("改好后的照片", "white").fill("想说明的话", "已经扫干净了").press(
        "报告已改好"
    )
    merchant.sees("已收到", "待复查")


def check_again(chief: Person, fault: str) -> None:
    chief.open("/findings").press(fault).sees("店铺报告已改好，请到现场复查", "已经扫干净了")
    chief.press("复查").choose("改好了").give_photo("现场照片", "white").press("记下复查结果")
    chief.sees("复查结果已记下", "已办结")


def object_to(merchant: Person, fault: str, words: str) -> None:
    merchant.open("/findings").press(fault).press("我有异议").sees("哪里不对？")
    merchant.fill("理由", words).press("提出异议").sees("异议已收到", "核实中", words)


def vote(member: Person, fault: str, words: str, reason: str) -> None:
    """Hear both sides and vote to revoke the record; without a reason there is no vote."""
    member.open("/reviews").press(fault).sees("巡查看到的", "商户说的", words)
    member.choose("撤销").press("投票").sees("理由", "有误")
    member.fill("理由", reason).press("投票").sees(reason)

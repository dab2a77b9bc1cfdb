"""A contract on the official form through HTTP: sent in without scripts, checked, shown to few."""

import io

import pikepdf
import pypdfium2
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.contracts.models import ContractUpload
from compliance.notices.models import Notice, WasteHauler
from merchants_app import originals, paging
from tests.contracts import accept, particulars, pdf, photo, submit
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.plain_browser import Browser

PDF, JPEG = "application/pdf", "image/jpeg"


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def as_(street: Street, client: TestClient, viewer) -> Browser:
    return Browser(street.world, client, viewer)


def send(client: TestClient, browser: Browser, path: str, *files: tuple[str, bytes, str]):
    """Post a form with files, as a browser does."""
    token = {"form_token": browser.viewer.csrf}
    return client.post(path, data=token, files=[("files", each) for each in files])


def test_a_shop_that_serves_food_is_told_to_send_in_the_citys_contract(street, client):
    assert "餐饮店请上传市里的收运合同" in as_(street, client, street.merchant).get("/notices")
    plain = street.world.shop("样例五金店", category="retail")
    other = street.world.viewer(Role.MERCHANT, ("tenancy", plain.tenancy_id))
    assert "餐饮店请上传" not in as_(street, client, other).get("/notices")
    desk = as_(street, client, street.desk)
    address = f"/notices/issue?tenancy={street.shop.tenancy_id}"
    assert "先请上传市里的文本" in desk.get(address)
    assert "不用我们的协议" in desk.get(f"{address}&kind=waste_contract")


def test_from_pictures_to_a_notice_in_force(street, client, world):
    merchant = as_(street, client, street.merchant)
    sent = send(
        client, merchant, "/contracts/upload", ("a.pdf", pdf(2), PDF), ("b.jpg", photo(), JPEG)
    )
    assert sent.status_code == 303
    address = sent.headers["location"]
    form = merchant.get(address)
    assert form.count("<img") == 3
    assert "接着填" in merchant.get("/contracts/upload")
    wrong = merchant.post(address, particulars(world.act().day, streams=["other"]), status=422)
    assert 'href="#streams"' in wrong
    assert "BF-2026-0815" in wrong

    notice = merchant.post(address, particulars(world.act().day))

    assert "等镇街核对" in merchant.get(notice)
    assert "收运合同正在核对" in merchant.get("/notices")
    assert merchant.post(address, particulars(world.act().day)) == notice
    client.cookies.clear()
    door = f"/q/{street.shop.door}/notices/waste_contract"
    assert "收运合同正在核对" in client.get(door).text
    desk = as_(street, client, street.desk)
    assert street.shop.name in desk.get("/notices?care=submitted")
    check = f"/contracts/{notice.split('/')[-1]}"
    assert "BF-2026-0815" in desk.get(f"{check}/check")
    desk.post(f"{check}/accept", {})
    assert "有效" in desk.get(notice)
    client.cookies.clear()
    public = client.get(door).text
    assert "每日2次" in public
    assert "BF-2026-0815" not in public
    assert "/contracts/uploads" not in public


def test_sending_back_needs_a_reason_that_the_shop_reads(street, client, world):
    notice = submit(world, street.shop, street.merchant)
    desk = as_(street, client, street.desk)
    assert 'href="#reason"' in desk.post(f"/contracts/{notice.id}/return", {}, status=422)

    desk.post(f"/contracts/{notice.id}/return", {"reason": "第二页看不清"})

    merchant = as_(street, client, street.merchant)
    assert "第二页看不清" in merchant.get("/notices")
    assert "重新上传" in merchant.get(f"/notices/{notice.id}")


def test_files_that_are_no_contract_are_refused_in_words(street, client):
    merchant = as_(street, client, street.merchant)
    locked = pdf(1, encryption=pikepdf.Encryption(owner="a", user="b"))
    told = {
        "请选择合同的照片": [],
        "打不开": [("a.pdf", b"%PDF-1.7 rubbish", PDF)],
        "要 JPEG": [("a.jpg", b"GIF89a...", JPEG)],
        "页数太多": [("a.pdf", pdf(paging.MOST_PAGES + 1), PDF)],
        "有密码": [("a.pdf", locked, PDF)],
        "一次最多传 12 个": [("a.jpg", photo(), JPEG)] * 13,
        "超过 20 MB": [("a.pdf", b"%PDF-" + b"0" * originals.MOST_BYTES, PDF)],
    }

    for words, files in told.items():
        answer = send(client, merchant, "/contracts/upload", *files)
        assert answer.status_code == 422
        assert words in answer.text

    assert not street.world.read(lambda s: s.exec(select(ContractUpload)).all())


def test_pages_are_shown_as_pictures_and_originals_only_downloaded(street, client, world):
    merchant = as_(street, client, street.merchant)
    data = pdf(1)
    sent = send(client, merchant, "/contracts/upload", ("a.pdf", data, PDF))
    address = sent.headers["location"]

    shown, kept = client.get(f"{address}/pages/1"), client.get(f"{address}/originals/1")

    assert shown.headers["content-type"] == JPEG
    assert shown.content[:2] == b"\xff\xd8"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert kept.content == data
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment")
    for place in ("pages/0", "pages/2", "originals/2"):
        assert client.get(f"{address}/{place}").status_code == 404


def test_others_find_neither_upload_nor_picture(street, client, world):
    merchant = as_(street, client, street.merchant)
    sent = send(client, merchant, "/contracts/upload", ("b.jpg", photo(), JPEG))
    address = sent.headers["location"]
    notice = merchant.post(address, particulars(world.act().day)).split("/")[-1]
    neighbour = world.viewer(Role.MERCHANT, ("tenancy", world.shop("隔壁").tenancy_id))
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    hauler = world.viewer(Role.WASTE_HAULER, ("hauler", "0" * 32))

    for viewer in (neighbour, far, hauler):
        browser = as_(street, client, viewer)
        browser.get(f"{address}/pages/1", status=404)
        browser.get(address, status=404)
        browser.get(f"/notices/{notice}", status=404)
        if viewer is not far:
            browser.get(f"/contracts/{notice}/check", status=403)
    chief = as_(street, client, street.chief)
    chief.get(f"{address}/pages/1", status=403)
    as_(street, client, street.officer).get(f"{address}/pages/1")


def test_the_paper_of_a_checked_contract_says_that_it_was_signed_on_paper(street, client, world):
    notice = accept(world, street.desk, submit(world, street.shop, street.merchant))
    as_(street, client, street.desk)

    answer = client.get(f"/notices/{notice.id}.pdf")

    assert answer.headers["content-type"] == PDF
    with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as paper:
        text = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert notice.number in text
    assert "纸质合同" in text
    assert "未签署" not in text


def test_a_hauler_sees_its_permit_and_the_kitchens_without_a_contract(street, client, world):
    accept(world, street.desk, submit(world, street.shop, street.merchant))
    kitchen = world.shop("样例小吃店", category="snack")
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    browser = as_(street, client, world.viewer(Role.WASTE_HAULER, ("hauler", hauler.id)))

    page = browser.get("/contracts")

    assert hauler.permit_no in page
    assert f"/contracts/upload?tenancy={kitchen.tenancy_id}" in page
    browser.get(f"/contracts/upload?tenancy={kitchen.tenancy_id}")
    browser.get(f"/contracts/upload?tenancy={'0' * 32}", status=404)


def test_the_desk_notes_permits_and_finds_contracts_that_outlast_them(street, client, world):
    notice = accept(world, street.desk, submit(world, street.shop, street.merchant))
    desk = as_(street, client, street.desk)
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    permit = {"permit_no": "新证", "permit_valid_to": "2027-01-31", "phone": ""}
    assert notice.number not in desk.get("/notices?care=permit_first")
    assert 'href="#permit_valid_to"' in desk.post(
        f"/haulers/{hauler.id}", {"permit_no": "新证"}, status=422
    )

    desk.post(f"/haulers/{hauler.id}", permit)

    assert notice.number in desk.get("/notices?care=permit_first")
    assert "1 份协议的期限晚于许可证" in desk.get(f"/haulers/{hauler.id}")
    again = desk.post("/haulers/new", permit | {"name": hauler.name}, status=409)
    assert "已经有这家收运单位" in again
    desk.post("/haulers/new", permit | {"name": "新收运(样例)"})
    assert "新收运(样例)" in desk.get("/haulers")
    desk.get(f"/haulers/{'0' * 32}", status=404)
    desk.post(f"/haulers/{'0' * 32}", {}, status=404)
    as_(street, client, street.merchant).get("/haulers", status=403)


def test_a_bulk_run_leaves_kitchens_to_the_citys_contract_unless_asked(street, client, world):
    desk = as_(street, client, street.desk)
    run = f"/notices/issue-missing?township={DAYU}"
    assert "先登记收运许可证" in desk.get(run)
    desk.post(
        "/haulers/new",
        {"name": street.shop.hauler_name, "permit_no": "证", "permit_valid_to": "2028-12-31"},
    )
    assert "先登记收运许可证" not in desk.get(run)

    page = desk.post(run, {"kinds": ["waste_contract"]}, status=200)
    assert "没有能发出的" in page
    page = desk.post(run, {"kinds": ["waste_contract"], "kitchens": "yes"}, status=200)

    assert "已发出 1 份" in page
    assert len(world.read(lambda s: s.exec(select(Notice)).all())) == 1

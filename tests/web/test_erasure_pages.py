"""Evidence files and erasures through HTTP: the buttons, the typed number, and what stands after."""

import io
import re
import zipfile

import pytest
from litestar.testing import TestClient

from compliance.accounts.permissions import Role
from compliance.merchants import service as merchants
from compliance.notices.kinds import NoticeKind
from merchants_app.checker import check
from tests.factories import DAYU, World
from tests.plain_browser import Browser
from tests.sittings import issue_all, merchant_of, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT
NAME, PHONE = "张样例", "13800000000"
YEARS = 366 * 12
WHY = {"basis": "service_ended", "reason": "商户闭店多年，保存期限已满"}


@pytest.fixture
def shop(world: World):
    return world.shop(phone=PHONE)


@pytest.fixture
def notice(world: World, shop):
    issued = issue_all(world, shop)[STATEMENT]
    sign_all(world, shop)
    return issued


@pytest.fixture
def desk(world: World, client: TestClient) -> Browser:
    return Browser(world, client, world.viewer(Role.DISTRICT_DESK))


def close(world: World, shop) -> None:
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)


def test_merchant_and_desk_download_the_evidence_of_a_signature(world, client, shop, notice):
    for viewer in (
        merchant_of(world, shop),
        world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)),
    ):
        page = Browser(world, client, viewer).get(f"/notices/{notice.id}")
        link = f"/notices/{notice.id}/evidence.zip"
        assert f'href="{link}"' in page

        answer = client.get(link)

        assert answer.headers["content-type"] == "application/zip"
        assert f"{notice.number}-evidence.zip" in answer.headers["content-disposition"]
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert {"text.txt", "check.py", "README.txt", "paper-1.pdf"} <= set(names)


def test_a_neighbour_and_the_lane_chief_get_no_evidence(world, client, shop, notice):
    stranger = Browser(world, client, merchant_of(world, world.shop("隔壁")))
    stranger.get(f"/notices/{notice.id}/evidence.zip", status=404)
    chief = Browser(world, client, world.viewer(Role.LANE_CHIEF, ("lane", shop.lane_id)))
    chief.get(f"/notices/{notice.id}/evidence.zip", status=403)
    assert "evidence.zip" not in chief.get(f"/notices/{notice.id}")


def test_too_early_the_page_names_the_day_and_offers_nothing(world, shop, notice, desk):
    page = desk.get(f"/erasures/new?notice={notice.id}")

    assert "保存期限还没有满" in page
    assert "签署人姓名" in page
    assert 'name="number"' not in page
    typed = {**WHY, "number": notice.number}
    assert "可以删除" in desk.post(f"/erasures/new?notice={notice.id}", typed, status=409)


def test_an_open_shop_is_told_to_close_first(world, shop, notice, desk):
    page = desk.get(f"/erasures/new?tenancy={shop.tenancy_id}")

    assert "这家店还在经营" in page
    assert 'name="number"' not in page


def test_a_closed_shop_is_erased_after_its_number_was_typed(world, client, shop, notice, desk):
    close(world, shop)
    world.clock.forward(days=YEARS)
    desk = Browser(world, client, desk.viewer)
    address = f"/erasures/new?tenancy={shop.tenancy_id}"
    assert f'href="{address}"' in desk.get(f"/merchants/{shop.tenancy_id}")

    wrong = desk.post(address, {**WHY, "number": "MTG-XX-00000"}, status=422)
    assert "输入的编号和上面的不一样" in wrong
    done = desk.post(address, {**WHY, "number": shop.number.lower()})

    told = desk.get(done)
    assert "个人信息已依法删除" in told
    assert "服务已停止，保存期限已满" in told
    file = desk.get(f"/merchants/{shop.tenancy_id}")
    page = desk.get(f"/notices/{notice.id}")
    for shown in (file, page):
        assert "个人信息已依法删除（" in shown
        assert NAME not in shown
        assert "138" not in re.sub(r"\d{10,}|[0-9a-f]{12,}", "", shown)
    assert f"/notices/{notice.id}.pdf" not in page
    assert "逐条核对无误" in desk.get(f"/ledger/{shop.tenancy_id}")
    assert done in desk.get("/erasures")
    desk.get(f"/notices/{notice.id}.pdf", status=409)


def test_the_sealed_file_leaves_the_store_with_the_data(world, client, shop, notice, desk):
    signed = client.get(f"/notices/{notice.id}.pdf")
    store = world.context.blobs.folder
    files = {path for path in store.rglob("*") if path.is_file()}
    assert signed.content in {path.read_bytes() for path in files}
    world.clock.forward(days=YEARS)
    desk = Browser(world, client, desk.viewer)

    desk.post(f"/erasures/new?notice={notice.id}", {**WHY, "number": notice.number})

    assert not [path for path in store.rglob("*") if path.is_file()]
    evidence = zipfile.ZipFile(io.BytesIO(client.get(f"/notices/{notice.id}/evidence.zip").content))
    assert not [name for name in evidence.namelist() if name.endswith((".pdf", ".svg"))]
    assert NAME.encode() not in b"".join(evidence.read(name) for name in evidence.namelist())


def test_erased_evidence_still_passes_its_checker(
    world, client, shop, notice, desk, tmp_path, capsys
):
    world.clock.forward(days=YEARS)
    desk = Browser(world, client, desk.viewer)
    desk.post(f"/erasures/new?notice={notice.id}", {**WHY, "number": notice.number})
    target = tmp_path / "evidence.zip"
    target.write_bytes(client.get(f"/notices/{notice.id}/evidence.zip").content)

    status = check.main([str(target)])

    said = capsys.readouterr().out
    assert status == 0, said
    assert "依法删除" in said


def test_only_the_district_desk_is_offered_an_erasure(world, client, shop, notice):
    township = Browser(world, client, world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)))

    assert "/erasures" not in township.get(f"/notices/{notice.id}")
    township.get(f"/erasures/new?notice={notice.id}", status=403)
    township.post(f"/erasures/new?notice={notice.id}", {}, status=403)
    township.get("/erasures", status=404)
    auditor = Browser(world, client, world.viewer(Role.AUDITOR))
    assert "还没有删除过" in auditor.get("/erasures")


def test_the_public_check_still_says_what_the_hashes_prove(world, client, shop, notice, desk):
    signed = client.get(f"/notices/{notice.id}.pdf").content
    world.clock.forward(days=YEARS)
    desk = Browser(world, client, desk.viewer)
    desk.post(f"/erasures/new?notice={notice.id}", {**WHY, "number": notice.number})

    client.cookies.clear()
    page = client.get(f"/c/{notice.text_hash[:16]}").text
    answer = client.post("/check", files={"file": ("a.pdf", signed, "application/pdf")})

    assert notice.number in page
    assert "删除" in page
    assert NAME not in page
    assert answer.status_code == 200
    assert notice.number in answer.text

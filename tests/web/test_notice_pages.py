"""Notices through HTTP without scripts: read, sign, refuse, serve, issue, publish, and who may not."""

import io
import re

import pypdfium2
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.notices import checking, service
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Notice, WasteHauler
from tests.factories import DAYU, LONGQUAN, World
from tests.plain_browser import Browser
from tests.sittings import issue_all, merchant_of, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT


@pytest.fixture
def shop(world: World):
    made = world.shop()
    issue_all(world, made)
    return made


@pytest.fixture
def merchant(world: World, client: TestClient, shop) -> Browser:
    return Browser(world, client, merchant_of(world, shop))


def desk(world: World, client: TestClient, role=Role.TOWNSHIP_DESK, township=DAYU) -> Browser:
    return Browser(world, client, world.viewer(role, ("township", township)))


def notice_of(world: World, kind: NoticeKind) -> Notice:
    return world.read(lambda s: s.exec(select(Notice).where(Notice.kind == kind)).one())


def text_of_pdf(data: bytes) -> str:
    """Return the text between the running heads and feet of all pages, without spaces."""
    with pypdfium2.PdfDocument(io.BytesIO(data)) as pdf:
        whole = "".join(
            page.get_textpage().get_text_bounded(bottom=90, top=page.get_height() - 95)
            for page in pdf
        )
    return re.sub(r"\s", "", whole)


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_paper_holds_the_exact_text_the_hash_and_the_signature(
    world, client, shop, merchant, kind
):
    sign_all(world, shop)
    notice = notice_of(world, kind)

    answer = client.get(f"/notices/{notice.id}.pdf")

    assert answer.headers["content-type"] == "application/pdf"
    assert notice.number in answer.headers["content-disposition"]
    text = text_of_pdf(answer.content)
    for line in notice.content.split("\n"):
        assert re.sub(r"\s", "", line) in text
    for words in (shop.name, notice.text_hash, notice.number, "张样例"):
        assert words in text
    assert "13800000000" not in text


def test_an_unsigned_paper_says_so(world, client, shop, merchant):
    answer = client.get(f"/notices/{notice_of(world, STATEMENT).id}.pdf")

    assert "未签署" in text_of_pdf(answer.content)


def test_a_refusal_with_its_reason_stays_until_it_is_taken_back(world, shop, merchant):
    covenant = notice_of(world, NoticeKind.COVENANT)
    empty = merchant.post(f"/notices/{covenant.id}/refuse", {}, status=422)
    assert 'href="#reason"' in empty

    back = merchant.post(f"/notices/{covenant.id}/refuse", {"reason": "第九条想再商量"})

    assert "第九条想再商量" in merchant.get(back)
    assert "签署 3 份" in merchant.get("/notices")
    assert merchant.hidden(f"/notices/sign?notice={covenant.id}")["notice"] == [covenant.id]
    merchant.post("/notices/sign", {"notice": covenant.id})
    assert "第 1 份，共 1 份" in merchant.get("/notices/sign/1")


def test_a_foreign_merchant_finds_nothing(world, client, shop):
    sitting = sign_all(world, shop).id
    stranger = Browser(world, client, merchant_of(world, world.shop(name="隔壁")))
    notice = notice_of(world, NoticeKind.PLEDGE)

    stranger.get(f"/notices/{notice.id}", status=404)
    stranger.get(f"/notices/{notice.id}.pdf", status=404)
    stranger.get(f"/notices/{notice.id}/refuse", status=404)
    stranger.get(f"/notices/sign?notice={notice.id}", status=404)
    stranger.get(f"/notices/signed/{sitting}", status=404)
    stranger.post(f"/notices/{notice.id}/refuse", {"reason": "不是我的店"}, status=404)
    stranger.post("/notices/sign", {"notice": notice.id}, status=404)
    stranger.get(f"/notices/{notice.id}/serve", status=403)
    stranger.get(f"/notices/issue?tenancy={shop.tenancy_id}", status=403)


def test_the_public_face_shows_the_text_and_no_price_and_no_person(world, client, shop):
    sign_all(world, shop)
    notice = notice_of(world, NoticeKind.WASTE_CONTRACT)

    page = client.get(f"/q/{shop.door.lower()}/notices/waste_contract").text

    for words in (shop.name, notice.number, "京西洁运", "厨余垃圾", "〔不公示〕"):
        assert words in page
    assert checking.grouped(notice.text_hash) in page
    for words in ("张样例", "京发改", "银行转账", "万分之五", shop.phone):
        assert words not in page


def test_the_public_face_says_when_there_is_nothing_yet(world, client):
    empty = world.shop()

    assert "还没有这项公示" in client.get(f"/q/{empty.door}/notices/pledge").text
    assert client.get(f"/q/{empty.door}/notices/ledger").status_code == 404
    assert client.get("/q/0000000000000000/notices/pledge").status_code == 404


def test_the_desk_issues_one_notice_with_its_values(world, client):
    shop = world.shop()
    browser = desk(world, client)
    address = f"/notices/issue?tenancy={shop.tenancy_id}"
    assert "发出哪一份公示" in browser.get(address)
    assert 'value="8"' in browser.get(f"{address}&kind=responsibility_statement")

    refused = browser.post(f"{address}&kind=waste_contract", {"streams": ["other"]}, status=422)
    assert 'href="#hauler_permit_no"' in refused
    early = {
        "hauler_permit_no": "京门环许2026-001",
        "permit_valid_to": "2027-01-31",
        "valid_to": "2027-02-01",
        "streams": ["kitchen", "other"],
    }
    refused = browser.post(f"{address}&kind=waste_contract", early, status=422)
    assert "收运许可证先到期" in refused
    issued = browser.post(f"{address}&kind=waste_contract", early | {"valid_to": "2027-01-31"})

    assert "SY-" in browser.get(issued)
    assert notice_of(world, NoticeKind.WASTE_CONTRACT).state is NoticeState.SENT


def test_the_desk_issues_what_a_lane_lacks(world, client):
    shops = [world.shop(name=f"样例{n}") for n in range(3)]
    browser = desk(world, client)
    lane = f"/notices/issue-missing?township={DAYU}&lane={shops[0].lane_id}"
    assert "缺 3 份" in browser.get(lane)
    covenants = {"kinds": ["covenant", "pledge"]}
    elsewhere = f"/notices/issue-missing?township={DAYU}"
    assert "请先选一条街巷" in browser.post(elsewhere, covenants, status=422)
    assert "请选择要发出的公示种类" in browser.post(elsewhere, {}, status=422)

    vote = {"adopted_on": "2026-11-01", "eligible": "30", "yes": "26", "no": "2"}
    page = browser.post(lane, covenants | vote, status=200)

    assert "已发出 6 份" in page
    assert "没有能发出的" in browser.post(lane, covenants | vote, status=200)


def test_a_lane_chief_records_service_and_cannot_issue(world, client, shop):
    chief = Browser(world, client, world.viewer(Role.LANE_CHIEF, ("lane", shop.lane_id)))
    statement = notice_of(world, STATEMENT)
    assert "登记送达" in chief.get(f"/notices/{statement.id}")
    chief.get(f"/notices/issue?tenancy={shop.tenancy_id}", status=403)
    assert 'href="#witness"' in chief.post(f"/notices/{statement.id}/serve", {}, status=422)

    back = chief.post(
        f"/notices/{statement.id}/serve",
        {"witness": "王见证", "witness_role": "执法队 07", "note": "留置送达"},
    )

    assert "已送达，未签署" in chief.get(back)
    assert "已送达，未签署" in client.get(f"/q/{shop.door}/notices/responsibility_statement").text


def test_the_desk_withdraws_with_a_reason(world, client, shop):
    browser = desk(world, client)
    pledge = notice_of(world, NoticeKind.PLEDGE)

    back = browser.post(f"/notices/{pledge.id}/revoke", {"reason": "地址填错了"})

    assert "地址填错了" in browser.get(back)
    assert notice_of(world, NoticeKind.PLEDGE).state is NoticeState.REVOKED


def test_the_desk_of_another_township_finds_nothing(world, client, shop):
    browser = desk(world, client, township=LONGQUAN)
    pledge = notice_of(world, NoticeKind.PLEDGE)

    browser.get(f"/notices/{pledge.id}", status=404)
    browser.get(f"/notices/{pledge.id}/revoke", status=404)
    browser.get(f"/notices/issue?tenancy={shop.tenancy_id}", status=404)
    browser.post(f"/notices/{pledge.id}/revoke", {"reason": "不是我的镇街"}, status=404)
    assert shop.name not in browser.get("/notices?care=waiting")
    assert "大峪" not in browser.get(f"/notices/issue-missing?township={DAYU}")


def test_the_desk_sees_what_needs_care(world, client, shop):
    world.write(service.refuse, notice_of(world, NoticeKind.COVENANT).id, "不想入会")
    browser = desk(world, client)

    refused, waiting = browser.get("/notices"), browser.get("/notices?care=waiting")

    assert shop.name in refused
    assert refused.count("GY-") == 1
    assert waiting.count("CN-") == 1
    assert "GY-" not in waiting


def test_the_hauler_countersigns_what_names_it(world, client, shop):
    sign_all(world, shop)
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    browser = Browser(world, client, world.viewer(Role.WASTE_HAULER, ("hauler", hauler.id)))
    contract = notice_of(world, NoticeKind.WASTE_CONTRACT)
    assert contract.number in browser.get("/contracts")
    assert "签署这一份" in browser.get(f"/notices/{contract.id}")
    browser.get(f"/notices/{notice_of(world, NoticeKind.PLEDGE).id}", status=404)

    browser.post("/contracts", {"notices": [contract.id]})

    assert "双方已签" in browser.get("/contracts")
    assert "签署这一份" not in browser.get(f"/notices/{contract.id}")


def test_another_hauler_sees_no_contract(world, client, shop):
    sign_all(world, shop)
    browser = Browser(world, client, world.viewer(Role.WASTE_HAULER, ("hauler", "0" * 32)))
    contract = notice_of(world, NoticeKind.WASTE_CONTRACT)

    assert contract.number not in browser.get("/contracts")
    browser.get(f"/notices/{contract.id}", status=404)
    browser.post("/contracts", {"notices": [contract.id]}, status=404)

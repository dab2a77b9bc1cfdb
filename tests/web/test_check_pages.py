"""Anybody checks a paper, by code or by file, without an account; every answer says what it means."""

from datetime import timedelta

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.merchants import service as merchants
from compliance.notices import publishing, service, signing
from compliance.notices import sealing as rules
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, WasteHauler
from qr import verify_codes
from qr.payload import check_url
from tests.factories import DAYU
from tests.paper.sealing import flipped
from tests.sittings import issue_all, merchant_of, sign_all

CONTRACT = NoticeKind.WASTE_CONTRACT
PRIVATE = ("张样例", "13800000000", "京发改", "银行转账", "M120 60")


@pytest.fixture
def shop(world):
    made = world.shop()
    issue_all(world, made)
    return made


def notice_of(world, kind=NoticeKind.PLEDGE):
    return world.read(lambda s: s.exec(select(Notice).where(Notice.kind == kind)).one())


def code_of(world, kind=NoticeKind.PLEDGE):
    return notice_of(world, kind).text_hash[:16]


def download(world, client, shop, kind=NoticeKind.PLEDGE):
    """Return the signed PDF as its merchant gets it; afterwards nobody is signed in."""
    world.sign_in(client, merchant_of(world, shop))
    pdf = client.get(f"/notices/{notice_of(world, kind).id}.pdf").content
    client.cookies.clear()
    return pdf


def upload(client, data, status=200):
    answer = client.post("/check", files={"file": ("文书.pdf", data, "application/pdf")})
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def check(client, code, status=200):
    answer = client.get(f"/c/{code}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def countersign(world, notice):
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    viewer = world.viewer(Role.WASTE_HAULER, ("hauler", hauler.id))
    world.write(signing.countersign, viewer, notice.id, by=viewer)


def test_the_code_on_every_paper_leads_to_its_page(world, client, shop):
    sign_all(world, shop)
    for kind in NoticeKind:
        address = check_url(world.context.settings.base_url, code_of(world, kind))
        verify_codes(download(world, client, shop, kind), [address])

        page = client.get(address.removeprefix("HTTP://TESTSERVER.LOCAL")).text

        notice = notice_of(world, kind)
        assert all(said in page for said in (notice.number, notice.text_hash, shop.name, "有效"))
        assert not any(said in page for said in PRIVATE)


def test_a_code_is_taken_as_it_is_typed(world, client, shop):
    code = code_of(world)
    spaced = " ".join(code[n : n + 4].upper() for n in (0, 4, 8, 12))

    for typed in (code, code.upper(), spaced, spaced.replace(" ", "-")):
        assert "没有签署" in check(client, typed)
        assert client.get("/check", params={"code": typed}).headers["location"] == f"/c/{code}"


def test_an_unknown_code_is_told_as_such(client):
    assert "没有文书用这个校验码" in check(client, "0" * 16, status=404)
    assert "16 位" in check(client, "12", status=422)
    assert client.get("/check", params={"code": "0" * 16}).status_code == 404


def test_the_page_says_what_the_paper_is_worth_today(world, client, shop, clock):
    code = code_of(world)
    assert "没有签署" in check(client, code)
    sign_all(world, shop)
    assert "今天有效" in check(client, code)

    clock.forward(days=400)
    assert "有效期已过" in check(client, code)


def test_a_revoked_one_and_one_of_a_closed_shop_hold_no_more(world, client, shop):
    sign_all(world, shop)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(service.revoke, notice_of(world).id, "地址填错了")
    assert "已撤回" in check(client, code_of(world))

    world.write(merchants.close, desk, shop.tenancy_id, by=desk)

    page = check(client, code_of(world, CONTRACT))
    assert "不在此经营" in page
    assert "/q/" not in page


def test_an_outdated_one_leads_to_the_one_that_took_its_place(world, client, shop, clock):
    sign_all(world, shop)
    former = notice_of(world)
    text = world.read(publishing.text_in_force, NoticeKind.PLEDGE, clock().date())
    world.write(
        publishing.publish,
        NoticeKind.PLEDGE,
        version="2026.2",
        title=text.title,
        body=text.body.replace("十、", "十、门前不停杂物车。\n十一、"),
        summary=text.summary,
        summary_en=text.summary_en,
        effective_from=clock().date() + timedelta(days=8),
    )
    clock.forward(days=9)
    assert "文本已更新" in check(client, former.text_hash[:16])

    later = world.write(service.issue, shop, NoticeKind.PLEDGE, {})
    sign_all(world, shop)

    page = check(client, former.text_hash[:16])
    assert "已被取代" in page
    assert f"/c/{later.text_hash[:16]}" in page


def test_a_file_as_it_was_sealed_is_genuine(world, client, shop):
    sign_all(world, shop)
    page = upload(client, download(world, client, shop))

    assert "文件是真的，没有改过" in page
    assert "今天有效" in page
    assert "无第三方时间戳" in page
    assert "不是依法设立的电子认证服务机构" in page
    for said in PRIVATE:
        assert said not in page


def test_one_changed_byte_is_found_and_the_file_is_named(world, client, shop):
    sign_all(world, shop)
    pdf = download(world, client, shop)

    for place in (2000, len(pdf) // 2, len(pdf) - 3000, len(pdf) - 1):
        page = upload(client, flipped(pdf, place))
        assert "文件被改过，不要相信" in page
        assert notice_of(world).number in page
    assert "文件被改过" in upload(client, pdf + b"\n%more\n")


def test_a_former_file_stays_genuine_when_there_is_a_fuller_one(world, client, shop):
    sign_all(world, shop)
    former = download(world, client, shop, CONTRACT)
    countersign(world, notice_of(world, CONTRACT))
    fuller = download(world, client, shop, CONTRACT)

    assert "另有更完整的一份" in upload(client, former)
    assert "文件是真的，没有改过" in upload(client, fuller)
    assert "第 2 份签章文件" in check(client, code_of(world, CONTRACT))


def test_an_expired_one_is_genuine_and_holds_no_more(world, client, shop, clock):
    sign_all(world, shop)
    pdf = download(world, client, shop)
    clock.forward(days=400)

    page = upload(client, pdf)

    assert "文件是真的，没有改过" in page
    assert "已过期" in page


def test_what_is_not_ours_is_not_ours(world, client, shop):
    preview = download(world, client, shop)

    assert "不是本平台的文件" in upload(client, preview)
    assert "不是本平台的文件" in upload(client, b"%PDF-1.7\nhello")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xd8\xff\xe0 a photo", "不是 PDF"),
        (b"%PDF-1.7" + b"0" * (10 * 1024 * 1024), "超过 10 MB"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_at_its_field(client, data, said):
    page = upload(client, data, status=422)

    assert said in page
    assert 'href="#file"' in page


def test_an_upload_of_nothing_asks_again(client):
    answer = client.post("/check", files={"file": ("", b"", "application/pdf")})

    assert answer.status_code == 422
    assert 'href="#file"' in answer.text


def test_nothing_handed_in_is_kept(world, client, shop):
    sign_all(world, shop)
    pdf = download(world, client, shop)
    before = sorted(world.context.settings.data_dir.rglob("*"))

    upload(client, pdf)
    upload(client, flipped(pdf, 5000))

    assert sorted(world.context.settings.data_dir.rglob("*")) == before


def test_after_an_erasure_the_hashes_still_prove_and_the_file_is_gone(world, client, shop):
    sign_all(world, shop)
    pdf = download(world, client, shop)
    notice = notice_of(world)
    for gone in world.write(rules.forget, notice.id):
        world.context.blobs.remove(gone)

    assert "个人信息已依法删除" in check(client, code_of(world))
    assert "文件是真的，没有改过" in upload(client, pdf)
    assert "文件被改过" in upload(client, flipped(pdf, 5000))
    world.sign_in(client, merchant_of(world, shop))
    answer = client.get(f"/notices/{notice.id}.pdf")
    assert answer.status_code == 409
    assert "paper.erased" in answer.text


def test_the_certificate_is_there_for_whoever_checks_alone(client):
    answer = client.get("/check/certificate.pem")

    assert answer.content.count(b"BEGIN CERTIFICATE") == 2
    assert b"PRIVATE" not in answer.content


def test_the_pages_speak_english(world, client, shop):
    sign_all(world, shop)

    assert "Check a paper" in client.get("/check?lang=en").text
    assert "in force today" in client.get(f"/c/{code_of(world)}?lang=en").text

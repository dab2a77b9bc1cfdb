"""Signing through HTTP without scripts, one page after the other; what is wrong is said where it is."""

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Notice, Signature
from tests.factories import World
from tests.plain_browser import HIDDEN, Browser
from tests.sittings import STROKES, issue_all, last_code, merchant_of


@pytest.fixture
def shop(world: World):
    made = world.shop()
    issue_all(world, made)
    return made


@pytest.fixture
def merchant(world: World, client: TestClient, shop) -> Browser:
    return Browser(world, client, merchant_of(world, shop))


def notice_of(world: World, kind: NoticeKind) -> Notice:
    return world.read(lambda s: s.exec(select(Notice).where(Notice.kind == kind)).one())


def read_all(browser: Browser) -> None:
    """Begin and read every document up to the page that asks who signs."""
    place = browser.post("/notices/sign")
    while not place.endswith("/agree"):
        browser.get(place)
        place = browser.post(place)


def test_a_merchant_signs_all_four_without_a_script(world, shop, merchant):
    assert "签署 4 份" in merchant.get("/notices")
    assert "开始" in merchant.get("/notices/sign")
    read_all(merchant)
    assert "张样例" in merchant.get("/notices/sign/agree")
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    assert merchant.post("/notices/sign/agree", who) == "/notices/sign/check"
    assert "138****0000" in merchant.get("/notices/sign/check")
    assert merchant.post("/notices/sign/check") == "/notices/sign/code"
    hashes = merchant.hidden("/notices/sign/code")["hashes"]
    typed = {"code": last_code(world, shop.phone), "signed_name": "张样例", "hashes": hashes}

    done = merchant.post("/notices/sign/code", typed)

    page = merchant.get(done)
    for kind in NoticeKind:
        notice = notice_of(world, kind)
        assert notice.state is NoticeState.SIGNED
        assert notice.number in page
        assert f"/notices/{notice.id}.pdf" in page
    assert merchant.post("/notices/sign/code", typed) == done
    assert merchant.get("/notices/signed") == page
    assert "四份都已生效" in merchant.get("/notices")
    assert len(world.read(lambda s: s.exec(select(Signature)).all())) == 4


def test_a_wrong_code_is_said_at_the_field_and_can_be_typed_again(world, shop, merchant):
    read_all(merchant)
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    merchant.post("/notices/sign/agree", who)
    merchant.post("/notices/sign/check")
    hashes = merchant.hidden("/notices/sign/code")["hashes"]
    right = last_code(world, shop.phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    typed = {"code": wrong, "signed_name": "张样例", "hashes": hashes}

    page = merchant.post("/notices/sign/code", typed, status=422)

    assert "验证码不对" in page
    assert 'href="#code"' in page
    assert 'value="张样例"' in page
    assert merchant.post("/notices/sign/code", typed | {"code": right})


def test_a_wrong_code_does_not_cost_the_drawing(world, shop, merchant):
    read_all(merchant)
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    merchant.post("/notices/sign/agree", who)
    merchant.post("/notices/sign/check")
    hashes = merchant.hidden("/notices/sign/code")["hashes"]
    right = last_code(world, shop.phone)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    drawn = {"code": wrong, "signature_path": STROKES, "hashes": hashes}
    kept = dict(HIDDEN.findall(merchant.post("/notices/sign/code", drawn, status=422)))
    typed = {"code": right, "kept_path": kept["kept_path"], "hashes": hashes}
    merchant.post("/notices/sign/code", typed)

    found = world.read(lambda s: s.exec(select(Signature.strokes)).all())
    assert found == [STROKES] * 4


def test_another_name_or_none_at_all_uses_no_try_of_the_code(world, shop, merchant):
    read_all(merchant)
    who = {"signer_name": "张样例", "signer_role": "manager", "agreed": "yes"}
    merchant.post("/notices/sign/agree", who)
    merchant.post("/notices/sign/check")
    hashes = merchant.hidden("/notices/sign/code")["hashes"]
    typed = {"code": last_code(world, shop.phone), "hashes": hashes}

    for _ in range(6):
        assert "请手写签名" in merchant.post("/notices/sign/code", typed, status=422)
    other = merchant.post("/notices/sign/code", typed | {"signed_name": "李别人"}, status=422)

    assert "不一样" in other
    assert merchant.post("/notices/sign/code", typed | {"signed_name": "张样例"})


def test_stale_hashes_are_refused_and_nothing_is_signed(world, shop, merchant):
    read_all(merchant)
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    merchant.post("/notices/sign/agree", who)
    merchant.post("/notices/sign/check")
    typed = {"code": last_code(world, shop.phone), "signed_name": "张样例", "hashes": ["0" * 64]}

    page = merchant.post("/notices/sign/code", typed, status=409)

    assert "没有签成" in page
    assert not world.read(lambda s: s.exec(select(Signature)).all())


def test_codes_asked_for_too_often_are_refused_on_the_page_that_asks(world, shop, merchant):
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    read_all(merchant)
    merchant.post("/notices/sign/agree", who)
    merchant.post("/notices/sign/check")
    world.clock.forward(seconds=20)
    read_all(merchant)
    merchant.post("/notices/sign/agree", who)

    page = merchant.post("/notices/sign/check", status=429)

    assert "发得太频繁" in page
    assert "请核对" in page


@pytest.mark.parametrize("lacking", ["signer_name", "signer_role", "agreed"])
def test_who_signs_and_the_agreement_must_be_given(shop, merchant, lacking):
    read_all(merchant)
    who = {"signer_name": "张样例", "signer_role": "operator", "agreed": "yes"}
    del who[lacking]

    page = merchant.post("/notices/sign/agree", who, status=422)

    assert f'href="#{lacking}"' in page


def test_pages_of_a_sitting_lead_back_when_there_is_none(merchant):
    for path in ("/notices/sign/1", "/notices/sign/agree", "/notices/sign/code", "/notices/signed"):
        assert "重新开始" in merchant.get(path, status=404)

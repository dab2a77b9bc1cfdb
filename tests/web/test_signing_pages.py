"""Signing through HTTP without scripts, one page after the other; what is wrong is said where it is.

One database will do: what the services do on both is proved in `tests/services`.
"""

import re
from dataclasses import replace

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.merchants import phones
from compliance.notices.consent import CONSENT
from compliance.notices.kinds import NoticeKind, NoticeState
from compliance.notices.models import Notice, Signature
from tests.factories import World
from tests.plain_browser import Browser
from tests.sittings import STROKES, issue_all, last_code, merchant_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    while not place.endswith("/who"):
        browser.get(place)
        place = browser.post(place)


def sign_by_name(browser: Browser, name: str = "张样例") -> None:
    """Read, say that the operator signs, agree, type the name, ask for the code."""
    read_all(browser)
    assert browser.post("/notices/sign/who", {"signer": "operator:张样例"}) == "/notices/sign/agree"
    assert browser.post("/notices/sign/agree", {"agreed": "yes"}) == "/notices/sign/mark"
    assert browser.post("/notices/sign/mark", {"signed_name": name}) == "/notices/sign/check"
    assert browser.post("/notices/sign/check") == "/notices/sign/code"


def proof(world: World, browser: Browser, shop) -> dict:
    """Return what the page of the code sends with the right digits."""
    hashes = browser.hidden("/notices/sign/code")["hashes"]
    return {"code": last_code(world, shop.phone), "hashes": hashes}


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_merchant_signs_all_four_without_a_script(world, shop, merchant):
    assert "签署 4 份" in merchant.get("/notices")
    assert "开始" in merchant.get("/notices/sign")
    sign_by_name(merchant)
    for page in ("who", "another", "helper", "agree", "mark", "check", "code"):
        assert shop.name in merchant.get(f"/notices/sign/{page}")
    assert "138****0000" in merchant.get("/notices/sign/check")
    typed = proof(world, merchant, shop)

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


def test_a_wrong_code_is_said_at_the_field_and_the_signature_stays(world, shop, merchant):
    sign_by_name(merchant)
    typed = proof(world, merchant, shop)

    page = merchant.post("/notices/sign/code", typed | {"code": wrong(typed["code"])}, status=422)

    assert "验证码不对" in page
    assert 'href="#code"' in page
    assert merchant.post("/notices/sign/code", typed)


def test_a_drawing_is_kept_on_the_server_and_drawn_again(world, shop, merchant):
    sign_by_name(merchant)

    merchant.post("/notices/sign/mark", {"signature_path": STROKES})

    assert merchant.hidden("/notices/sign/mark")["signature_path"] == [STROKES]
    assert f'd="{STROKES}"' in merchant.get("/notices/sign/check")
    merchant.post("/notices/sign/code", proof(world, merchant, shop))
    found = world.read(lambda s: s.exec(select(Signature.strokes)).all())
    assert found == [STROKES] * 4


def test_no_code_or_another_name_uses_no_try_of_the_code(world, shop, merchant):
    sign_by_name(merchant)
    typed = proof(world, merchant, shop)

    for _ in range(6):
        none = {"hashes": typed["hashes"]}
        assert 'href="#code"' in merchant.post("/notices/sign/code", none, status=422)
    assert "请手写签名" in merchant.post("/notices/sign/mark", {}, status=422)
    other = merchant.post("/notices/sign/mark", {"signed_name": "李别人"}, status=422)

    assert "不一样" in other
    assert 'value="李别人"' in other
    assert merchant.post("/notices/sign/code", typed)


def test_stale_hashes_are_refused_and_nothing_is_signed(world, shop, merchant):
    sign_by_name(merchant)
    typed = {"code": last_code(world, shop.phone), "hashes": ["0" * 64]}

    page = merchant.post("/notices/sign/code", typed, status=409)

    assert "没有签成" in page
    assert not world.read(lambda s: s.exec(select(Signature)).all())


def test_codes_asked_for_too_often_are_refused_on_the_page_that_asks(world, shop, merchant):
    sign_by_name(merchant)
    world.clock.forward(seconds=20)
    read_all(merchant)
    merchant.post("/notices/sign/who", {"signer": "operator:张样例"})
    merchant.post("/notices/sign/agree", {"agreed": "yes"})
    merchant.post("/notices/sign/mark", {"signed_name": "张样例"})

    page = merchant.post("/notices/sign/check", status=429)

    assert "发得太频繁" in page
    assert "请核对" in page


@pytest.mark.parametrize("typed", [{}, {"signer": "manager:李店长"}])
def test_who_signs_must_be_chosen(shop, merchant, typed):
    read_all(merchant)

    assert 'href="#signer"' in merchant.post("/notices/sign/who", typed, status=422)


@pytest.mark.parametrize("lacking", ["signer_name", "signer_role"])
def test_another_person_than_the_register_knows_gives_name_and_capacity(shop, merchant, lacking):
    read_all(merchant)
    assert merchant.post("/notices/sign/who", {"signer": "other"}) == "/notices/sign/another"
    who = {"signer_name": "李店长", "signer_role": "manager"}
    less = {name: said for name, said in who.items() if name != lacking}

    assert f'href="#{lacking}"' in merchant.post("/notices/sign/another", less, status=422)
    assert merchant.post("/notices/sign/another", who) == "/notices/sign/agree"

    assert 'value="李店长"' in merchant.get("/notices/sign/another")


def test_the_agreement_must_be_ticked_and_its_words_stay_readable(shop, merchant, client):
    read_all(merchant)
    merchant.post("/notices/sign/who", {"signer": "operator:张样例"})

    assert 'href="#agreed"' in merchant.post("/notices/sign/agree", {}, status=422)

    page = merchant.get("/notices/sign/agree")
    client.cookies.clear()
    public = client.get(f"/consents/{CONSENT.version}").text
    assert all(each in page and each in public for each in CONSENT.paragraphs)
    assert client.get("/consents/1999.1").status_code == 404


def test_a_helper_is_named_and_shown_on_the_confirmation(world, shop, merchant):
    sign_by_name(merchant)
    assert 'href="#helper_role"' in merchant.post("/notices/sign/helper", {}, status=422)
    who = {"helper_name": "李帮忙", "helper_role": "family", "helper_reason": "看不清字"}

    assert merchant.post("/notices/sign/helper", who) == "/notices/sign/agree"
    merchant.post("/notices/sign/agree", {"agreed": "yes"})

    assert "李帮忙（家人）：看不清字" in merchant.get("/notices/sign/check")
    done = merchant.post("/notices/sign/code", proof(world, merchant, shop))
    assert "李帮忙（家人）" in merchant.get(done)


def test_nobody_helps_after_all(shop, merchant):
    read_all(merchant)
    who = {"helper_name": "李帮忙", "helper_role": "family", "helper_reason": "看不清字"}
    merchant.post("/notices/sign/helper", who)

    merchant.post("/notices/sign/helper", {"nobody": "yes"})

    assert "李帮忙" not in merchant.get("/notices/sign/helper")


def test_scanning_again_leads_back_to_where_one_was(world, shop, merchant):
    merchant.post(merchant.post("/notices/sign"))

    scanned = merchant.client.get(f"/q/{shop.door}")

    assert scanned.headers["location"] == "/notices/sign/resume"
    assert merchant.client.get("/notices/sign/resume").headers["location"] == "/notices/sign/2"
    for page in ("/notices/sign", "/shop"):
        assert "继续签署（还剩 3 份）" in merchant.get(page)


def test_another_browser_goes_on_with_a_press(world, client, shop, merchant):
    merchant.post(merchant.post("/notices/sign"))
    elsewhere = Browser(world, client, merchant_of(world, shop))
    assert client.get(f"/q/{shop.door}").headers["location"] == "/shop"
    assert "另一台设备" in elsewhere.get("/notices/sign")

    assert elsewhere.post("/notices/sign/resume") == "/notices/sign/2"

    assert elsewhere.post("/notices/sign/2") == "/notices/sign/3"


def test_one_is_declined_at_the_table_or_all(world, shop, merchant):
    place = merchant.post("/notices/sign")
    assert "/notices/sign/refuse?place=1" in merchant.get(place)
    assert 'href="#reason"' in merchant.post("/notices/sign/refuse?place=1", {}, status=422)

    on = merchant.post("/notices/sign/refuse?place=1", {"reason": "第三条不合适"})
    assert on == "/notices/sign/1"
    assert "共 3 份" in merchant.get(on)
    gone = merchant.post("/notices/sign/refuse?place=1", {"reason": "都不合适", "all": "yes"})

    assert gone == "/notices"
    assert merchant.client.get(f"/q/{shop.door}").headers["location"] == "/shop"
    states = world.read(lambda s: s.exec(select(Notice.state)).all())
    assert set(states) == {NoticeState.REFUSED}
    covenant = notice_of(world, NoticeKind.COVENANT)
    assert merchant.post(f"/notices/{covenant.id}/reconsider") == f"/notices/{covenant.id}"
    assert notice_of(world, NoticeKind.COVENANT).state is NoticeState.VIEWED


def test_pages_of_a_sitting_lead_back_when_there_is_none(merchant):
    for path in ("1", "who", "another", "helper", "agree", "mark", "check", "code", "resume"):
        assert "重新开始" in merchant.get(f"/notices/sign/{path}", status=404)
    assert "重新开始" in merchant.get("/notices/signed", status=404)


def test_who_keeps_several_shops_signs_for_each_on_its_own(world, client, shop, merchant):
    second = world.shop(name="京西样例面馆")
    strange = world.shop(name="别人的店", phone="13900000000")
    issue_all(world, second)

    assert client.get(f"/q/{second.door}").headers["location"] == "/shops"
    assert client.get(f"/q/{strange.door}").status_code == 200
    listed = merchant.get("/shops")
    assert shop.name in listed
    assert second.name in listed
    assert strange.name not in listed
    merchant.post(f"/shops/{strange.tenancy_id}", status=404)
    assert merchant.post(f"/shops/{second.tenancy_id}") == "/shop"

    token = re.search(r'name="form_token" value="(\w+)"', merchant.get("/notices/sign"))
    merchant.viewer = replace(merchant.viewer, csrf=token[1])
    sign_by_name(merchant)
    assert second.name in merchant.get("/notices/sign/check")
    merchant.post("/notices/sign/code", proof(world, merchant, second))
    signed = select(Notice.tenancy_id).where(Notice.state == NoticeState.SIGNED)
    assert set(world.read(lambda s: s.exec(signed).all())) == {second.tenancy_id}


def test_a_new_phone_on_file_ends_the_way_to_the_other_shops(world, client, shop, merchant):
    second = world.shop(name="京西样例面馆")
    chief = world.viewer(Role.LANE_CHIEF, ("lane", second.lane_id))
    world.write(
        phones.change, chief, second.tenancy_id, phone="13911112222", checked="当面核对", by=chief
    )

    assert client.get("/shops").headers["location"] == "/shop"
    merchant.post(f"/shops/{second.tenancy_id}", status=404)

"""Patrolling on a phone without JavaScript: the round, the one-tap record, faults with photos."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.findings.models import Finding
from compliance.patrols.models import Patrol, PatrolItem, PatrolKind, PatrolPhoto
from tests.factories import LONGQUAN, World
from tests.visits import body, chief_of, fault, log, picture, sha256


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(client, world, shop):
    return world.sign_in(client, chief_of(world, shop))


def rows(world, model):
    return world.read(lambda session: list(session.exec(sa.select(model)).scalars()))


def hidden(text):
    """Return the hidden fields of the form that saves, as a browser would send them."""
    form = next(
        each
        for each in re.findall(r"<form.*?</form>", text, re.DOTALL)
        if "post" in each and "sign-out" not in each
    )
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return [(name, unescape(value)) for name, value in fields]


def form_of(client, shop, *codes, **query):
    query |= {"code": list(codes)} if codes else {}
    page = client.get(f"/patrols/door/{shop.door}", params=query)
    assert page.status_code == 200
    return dict(hidden(page.text)) | ({"codes": list(codes)} if codes else {})


def post(client, shop, fields, **files):
    return client.post(f"/patrols/door/{shop.door}", data=fields, files=files or None)


def follow(client, answer):
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    return page.text


def test_nothing_wrong_is_one_tap_after_the_scan(client, world, shop, chief):
    scanned = client.get(f"/q/{shop.door}")
    assert scanned.headers["location"] == f"/patrols/door/{shop.door}"

    confirmed = follow(client, post(client, shop, form_of(client, shop)))

    assert f"{shop.number} / 1" in confirmed
    (patrol,) = rows(world, Patrol)
    assert (patrol.kind, patrol.fault_count) == (PatrolKind.PATROL, 0)
    assert patrol.doubts == ["no_position"]


def test_pressing_twice_is_one_record(client, world, shop, chief):
    fields = form_of(client, shop)

    first, second = post(client, shop, fields), post(client, shop, fields)

    assert first.headers["location"] == second.headers["location"]
    assert len(rows(world, Patrol)) == 1


def test_a_saved_form_sent_again_with_other_words_is_told_so(client, world, shop, chief):
    fields = form_of(client, shop)
    post(client, shop, fields)

    refused = post(client, shop, {**fields, "note": "noch etwas"})

    assert refused.status_code == 409
    assert "已经保存过" in refused.text


def test_a_form_opened_again_is_another_record(client, world, shop, chief):
    for _ in range(2):
        follow(client, post(client, shop, form_of(client, shop)))

    assert len(rows(world, Patrol)) == 2


def test_several_faults_go_in_one_record_with_their_photos(client, world, shop, chief):
    fields = form_of(client, shop, "O02", "O04")
    fields |= {"note_O02": "六箱饮料", "cause_O02": "merchant", "cause_O04": "third_party"}
    fields |= {"lat": str(shop.lat), "lng": str(shop.lng), "accuracy_m": "14"}
    one, two = picture("teal"), picture("peru")

    confirmed = follow(
        client,
        post(
            client,
            shop,
            fields,
            photo_O02=("a.jpg", one, "image/jpeg"),
            second_O02=("b.jpg", two, "image/jpeg"),
        ),
    )

    assert "占道堆物堆料" in confirmed
    assert "没有手机位置" not in confirmed
    (patrol,) = rows(world, Patrol)
    assert patrol.doubts == []
    assert {(item.code, item.cause, item.note) for item in rows(world, PatrolItem)} == {
        ("O02", "merchant", "六箱饮料"),
        ("O04", "third_party", ""),
    }
    photos = {photo.position: photo.sha256 for photo in rows(world, PatrolPhoto)}
    assert photos == {0: sha256(one), 1: sha256(two)}
    assert {finding.code: finding.counted for finding in rows(world, Finding)} == {
        "O02": True,
        "O04": False,
    }


def test_a_refused_form_keeps_what_was_typed_and_the_photos_already_sent(
    client, world, shop, chief
):
    good = picture("teal")
    fields = {**form_of(client, shop, "O02"), "note_O02": "字" * 501, "cause_O02": "unknown"}

    refused = post(
        client,
        shop,
        fields,
        photo_O02=("a.jpg", good, "image/jpeg"),
        second_O02=("b.jpg", b"not a photo", "image/jpeg"),
    )

    assert refused.status_code == 422
    assert "字" * 501 in refused.text
    assert 'href="#second_O02"' in refused.text
    again = hidden(refused.text)
    assert ("kept_O02", sha256(good)) in again
    assert ("id", fields["id"]) in again
    assert rows(world, Patrol) == []
    follow(
        client,
        post(
            client,
            shop,
            {**fields, **dict(again), "codes": ["O02"], "note_O02": "短"},
        ),
    )
    assert [photo.sha256 for photo in rows(world, PatrolPhoto)] == [sha256(good)]


def test_a_note_too_long_is_told_beside_its_field(client, world, shop, chief):
    fields = {**form_of(client, shop, "H01", "O02"), "note_O02": "字" * 501}

    refused = post(client, shop, fields)

    assert refused.status_code == 422
    assert 'id="note_O02-error"' in refused.text
    assert 'id="note_H01-error"' not in refused.text


def test_codes_that_are_no_points_are_not_taken(client, world, shop, chief):
    fields = {**form_of(client, shop, "A05"), "codes": ["A05", "a-b", "Z99", ""]}

    follow(client, post(client, shop, fields))

    assert [item.code for item in rows(world, PatrolItem)] == ["A05"]


def test_fixed_on_the_spot_is_closed_at_once(client, world, shop, chief):
    fields = {**form_of(client, shop, "A05"), "fixed_A05": "yes"}

    follow(client, post(client, shop, fields))

    (finding,) = rows(world, Finding)
    assert finding.ended_at is not None


def test_the_checklist_of_a_patrol_has_no_waste_papers(client, world, shop, chief):
    page = client.get(f"/patrols/door/{shop.door}").text

    assert 'value="O02"' in page
    assert 'value="N01"' in page
    assert 'value="W01"' not in page


def test_officers_inspect_in_twos_with_plan_and_certificates(client, world, shop):
    place = ("township", shop.township_code)
    officer = world.viewer(Role.ENFORCEMENT_OFFICER, place, officer_certificate="京执001")
    world.sign_in(client, officer)
    fields = form_of(client, shop, "W03", kind="inspection")

    refused = post(client, shop, fields)

    assert refused.status_code == 422
    for name in ("officer", "plan_ref", "credentials_shown"):
        assert f'href="#{name}"' in refused.text
    proper = {"officer": "京执002", "plan_ref": "2026-11", "credentials_shown": "yes"}
    follow(client, post(client, shop, {**fields, **proper}))
    (patrol,) = rows(world, Patrol)
    assert patrol.kind is PatrolKind.INSPECTION
    assert patrol.officers == ["京执001", "京执002"]


def test_an_officer_without_a_certificate_is_not_offered_inspections(client, world, shop):
    officer = world.viewer(Role.ENFORCEMENT_OFFICER, ("township", shop.township_code))
    world.sign_in(client, officer)

    page = client.get(f"/patrols/door/{shop.door}?kind=inspection").text

    assert "行政检查" not in re.findall(r"<h1.*", page, re.DOTALL)[0].split("<form")[0]
    assert 'name="kind" value="patrol"' in page


def test_a_shop_checks_itself_and_nothing_follows(client, world, shop):
    world.sign_in(client, world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id)))

    follow(client, post(client, shop, form_of(client, shop, "W04")))

    (patrol,) = rows(world, Patrol)
    assert patrol.kind is PatrolKind.SELF_CHECK
    assert rows(world, Finding) == []


def test_a_door_out_of_reach_is_not_there(client, world, chief):
    other = world.shop(township=LONGQUAN, lane="新桥大街")

    assert client.get(f"/patrols/door/{other.door}").status_code == 404
    fields = {"id": "a" * 32, "kind": "patrol", "observed_at": world.clock().isoformat()}
    assert post(client, other, {**fields, "form_token": chief.csrf}).status_code == 404


def test_a_form_without_its_token_is_refused(client, world, shop, chief):
    fields = form_of(client, shop)
    del fields["form_token"]

    assert post(client, shop, fields).status_code == 403
    assert rows(world, Patrol) == []


def names_in(page):
    return [unescape(each) for each in re.findall(r'class="round__name">\s*<a[^>]*>([^<]+)', page)]


def test_the_round_puts_first_what_needs_a_visit_most(client, world):
    visited, overdue, never = world.shop("昨天来过"), world.shop("逾期没改"), world.shop("从没来过")
    long_ago, elsewhere = world.shop("很久没来"), world.shop("别的街巷", lane="双峪路")
    chief = chief_of(world, visited)
    log(world, chief, body(world, long_ago))
    world.clock.forward(days=10)
    log(world, chief, body(world, overdue, fault("O01")))
    log(world, chief, body(world, visited))
    world.clock.forward(days=1)
    world.sign_in(client, chief)

    page = client.get("/patrols").text

    assert names_in(page) == ["逾期没改", "从没来过", "很久没来", "昨天来过"]
    assert elsewhere.name not in page
    assert names_in(client.get("/patrols?need=never").text) == ["从没来过"]
    assert names_in(client.get("/patrols?need=due").text) == ["从没来过", "很久没来"]
    assert names_in(client.get("/patrols?need=overdue").text) == ["逾期没改"]
    assert names_in(client.get("/patrols?q=从没").text) == ["从没来过"]
    assert names_in(client.get(f"/patrols?q={never.number}").text) == ["从没来过"]
    assert names_in(client.get("/patrols?q=%25").text) == []
    assert client.get("/patrols?page=x&need=y").status_code == 200


def test_the_confirmation_leads_to_the_next_door_not_seen_today(client, world, shop, chief):
    second, third = world.shop("第二家"), world.shop("第三家")
    log(world, chief, body(world, second))

    confirmed = follow(client, post(client, shop, form_of(client, shop)))

    assert f"/patrols/door/{third.door}" in confirmed
    assert f"/patrols/door/{second.door}" not in confirmed


def test_a_record_is_read_by_those_who_may_and_doubts_by_colleagues_only(client, world, shop):
    chief = chief_of(world, shop)
    far = {"lat": shop.lat + 0.01, "lng": shop.lng, "accuracy_m": 5, "crs": "WGS84"}
    patrol_id = "c" * 32
    log(world, chief, body(world, shop, fault("O02", note="占道"), position=far), patrol_id)
    other = world.shop(lane="双峪路")

    def page_for(role, *places):
        world.sign_in(client, world.viewer(role, *places))
        return client.get(f"/patrols/{patrol_id}")

    reviewer = page_for(Role.ASSOCIATION_REVIEWER, ("township", shop.township_code))
    merchant = page_for(Role.MERCHANT, ("tenancy", shop.tenancy_id))

    assert "手机位置离门前较远" in reviewer.text
    assert merchant.status_code == 200
    assert "占道" in merchant.text
    assert "手机位置离门前较远" not in merchant.text
    assert "手机离门前" not in merchant.text
    assert page_for(Role.MERCHANT, ("tenancy", other.tenancy_id)).status_code == 404
    assert page_for(Role.LANE_CHIEF, ("lane", other.lane_id)).status_code == 404
    assert client.get(f"/patrols/{'d' * 32}").status_code == 404


def test_the_confirmation_is_for_who_saved_it(client, world, shop):
    patrol_id = "e" * 32
    log(world, chief_of(world, shop), body(world, shop), patrol_id)
    world.sign_in(client, chief_of(world, shop))

    assert client.get(f"/patrols/{patrol_id}/saved").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_speak_both_languages_and_need_no_script(client, world, shop, chief, lang):
    log(world, chief, body(world, shop, fault("O02")), "f" * 32)
    pages = [
        client.get(path, params={"lang": lang}).text
        for path in (
            "/patrols",
            f"/patrols/door/{shop.door}",
            f"/patrols/door/{shop.door}?code=O02&code=H05",
            f"/patrols/{'f' * 32}",
            f"/patrols/{'f' * 32}/saved",
        )
    ]

    assert all(f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page for page in pages)
    assert ("Goods or material piled" in pages[1]) == (lang == "en")
    codes = r"\b(kind|cause|result|heading|need|doubt|due|state|error)\.[a-z_]+\b"
    assert not [found for page in pages for found in re.findall(codes, re.sub("<[^>]*>", "", page))]

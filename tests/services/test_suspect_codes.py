"""Suspect codes: reported once, placed where they belong, dealt with by the desk that reaches them."""

import json

import pytest

import qr
from compliance.accounts.permissions import Role
from compliance.errors import ComplianceError, Conflict, InvalidInput, NotFound, RuleBroken
from compliance.ledger import chain
from compliance.ledger import service as ledger
from compliance.merchants import codes
from compliance.merchants.shops import premises_table
from compliance.suspect_codes import queries, service
from compliance.suspect_codes.models import Remedy, Verdict
from compliance.suspect_codes.queries import Stage
from tests.factories import DAYU, LONGQUAN, World
from tests.suspects import reported, suspect
from tests.visits import PHOTO, chief_of, store_photo

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def chief(world: World, shop):
    return chief_of(world, shop)


def ours(world, token):
    return qr.door_url(world.context.settings.base_url, token)


def refused(call, *args, **named):
    with pytest.raises(ComplianceError) as caught:
        call(*args, **named)
    return caught.value


def test_a_report_is_stored_once_and_its_receipt_can_be_recomputed(world, shop, chief):
    origin = {"device": "d" * 32, "order": 7, "scan": "camera"}
    sent = suspect(world, shop, photos=[PHOTO], origin=origin)
    no_photo = refused(reported, world, chief, sent, ONE)
    store_photo(world, chief)

    first = reported(world, chief, sent, ONE)
    again = reported(world, chief, sent, ONE)
    other = refused(reported, world, chief, sent | {"content": "WIFI:S:x;;"}, ONE)
    anothers = refused(reported, world, chief_of(world, shop), sent, ONE)

    assert (type(no_photo), no_photo.code) == (InvalidInput, "patrol.photo_missing")
    assert first.receipt == again.receipt
    assert (first.replayed, again.replayed) == (False, True)
    for refusal in (other, anothers):
        assert (type(refusal), refusal.code) == (Conflict, "suspect_code.other_content")
    row = world.read(queries.one, chief, ONE).report
    assert (row.device, row.device_order) == ("d" * 32, 7)
    told = json.loads(first.receipt.content)
    assert told["commitment"] == chain.commitment(first.receipt.salt, chain.canonical_body(sent))
    assert told["subject"] == ledger.township_subject(DAYU)
    assert told["fact"] == {"verdict": "foreign", "found": "not_ours", "shop": shop.number}
    assert first.chain == again.chain == "MTG-DY"
    assert world.read(ledger.verify)[1] == []


def test_our_own_books_say_what_a_code_is(world, shop, chief):
    desk = world.viewer(Role.DISTRICT_DESK)
    gone = shop.door
    world.write(codes.reissue, desk, shop.tenancy_id, door=gone, reason="被撕掉了", by=desk)
    (now,) = (
        each.token for each in world.read(codes.of_door, shop.premises_id) if each.token != gone
    )
    contents = {
        ours(world, gone): "withdrawn",
        ours(world, now): "in_force",
        ours(world, "0" * 16): "never_issued",
        f"{ours(world, now)}?x=1": "not_ours",
        "wxp://f2f0\0\n": "not_ours",
    }

    found = {
        content: reported(world, chief, suspect(world, shop, content), f"{n:032x}").found
        for n, content in enumerate(contents)
    }

    assert found == contents


@pytest.mark.parametrize(
    ("place", "township"),
    [
        ({"lat": 39.9405, "lng": 116.0951, "accuracy_m": 10.0}, DAYU),
        ({"lat": 39.9700, "lng": 116.0951, "accuracy_m": 10.0}, None),
        (None, None),
    ],
    ids=["near a door", "far from all", "nowhere"],
)
def test_without_a_shop_a_report_belongs_to_the_township_of_the_nearest_door(
    world, shop, chief, place, township
):
    # A shop out of reach places nothing, and is no reason to refuse what was seen.
    elsewhere = world.shop("龙泉样例面馆", township=LONGQUAN, lane="琉璃渠大街").number
    if place:
        world.write(lambda session, _act: far_away(session, elsewhere))
    sent = suspect(world) | {"position": place, "shop": elsewhere}

    done = reported(world, chief, sent, ONE)

    subject = ledger.township_subject(township) if township else ledger.DISTRICT_SUBJECT
    assert done.receipt.subject == subject
    assert done.chain == ("MTG-DY" if township else "MTG")
    row = world.read(queries.one, chief, ONE)
    assert (row.shop, row.report.township_code) == (None, township)


def far_away(session, number):
    where = premises_table.c.number == number
    session.execute(premises_table.update().where(where).values(lat=40.1, lng=115.6))


def test_the_desk_of_the_place_deals_with_a_report_and_the_reporter_sees_how(world, shop, chief):
    reported(world, chief, suspect(world, shop), ONE)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    others = [
        world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)),
        chief_of(world, shop),
    ]
    done = {"remedy": Remedy.REMOVED, "words": "已撕下，转派出所"}

    wordless = refused(
        world.write, service.close, desk, ONE, remedy=Remedy.REMOVED, words=" ", by=desk
    )
    world.write(service.close, desk, ONE, by=desk, **done)
    twice = refused(world.write, service.close, desk, ONE, by=desk, **done)

    assert (type(wordless), wordless.fields) == (InvalidInput, {"words": "field.required"})
    assert (type(twice), twice.code) == (Conflict, "suspect_code.closed")
    for other in others:
        assert world.read(queries.listed, other, Stage.CLOSED).closed == 0
        unseen = refused(world.write, service.close, other, ONE, by=other, **done)
        assert (type(unseen), unseen.code) == (NotFound, "suspect_code.unknown")
    mine = world.read(queries.listed, chief, Stage.CLOSED)
    assert [(each.report.remedy, each.closer) for each in mine.reports] == [
        ("removed", desk.display_name)
    ]
    assert refused(world.write, service.close, chief, ONE, by=chief, **done).code == (
        "account.not_allowed"
    )
    assert world.read(ledger.verify)[1] == []


def test_one_person_reports_so_many_codes_a_day_and_no_more(world, shop, chief, monkeypatch):
    monkeypatch.setattr(service, "MOST_A_DAY", 2)
    for n in range(2):
        reported(world, chief, suspect(world, shop, verdict=Verdict.UNKNOWN), f"{n:032x}")

    one_more = refused(reported, world, chief, suspect(world, shop), OTHER)
    world.clock.forward(days=1)
    reported(world, chief, suspect(world, shop), OTHER)

    assert (type(one_more), one_more.code) == (RuleBroken, "suspect_code.too_many")

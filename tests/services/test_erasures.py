"""Personal data erased by law: everything named goes, everything that proves stays, nothing too soon."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from compliance import tables
from compliance.accounts.permissions import Role, Viewer
from compliance.erasures import service as erasures
from compliance.erasures import telling
from compliance.erasures.gathering import Asked
from compliance.erasures.kinds import Basis, ErasedKind, Scope
from compliance.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import phones, shops
from compliance.merchants import service as merchants
from compliance.merchants.shops import Shop
from compliance.notices import service, signing, texts
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, Party, Sitting
from compliance.suspect_codes import service as suspect_codes
from compliance.suspect_codes.models import Remedy, SuspectCode
from tests.factories import DAYU, World
from tests.sittings import issue_all, merchant_of, sign_all
from tests.suspects import report, suspect
from tests.visits import chief_of

NAME, PHONE, OTHER_PHONE = "张样例", "13800000000", "13900000001"
STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT
WHY = {"basis": Basis.SERVICE_ENDED, "reason": "商户闭店多年，保存期限已满"}
YEARS = 366 * 12


def district(world: World) -> Viewer:
    return world.viewer(Role.DISTRICT_DESK)


def lived(world: World) -> tuple[Shop, dict[NoticeKind, Notice]]:
    """Return a shop that signed, was countersigned, changed its phone and closed."""
    shop = world.shop(phone=PHONE)
    notices = issue_all(world, shop)
    sign_all(world, shop, merchant_of(world, shop))
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(signing.countersign, desk, notices[STATEMENT].id, by=desk)
    given = {"phone": OTHER_PHONE, "checked": "看过营业执照"}
    world.write(phones.change, desk, shop.tenancy_id, by=desk, **given)
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    return world.read(shops.by_tenancy, shop.tenancy_id), notices


def erase(world: World, viewer: Viewer, asked: Asked, **why):
    return world.write(erasures.erase, viewer, asked, by=viewer, **(WHY | why))


def stored(world: World) -> str:
    """Return everything the database holds, as one text; what the ledger's bytes say included."""

    def read(session) -> str:
        return "\n".join(
            str([bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes) else cell])
            for table in tables.METADATA.sorted_tables
            for row in session.execute(sa.select(table))
            for cell in row
        )

    return world.read(read)


def test_nothing_personal_of_a_closed_shop_is_left_and_the_ledger_still_holds(world: World):
    shop, notices = lived(world)
    before = stored(world)
    world.clock.forward(days=YEARS)

    erasure = erase(world, district(world), Asked(shop.tenancy_id))

    told = world.read(ledger.verify_all)
    after = stored(world)
    for words in (NAME, PHONE, OTHER_PHONE, "M120 60Q", "203.0.113", "看过营业执照"):
        assert words in before
        assert words not in after
    for notice in notices.values():
        assert notice.text_hash in after
        kept = world.read(lambda s, n=notice: s.get_one(Notice, n.id))
        assert texts.text_hash(kept.content) == notice.text_hash
    assert told.breaks == []
    assert told.erased == erasure.counts["ledger_body"] > 5
    assert shop.name in after


def test_a_suspect_code_at_the_door_tells_no_more_where_somebody_was(world: World):
    shop = world.shop()
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    sent = suspect(world, shop)
    told = report(world, chief_of(world, shop), sent, "1" * 32)
    said = {"remedy": Remedy.REMOVED, "words": "张样例已经揭掉"}
    world.write(suspect_codes.close, desk, told, by=desk, **said)
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    before = stored(world)
    world.clock.forward(days=YEARS)

    erasure = erase(world, district(world), Asked(shop.tenancy_id))

    row = world.read(lambda s: s.get_one(SuspectCode, told))
    assert (row.lat, row.lng, row.accuracy_m, row.words) == (None, None, None, "")
    assert row.content == sent["content"]
    for words in (said["words"], str(sent["position"]["lat"])):
        assert words in before
    assert said["words"] not in stored(world)
    checked = world.read(ledger.verify_all)
    assert (checked.breaks, checked.erased) == ([], erasure.counts["ledger_body"])


def test_the_entry_says_what_kinds_why_and_who_and_names_nobody(world: World):
    shop, _ = lived(world)
    world.clock.forward(days=YEARS)
    desk = district(world)

    erasure = erase(world, desk, Asked(shop.tenancy_id))

    subject = ledger.tenancy_subject(shop.tenancy_id)
    last = world.read(lambda s: list(ledger.stored_entries(s, subject)))[-1]
    entry = json.loads(last.content)
    assert entry["kind"] == "personal_data.erased"
    assert entry["actor"] == {"id": desk.account_id, "role": "district_desk"}
    assert entry["fact"]["basis"] == "service_ended"
    assert entry["fact"]["kinds"] == erasure.counts
    assert {"signer_name", "handwriting", "signing_evidence", "phone"} <= set(erasure.counts)
    assert json.loads(last.body or b"{}") == {"reason": WHY["reason"]}
    assert erasure.entry_hash == last.entry_hash


def test_the_preview_counts_exactly_what_then_goes(world: World):
    shop, _ = lived(world)
    world.clock.forward(days=YEARS)
    desk, asked = district(world), Asked(shop.tenancy_id)

    shown = world.read(erasures.preview, world.act(desk), desk, asked)
    erasure = erase(world, desk, asked)
    again = world.read(erasures.preview, world.act(desk), desk, asked)

    assert shown.allowed
    assert {kind.value: count for kind, count in shown.counts.items()} == erasure.counts
    assert shown.counts[ErasedKind.SIGNER_NAME] == 6
    assert again.counts == {}
    assert [each.id for each in again.former] == [erasure.id]


def test_what_the_law_orders_to_be_kept_is_refused_with_the_day(world: World):
    shop, notices = lived(world)
    desk = district(world)
    last = max(notice.valid_to for notice in notices.values())
    first_day = last.replace(year=last.year + 5) + timedelta(days=1)

    with pytest.raises(RuleBroken) as refusal:
        erase(world, desk, Asked(shop.tenancy_id))
    world.clock.at = world.clock.at.replace(
        year=first_day.year, month=first_day.month, day=first_day.day
    ) - timedelta(days=1)
    with pytest.raises(RuleBroken):
        erase(world, desk, Asked(shop.tenancy_id))
    world.clock.forward(days=1)

    assert refusal.value.code == "erasure.kept"
    assert refusal.value.params == {"until": first_day.isoformat()}
    assert erase(world, desk, Asked(shop.tenancy_id)).scope is Scope.TENANCY


def test_an_open_shop_keeps_its_data_but_an_old_notice_may_go(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    sign_all(world, shop)
    desk = district(world)
    world.clock.forward(days=YEARS)

    with pytest.raises(RuleBroken) as refusal:
        erase(world, desk, Asked(shop.tenancy_id))
    erase(world, desk, Asked(notice_id=notices[STATEMENT].id))

    signed = {
        kind: world.read(service.signatures_of, notice.id)[0] for kind, notice in notices.items()
    }
    assert refusal.value.code == "erasure.shop_open"
    assert [kind for kind, each in signed.items() if each.erased_at] == [STATEMENT]
    assert (signed[STATEMENT].signer_name, signed[STATEMENT].strokes) == ("", None)
    assert signed[NoticeKind.PLEDGE].signer_name == NAME
    sitting = world.read(lambda s: s.exec(select(Sitting)).one())
    assert sitting.signer_name == NAME
    assert world.read(shops.by_tenancy, shop.tenancy_id).phone == PHONE
    assert world.read(ledger.verify_all).breaks == []


def test_the_table_of_a_sitting_is_cleared_with_the_last_of_its_papers(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    sign_all(world, shop)
    desk = district(world)
    world.clock.forward(days=YEARS)

    for notice in notices.values():
        erase(world, desk, Asked(notice_id=notice.id))

    sitting = world.read(lambda s: s.exec(select(Sitting)).one())
    assert (sitting.signer_name, sitting.strokes) == ("", None)
    assert "203.0.113" not in stored(world)


def test_one_partys_signature_goes_and_the_others_stays(world: World):
    notice = lived(world)[1][STATEMENT]
    world.clock.forward(days=YEARS)
    desk = district(world)

    erase(world, desk, Asked(notice_id=notice.id, party=Party.ISSUER))

    signed = {each.party: each for each in world.read(service.signatures_of, notice.id)}
    assert (signed[Party.ISSUER].signer_name, signed[Party.ISSUER].evidence) == ("", {})
    assert signed[Party.MERCHANT].signer_name == NAME
    assert signed[Party.MERCHANT].evidence["events"]
    assert set(world.read(telling.of_notice, notice)) == {"issuer"}
    told = world.read(ledger.verify_all)
    assert (told.breaks, told.erased) == ([], 1)


def test_asked_again_nothing_more_happens_and_the_same_answer_comes(world: World):
    shop, _ = lived(world)
    world.clock.forward(days=YEARS)
    desk, asked = district(world), Asked(shop.tenancy_id)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: erase(world, desk, asked).id, range(4)))

    assert len(set(done)) == 1
    assert len(world.read(telling.lines, desk)[0]) == 1


def test_a_number_that_serves_another_shop_keeps_that_shops_messages(world: World):
    shop, _ = lived(world)
    other = world.shop("隔壁样例面馆", phone=PHONE)
    issue_all(world, other)
    world.clock.forward(days=YEARS)

    erase(world, district(world), Asked(shop.tenancy_id))

    kept = world.read(
        lambda s: [
            message.params.get("shop")
            for message in s.execute(sa.select(tables.notifications.OutboxMessage)).scalars()
            if message.phone
        ]
    )
    assert kept == [other.name]


def test_a_body_that_is_gone_without_an_erasure_is_a_break(world: World):
    shop, _ = lived(world)

    world.context.database.write_now(
        lambda s: s.execute(
            sa.text(
                "DELETE FROM ledger_body WHERE entry_hash IN"
                " (SELECT entry_hash FROM ledger_entry WHERE kind = 'phone.changed')"
            )
        )
    )

    breaks = world.read(ledger.verify_all).breaks
    assert [(each.subject, each.reason) for each in breaks] == [
        (ledger.tenancy_subject(shop.tenancy_id), "body_missing")
    ]


def test_only_the_district_desk_erases_for_a_reason_and_what_there_is(world: World):
    shop, notices = lived(world)
    world.clock.forward(days=YEARS)
    desk = district(world)
    township = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))

    with pytest.raises(NotAllowed):
        erase(world, township, Asked(shop.tenancy_id))
    with pytest.raises(InvalidInput):
        erase(world, desk, Asked(shop.tenancy_id), reason=" ")
    for asked in (
        Asked("0" * 32),
        Asked(notice_id="0" * 32),
        Asked(notice_id=notices[STATEMENT].id, party=Party.HAULER),
    ):
        with pytest.raises(NotFound):
            erase(world, desk, asked)

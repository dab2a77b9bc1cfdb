"""A signed notice gets one sealed file for each set of signatures, and the ledger knows its hash."""

import asyncio
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.errors import RuleBroken
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.notices import sealing as rules
from compliance.notices import service, signing, sittings, steps
from compliance.notices.evidence import HelperRole
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Event, Notice, WasteHauler
from merchants_app import sealing
from merchants_app.words import label
from tests.paper.reading import words
from tests.sittings import DRAWN, begin, finish, issue_all, merchant_of, prove, sign_all


@pytest.fixture
def shop(world):
    made = world.shop()
    issue_all(world, made)
    return made


def paper_of(world, kind=NoticeKind.PLEDGE):
    notice = world.read(lambda s: s.exec(select(Notice).where(Notice.kind == kind)).one())
    return world.read(service.paper_of, world.act(), notice.id)


def seal(world, paper):
    return asyncio.run(sealing.sealed(world.context, world.act(), paper))


def files(world, paper):
    return world.read(rules.files_of, paper.notice.id)


def sealed_entries(world):
    query = select(LedgerEntry).where(LedgerEntry.kind == "notice.sealed")
    return [json.loads(each.content) for each in world.read(lambda s: s.exec(query).all())]


def test_a_signed_paper_is_sealed_once_and_its_hash_stands_in_the_ledger(world, shop):
    sign_all(world, shop)
    paper = paper_of(world)

    first, again = seal(world, paper), seal(world, paper)

    assert first == again
    assert first.startswith(b"%PDF-")
    (kept,) = files(world, paper)
    (entry,) = sealed_entries(world)
    assert kept.file_hash == entry["fact"]["file_hash"] == hashlib.sha256(first).hexdigest()
    assert entry["fact"]["certificate"] == kept.certificate
    assert entry["fact"]["time_stamp"] == "no_service"
    assert entry["subject"] == ledger.tenancy_subject(shop.tenancy_id)
    assert "commitment" not in entry
    assert world.read(ledger.verify)[1] == []


def test_many_at_once_get_one_file(world, shop):
    sign_all(world, shop)
    paper = paper_of(world)

    with ThreadPoolExecutor(6) as people:
        got = set(people.map(lambda _: seal(world, paper), range(6)))

    assert len(got) == 1
    assert len(files(world, paper)) == len(sealed_entries(world)) == 1
    blobs = [each for each in world.context.blobs.folder.rglob("*") if each.is_file()]
    assert len(blobs) == 1


def test_a_second_signature_makes_a_fuller_file_and_the_former_stays_known(world, shop):
    sign_all(world, shop)
    paper = paper_of(world, NoticeKind.WASTE_CONTRACT)
    former = seal(world, paper)
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    viewer = world.viewer(Role.WASTE_HAULER, ("hauler", hauler.id))
    world.write(signing.countersign, viewer, paper.notice.id, by=viewer)

    fuller = seal(world, paper)

    assert fuller != former
    assert [each.revision for each in files(world, paper)] == [1, 2]
    assert [e["fact"]["parties"] for e in sealed_entries(world)] == [
        ["merchant"],
        ["hauler", "merchant"],
    ]


def test_what_nobody_signed_is_not_sealed(world, shop):
    with pytest.raises(RuleBroken) as refused:
        seal(world, paper_of(world))

    assert refused.value.code == "paper.not_signed"


def test_the_certificate_says_how_it_came_about_and_who_helped(world, shop):
    viewer = merchant_of(world, shop)
    sitting = begin(world, shop, viewer)

    def helped(session, act):
        own = sittings.own(session, viewer, sitting.id)
        steps.declare_helper(session, act, own, "李样例", HelperRole.LANE_CHIEF, "看不清小字")
        steps.agree(session, act, own)
        steps.put_mark(session, act, own, DRAWN)

    world.write(helped, by=viewer)
    finish(world, viewer, sitting, prove(world, shop, sitting))
    paper = paper_of(world)
    (signature,) = world.read(service.signatures_of, paper.notice.id)

    said = words(seal(world, paper))

    for told in (
        "李样例（街巷长）帮助操作，原因：看不清小字",
        "验证码发往****0000",
        "Test/1.0203.0.113.0/24Asia/Shanghai",
        signature.evidence["result_hash"],
        signature.evidence["consent_hash"],
        signature.entry_hash,
        paper.notice.text_hash,
        files(world, paper)[0].certificate,
        "无第三方时间戳",
        "2026-11-2309:00:00+08:00",
    ):
        assert told in said
    place = said.index("签署过程")
    for event in signature.evidence["events"]:
        place = said.index(label("zh", Event(event["kind"])), place) + 1
    assert "13800000000" not in said

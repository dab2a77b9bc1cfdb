"""The worker seals what was signed; a time stamp that could not be had is tried for again."""

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from compliance.errors import InvalidInput, RuleBroken
from compliance.ledger import service as ledger
from compliance.notices import sealing as rules
from compliance.notices import service
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Notice, Signature
from compliance.notices.sealed import SealedPaper, StampState
from merchants_app import sealing
from merchants_app.settings import BadSettings, Settings
from merchants_app.worker import FALLS_DUE
from qr.seal import make_seal
from tests.paper.reading import words
from tests.paper.sealing import AUTHORITY, STAMPED_AT, stamping_service
from tests.sittings import issue_all, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT


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


def all_files(world):
    return world.read(lambda s: s.exec(select(SealedPaper).order_by(SealedPaper.revision)).all())


def stamped_by(world, url):
    world.context.settings = world.context.settings.model_copy(update={"timestamp_url": url})


def test_the_worker_seals_each_signed_paper_once(world, shop):
    sign_all(world, shop)
    assert sealing.seal_due in FALLS_DUE.values()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: asyncio.run(sealing.seal_due(world.context)), range(2)))

    assert len(all_files(world)) == 4
    assert {each.stamp_state for each in all_files(world)} == {StampState.NO_SERVICE}
    assert world.read(ledger.verify)[1] == []


def test_what_was_signed_long_ago_waits_until_it_is_asked_for(world, shop, clock):
    sign_all(world, shop)
    clock.forward(days=4)

    asyncio.run(sealing.seal_due(world.context))
    assert all_files(world) == []

    assert seal(world, paper_of(world)).startswith(b"%PDF-")


def test_a_paper_that_cannot_be_sealed_keeps_no_other_back(world, shop):
    sign_all(world, shop)
    pledge = paper_of(world).notice.id

    def rename(session, act):
        (signature,) = session.exec(select(Signature).where(Signature.notice_id == pledge)).all()
        signature.signer_name = "王𪚥"
        session.add(signature)

    world.write(rename)

    asyncio.run(sealing.seal_due(world.context))

    assert len(all_files(world)) == 3
    with pytest.raises(InvalidInput) as refused:
        seal(world, paper_of(world))
    assert refused.value.code == "print.glyph_missing"
    assert refused.value.params["characters"] == "𪚥"


def test_a_stamp_stands_in_the_file_in_the_row_and_on_the_certificate(world, shop):
    sign_all(world, shop)
    with stamping_service() as url:
        stamped_by(world, url)
        pdf = seal(world, paper_of(world))

    (kept,) = all_files(world)
    assert (kept.stamp_state, kept.stamped_at) == (StampState.STAMPED, STAMPED_AT)
    assert AUTHORITY in kept.stamp_authority
    assert "有第三方时间戳（RFC3161），由127.0.0.1出具" in words(pdf)


def test_a_failed_stamp_costs_no_signature_and_the_worker_tries_again(world, shop, clock):
    sign_all(world, shop)
    paper = paper_of(world)
    with stamping_service(b"not a stamp") as url:
        stamped_by(world, url)
        without = seal(world, paper)
        asyncio.run(sealing.seal_due(world.context))
    assert "无第三方时间戳" in words(without)
    assert "没有给出可用的时间戳" in words(without)
    assert {each.stamp_state for each in all_files(world)} == {StampState.FAILED}
    assert len(all_files(world)) == 4

    clock.forward(minutes=10)
    with stamping_service() as url:
        stamped_by(world, url)
        asyncio.run(sealing.seal_due(world.context))
        asyncio.run(sealing.seal_due(world.context))

    files = world.read(rules.files_of, paper.notice.id)
    assert [each.stamp_state for each in files] == [StampState.FAILED, StampState.STAMPED]
    assert len(all_files(world)) == 8
    assert "有第三方时间戳" in words(seal(world, paper))
    assert world.read(ledger.verify)[1] == []


def test_a_statement_served_unsigned_is_sealed_with_its_witness(world, shop):
    statement = paper_of(world, STATEMENT)
    witness = service.Witness("王见证", "社区工作者")
    world.write(service.serve, statement.notice.id, witness=witness)

    said = words(seal(world, statement))

    assert "已送达，未签署" in said
    assert "王见证" in said


def test_a_file_lost_from_the_store_is_told_and_never_made_anew(world, shop):
    sign_all(world, shop)
    paper = paper_of(world)
    seal(world, paper)
    (kept,) = all_files(world)
    world.context.blobs.remove(kept.file_hash)

    with pytest.raises(RuleBroken) as refused:
        seal(world, paper)

    assert refused.value.code == "paper.lost"
    assert len(all_files(world)) == 1


def test_an_erased_paper_is_sealed_no_more(world, shop):
    sign_all(world, shop)
    paper = paper_of(world)
    seal(world, paper)
    assert world.write(rules.forget, paper.notice.id) == [all_files(world)[0].file_hash]

    for _ in range(2):
        with pytest.raises(RuleBroken) as refused:
            seal(world, paper)
        assert refused.value.code == "paper.erased"
    asyncio.run(sealing.seal_due(world.context))
    assert len(world.read(rules.files_of, paper.notice.id)) == 1


def test_the_platform_makes_one_seal_and_keeps_it_to_itself(tmp_path, clock):
    settings = Settings.load(data_dir=tmp_path)

    with ThreadPoolExecutor(8) as many:
        got = list(many.map(lambda _: sealing.platform(settings, clock()), range(8)))

    assert len({each.seal.fingerprint for each in got}) == 1
    assert got[0].own
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_seal_may_be_given_and_ends_with_its_certificate(tmp_path, clock):
    key, certificates = make_seal("样例认证机构", clock())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "chain.pem").write_bytes(certificates)
    given = {
        "signing_key": tmp_path / "key.pem",
        "signing_certificate": tmp_path / "chain.pem",
        "data_dir": tmp_path / "var",
    }
    settings = Settings.load(**given)

    held = sealing.platform(settings, clock())

    assert not held.own
    assert held.seal.certificates == certificates
    assert not (tmp_path / "var").exists()
    with pytest.raises(RuleBroken, match=r"seal\.ended"):
        sealing.platform(settings, clock() + timedelta(days=365 * 21))
    (tmp_path / "key.pem").write_bytes(make_seal("另一家", clock())[0])
    with pytest.raises(BadSettings, match="MENQIAN_SIGNING_KEY"):
        sealing.platform(settings, clock())
    with pytest.raises(BadSettings, match="go together"):
        Settings.load(signing_key=tmp_path / "key.pem")
    with pytest.raises(BadSettings, match="TIMESTAMP"):
        Settings.load(timestamp_url="ftp://x")

"""Files and readers around an erasure: pictures leave the store, and nobody reads half of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compliance.accounts.permissions import Role, Viewer
from compliance.contracts import service as contracts
from compliance.erasures import service as erasures
from compliance.erasures import telling
from compliance.erasures.gathering import Asked
from compliance.erasures.kinds import Basis
from compliance.merchants import service as merchants
from compliance.merchants.shops import Shop
from compliance.notices.kinds import NoticeKind
from merchants_app import dossiers, erasing
from merchants_app.checker import check
from tests.factories import DAYU, World
from tests.sittings import issue_all, sign_all

WHY = {"basis": Basis.SERVICE_ENDED, "reason": "商户闭店多年，保存期限已满"}
YEARS = 366 * 12


def district(world: World) -> Viewer:
    return world.viewer(Role.DISTRICT_DESK)


def upload(world: World, shop: Shop, desk: Viewer, *pictures: bytes) -> list[str]:
    """Upload the pictures of a contract; return the hashes under which they lie in the store."""
    held = [world.context.blobs.put(picture) for picture in pictures]
    files = [
        {"sha256": sha256, "media_type": "image/jpeg", "size": 9, "pages": [sha256]}
        for sha256 in held
    ]
    world.write(contracts.begin, desk, shop.tenancy_id, files, by=desk)
    return held


def test_pictures_of_a_contract_leave_the_store_and_those_of_another_shop_stay(world: World):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    shop, other = world.shop(), world.shop("隔壁样例面馆")
    own, shared = upload(world, shop, desk, b"a contract", b"of the mall")
    upload(world, other, desk, b"of the mall")
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    world.clock.forward(days=YEARS)

    world.write(erasures.erase, district(world), Asked(shop.tenancy_id), **WHY)
    asyncio.run(erasing.remove_files(world.context))

    assert not world.context.blobs.has(own)
    assert world.context.blobs.has(shared)


def test_files_left_by_a_machine_that_stopped_are_removed_by_the_worker(world: World):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    shop = world.shop()
    (own,) = upload(world, shop, desk, b"a contract")
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    world.clock.forward(days=YEARS)
    done = world.write(erasures.erase, district(world), Asked(shop.tenancy_id), **WHY)
    assert world.context.blobs.has(own)
    assert world.read(telling.files_left) == {done.id: [own]}

    for _ in range(2):
        asyncio.run(erasing.remove_files(world.context))

    assert not world.context.blobs.has(own)
    assert world.read(telling.files_left) == {}


def test_who_reads_while_it_is_erased_sees_all_or_nothing(world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[NoticeKind.PLEDGE]
    sign_all(world, shop)
    world.clock.forward(days=YEARS)
    desk = district(world)

    def look(_: int) -> tuple[bool, int]:
        act = world.act(desk)
        dossier = world.read(dossiers.dossier_of, act, desk, notice.id)
        report = check.Report()
        check.check(report, dossiers.members_of(dossier, {}))
        return dossier.signatures[0].erased_at is None, report.faults

    with ThreadPoolExecutor(4) as pool:
        seen = [pool.submit(look, number) for number in range(6)]
        gone = pool.submit(world.write, erasures.erase, desk, Asked(notice_id=notice.id), **WHY)
        seen += [pool.submit(look, number) for number in range(6)]
        gone.result()
        told = [each.result() for each in seen]

    assert {faults for _, faults in told} == {0}
    assert not look(0)[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_database_file_itself_holds_nothing_of_it_any_more(world: World):
    shop = world.shop(phone="13800009876")
    issue_all(world, shop)
    sign_all(world, shop)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)
    world.clock.forward(days=YEARS)
    file = Path(world.context.database.url.removeprefix("sqlite:///"))

    def held() -> bytes:
        return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    before = held()
    world.write(erasures.erase, district(world), Asked(shop.tenancy_id), **WHY)
    asyncio.run(erasing.finish(world.context))

    for words in ("张样例", "13800009876", "M120 60Q", "203.0.113"):
        assert words.encode() in before
        assert words.encode() not in held()

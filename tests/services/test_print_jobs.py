"""A print job: ordered for a place, done under a lease, released once with its codes in force."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from compliance.accounts.permissions import Role
from compliance.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from compliance.ledger import service as ledger
from compliance.merchants import codes, shops
from compliance.places.models import Lane
from compliance.print_jobs import running, service
from compliance.print_jobs.models import JobProgress, JobStage, PrintJob, PrintWhat
from compliance.print_jobs.running import Printed
from compliance.print_jobs.service import Order
from merchants_app import pressroom
from qr import verify_codes
from qr.payload import check_url, door_url
from tests.factories import DAYU, LONGQUAN, World
from tests.paper.reading import pages, words
from tests.sittings import issue_all, sign_all

PLATES = Order()
PACK = Order(PrintWhat.PACK)
LEASE = running.LEASE.total_seconds()
NEW_CODES = Order(renew=True, reason="门牌褪色，整条街换新")


@pytest.fixture
def desk(world: World):
    return world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))


def printed(world: World, viewer, order, **named):
    """Order a job, do it here and now, and return it with its file."""
    act = world.act(viewer)
    done = pressroom.ordered(world.context, act, viewer, order, at_once=True, **named)
    job = asyncio.run(done)
    return job, world.context.blobs.get(job.file_hash) if job.file_hash else None


def ordered(world: World, viewer, order=PLATES):
    return world.write(service.order, viewer, order, by=viewer)


def taken(world: World, viewer, order=PLATES):
    """Return a job in the hands of a worker, its shops gathered."""
    job = ordered(world, viewer, order)
    job = world.write(running.take, job.id)
    return job, world.write(running.gather, job)


def walked(*found):
    """Return shops up the odd side and down the even one."""
    number = {shop.tenancy_id: int(re.findall(r"\d+", shop.address)[-1]) for shop in found}
    side = {True: 1, False: -1}
    return sorted(
        found,
        key=lambda shop: (
            number[shop.tenancy_id] % 2 == 0,
            side[number[shop.tenancy_id] % 2 == 1] * number[shop.tenancy_id],
        ),
    )


def doors(world: World, *found):
    return [door_url(world.context.settings.base_url, shop.door) for shop in found]


def now(world: World, shop):
    return world.read(shops.by_tenancy, shop.tenancy_id)


def entries(world: World, kind):
    table = ledger._entry
    query = table.select().where(table.c.kind == kind)
    return world.read(lambda session: session.execute(query).all())


def in_state(world: World, job):
    return world.read(lambda session: session.get_one(PrintJob, job.id))


FILE = Printed("0" * 64, 1, 1, 1, 1, 0)


def test_a_lane_is_printed_in_walking_order_under_its_cover(world, desk):
    made = [world.shop(f"{number}号店") for number in range(1, 6)]
    world.shop("别的街", lane="向阳路")
    lane = world.read(lambda s: s.exec(select(Lane.id).where(Lane.name == "月季园路")).one())

    job, pdf = printed(world, desk, Order(lane=lane))

    verify_codes(pdf, doors(world, *walked(*made)))
    assert "街巷交接清单" in pages(pdf)[0]
    assert (job.state, job.shops, job.printed, job.pages) == (JobProgress.READY, 5, 5, 6)


def test_a_pack_holds_plate_and_posters_shop_by_shop(world, desk):
    first, bare = world.shop("一号店"), world.shop("二号店")
    notices = issue_all(world, first)
    sign_all(world, first)
    base = world.context.settings.base_url

    job, pdf = printed(world, desk, PACK)

    posters = [check_url(base, notice.text_hash[:16]) for notice in notices.values()]
    piles = {first: [*doors(world, first), *posters], bare: doors(world, bare)}
    verify_codes(pdf, [code for shop in walked(first, bare) for code in piles[shop]])
    assert job.codes == 6


def test_what_was_printed_is_in_the_townships_ledger_with_the_hash_of_the_file(world, desk):
    world.shop()

    job, pdf = printed(world, desk, PLATES)

    (entry,) = entries(world, "plates.printed")
    assert entry.subject == ledger.township_subject(DAYU)
    assert entry.ref == job.id
    assert f'"file_hash":"{job.file_hash}"'.encode() in entry.content
    assert f'"id":"{desk.account_id}"'.encode() in entry.content
    assert (len(pdf), world.context.blobs.put(pdf)) == (job.size, job.file_hash)
    assert world.read(ledger.verify)[1] == []


def test_the_whole_district_is_printed_by_its_desk_alone(world, desk):
    here, far = world.shop(), world.shop(township=LONGQUAN, lane="中门寺街")
    district = world.viewer(Role.DISTRICT_DESK)

    _, whole = printed(world, district, PLATES)
    _, own = printed(world, desk, PLATES)

    verify_codes(whole, doors(world, here, far))
    verify_codes(own, doors(world, here))
    assert entries(world, "plates.printed")[0].subject == ledger.DISTRICT_SUBJECT


def test_a_desk_of_two_townships_says_which(world):
    world.shop()
    both = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU), ("township", LONGQUAN))

    with pytest.raises(InvalidInput, match=r"print\.township_missing"):
        ordered(world, both)
    assert ordered(world, both, Order(township=DAYU)).shops == 1


def test_other_places_and_their_jobs_do_not_exist(world, desk):
    far = world.shop(township=LONGQUAN, lane="中门寺街")
    job = ordered(world, world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN)))

    for order in (Order(tenancy=far.tenancy_id), Order(lane=far.lane_id), Order(township=LONGQUAN)):
        with pytest.raises(NotFound):
            ordered(world, desk, order)
    with pytest.raises(NotFound, match=r"print\.unknown"):
        world.read(service.seen_by, desk, job.id)
    with pytest.raises(NotFound, match=r"print\.unknown"):
        world.write(service.cancel, desk, job.id)
    assert world.read(service.listed, desk) == []
    with pytest.raises(NotAllowed):
        ordered(world, world.viewer(Role.LANE_CHIEF, ("lane", far.lane_id)))


def test_new_codes_come_into_force_with_the_file_that_shows_them(world, desk):
    made = [world.shop("一号店"), world.shop("二号店")]
    world.write(codes.withdraw, desk, made[1].tenancy_id, door=made[1].door, reason="损坏")

    job, pdf = printed(world, desk, NEW_CODES)

    after = [now(world, shop) for shop in made]
    verify_codes(pdf, doors(world, *walked(*after)))
    assert not {shop.door for shop in made} & {shop.door for shop in after}
    with pytest.raises(NotFound, match=r"door\.withdrawn"):
        world.read(shops.by_token, made[0].door)
    assert {entry.ref for entry in entries(world, "code.reissued")} == {
        shop.premises_id for shop in made
    }
    assert world.read(ledger.verify)[1] == []
    assert job.reason == NEW_CODES.reason


def test_a_shop_that_cannot_be_printed_keeps_its_code_and_is_named(world, desk):
    good, rare = world.shop("一号店"), world.shop("𪚥记饺子馆")

    job, pdf = printed(world, desk, NEW_CODES)

    verify_codes(pdf, doors(world, now(world, good)))
    assert now(world, rare).door == rare.door
    (left,) = world.read(service.left_out, job.id)
    assert (left.shop.tenancy_id, left.problem, left.detail) == (
        rare.tenancy_id, "print.glyph_missing", "𪚥",
    )  # fmt: skip
    assert (job.shops, job.printed) == (2, 1)


def test_a_job_that_fails_leaves_every_old_code_in_force(world, desk):
    rare = world.shop("𪚥记饺子馆")

    job, pdf = printed(world, desk, NEW_CODES)

    assert (job.state, job.failure, pdf) == (JobProgress.FAILED, "print.nothing", None)
    assert [each.problem for each in world.read(service.left_out, job.id)] == [
        "print.glyph_missing"
    ]
    assert world.read(shops.by_token, rare.door).tenancy_id == rare.tenancy_id
    assert entries(world, "plates.printed") == []


def test_a_code_replaced_while_its_plate_was_being_printed_is_printed_anew(world, desk):
    shop = world.shop()
    told = []

    def meddle(stage, _done, _total):
        told.append(stage)
        if told.count("reading") == 1:
            world.write(
                codes.reissue, desk, shop.tenancy_id, door=shop.door, reason="丢失", by=desk
            )

    job, pdf = printed(world, desk, PLATES, told=meddle)

    verify_codes(pdf, doors(world, now(world, shop)))
    assert told.count("reading") == 4, "the cover and the plate, twice"
    assert job.state is JobProgress.READY
    assert len(entries(world, "plates.printed")) == 1


def test_new_codes_ask_for_a_reason_a_plate_and_the_right_to_replace(world, desk):
    world.shop()

    for order, code in (
        (Order(renew=True, reason=" "), "door.reason_missing"),
        (Order(PrintWhat.NOTICES, renew=True, reason="丢失"), "print.renew_needs_plates"),
    ):
        with pytest.raises(InvalidInput) as refused:
            ordered(world, desk, order)
        assert refused.value.code == code


def test_where_there_is_nothing_to_print_no_job_begins(world, desk):
    shop = world.shop()
    world.write(codes.withdraw, desk, shop.tenancy_id, door=shop.door, reason="损坏")

    for order in (PLATES, Order(PrintWhat.NOTICES)):
        with pytest.raises(InvalidInput, match=r"print\.nothing"):
            ordered(world, desk, order)
    assert world.read(service.listed, desk) == []


def test_of_eight_workers_one_gets_the_job(world, desk):
    world.shop()
    job = ordered(world, desk)

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: world.write(running.take), range(8)))

    assert [each.id for each in got if each] == [job.id]


def test_a_dead_workers_job_is_taken_up_again_and_released_once(world, desk, clock):
    shop = world.shop()
    dead, _ = taken(world, desk, NEW_CODES)
    assert world.write(running.take) is None

    clock.forward(seconds=LEASE + 1)
    second = world.write(running.take)
    world.write(running.gather, second)

    with pytest.raises(Conflict, match=r"print\.lost"):
        world.write(running.release, dead, FILE, {})
    assert now(world, shop).door == shop.door
    world.write(running.release, second, FILE, {})
    with pytest.raises(Conflict, match=r"print\.lost"):
        world.write(running.release, second, FILE, {})
    assert len(entries(world, "plates.printed")) == len(entries(world, "code.reissued")) == 1


def test_a_job_three_workers_died_over_is_given_up(world, desk, clock):
    world.shop()
    job = ordered(world, desk)

    for _ in range(running.MOST_ATTEMPTS):
        assert world.write(running.take).id == job.id
        clock.forward(seconds=LEASE + 1)

    assert world.write(running.take) is None
    assert in_state(world, job).failure == "print.gave_up"


def test_progress_is_kept_and_renews_the_lease(world, desk, clock):
    world.shop()
    job, _ = taken(world, desk)
    clock.forward(seconds=LEASE - 1)

    assert world.write(running.tell, job, JobStage.SETTING, 3, 9)

    clock.forward(seconds=2)
    assert world.write(running.take) is None
    kept = in_state(world, job)
    assert (kept.stage, kept.done, kept.total) == (JobStage.SETTING, 3, 9)


def test_a_job_that_is_stopped_is_dropped_by_its_worker_and_releases_nothing(world, desk):
    shop = world.shop()
    job, _ = taken(world, desk, NEW_CODES)

    world.write(service.cancel, desk, job.id, by=desk)

    assert not world.write(running.tell, job, JobStage.SETTING, 1, 1)
    with pytest.raises(Conflict, match=r"print\.lost"):
        world.write(running.release, job, FILE, {})
    with pytest.raises(RuleBroken, match=r"print\.finished"):
        world.write(service.cancel, desk, job.id, by=desk)
    assert now(world, shop).door == shop.door


def test_a_large_job_is_set_in_a_process_of_its_own(world, desk, monkeypatch):
    made = [world.shop("一号店"), world.shop("二号店")]
    issue_all(world, made[0])
    monkeypatch.setattr(pressroom, "SMALL", 0)
    told = []

    job, pdf = printed(world, desk, PLATES, told=lambda *how: told.append(how))

    verify_codes(pdf, doors(world, *walked(*made)))
    assert job.state is JobProgress.READY
    assert told[-1] == ("reading", 3, 3)


def test_files_go_after_their_time_and_not_before_nobody_needs_them(world, desk, clock):
    world.shop()
    first, _ = printed(world, desk, Order(covers=False))
    clock.forward(days=5)
    second, _ = printed(world, desk, Order(covers=False))
    assert first.file_hash == second.file_hash, "the same order gives the same bytes"

    clock.forward(days=13)
    asyncio.run(pressroom.clear_old(world.context))
    kept = world.context.blobs.has(second.file_hash)
    clock.forward(days=7)
    asyncio.run(pressroom.clear_old(world.context))

    assert kept
    assert not world.context.blobs.has(second.file_hash)
    states = select(PrintJob.state).order_by(col(PrintJob.ordered_at))
    assert world.read(lambda s: s.exec(states).all()) == [JobProgress.CLEARED] * 2


def test_a_file_says_how_many_of_its_codes_were_withdrawn_since(world, desk):
    shop = world.shop()
    job, pdf = printed(world, desk, PLATES)
    before = world.read(service.stale, job.id)

    world.write(codes.reissue, desk, shop.tenancy_id, door=shop.door, reason="丢失", by=desk)

    assert (before, world.read(service.stale, job.id)) == (0, 1)
    assert shop.name in words(pdf)

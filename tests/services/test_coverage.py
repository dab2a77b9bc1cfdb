"""Coverage of a small world, counted by hand, and its SQL held to the pure rules."""

from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.coverage import conditions, service
from compliance.coverage.conditions import STANDINGS, Missing, lacking
from compliance.coverage.slots import PERIOD, Slot
from compliance.merchants import listing
from compliance.merchants import service as merchants
from compliance.merchants.listing import Wanted
from compliance.notices import publishing
from compliance.notices import service as notices
from compliance.notices.kinds import ENDED, NoticeKind, NoticeState, Standing, standing
from compliance.notices.models import Notice
from compliance.notices.slots import notice_table
from tests.factories import DAYU, LONGQUAN, World
from tests.sittings import given, issue_all, sign_all
from tests.visits import body, chief_of, log


@pytest.fixture
def district(world: World):
    return world.viewer(Role.DISTRICT_DESK)


def coverage(world: World, viewer):
    return world.read(service.coverage, viewer, world.clock())


def issue(world: World, shop, kind: NoticeKind):
    return world.write(notices.issue, shop, kind, given(kind, world.clock().date()))


def test_an_empty_district_has_nothing_to_fill(world, district):
    found = coverage(world, district)

    assert (found.whole.filled, found.whole.total) == (0, 0)
    assert found.townships == []


def test_a_small_world_counted_by_hand(world, district):
    full, half, bare = world.shop("全"), world.shop("半", lane="向阳路"), world.shop("空")
    far = world.shop("远", township=LONGQUAN, lane="中门寺街")
    issue_all(world, full)
    sign_all(world, full)
    log(world, chief_of(world, full), body(world, full))
    statement = issue(world, half, NoticeKind.RESPONSIBILITY_STATEMENT)
    world.write(notices.serve, statement.id, witness=notices.Witness("王见证", "社区居委会"))
    pledge = issue(world, half, NoticeKind.PLEDGE)
    world.write(notices.refuse, pledge.id, "不同意第三条")
    issue(world, far, NoticeKind.WASTE_CONTRACT)

    found = coverage(world, district)

    assert (found.whole.filled, found.whole.total) == (6, 20)
    assert found.whole.by_slot == {
        Slot.COVENANT: 1,
        Slot.PLEDGE: 1,
        Slot.RESPONSIBILITY_STATEMENT: 2,
        Slot.WASTE_CONTRACT: 1,
        Slot.LEDGER: 1,
    }
    assert +found.whole.by_standing == {
        Standing.ACTIVE: 4,
        Standing.SERVED_UNSIGNED: 1,
        Standing.REFUSED: 1,
        Standing.SENT: 1,
        Standing.MISSING: 9,
    }
    by_township = {area.code: (area.filled, area.total) for area in found.townships}
    assert by_township == {DAYU: (6, 15), LONGQUAN: (0, 5)}
    lanes = {lane.name: (lane.filled, lane.tenancies) for lane in found.townships[0].lanes}
    assert lanes == {"月季园路": (5, 2), "向阳路": (1, 1)}
    assert bare.lane_id == full.lane_id


def test_a_desk_counts_its_own_township_only(world):
    world.shop()
    far = world.shop(township=LONGQUAN, lane="中门寺街")
    issue_all(world, far)
    sign_all(world, far)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))

    found = coverage(world, desk)

    assert [area.code for area in found.townships] == [DAYU]
    assert (found.whole.filled, found.whole.total) == (0, 5)


def test_a_slot_empties_as_time_goes_by(world, district, clock):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)
    log(world, chief_of(world, shop), body(world, shop))

    clock.forward(seconds=PERIOD.total_seconds())
    still = coverage(world, district).whole.by_slot[Slot.LEDGER]
    clock.forward(seconds=1)
    gone = coverage(world, district).whole.by_slot[Slot.LEDGER]
    clock.forward(days=6 * 365)

    assert (still, gone) == (1, 0)
    assert coverage(world, district).whole.filled == 0


def test_what_a_shop_says_of_itself_does_not_fill_its_ledger(world, district):
    shop = world.shop()
    merchant = world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id))

    log(world, merchant, body(world, shop, kind="self_check"))

    assert coverage(world, district).whole.by_slot[Slot.LEDGER] == 0


def test_a_closed_shop_counts_no_more(world, district):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    world.write(merchants.close, district, shop.tenancy_id)

    assert coverage(world, district).whole.total == 0


@pytest.mark.parametrize("missing", list(Missing))
def test_the_list_of_shops_that_lack_something_agrees_with_the_count(world, district, missing):
    full, bare = world.shop("全"), world.shop("空")
    issue_all(world, full)
    sign_all(world, full)
    log(world, chief_of(world, full), body(world, full))

    wanted = Wanted(also=(lacking(missing),), given=conditions.at(world.clock()))

    found = world.read(listing.every, district, wanted)
    assert [shop.tenancy_id for shop in found] == [bare.tenancy_id]


def test_the_marks_of_a_shop_agree_with_the_count(world, district):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)

    marks = world.read(service.marks_of, [shop.tenancy_id], world.clock())[shop.tenancy_id]

    assert [mark.slot for mark in marks] == list(Slot)
    assert sum(mark.filled for mark in marks) == coverage(world, district).whole.filled == 4


def test_the_database_judges_a_notice_as_the_pure_rule_does(world):
    """Every state, against every place of today among the dates, with a text in force and without."""
    today = world.act().day
    days = [today + timedelta(days=step) for step in (-90, -1, 0, 1, 30, 31, 60, 61, 400)]
    cases = [
        (kind, state, first, last, current)
        for kind, state, first, last, current in product(
            NoticeKind, NoticeState, days[:4], days, (True, False)
        )
        if state not in ENDED and first <= last
    ]
    shop = world.shop()
    texts = {kind: world.read(publishing.text_in_force, kind, today).id for kind in NoticeKind}
    old = {
        kind: world.write(_older_text, texts[kind], f"o{number}")
        for number, kind in enumerate(NoticeKind)
    }

    def fill(session, _act):
        rows = [
            {
                "id": f"{number:032x}",
                "number": f"T-{number}",
                "tenancy_id": shop.tenancy_id,
                "kind": kind,
                "text_id": (texts if current else old)[kind],
                "fields": {},
                "content": "",
                "text_hash": "",
                "state": state,
                "issued_at": world.clock(),
                "valid_from": first,
                "valid_to": last,
                "settled_note": "",
            }
            for number, (kind, state, first, last, current) in enumerate(cases)
        ]
        session.connection().execute(sa.insert(notice_table), rows)

    world.write(fill)
    query = (
        sa.select(notice_table.c.id, conditions.STANDING)
        .join(conditions.text_table, conditions.text_table.c.id == notice_table.c.text_id)
        .order_by(notice_table.c.id)
    )
    judged = world.read(lambda s: s.execute(query, conditions.at(world.clock())).all())

    assert len(judged) == len(cases)
    for (_, told), (kind, state, first, last, current) in zip(judged, cases, strict=True):
        expected = standing(kind, state, first, last, today, current=current)
        assert told == expected.value, (kind, state, first, last, current)


def _older_text(session, act, text_id: str, version: str) -> str:
    """Copy a text as a version that was in force before it."""
    columns = conditions.text_table.c
    found = session.execute(conditions.text_table.select().where(columns.id == text_id)).one()
    older = found._asdict() | {
        "id": act.new_id(),
        "version": version,
        "effective_from": found.effective_from - timedelta(days=900),
    }
    session.connection().execute(sa.insert(conditions.text_table), [older])
    return older["id"]


def test_of_several_notices_the_one_that_fills_the_slot_counts_else_the_latest(world):
    shop = world.shop()
    first = issue(world, shop, NoticeKind.PLEDGE)
    world.clock.forward(hours=1)
    second = issue(world, shop, NoticeKind.PLEDGE)

    def set_states(session, _act, *states):
        for notice, state in zip((first, second), states, strict=True):
            session.get_one(Notice, notice.id).state = state

    def counted():
        query = sa.select(STANDINGS.c.standing).where(STANDINGS.c.place == 1)
        return world.read(lambda s: s.scalars(query, conditions.at(world.clock())).one())

    world.write(set_states, NoticeState.SIGNED, NoticeState.SENT)
    signed_then_sent = counted()
    world.write(set_states, NoticeState.REFUSED, NoticeState.SENT)

    assert (signed_then_sent, counted()) == ("active", "sent")

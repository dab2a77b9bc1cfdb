"""Lists of notices that need care: by days left, permit, tenant and text; and renewing in time."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.merchants.models import Premises, Tenancy
from compliance.notices import haulers, issuing, publishing, renewing, service, watching
from compliance.notices.kinds import NoticeKind, Standing
from compliance.notices.models import Notice, NoticeText, TextSource, WasteHauler
from compliance.notices.watching import Care, Order, Wanted
from tests.contracts import accept, submit
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.sittings import given, issue_all, sign_all

PLEDGE, CONTRACT = NoticeKind.PLEDGE, NoticeKind.WASTE_CONTRACT


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def far_shop(world: World):
    return world.shop("龙泉的店", township=LONGQUAN, lane="三家店街", phone="13800000002")


def listed(street: Street, care: Care, **wanted) -> list[tuple[str, NoticeKind]]:
    """Return shop and kind of each line the desk sees today, after checking the count."""
    world, asked = street.world, Wanted(care=care, **wanted)
    today = world.act().day
    lines = world.read(watching.needing, street.desk, today, asked)
    assert world.read(watching.counts, street.desk, today, asked)[care] == len(lines)
    return [(line.shop, line.kind) for line in lines]


def pledge_until(street: Street, left: int, shop=None):
    """Issue and sign a pledge that ends in `left` days."""
    shop, world = shop or street.shop, street.world
    last = world.act().day + timedelta(days=left)
    notice = world.write(service.issue, shop, PLEDGE, {"valid_to": last})
    sign_all(world, shop)
    return notice


def test_each_step_lists_what_ends_within_its_days(street):
    pledge_until(street, 61)

    for left in range(61, -2, -1):
        if left in {61, 60, 31, 30, 8, 7, 0, -1}:
            shown = {care for care in watching.WITHIN_DAYS if listed(street, care)}
            assert shown == {
                care for care, days in watching.WITHIN_DAYS.items() if 0 <= left <= days
            }
        street.world.clock.forward(days=1)


def test_what_ran_out_is_listed_until_a_newer_one_was_sent(street):
    pledge_until(street, 5)
    street.world.clock.forward(days=6)
    assert listed(street, Care.EXPIRED) == [(street.shop.name, PLEDGE)]
    assert not listed(street, Care.EXPIRING_7)

    street.world.write(service.issue, street.shop, PLEDGE, {})

    assert not listed(street, Care.EXPIRED)
    assert listed(street, Care.WAITING) == [(street.shop.name, PLEDGE)]


def test_places_kinds_and_reach_narrow_every_list(street):
    world = street.world
    pledge_until(street, 20)
    there = world.shop("向阳路的店", lane="向阳路", phone="13800000001")
    pledge_until(street, 10, there)
    pledge_until(street, 10, far_shop(world))

    both = listed(street, Care.EXPIRING_30)
    assert both == [(there.name, PLEDGE), (street.shop.name, PLEDGE)]
    falling = listed(street, Care.EXPIRING_30, order=Order.VALID_TO, falling=True)
    assert falling == both[::-1]
    assert listed(street, Care.EXPIRING_30, lane=there.lane_id) == both[:1]
    assert listed(street, Care.EXPIRING_30, township=DAYU) == both
    assert not listed(street, Care.EXPIRING_30, township=LONGQUAN)
    assert not listed(street, Care.EXPIRING_30, kind=CONTRACT)
    for order in Order:
        assert len(listed(street, Care.EXPIRING_30, order=order)) == 2


def test_a_permit_that_ends_before_the_contract_is_told_from_one_that_has_ended(street):
    world = street.world
    accept(world, street.desk, submit(world, street.shop, street.merchant))
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    assert not listed(street, Care.PERMIT_FIRST)

    world.write(haulers.renew, hauler.id, "证", world.act().day + timedelta(days=5), "")
    assert listed(street, Care.PERMIT_FIRST) == [(street.shop.name, CONTRACT)]
    world.clock.forward(days=6)
    assert listed(street, Care.PERMIT_ENDED) == [(street.shop.name, CONTRACT)]
    (contractor,) = world.read(haulers.all_of, world.act().day)
    assert (contractor.contracts, contractor.outlasting) == (1, 1)
    world.write(haulers.renew, hauler.id, "新证", world.act().day + timedelta(days=900), "")

    assert not listed(street, Care.PERMIT_FIRST)
    assert not listed(street, Care.PERMIT_ENDED)


def test_a_new_tenant_is_listed_until_all_four_were_sent(street):
    world, former = street.world, street.shop
    issue_all(world, former)

    def move_in(session, act):
        old = session.get_one(Tenancy, former.tenancy_id)
        old.closed_on = act.day
        session.add(old)
        session.flush()
        fields = old.model_dump() | {"id": act.new_id(), "closed_on": None, "row_key": "test-new"}
        tenancy = Tenancy(**fields)
        session.add(tenancy)
        session.get_one(Premises, former.premises_id)
        return tenancy.id

    tenancy_id = world.write(move_in)
    (line,) = world.read(watching.new_tenants, street.desk, Wanted(care=Care.NEW_TENANT))
    assert (line.tenancy_id, line.held) == (tenancy_id, 0)
    assert not listed(street, Care.WAITING)

    issue_all(world, world.read(service.shops.by_tenancy, tenancy_id))

    today = world.act().day
    counts = world.read(watching.counts, street.desk, today, Wanted())
    assert (counts[Care.NEW_TENANT], counts[Care.WAITING]) == (0, 4)
    assert not world.read(watching.new_tenants, street.desk, Wanted(care=Care.NEW_TENANT))


def test_an_older_text_is_listed_from_the_day_a_newer_one_is_in_force(street):
    world = street.world
    pledge_until(street, 300)
    assert not listed(street, Care.OUTDATED)

    def publish(session, act):
        text = publishing.text_in_force(session, PLEDGE, act.day)
        fields = text.model_dump() | {"id": act.new_id(), "version": "2027.1"}
        session.add(
            NoticeText(**(fields | {"effective_from": act.day, "source": TextSource.MODEL}))
        )

    world.write(publish)

    assert listed(street, Care.OUTDATED) == [(street.shop.name, PLEDGE)]
    assert not listed(street, Care.EXPIRING_60)


def renew(street: Street, days: int, kinds=tuple(NoticeKind), shared=None):
    world, shops = street.world, [street.shop]
    today = world.act().day
    orders = world.read(renewing.orders, shops, kinds, today, days, shared)
    return world.write(issuing.issue_orders, orders)


def test_renewing_in_time_leaves_no_day_without_a_notice(street):
    world = street.world
    former = pledge_until(street, 20)
    assert not renew(street, 7).issued

    (new,) = renew(street, 30).issued

    assert new.valid_from == former.valid_to + timedelta(days=1)
    assert not renew(street, 30).issued
    world.clock.forward(minutes=2)
    sign_all(world, street.shop)
    for day in range(25):
        today = world.act().day + timedelta(days=day)
        slot = world.read(service.of_tenancy, street.shop.tenancy_id, today)[PLEDGE]
        assert slot.standing in {Standing.ACTIVE, Standing.EXPIRING}
        assert slot.number == (former if today <= former.valid_to else new).number


def test_renewing_carries_over_what_was_agreed_and_names_what_is_lacking(street):
    world, today = street.world, street.world.act().day
    contract = given(CONTRACT, today) | {
        "bin_list": "样例桶三只",
        "valid_to": today + timedelta(days=9),
    }
    world.write(service.issue, street.shop, CONTRACT, contract)
    covenant = given(NoticeKind.COVENANT, today) | {"valid_years": 1}
    world.write(service.issue, street.shop, NoticeKind.COVENANT, covenant)
    sign_all(world, street.shop)
    world.clock.at = world.clock() + timedelta(days=1)

    run = renew(street, 60)

    (new,) = run.issued
    assert new.fields["bin_list"] == "样例桶三只"
    assert date.fromisoformat(str(new.fields["valid_from"])) == today + timedelta(days=10)
    world.clock.forward(days=330)
    lacking = renew(street, 60, [NoticeKind.COVENANT]).skipped
    assert [(each.kind, each.code) for each in lacking] == [
        (NoticeKind.COVENANT, "notice.value_missing")
    ]


def test_contracts_on_the_official_form_are_not_renewed_by_ours(street):
    world = street.world
    last = (world.act().day + timedelta(days=10)).isoformat()
    accept(world, street.desk, submit(world, street.shop, street.merchant, valid_to=last))
    assert listed(street, Care.EXPIRING_30) == [(street.shop.name, CONTRACT)]

    assert not renew(street, 60).issued
    assert len(world.read(lambda s: s.exec(select(Notice)).all())) == 1


def test_a_lane_chief_sees_the_own_lane_only(street):
    world = street.world
    pledge_until(street, 20)
    pledge_until(street, 20, world.shop("向阳路的店", lane="向阳路", phone="13800000001"))
    nobody = world.viewer(Role.LANE_CHIEF, ("lane", "0" * 32))
    asked, today = Wanted(care=Care.EXPIRING_30), world.act().day

    mine = world.read(watching.needing, street.chief, today, asked)

    assert [line.shop for line in mine] == [street.shop.name]
    assert not world.read(watching.needing, nobody, today, asked)

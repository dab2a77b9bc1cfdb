"""The other parties: the hauler of a contract, the association of a covenant, the issuing township."""

import pytest
from sqlmodel import select

from compliance.accounts.permissions import Role
from compliance.errors import NotAllowed, NotFound, RuleBroken
from compliance.notices import evidence, listing, service, signing
from compliance.notices.consent import ACCOUNT_CONSENT
from compliance.notices.evidence import Device
from compliance.notices.kinds import NoticeKind
from compliance.notices.models import Party, WasteHauler
from tests.factories import DAYU, LONGQUAN, World
from tests.sittings import issue_all, sign_all


def hauler_viewer(world: World):
    hauler = world.read(lambda s: s.exec(select(WasteHauler)).one())
    return world.viewer(Role.WASTE_HAULER, ("hauler", hauler.id))


@pytest.mark.parametrize(
    ("kind", "party"),
    [
        (NoticeKind.COVENANT, Party.ASSOCIATION),
        (NoticeKind.RESPONSIBILITY_STATEMENT, Party.ISSUER),
        (NoticeKind.WASTE_CONTRACT, Party.HAULER),
    ],
)
def test_the_other_party_signs_after_the_merchant_and_once(world: World, kind, party):
    shop = world.shop()
    notice = issue_all(world, shop)[kind]
    viewer = {
        Party.ASSOCIATION: lambda: world.viewer(Role.ASSOCIATION_REVIEWER, ("township", DAYU)),
        Party.ISSUER: lambda: world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU)),
        Party.HAULER: lambda: hauler_viewer(world),
    }[party]()
    with pytest.raises(RuleBroken) as early:
        world.write(signing.countersign, viewer, notice.id, by=viewer)
    sign_all(world, shop)

    first = world.write(signing.countersign, viewer, notice.id, by=viewer)
    again = world.write(signing.countersign, viewer, notice.id, by=viewer)

    assert early.value.code == "notice.not_signed_yet"
    assert first.party is party
    assert again.id == first.id
    assert len(world.read(service.signatures_of, notice.id)) == 2


def test_a_pledge_has_no_other_party(world: World):
    notice = issue_all(world, world.shop())[NoticeKind.PLEDGE]
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))

    with pytest.raises(RuleBroken) as refusal:
        world.write(signing.countersign, desk, notice.id)

    assert refusal.value.code == "notice.one_sided"


def test_nobody_countersigns_for_another_party_or_elsewhere(world: World):
    shop = world.shop()
    notices = issue_all(world, shop)
    sign_all(world, shop)
    contract = notices[NoticeKind.WASTE_CONTRACT].id
    covenant = notices[NoticeKind.COVENANT].id

    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    other = world.viewer(Role.WASTE_HAULER, ("hauler", "0" * 32))
    far = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", LONGQUAN))

    with pytest.raises(NotAllowed):
        world.write(signing.countersign, desk, contract)
    with pytest.raises(NotFound):
        world.write(signing.countersign, other, contract)
    with pytest.raises(NotFound):
        world.write(signing.countersign, far, covenant)


def test_what_waits_for_a_party_leaves_its_list_when_signed(world: World):
    shop = world.shop()
    issue_all(world, shop)
    hauler = hauler_viewer(world)
    assert not world.read(listing.to_countersign, hauler)
    sign_all(world, shop)

    waiting = world.read(listing.to_countersign, hauler)
    world.write(signing.countersign, hauler, waiting[0].notice_id)

    assert [line.kind for line in waiting] == [NoticeKind.WASTE_CONTRACT]
    assert not world.read(listing.to_countersign, hauler)
    assert world.read(listing.to_countersign, hauler, done=True) == waiting


def test_the_other_partys_evidence_tells_account_time_device_and_how_many_at_once(world: World):
    shop = world.shop()
    statement = issue_all(world, shop)[NoticeKind.RESPONSIBILITY_STATEMENT]
    sign_all(world, shop)
    world.clock.forward(minutes=5)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    device = Device.of("Desk/1.0", "198.51.100.9")

    signed = world.write(
        signing.countersign, desk, statement.id, by=desk, device=device, together=12
    )

    told = signed.evidence
    assert [each["kind"] for each in told["events"]] == ["sent", "agreed", "signed"]
    last = told["events"][-1]
    assert (last["account"], last["together"]) == (desk.account_id, 12)
    assert last["at"] == "2026-11-23T01:05:00+00:00"
    assert (told["user_agent"], told["network"]) == ("Desk/1.0", "198.51.100.0/24")
    assert told["consent"] == ACCOUNT_CONSENT.version
    assert evidence.result_hash(signed) == told["result_hash"]

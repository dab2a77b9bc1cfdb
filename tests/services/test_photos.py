"""Photos of a visit: stored before the record that names them, shown to those who may read the shop."""

import pytest
import sqlalchemy as sa

from compliance.accounts.permissions import Role
from compliance.errors import ComplianceError
from compliance.patrols.models import Patrol, PatrolPhoto
from compliance.patrols.photos import seen_by
from tests.factories import LONGQUAN, World
from tests.visits import PHOTO, body, chief_of, fault, log, store_photo


def rows(world, model):
    return world.read(lambda session: list(session.exec(sa.select(model)).scalars()))


def refusal(call, *args):
    with pytest.raises(ComplianceError) as caught:
        call(*args)
    return caught.value


def test_a_record_waits_for_its_photos(world: World):
    shop = world.shop()
    chief = chief_of(world, shop)
    sent = body(world, shop, fault("O02", photos=[PHOTO]), photos=["c" * 64])
    store_photo(world, chief)

    refused = refusal(log, world, chief, sent)

    assert refused.code == "patrol.photo_missing"
    assert refused.fields == {"photos.0": "patrol.photo_missing"}
    assert rows(world, Patrol) == []
    store_photo(world, chief, "c" * 64)
    assert len(log(world, chief, sent).findings) == 1
    assert [(p.position, p.code, p.sha256[0]) for p in rows(world, PatrolPhoto)] == [
        (0, "", "c"),
        (1, "O02", "a"),
    ]


def test_a_photo_is_seen_by_those_who_may_read_the_shop(world: World):
    shop, other = world.shop(), world.shop(township=LONGQUAN, lane="新桥大街")
    chief = chief_of(world, shop)
    store_photo(world, chief)
    mine = world.viewer(Role.MERCHANT, ("tenancy", shop.tenancy_id))
    neighbour = world.viewer(Role.MERCHANT, ("tenancy", other.tenancy_id))
    here = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", shop.township_code))
    there = world.viewer(Role.ASSOCIATION_REVIEWER, ("township", other.township_code))
    hauler = world.viewer(Role.WASTE_HAULER, ("hauler", "x"))

    assert world.read(seen_by, chief, PHOTO)
    assert refusal(world.read, seen_by, mine, PHOTO).code == "photo.unknown"
    log(world, chief, body(world, shop, fault("O02", photos=[PHOTO])))

    assert world.read(seen_by, mine, PHOTO)
    assert world.read(seen_by, here, PHOTO)
    for stranger in (neighbour, there, hauler):
        assert refusal(world.read, seen_by, stranger, PHOTO).code == "photo.unknown"

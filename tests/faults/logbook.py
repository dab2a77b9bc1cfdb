"""What the server's books must say after a storm."""

from itertools import groupby

import sqlalchemy as sa

from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.patrols.models import Patrol, PatrolPhoto, Photo
from tests.factories import World


def assert_each_once_in_order(world: World, device: str, made: list[str]) -> None:
    """Check that the ledger has one entry for each of a device's records, in the order of `made`.

    Entries of one shop are ordered by their number; those of different shops by their time.
    """
    columns = (LedgerEntry.subject, LedgerEntry.seq, LedgerEntry.at, LedgerEntry.ref)
    query = (
        sa.select(*columns, Patrol.device_order)
        .join(Patrol, Patrol.id == LedgerEntry.ref)
        .where(Patrol.device == device, LedgerEntry.kind == "patrol.logged")
    )
    rows = world.read(lambda session: session.execute(query).all())
    by_time = sorted(rows, key=lambda row: (row.at, row.device_order))
    by_shop = sorted(rows, key=lambda row: (row.subject, row.seq))

    assert [row.ref for row in by_time] == made
    assert [row.device_order for row in by_time] == list(range(1, len(made) + 1))
    for _, of_shop in groupby(by_shop, key=lambda row: row.subject):
        orders = [row.device_order for row in of_shop]
        assert orders == sorted(orders)


def assert_nothing_else(world: World, records: int, photos: int) -> None:
    """Check that there are so many records and photos, that each file is there, and the chain."""

    def told(session):
        number = session.execute(sa.select(sa.func.count()).select_from(Patrol)).scalar_one()
        named = session.execute(sa.select(PatrolPhoto.sha256)).scalars().all()
        served = session.execute(sa.select(Photo.sha256, Photo.served_sha256)).all()
        return number, named, served, ledger.verify(session)[1]

    number, named, served, faults = world.read(told)
    assert number == records
    assert len(named) == len(set(named)) == photos
    assert {row.sha256 for row in served} == set(named)
    assert world.context.blobs.has(*named, *(row.served_sha256 for row in served))
    assert faults == []

"""A worker killed over a print job leaves every code as it was, and the next one does it, once."""

import asyncio
import subprocess
import sys

import pytest

from compliance.accounts.permissions import Role
from compliance.ledger import service as ledger
from compliance.merchants import codes, shops
from compliance.print_jobs import running, service
from compliance.print_jobs.models import JobProgress, PrintJob
from compliance.print_jobs.service import Order
from merchants_app import pressroom
from qr import door_url, verify_codes
from tests.factories import DAYU, World
from tests.faults.doomed_press import KILLED
from tests.guards.tree import ROOT


@pytest.mark.parametrize("moment", ["setting", "release"])
def test_a_killed_worker_releases_nothing_and_the_next_one_everything(
    world: World, clock, moment: str
):
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    shop, context = world.shop(), world.context
    job = world.write(service.order, desk, Order(renew=True, reason="门牌褪色"), by=desk)

    died = _work_until(world, moment)

    assert died == KILLED
    assert world.read(shops.by_tenancy, shop.tenancy_id).door == shop.door
    assert world.write(running.take) is None, "the dead worker's lease still runs"
    clock.forward(seconds=running.LEASE.total_seconds() + 1)
    asyncio.run(pressroom.run(context, world.write(running.take)))
    done = world.read(lambda session: session.get_one(PrintJob, job.id))
    assert (done.state, done.attempts) == (JobProgress.READY, 2)
    new = world.read(shops.by_tenancy, shop.tenancy_id).door
    verify_codes(context.blobs.get(done.file_hash), [door_url("http://testserver.local", new)])
    assert len(world.read(codes.of_door, shop.premises_id)) == 2
    entries = [entry.kind for entry in world.read(_entries)]
    assert (entries.count("plates.printed"), entries.count("code.reissued")) == (1, 1)
    assert world.read(ledger.verify)[1] == []


def _work_until(world: World, moment: str) -> int:
    given = world.context.settings
    words = [given.database, str(given.data_dir), world.clock().isoformat(), moment]
    command = [sys.executable, "-m", "tests.faults.doomed_press", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _entries(session):
    return session.execute(ledger._entry.select()).all()

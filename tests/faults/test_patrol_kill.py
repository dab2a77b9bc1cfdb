"""A process killed at any statement of logging a patrol: nothing acknowledged is lost, or doubled."""

import json
import subprocess
import sys

import pytest
import sqlalchemy as sa

from compliance.findings.models import Finding, FindingEvent, FindingSighting
from compliance.ledger import service as ledger
from compliance.ledger.models import LedgerEntry
from compliance.notifications.models import OutboxMessage
from compliance.patrols.models import Patrol, PatrolItem, PatrolPhoto
from tests.factories import World
from tests.guards import tree
from tests.visits import PHOTO, body, chief_of, fault, log, ok, store_photo

EVERYWHERE = 10_000


@pytest.fixture
def doomed(database_url):
    """A process that obeys orders, each in a child that may be killed."""
    command = [sys.executable, "-m", "tests.faults.doomed", database_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tree.ROOT, **pipes) as process:

        def order(**what):
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield order
        process.stdin.close()


def number_of(world, model, *conditions):
    query = sa.select(sa.func.count()).select_from(model).where(*conditions)
    return world.read(lambda session: session.execute(query).scalar_one())


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.faults)])
def test_killed_at_any_statement_nothing_acknowledged_is_lost(world: World, doomed, thorough):
    shop = world.shop()
    chief = chief_of(world, shop)
    store_photo(world, chief)
    another = fault("O02", photos=[PHOTO], separate=True)
    sent = body(world, shop, ok("H01"), another, fault("A02"), photos=[PHOTO])
    log(world, chief, sent)  # from now on A02 is seen again
    common = {"account": chief.account_id, "at": world.clock().isoformat(), "body": sent}
    whole = doomed(**common, id=f"{0:032x}", statement=EVERYWHERE, moment="before")
    assert whole["receipt"]
    statements = whole["statements"]
    assert statements > 12
    points = [(n, moment) for n in range(1, statements + 1) for moment in ("before", "after")]
    if not thorough:
        points = points[:: 2 if world.context.database.embedded else 5]  # the long tier has all
    points += [(EVERYWHERE, "unacknowledged"), (EVERYWHERE, "acknowledged")]
    deaths = 0

    for number, (statement, moment) in enumerate(points, 1):
        patrol_id = f"{number:032x}"

        answer = doomed(**common, id=patrol_id, statement=statement, moment=moment)

        deaths += answer["killed"]
        there = number_of(world, Patrol, Patrol.id == patrol_id)
        assert there or not answer["receipt"], "an acknowledged record was lost"
        logged = log(world, chief, sent, patrol_id)
        assert logged.replayed == bool(there)
        assert answer["receipt"] in {None, logged.receipt.entry_hash}
        assert [each.code for each in logged.findings] == ["O02"]
        assert [each.code for each in logged.again] == ["A02"]

    # Nothing comes after a commit has been counted, and a fault that repeats asks a little less.
    assert deaths >= len(points) - 4
    records = len(points) + 2
    assert number_of(world, Patrol) == records
    assert number_of(world, PatrolItem) == 3 * records
    assert number_of(world, PatrolPhoto) == 2 * records
    opened = records + 1
    assert number_of(world, Finding) == number_of(world, FindingEvent) == opened
    assert number_of(world, FindingSighting) == records - 1
    assert number_of(world, OutboxMessage) == opened
    assert number_of(world, LedgerEntry, LedgerEntry.kind == "patrol.logged") == records
    assert world.read(ledger.verify)[1] == []

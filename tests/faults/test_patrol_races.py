"""Many at once, and a commit that fails: one record for one id, a receipt only for what is kept."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from compliance.findings.models import Finding
from compliance.ledger import service as ledger
from compliance.patrols.models import Patrol
from merchants_app.access import TOKEN_HEADER
from tests.factories import World
from tests.visits import body, chief_of, fault

POOL = 8
"""Threads of the test's database: fewer than the requests that come at once."""


@pytest.fixture
def shop(world: World):
    return world.shop()


@pytest.fixture
def put(client, world, shop):
    """Send a record as the lane chief's browser does."""
    chief = world.sign_in(client, chief_of(world, shop))
    headers = {TOKEN_HEADER: chief.csrf}

    def send(sent, patrol_id):
        content = json.dumps(sent).encode()
        return client.put(f"/api/v1/patrols/{patrol_id}", content=content, headers=headers)

    return send


def all_at_once(send, orders):
    with ThreadPoolExecutor(len(orders)) as threads:
        return list(threads.map(lambda order: send(*order), orders))


def patrols(world):
    return world.read(lambda session: list(session.exec(sa.select(Patrol)).scalars()))


def test_the_same_patrol_twenty_times_at_once_is_one_record_and_one_receipt(world, shop, put):
    sent, patrol_id = body(world, shop, fault("O02")), secrets.token_hex(16)

    answers = all_at_once(put, [(sent, patrol_id)] * 20)

    assert {answer.status_code for answer in answers} == {201}
    told = [answer.json() for answer in answers]
    assert len({json.dumps(each["receipt"], sort_keys=True) for each in told}) == 1
    assert len({json.dumps(each["findings"], sort_keys=True) for each in told}) == 1
    assert [each["replayed"] for each in told].count(False) == 1
    assert len(patrols(world)) == 1
    findings = world.read(lambda session: list(session.exec(sa.select(Finding)).scalars()))
    assert len(findings) == 1
    assert world.read(ledger.verify)[1] == []


@pytest.mark.parametrize("doors", [1, 16])
def test_sixty_four_at_once_all_succeed_and_the_same_fault_is_one_finding(world, shop, put, doors):
    shops = [shop, *(world.shop() for _ in range(doors - 1))]
    orders = [
        (body(world, shops[n % doors], fault("H01")), secrets.token_hex(16)) for n in range(64)
    ]
    assert len(orders) > POOL

    answers = all_at_once(put, orders)

    assert [answer.status_code for answer in answers] == [201] * 64
    assert len(patrols(world)) == 64
    told = [answer.json() for answer in answers]
    assert sum(len(each["findings"]) for each in told) == doors
    assert sum(len(each["again"]) for each in told) == 64 - doors
    receipts = [each["receipt"] for each in told]
    assert len({(each["merchant"], each["seq"]) for each in receipts}) == 64
    assert world.read(ledger.verify)[1] == []


def test_of_two_contents_under_one_id_one_wins(world, shop, put):
    patrol_id = secrets.token_hex(16)
    contents = [body(world, shop, note=str(n)) for n in range(8)]

    answers = all_at_once(put, [(sent, patrol_id) for sent in contents])

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(patrols(world)) == 1


def test_a_commit_that_fails_is_never_acknowledged(world, shop, put, database):
    sent, patrol_id = body(world, shop, fault("O02")), secrets.token_hex(16)
    failures = []

    def fail(_connection):
        failures.append("no room on the disk")
        raise OSError(failures[-1])

    sa.event.listen(database._write_engine, "commit", fail)
    refused = put(sent, patrol_id)
    sa.event.remove(database._write_engine, "commit", fail)

    assert failures
    assert refused.status_code == 500
    assert "receipt" not in refused.text
    assert patrols(world) == []
    answer = put(sent, patrol_id)
    assert (answer.status_code, answer.json()["replayed"]) == (201, False)
    assert world.read(ledger.verify)[1] == []

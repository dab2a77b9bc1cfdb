"""A worker killed at any statement of delivering: every message arrives, one repeat a crash at most."""

import json
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

import pytest
from sqlmodel import select

from compliance.notifications import service
from compliance.notifications.models import MessageState, OutboxMessage
from tests.factories import World
from tests.guards import tree

EVERYWHERE = 10_000
MESSAGES = 2


@pytest.fixture
def provider():
    """A provider on the loopback that counts what it is handed, by the key of each message."""
    taken = Counter()

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert body["id"] == self.headers["idempotency-key"]
            taken[body["id"]] += 1
            answer = json.dumps({"id": f"p{taken[body['id']]}"}).encode()
            self.send_response(202)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", taken
        server.shutdown()


@pytest.fixture
def doomed(database_url, tmp_path, provider):
    words = ["-m", "tests.faults.doomed_delivery", database_url, str(tmp_path), provider[0]]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, *words], cwd=tree.ROOT, **pipes) as process:

        def order(**what):
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield order
        process.stdin.close()


def tell(world: World, turn: int) -> None:
    for number in range(MESSAGES):
        world.write(
            service.queue,
            phone=f"1380000000{number}",
            template="finding.passed",
            dedup_key=f"{turn}:{number}",
            params={"shop": "样例", "item": "占道堆物", "due": ""},
            urgent=True,
        )


def deliver(world: World, doomed, statement: int, moment: str):
    return doomed(at=world.clock().isoformat(), statement=statement, moment=moment)


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.faults)])
def test_killed_at_any_statement_every_message_arrives(world: World, doomed, provider, thorough):
    _, taken = provider
    tell(world, 0)
    statements = deliver(world, doomed, EVERYWHERE, "before")["statements"]
    assert statements >= 4
    points = list(product(range(1, statements + 1), ("before", "after")))
    if not thorough:
        points = points[:: 2 if world.context.database.embedded else 5]  # the long tier has all
    deaths = 0
    for turn, (statement, moment) in enumerate(points, 1):
        taken.clear()
        tell(world, turn)

        died = deliver(world, doomed, statement, moment)["killed"]
        world.clock.forward(seconds=service.LEASE.total_seconds() + 1)
        deliver(world, doomed, EVERYWHERE, "before")

        deaths += died
        assert len(taken) == MESSAGES, "a message was lost"
        assert sum(taken.values()) <= MESSAGES + died, "more than one repeat for one crash"
        rows = world.read(lambda s: s.exec(select(OutboxMessage)).all())
        assert {row.state for row in rows} == {MessageState.SENT}
    assert deaths >= len(points) / 2

"""The whole program in a thread, on the server that also serves it in earnest.

The clock is the tests' own, so the minute between two messages to a phone passes at once. Messages
go to the file that a pilot without a provider would use too.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from granian.constants import Interfaces
from granian.server.embed import Server

from merchants_app import worker
from merchants_app.app import create_app
from merchants_app.context import Context
from merchants_app.messenger import messenger_of
from tests.clock import Clock

COMMAND = "from merchants_app.cli import main; main()"
PATIENCE = 30
"""Seconds: machines that run tests are slow now and then."""


@dataclass(frozen=True)
class House:
    """A running program: its address, its clock, the messages it sent, its commands."""

    context: Context
    clock: Clock
    loop: asyncio.AbstractEventLoop

    @property
    def address(self) -> str:
        return self.context.settings.base_url

    def code_sent_to(self, phone: str) -> str:
        """Deliver what waits, and return the six digits of the last message to a phone."""
        self._deliver()
        outbox = self.context.settings.data_dir / "outbox.jsonl"
        told = map(json.loads, outbox.read_text(encoding="utf-8").splitlines())
        last = [each["text"] for each in told if each["phone"] == phone][-1]
        (digits,) = re.findall(r"验证码 (\d{6})", last)
        return digits

    def command(self, *words: str) -> str:
        """Run `menqian …` on the same database and return what it prints; it must succeed."""
        chosen = self.context.settings
        told = {
            "MENQIAN_DATA_DIR": str(chosen.data_dir),
            "MENQIAN_DATABASE_URL": chosen.database,
            "MENQIAN_BASE_URL": chosen.base_url,
        }
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _deliver(self) -> None:
        messenger = messenger_of(self.context.settings)
        taken = 1
        while taken:
            due = worker.deliver_due(self.context, messenger)
            taken = asyncio.run_coroutine_threadsafe(due, self.loop).result(PATIENCE)


@contextmanager
def served(context: Context, clock: Clock) -> Iterator[House]:
    """Serve the application of `context` on the port of its own address."""
    port = urlsplit(context.settings.base_url).port
    app = create_app(context.settings, context=context)
    started = threading.Event()
    held: list[tuple[asyncio.AbstractEventLoop, Server]] = []

    async def run() -> None:
        server = Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False)
        held.append((asyncio.get_running_loop(), server))
        started.set()
        await server.serve()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(PATIENCE)
    loop, server = held[0]
    try:
        _wait_for(context.settings.base_url)
        yield House(context, clock, loop)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(PATIENCE)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"{address}/health") as answer:
                answer.read()
            return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)

"""A network that fails as it is told, between a browser and a server on the loopback.

Each connection carries one request. What becomes of it is decided when its head has been read, by
whatever `wire.fate` is at that moment: a call that takes the request and returns a `Fate`.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests import provision

PATIENCE = 30
CHUNK = 64 * 1024
KEPT_OPEN = re.compile(rb"(?im)^connection:[^\r]*\r\n")
LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")
LOG_IN_HERE = b"<!doctype html><title>Free Wi-Fi</title><p>Accept the terms to go on."
PORTAL = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(LOG_IN_HERE), LOG_IN_HERE)
)


@dataclass(frozen=True)
class Asked:
    """A request as far as its fate depends on it; `length` is that of its body in bytes."""

    method: str
    path: str
    length: int


@dataclass(frozen=True)
class Fate:
    """What becomes of a request; `share` of its body passes before the connection is cut."""

    name: str
    share: float = 1.0
    seconds: float = 0.0


PASS = Fate("pass")
REFUSE = Fate("refuse")  # no connection at all
SWALLOW = Fate("swallow")  # the server did it all, the answer is lost
CAPTIVE = Fate("captive")  # somebody else answers 200


def cut(share: float) -> Fate:
    return Fate("cut", share=share)


def delay(seconds: float) -> Fate:
    return Fate("delay", seconds=seconds)


@dataclass
class Wire:
    """The running network: its own port, the server's; how often which fate was met, and how many
    requests with a body began.
    """

    port: int
    upstream: int
    fate: Callable[[Asked], Fate] = lambda _asked: PASS
    met: Counter[str] = field(default_factory=Counter)
    uploads: int = 0
    carrying: set[asyncio.Task[None] | None] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one request and its answer, as far as fate has it; then nothing stays open."""
        self.carrying.add(task := asyncio.current_task())  # the loop itself forgets it
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two has gone: so does the other
        finally:
            writer.close()
            self.carrying.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path = head.split(b" ", 2)[:2]
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        fate = self.fate(Asked(method.decode(), path.decode(), length))
        self.met[fate.name] += 1
        self.uploads += length > 0
        await asyncio.sleep(fate.seconds)
        if fate is REFUSE:
            writer.transport.abort()
            return
        if fate is CAPTIVE:
            await reader.readexactly(length)
            writer.write(PORTAL)
            await writer.drain()
            return
        above, below = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            below.write(KEPT_OPEN.sub(b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            await _pour(reader, below, int(length * fate.share))
            if fate.name == "cut":
                below.transport.abort()
                writer.transport.abort()
            elif fate is SWALLOW:
                await above.read()
                writer.transport.abort()
            else:
                await _pour(above, writer)
        finally:
            below.close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter, most: int = -1) -> None:
    """Pass on `most` bytes, or all there are."""
    left = most
    while left and (data := await source.read(CHUNK if most < 0 else min(CHUNK, left))):
        sink.write(data)
        await sink.drain()
        left -= len(data)


@contextmanager
def wired(upstream: int) -> Iterator[Wire]:
    """Run a network in front of a port, in a thread of its own."""
    wire = Wire(provision.free_port(), upstream)
    loop = asyncio.new_event_loop()
    listening = threading.Event()
    ended = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(wire.carry, "127.0.0.1", wire.port)
        listening.set()
        await ended.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert listening.wait(PATIENCE)
    try:
        yield wire
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE)
        loop.close()

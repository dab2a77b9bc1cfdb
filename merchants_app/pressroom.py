"""The pressroom: takes print jobs under a lease, has them set, and releases the file.

What nobody may see happen: a file without its codes in force, or codes in force without a file. So
the file is durable first, and one transaction makes it the job's and its codes the doors'. A worker
that dies leaves nothing but its lease, which runs out.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlmodel import Session

import qr
from compliance.accounts.permissions import Viewer
from compliance.act import Act
from compliance.errors import ComplianceError, Conflict, InvalidInput
from compliance.merchants.shops import Shop
from compliance.print_jobs import running, service
from compliance.print_jobs.models import JobStage, PrintJob
from compliance.print_jobs.running import Printed
from compliance.print_jobs.service import Order
from merchants_app import pressing, printing
from merchants_app.context import Context
from qr.pile import Pile

SMALL = 50
"""Sheets up to which a job is set at once, beside the requests; larger ones have a process."""

HEARTBEAT = 3.0
"""Seconds between two looks whether a job is still wanted, which also renew its lease."""

PAUSE = 1.0
CHANGED = frozenset({"print.codes_changed", "door.code_changed"})
"""Refusals of a release after which the job is gathered anew."""

ROUNDS = 3
FORGOTTEN = timedelta(days=1)

T = TypeVar("T")
Told = Callable[[str, int, int], None]
log = structlog.get_logger()


class Far:
    """How far a job is, told by the process that sets it and looked at by who waits."""

    def __init__(self, told: Told | None = None) -> None:
        self.stage, self.done, self.total = JobStage.GATHERING.value, 0, 0
        self._told = told

    @property
    def reached(self) -> dict[str, Any]:
        return {"stage": JobStage(self.stage), "done": self.done, "total": self.total}

    def tell(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total
        if self._told is not None:
            self._told(stage, done, total)


async def press_forever(context: Context) -> None:
    """Do one job after the other until cancelled; a fault is logged and does not end the work."""
    while True:
        try:
            job = await context.database.write(lambda session: running.take(session, context.act()))
            if job is not None:
                await run(context, job)
                continue
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("pressroom_fault")
        await asyncio.sleep(PAUSE)


async def ordered(
    context: Context,
    act: Act,
    viewer: Viewer,
    wanted: Order,
    *,
    at_once: bool = False,
    told: Told | None = None,
) -> PrintJob:
    """Order a job and return it as it stands then; a small one is set and released before."""

    def begin(session: Session) -> tuple[PrintJob, PrintJob | None]:
        job = service.order(session, act, viewer, wanted)
        here = at_once or job.sheets <= SMALL
        return job, running.take(session, act, job.id) if here else None

    job, taken = await context.database.write(begin)
    if taken is not None:
        await run(context, taken, told)
    return await context.database.read(lambda session: session.get_one(PrintJob, job.id))


async def run(context: Context, job: PrintJob, told: Told | None = None) -> None:
    """Set a job that was taken and release its file; what goes wrong is noted on the job.

    A job that was cancelled, or that passed to another worker, is dropped without a word.
    """
    write, far = context.database.write, Far(told)
    try:
        for _ in range(ROUNDS):
            try:
                return await _attempt(context, job, far)
            except Conflict as refusal:
                if refusal.code not in CHANGED:
                    raise
        await write(partial(running.fail, act=context.act(), job=job, code="print.codes_changed"))
    except ComplianceError as refusal:
        if refusal.code != "print.lost":
            fail = partial(running.fail, act=context.act(), job=job, code=refusal.code)
            await write(fail)
    except Exception:
        log.exception("print_failed", job=job.id, attempts=job.attempts)
        await write(partial(running.put_back, act=context.act(), job=job))
    return None


async def clear_old(context: Context) -> None:
    """Remove files whose time is over, and folders of workers that died."""
    hashes = await context.database.write(lambda s: running.clear(s, context.act()))
    await asyncio.to_thread(_remove, context, hashes)


def _remove(context: Context, hashes: list[str]) -> None:
    for sha256 in hashes:
        context.blobs.remove(sha256)
    before = (context.clock() - FORGOTTEN).timestamp()
    for folder in _bench(context).iterdir():
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


async def _attempt(context: Context, job: PrintJob, far: Far) -> None:
    database = context.database
    found = await database.write(lambda s: running.gather(s, context.act(), job))
    with _folder(context) as folder:
        await _beating(context, job, far, asyncio.to_thread(_order, context, job, found, folder))
        setting = _here(folder, far) if job.sheets <= SMALL else _beside(folder, far)
        made = await _beating(context, job, far, setting)
        problems = {each.key: (f"print.{each.problem}", each.detail) for each in made.left_out}
        if not made.codes:
            await database.write(lambda s: running.note(s, job, problems))
            raise InvalidInput("print.nothing")
        data = await asyncio.to_thread((folder / pressing.PDF).read_bytes)
        sha256 = await asyncio.to_thread(context.blobs.put, data)
    printed = Printed(sha256, len(data), made.pages, made.codes, made.plates, made.notices)
    try:
        act = context.act()
        await database.write(lambda s: running.release(s, act, job, printed, problems))
    except Exception:
        if not await database.read(lambda s: running.needed(s, sha256)):
            context.blobs.remove(sha256)
        raise


def _order(context: Context, job: PrintJob, found: list[Shop], folder: Path) -> None:
    def write(session: Session) -> None:
        lanes = printing.stacks(session, context.act(), job, found, context.settings)
        head = pressing.Head(printing.sheet_for(job.layout, context.settings), job.sheets)
        pressing.write_order(folder, head, lanes)

    context.database.read_now(write)


async def _here(folder: Path, far: Far) -> Pile:
    return await asyncio.to_thread(pressing.press, folder, far.tell)


async def _beside(folder: Path, far: Far) -> Pile:
    """Set an order in a process of its own, which is ended when nobody waits any more."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "merchants_app.pressing", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(qr.__file__).parents[1],
    )
    try:
        last: dict[str, object] = {}
        while process.stdout and (line := await process.stdout.readline()):
            last = json.loads(line)
            if "stage" in last:
                far.tell(str(last["stage"]), int(str(last["done"])), int(str(last["total"])))
        if await process.wait() or "pages" not in last:
            raise RuntimeError(f"setting ended with {process.returncode}")
        return pressing.heard(last)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _beating(context: Context, job: PrintJob, far: Far, work: Awaitable[T]) -> T:
    """Wait for `work` and keep the lease; raise Conflict `print.lost` when the job is not ours."""
    task = asyncio.ensure_future(work)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=HEARTBEAT)
            if done:
                return task.result()
            tell = partial(running.tell, act=context.act(), job=job, **far.reached)
            if not await context.database.write(tell):
                raise Conflict("print.lost")
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _bench(context: Context) -> Path:
    folder = context.settings.data_dir / "press"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _folder(context: Context) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_bench(context)) as name:
        yield Path(name)

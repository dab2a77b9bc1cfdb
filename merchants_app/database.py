"""One service call is one transaction, and its answer leaves after the commit.

A route hands over a call that takes a session: `await database.write(call)`. On SQLite one writer
thread runs what has queued up and commits it together (group commit): many durable writes share one
fsync. When a call of a group fails, the group is undone and run again with a SAVEPOINT for each. On
PostgreSQL each call has a connection of the pool and its own transaction. No thread that serves
requests ever waits for a connection.

So a call may run a second time, also after a unique clash or a deadlock: it then sees what was
faster.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from compliance.ledger.service import TOUCHED
from merchants_app import engines

T = TypeVar("T")

GROUP = 64
"""Most calls that share one commit: about 50 ms of work, so that nobody waits long."""

TRIES = 3


class _CallFailedError(Exception):
    """A call of a group has failed, and with it the group's transaction."""


@dataclass(slots=True)
class _Job:
    call: Callable[[Session], Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


class Database:
    """The only place that begins, commits and rolls back."""

    def __init__(self, url: str, *, pool: int = 16) -> None:
        self.url = url
        self.embedded = url.startswith("sqlite")
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        self._threads = ThreadPoolExecutor(pool, thread_name_prefix="database")
        self._read_engine = engines.read_engine(url, pool)
        self._write_engine = engines.write_engine(url, pool)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        if self.embedded:
            self._writer = threading.Thread(
                target=self._write_in_groups, name="writer", daemon=True
            )
            self._writer.start()

    async def write(self, call: Callable[[Session], T]) -> T:
        """Run `call` in a transaction of its own and return its result once it is durable."""
        return await asyncio.wrap_future(self._submit(call))

    async def read(self, call: Callable[[Session], T]) -> T:
        """Run `call` on a session that cannot write, in one snapshot."""
        return await asyncio.wrap_future(self._threads.submit(self.read_now, call))

    def write_now(self, call: Callable[[Session], T]) -> T:
        """Do what `write` does, for callers without an event loop."""
        return self._submit(call).result()

    def read_now(self, call: Callable[[Session], T]) -> T:
        """Do what `read` does, for callers without an event loop."""
        with Session(self._read_engine, expire_on_commit=False) as session:
            return call(session)

    def settle(self) -> None:
        """Bring what was committed into the database file, and empty the journal beside it.

        On SQLite the journal keeps former pages until then; PostgreSQL sees to its own.
        """
        if not self.embedded:
            return
        connection = self._write_engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Finish what was accepted, then let go of every thread and connection."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
        self._threads.shutdown(wait=True)
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _submit(self, call: Callable[[Session], T]) -> Future[T]:
        if not self.embedded:
            return self._threads.submit(self._write_alone, call)
        future: Future[T] = Future()
        self._queue.put(_Job(call, future))
        return future

    def _tell(self, touched: Iterable[str]) -> None:
        subjects = frozenset(touched)
        if subjects:
            for listener in self.listeners:
                listener(subjects)

    def _write_alone(self, call: Callable[[Session], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                with Session(self._write_engine, expire_on_commit=False) as session:
                    with session.begin():
                        result = call(session)
                    self._tell(session.info.get(TOUCHED, ()))
                    return result
            except (IntegrityError, OperationalError):
                if attempt == TRIES:
                    raise
        raise AssertionError  # pragma: no cover (the loop returns or raises)

    def _write_in_groups(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs, stop = [first], False
            while len(jobs) < GROUP and not self._queue.empty():
                job = self._queue.get()
                if job is None:
                    stop = True
                    break
                jobs.append(job)
            # Who gave up waiting is left out; from here on nobody can give up any more.
            self._commit_together(
                [job for job in jobs if job.future.set_running_or_notify_cancel()]
            )
            if stop:
                return

    def _commit_together(self, jobs: list[_Job]) -> None:
        """Run and commit a group; when a call in it fails, all of it again, each call shielded.

        A savepoint costs a visit a sixth of its time, and a call that fails is rare.
        """
        touched: set[str] = set()
        try:
            try:
                self._commit(jobs, self._run_bare, touched)
            except _CallFailedError:
                touched.clear()
                alone = len(jobs) == 1 and not isinstance(jobs[0].error, IntegrityError)
                if not alone:
                    self._commit(jobs, self._run_shielded, touched)
        except BaseException as error:  # noqa: BLE001 (a failed commit fails every call in it)
            for job in jobs:
                job.error = job.error or error
        self._tell(touched)
        for job in jobs:
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)

    def _commit(
        self,
        jobs: list[_Job],
        run: Callable[[_Job, sa.Connection, set[str]], None],
        touched: set[str],
    ) -> None:
        with self._write_engine.connect() as connection, connection.begin():
            for job in jobs:
                run(job, connection, touched)

    @staticmethod
    def _run_bare(job: _Job, connection: sa.Connection, touched: set[str]) -> None:
        """Run a call in the group's own transaction; raise _CallFailedError when it fails."""
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="rollback_only"
        ) as session:
            try:
                job.result = job.call(session)
                session.flush()
            except BaseException as error:
                job.error = error
                raise _CallFailedError from error
            touched |= session.info.get(TOUCHED, set())

    @staticmethod
    def _run_shielded(job: _Job, connection: sa.Connection, touched: set[str]) -> None:
        """Run a call in a savepoint of its own, so that its failure undoes nothing else."""
        for attempt in range(1, TRIES + 1):
            with Session(
                connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session:
                try:
                    job.result = job.call(session)
                    session.commit()
                    touched |= session.info.get(TOUCHED, set())
                    job.error = None
                    return
                except BaseException as error:  # noqa: BLE001 (handed to who asked)
                    session.rollback()
                    job.error = error
                    if not isinstance(error, IntegrityError) or attempt == TRIES:
                        return

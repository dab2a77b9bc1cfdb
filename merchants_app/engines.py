"""Engines for the two databases, with every pragma read back: a half-set SQLite loses writes.

SQLite comes from `pysqlite3`, which bundles a version without the WAL-reset bug (fixed in 3.51.3:
two connections could lose committed writes). An affected version is never run in WAL mode.
"""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa

SAFE_WAL = (3, 51, 3)
BUSY_MS = 10_000


class UnsafeDatabase(Exception):
    """The database does not hold a setting that durability rests on."""


def driver() -> ModuleType:
    """Return the SQLite driver in use."""
    return sqlite  # type: ignore[no-any-return]


def _sqlite_engine(url: str, begin: str, pool: int) -> sa.Engine:
    name = sa.engine.make_url(url).database
    if name and name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=sqlite,
        pool_size=pool,
        max_overflow=0,
        poolclass=sa.QueuePool,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )
    wal = sqlite.sqlite_version_info >= SAFE_WAL
    wanted: dict[str, tuple[object, object]] = {
        "busy_timeout": (BUSY_MS, BUSY_MS),
        "journal_mode": ("WAL", "wal") if wal else ("DELETE", "delete"),
        "synchronous": ("FULL", 2) if wal else ("EXTRA", 3),
        "foreign_keys": ("ON", 1),
        "secure_delete": ("ON", 1),  # what is erased is overwritten, not only unlinked
    }

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, (value, expected) in wanted.items():
            cursor.execute(f"PRAGMA {name}={value}")
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found != expected:
                message = f"SQLite keeps {name}={found}, {expected} is needed"
                raise UnsafeDatabase(message)
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", _begins_with(begin))
    return engine


def _begins_with(statement: str) -> Callable[[sa.Connection], None]:
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin


def _postgres_engine(url: str, pool: int) -> sa.Engine:
    return sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        connect_args={"options": "-c synchronous_commit=on -c timezone=UTC"},
    )


def write_engine(url: str, pool: int) -> sa.Engine:
    """Return the engine that writes: on SQLite one connection that begins with its lock."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url, "BEGIN IMMEDIATE", 1)
    return _postgres_engine(url, pool)


def read_engine(url: str, pool: int) -> sa.Engine:
    """Return the engine that reads: it refuses to write."""
    if url.startswith("sqlite"):
        engine = _sqlite_engine(url, "BEGIN", pool)

        def read_only(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA query_only=ON")

        sa.event.listen(engine, "connect", read_only)
        return engine
    return _postgres_engine(url, pool).execution_options(
        postgresql_readonly=True, isolation_level="REPEATABLE READ"
    )

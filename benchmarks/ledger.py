"""Verifying the ledger from its rows, beside SHA-256 over the same bytes read from the same rows.

The peer reads every entry with its body in the same order and hashes the bytes; ours also parses,
checks numbers and links, and recomputes commitments. The ratio is ours : beside (at most 10).
"""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from compliance.act import Act
from compliance.ledger import service
from merchants_app import schema
from merchants_app.database import Database

CHAINS = 400
ENTRIES = 50


def fill(database: Database) -> None:
    act = Act(at=datetime.now(UTC))
    drafts = [
        service.Draft(
            f"tenancy:{chain:032x}",
            "patrol.logged",
            f"{number:032x}",
            {"kind": "patrol", "items": 3, "faults": 0},
            {"door": "0" * 16, "items": [{"code": "H01", "result": "ok"}] * 3, "lat": 39.93907},
        )
        for number in range(ENTRIES)
        for chain in range(CHAINS)
    ]
    database.write_now(lambda session: service.append_many(session, act, drafts))


def hashed(database: Database) -> None:
    """Read what verification reads, and hash it."""
    query = sa.text(
        "SELECT e.content, b.salt, b.body FROM ledger_entry e LEFT JOIN ledger_body b"
        " ON b.entry_hash = e.entry_hash ORDER BY e.subject, e.seq"
    )

    def read(session) -> None:  # noqa: ANN001
        for content, salt, body in session.execute(query):
            hashlib.sha256(content)
            if body is not None:
                hashlib.sha256(salt + body)

    database.read_now(read)


def timed(call, *given) -> float:  # noqa: ANN001, ANN002
    began = time.perf_counter()
    call(*given)
    return time.perf_counter() - began


def measure(database: Database) -> Iterator[tuple[str, float, float, float]]:
    fill(database)
    ours = min(timed(database.read_now, service.verify) for _ in range(3))
    beside = min(timed(hashed, database) for _ in range(3))
    count = CHAINS * ENTRIES
    yield f"verifying {count:,} entries : SHA-256 over the same rows", ours, beside, ours / beside


def rows() -> list[tuple[str, float, float, float]]:
    """Return the row for SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        schema.upgrade(url)
        database = Database(url)
        try:
            return list(measure(database))
        finally:
            database.close()

"""Logging a patrol, durable, with three points looked at, beside the same rows written bare.

Ours is the whole service through `database.write`: idempotency, door, reach, evidence, ledger
entry. Beside stands one raw transaction for each visit with the very rows that ours has written:
with the SQLite driver, and with `pgbench` (the server's own client in C) on PostgreSQL. The ratio
is throughput by throughput.
"""

import asyncio
import json
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from compliance import reference
from compliance.accounts import service as accounts
from compliance.accounts import sessions
from compliance.accounts.permissions import Role, Viewer
from compliance.act import Act, Actor
from compliance.merchants import storing
from compliance.merchants.importing import parse
from compliance.merchants.shops import OPEN, SHOPS, Shop, listed
from compliance.patrols import service
from compliance.places import service as places
from merchants_app import engines, rulebook, schema
from merchants_app.database import Database
from merchants_app.tables import read_tables
from merchants_app.visits import read_payload
from tests import provision
from tests.lists import merchant_list

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ACT = Act(at=NOW)
DOORS = 300
VISITS = 480
CLIENTS = 16
RUNS = 5
LOOKED_AT = ("H01", "A02", "O02")

Row = tuple[str, float, float, float]


def rows() -> Iterator[Row]:
    """Give (work, our seconds a visit, seconds beside, ratio of throughputs)."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.sqlite"
        _fill(f"sqlite:///{template}")
        yield from _sqlite(template)
    with provision.postgres() as server, provision.database(server) as url:
        if shutil.which("pgbench"):
            yield from _postgres(url)


def _sqlite(template: Path) -> Iterator[Row]:
    for clients in (1, CLIENTS):
        ours, beside = [], []
        for _ in range(RUNS):
            file = template.with_name(f"{secrets.token_hex(8)}.sqlite")
            shutil.copy(template, file)
            ours.append(_ours(f"sqlite:///{file}", clients))
            beside.append(_beside(template, file))
        yield _row(f"a patrol, SQLite FULL, {clients} at a time", min(ours), min(beside))


def _postgres(url: str) -> Iterator[Row]:
    _fill(url)
    ours = min(_ours(url, CLIENTS) for _ in range(RUNS))
    beside = min(_pgbench(url) for _ in range(RUNS))
    yield _row(f"a patrol, PostgreSQL, {CLIENTS} at a time", ours, beside)


def _row(work: str, ours: float, beside: float) -> Row:
    return work, ours / VISITS, beside / VISITS, beside / ours


@dataclass(frozen=True)
class _Visits:
    viewer: Viewer
    rules: rulebook.Rules
    shops: list[Shop]


def _fill(url: str) -> None:
    """Make a migrated database with shops and an officer for all of them."""
    schema.upgrade(url)
    database = Database(url, pool=2)

    def fill(session: Session) -> None:
        reference.load(session, ACT)
        sheets = read_tables(merchant_list(shops=DOORS, dirt={}).xlsx(), "merchants.xlsx")
        parsed = parse(sheets, storing.gazetteer_of(session), create_lanes=True)
        storing.store(session, ACT, parsed, file_hash="0" * 64)
        accounts.enrol(
            session,
            ACT,
            name="officer",
            display_name="officer",
            role=Role.ENFORCEMENT_OFFICER,
            places=[("township", township.code) for township in places.townships(session)],
        )

    database.write_now(fill)
    database.close()


def _prepared(session: Session) -> _Visits:
    viewer = sessions.viewer_of(session, accounts.by_name(session, "officer"))
    return _Visits(viewer, rulebook.read(session, NOW), list(listed(session, SHOPS.where(OPEN))))


def _ours(url: str, clients: int) -> float:
    """Return the seconds that `clients` at a time need for all visits."""
    database = Database(url, pool=CLIENTS)
    found = database.read_now(_prepared)
    act = Act(at=NOW, actor=Actor(found.viewer.account_id, found.viewer.role.value))
    todo = [_visit(found.shops[n % len(found.shops)]) for n in range(VISITS + clients)]

    async def log() -> None:
        visit_id, body, payload = todo.pop()
        rules = found.rules
        await database.write(
            lambda session: service.log(
                session,
                act,
                found.viewer,
                visit_id,
                body,
                payload,
                rules.catalogue,
                rules.calendar,
            )
        )

    async def client(visits: int) -> None:
        for _ in range(visits):
            await log()

    async def everybody() -> float:
        await asyncio.gather(*(client(1) for _ in range(clients)))  # statements are compiled
        start = time.perf_counter()
        await asyncio.gather(*(client(VISITS // clients) for _ in range(clients)))
        return time.perf_counter() - start

    spent = asyncio.run(everybody())
    database.close()
    return spent * VISITS / (VISITS // clients * clients)


def _visit(shop: Shop):  # noqa: ANN202 (id, body, payload)
    body = {
        "door": shop.door,
        "kind": "patrol",
        "observed_at": NOW.isoformat(),
        "position": {"lat": 39.93907, "lng": 116.09513, "accuracy_m": 12, "crs": "WGS84"},
        "items": [{"code": code, "result": "ok"} for code in LOOKED_AT],
    }
    return secrets.token_hex(16), *read_payload(json.dumps(body).encode())


TABLES = ("ledger_entry", "ledger_body", "patrol", "patrol_item")


def _beside(template: Path, stored: Path) -> float:
    """Return the seconds of one raw transaction for each visit that `stored` holds."""
    driver = engines.driver()
    source: sqlite3.Connection = driver.connect(str(stored))
    visits = source.execute("SELECT id, entry_hash FROM patrol LIMIT ?", (VISITS,)).fetchall()
    keys = {"ledger_entry": 1, "ledger_body": 1, "patrol": 0, "patrol_item": 0}
    columns = {"ledger_entry": "entry_hash", "ledger_body": "entry_hash", "patrol": "id"}
    wanted = [
        {
            table: source.execute(
                f"SELECT * FROM {table} WHERE {columns.get(table, 'patrol_id')} = ?",
                (visit[keys[table]],),
            ).fetchall()
            for table in TABLES
        }
        for visit in visits
    ]
    source.close()
    file = template.with_name(f"{secrets.token_hex(8)}.sqlite")
    shutil.copy(template, file)
    target: sqlite3.Connection = driver.connect(str(file), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        target.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    for tables in wanted:
        target.execute("BEGIN IMMEDIATE")
        (entry,) = tables["ledger_entry"]
        moved = (entry[1], entry[3], entry[0])
        target.execute("UPDATE ledger_head SET seq=?, entry_hash=? WHERE subject=?", moved)
        for table, values in tables.items():
            marks = ",".join("?" * len(values[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        target.execute("COMMIT")
    spent = time.perf_counter() - start
    target.close()
    return spent * VISITS / len(wanted)


SCRIPTS = 64
"""Shops that pgbench visits; it takes 128 scripts at most."""


def _pgbench(url: str) -> float:
    """Return the seconds that pgbench needs for rows of the same number, sort and size."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        query = "SELECT * FROM patrol JOIN ledger_entry USING (entry_hash) LIMIT 1"
        like = connection.execute(sa.text(query)).mappings().one()
        body = connection.execute(sa.text("SELECT body FROM ledger_body LIMIT 1")).scalar_one()
        query = f"SELECT id FROM tenancy LIMIT {SCRIPTS}"
        shops = [row.id for row in connection.execute(sa.text(query))]
    engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for shop in shops:
            file = Path(folder) / f"{shop}.sql"
            file.write_text(_script(shop, len(like["content"]), len(body), like["account_id"]))
            files += ["-f", str(file)]
        each = VISITS // CLIENTS
        command = ["pgbench", "-n", "-M", "prepared", f"-c{CLIENTS}", "-j2", f"-t{each}"]
        done = subprocess.run([*command, *files, url], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return VISITS / float(line.split()[2])


def _script(shop: str, content: int, body: int, account: str) -> str:
    """Return one visit in SQL: a new entry at random, since a script knows no hashes."""
    number = "(random() * 2000000000)::int"
    subject = f"'tenancy' || chr(58) || '{shop}'"  # a colon would begin a variable
    points = ", ".join(f"(:id, '{code}', 'ok', 'merchant', false, '')" for code in LOOKED_AT)
    return f"""
SELECT md5(random()::text) AS id, md5(random()::text) || md5(random()::text) AS hash \\gset
BEGIN;
SELECT seq, entry_hash FROM ledger_head WHERE subject = {subject} FOR UPDATE;
UPDATE ledger_head SET seq = seq + 1, entry_hash = :hash WHERE subject = {subject};
INSERT INTO ledger_entry (subject, seq, prev_hash, entry_hash, kind, ref, at, content)
  VALUES ({subject}, {number}, :hash, :hash, 'patrol.logged', :id, now(),
          repeat('x', {content})::bytea);
INSERT INTO ledger_body (entry_hash, salt, body)
  VALUES (:hash, '0123456789abcdef', repeat('x', {body})::bytea);
INSERT INTO patrol (id, tenancy_id, door, kind, account_id, role, edition, observed_at,
                    received_at, fault_count, note, lat, lng, accuracy_m, distance_m, doubts,
                    officers, plan_ref, payload_hash, entry_seq, entry_hash)
  VALUES (:id, '{shop}', '0123456789ABCDEF', 'patrol', '{account}', 'lane_chief', 'v2026',
          now(), now(), 0, '', 39.9, 116.0, 12, 3, '[]', '[]', '', :hash, 1, :hash);
INSERT INTO patrol_item (patrol_id, code, result, cause, fixed_on_spot, note) VALUES {points};
COMMIT;
"""

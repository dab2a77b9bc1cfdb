"""Importing a district's merchants beside the least that can be done: the bare library reads the
file, the bare driver inserts the same rows, the ledger's included, in one transaction.
"""

import gc
import io
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from compliance import reference
from compliance.act import Act
from compliance.merchants import storing
from compliance.merchants.importing import parse
from compliance.merchants.rows import row_key
from merchants_app import engines, schema
from merchants_app.database import Database
from merchants_app.tables import read_tables
from tests.lists import merchant_list

SHOPS = 2128
RUNS = 7
TABLES = (
    "lane",
    "premises",
    "door_code",
    "merchant",
    "tenancy",
    "ledger_head",
    "ledger_entry",
    "ledger_body",
)
ACT = Act(at=datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


def rows() -> list[tuple[str, float, float, float]]:
    """Return (work, our seconds, seconds beside, ratio); the ratio is how many times as long."""
    workbook = merchant_list(shops=SHOPS, dirt={}).xlsx()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.sqlite"
        schema.upgrade(f"sqlite:///{template}")
        database = Database(f"sqlite:///{template}", pool=1)
        database.write_now(lambda session: reference.load(session, ACT))
        database.close()
        file, _ = _ours(template, workbook)  # what is loaded once is loaded
        gc.freeze()  # as the command does
        runs = [  # in turns, so that what else the machine does falls on both
            (_ours(template, workbook)[1], _beside(template, workbook, file)) for _ in range(RUNS)
        ]
        ours, beside = map(min, zip(*runs, strict=True))
        gc.unfreeze()
    return [(f"import of {SHOPS:,} merchants, SQLite", ours, beside, ours / beside)]


def _copy(template: Path) -> Path:
    file = template.with_name(f"{time.monotonic_ns()}.sqlite")
    shutil.copy(template, file)
    return file


def _ours(template: Path, workbook: bytes) -> tuple[Path, float]:
    file = _copy(template)
    database = Database(f"sqlite:///{file}", pool=1)
    database.read_now(storing.gazetteer_of)
    row_key.cache_clear()
    start = time.perf_counter()
    sheets = read_tables(workbook, "merchants.xlsx")
    parsed = parse(sheets, database.read_now(storing.gazetteer_of), create_lanes=True)
    database.write_now(lambda session: storing.store(session, ACT, parsed, file_hash="0" * 64))
    spent = time.perf_counter() - start
    database.close()
    return file, spent


def _beside(template: Path, workbook: bytes, stored: Path) -> float:
    """Time the bare way to the rows that `stored` has and `template` has not."""
    driver = engines.driver()
    source = driver.connect(str(stored))
    source.execute("ATTACH ? AS before", (str(template),))
    added = "SELECT * FROM main.{0} EXCEPT SELECT * FROM before.{0}"
    wanted = {table: source.execute(added.format(table)).fetchall() for table in TABLES}
    source.close()
    target: sqlite3.Connection = driver.connect(str(_copy(template)))
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    start = time.perf_counter()
    with CalamineWorkbook.from_filelike(io.BytesIO(workbook)) as book:
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    with target:
        for table, values in wanted.items():
            marks = ",".join("?" * len(values[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    spent = time.perf_counter() - start
    target.close()
    return spent

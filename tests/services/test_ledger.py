"""The ledger in the database: append-only, gap-free under contention, tampering named."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from compliance.ledger import service
from merchants_app import engines
from merchants_app.database import Database
from tests.factories import World

SUBJECT = "tenancy:test"


def fill(world: World, count: int, subject: str = SUBJECT) -> None:
    for number in range(count):
        world.write(
            service.append,
            subject=subject,
            kind="test.done",
            ref=str(number),
            body={"note": f"第{number}条", "lat": 39.93907},
        )


def behind_its_back(database: Database, *statements: str) -> None:
    """Change rows as somebody with the database's own tools would: triggers out of the way."""
    engine = engines.write_engine(database.url, 1)
    with engine.begin() as connection:
        if database.embedded:
            for verb in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER ledger_entry_no_{verb}"))
            connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def verdict(world: World) -> list[tuple[int, str]]:
    _, breaks = world.read(service.verify)
    return [(each.seq, each.reason) for each in breaks if each.subject == SUBJECT]


def test_an_untouched_ledger_verifies(world: World):
    fill(world, 3)

    count, breaks = world.read(service.verify)

    assert count >= 3
    assert breaks == []


@pytest.mark.parametrize("verb", ["UPDATE ledger_entry SET kind = 'x'", "DELETE FROM ledger_entry"])
def test_the_database_refuses_to_change_an_entry(world: World, database: Database, verb: str):
    fill(world, 1)

    with pytest.raises(DatabaseError, match="append-only"):
        database.write_now(lambda session: session.execute(sa.text(verb)))


AT = "subject = 'tenancy:test' AND seq ="
BODY_OF = f"entry_hash IN (SELECT entry_hash FROM ledger_entry WHERE {AT}"
FORGE = (
    "INSERT INTO ledger_entry (subject, seq, prev_hash, entry_hash, kind, ref, at, content)"
    f" SELECT subject, 4, entry_hash, 'f', kind, ref, at, content FROM ledger_entry WHERE {AT} 3"
)


def removing(seq: int) -> list[str]:
    return [
        f"DELETE FROM ledger_body WHERE {BODY_OF} {seq})",
        f"DELETE FROM ledger_entry WHERE {AT} {seq}",
    ]


TAMPERING = {
    "changed": ([f"UPDATE ledger_entry SET content = '{{}}' WHERE {AT} 2"], (2, "content_changed")),
    "removed": (removing(2), (2, "missing")),
    "tail removed": (removing(3), (3, "missing")),
    "inserted": ([FORGE], (4, "content_changed")),
    "body": ([f"UPDATE ledger_body SET body = salt WHERE {BODY_OF} 1)"], (1, "body_changed")),
    "head": (
        ["UPDATE ledger_head SET seq = 2 WHERE subject = 'tenancy:test'"],
        (3, "head_changed"),
    ),
    "head removed": (
        ["DELETE FROM ledger_head WHERE subject = 'tenancy:test'"],
        (3, "head_missing"),
    ),
}


@pytest.mark.parametrize(("statements", "expected"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_behind_the_programs_back_is_named(
    world: World, database: Database, statements: list[str], expected: tuple[int, str]
):
    fill(world, 3)

    behind_its_back(database, *statements)

    assert verdict(world) == [expected]


def test_many_writers_leave_no_gap_and_no_fork(world: World):
    fill(world, 1)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: fill(world, 4), range(16)))

    assert verdict(world) == []
    assert world.read(service.head_of, SUBJECT)[0] == 65

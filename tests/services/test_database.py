"""One call, one transaction: nothing is told before it is durable, and no crowd blocks itself."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from compliance.errors import RuleBroken
from compliance.ledger import service as ledger
from compliance.places.models import Lane
from merchants_app.database import Database
from tests.factories import DAYU, World


def lanes(database: Database) -> int:
    return database.read_now(
        lambda session: session.execute(sa.select(sa.func.count()).select_from(Lane)).scalar_one()
    )


def lane(number: int) -> Lane:
    return Lane(id=f"{number:032x}", township_code=DAYU, name=f"{number}巷")


def test_a_refusal_keeps_nothing(database: Database):
    def add_and_refuse(session):
        session.add(lane(1))
        session.flush()
        raise RuleBroken("finding.step_not_possible")

    with pytest.raises(RuleBroken):
        database.write_now(add_and_refuse)

    assert lanes(database) == 0


def test_more_writers_than_threads_all_succeed(database: Database):
    async def crowd():
        writes = (database.write(lambda s, n=n: s.add(lane(n))) for n in range(100))
        await asyncio.wait_for(asyncio.gather(*writes), timeout=30)

    asyncio.run(crowd())

    assert lanes(database) == 100


def test_one_refusal_in_a_group_does_not_touch_its_neighbours(database: Database):
    def add(number):
        def call(session):
            session.add(lane(number))
            session.flush()
            if number % 2:
                raise RuleBroken("finding.step_not_possible")

        return call

    async def crowd():
        return await asyncio.gather(
            *(database.write(add(number)) for number in range(40)), return_exceptions=True
        )

    told = asyncio.run(crowd())

    assert sum(isinstance(each, RuleBroken) for each in told) == 20
    assert lanes(database) == 20


def test_a_commit_that_fails_is_never_told_as_success(database: Database):
    def break_a_deferred_rule(session):
        if database.embedded:
            session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        else:
            session.execute(
                sa.text(
                    "ALTER TABLE lane ALTER CONSTRAINT fk_lane_township_code_township"
                    " DEFERRABLE INITIALLY DEFERRED"
                )
            )
        session.add(Lane(id="1" * 32, township_code="nowhere", name="无"))
        session.flush()

    with pytest.raises(IntegrityError):
        database.write_now(break_a_deferred_rule)

    assert lanes(database) == 0
    database.write_now(lambda session: session.add(lane(2)))
    assert lanes(database) == 1


def test_a_reader_cannot_write(database: Database):
    with pytest.raises(sa.exc.DBAPIError):
        database.read_now(lambda session: session.execute(sa.text("DELETE FROM township")))


def test_listeners_learn_what_was_touched_after_the_commit(database: Database, world: World):
    told: list[frozenset[str]] = []
    database.listeners.append(told.append)

    world.write(ledger.append, subject="tenancy:x", kind="test.done")

    assert told == [frozenset({"tenancy:x"})]

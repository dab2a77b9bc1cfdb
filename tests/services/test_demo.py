"""The demonstration district: the same each time, whole, and made of what the program itself makes."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from compliance import reference, tables
from compliance.accounts import service as accounts
from compliance.accounts import sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import TABLE, Role
from compliance.accounts.service import Attempt
from compliance.act import LOCAL, Act
from compliance.coverage import service as coverage
from compliance.findings.lifecycle import FindingState
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.notices import signing, texts
from compliance.notices.drawing import strokes
from compliance.notices.kinds import NoticeKind, Standing
from compliance.notices.values import OF_KIND
from compliance.patrols.payload import Payload
from merchants_app import cli, schema
from merchants_app.app import create_context
from merchants_app.context import Context
from merchants_app.demo import loading
from merchants_app.demo.cast import PASSWORD
from merchants_app.demo.guide import SHOWN
from merchants_app.demo.plan import Plan
from merchants_app.settings import Settings
from tests import provision, sittings, visits
from tests.clock import Clock
from tests.factories import World

PLAN = Plan(on=date(2026, 11, 23), merchants=160, days=40, seed=5)
COMMAND = "demo --merchants 160 --days 40 --seed 5 --on 2026-11-23".split()
TABLES = tables.METADATA.tables
NOTICE = TABLES["notice"].c


class Database:
    """Ways to look at what is stored."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def read(self, call, *args):
        return self.context.database.read_now(lambda session: call(session, *args))

    def rows(self, query) -> list[dict]:
        found = self.read(lambda session: session.execute(query).mappings().all())
        return [dict(row) for row in found]

    def table(self, name: str, *conditions) -> list[dict]:
        return self.rows(sa.select(TABLES[name]).where(*conditions))

    def entries(self, kind: str) -> list[tuple[str, dict, dict | None]]:
        """Return record, fact and body of every entry of a kind."""
        found = []
        for each in self.read(lambda session: list(ledger.stored_entries(session))):
            entry = json.loads(each.content)
            if entry["kind"] == kind:
                body = json.loads(each.body) if each.body else None
                found.append((entry["ref"], entry["fact"], body))
        return found


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[Context]:
    """Give the collaborators on a database that has its tables and nothing in them."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'menqian.sqlite'}"
        if kind == "postgresql":
            url = stack.enter_context(provision.database(stack.enter_context(provision.postgres())))
        schema.upgrade(url)
        made = create_context(Settings.load(database_url=url, data_dir=folder))
        stack.callback(made.database.close)
        yield made


@pytest.fixture(scope="module")
def in_process(tmp_path_factory) -> Iterator[Database]:
    """The district on PostgreSQL, told within this process."""
    with fresh("postgresql", tmp_path_factory.mktemp("demo")) as context:
        loading.load(context, PLAN, lambda _done, _known: None)
        yield Database(context)


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> tuple[Path, str]:
    """The folder that the command filled in a process of its own, and what it printed."""
    folder = tmp_path_factory.mktemp("command")
    environment = {**os.environ, "MENQIAN_DATA_DIR": str(folder), "PYTHONHASHSEED": "7"}
    script = "from merchants_app.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *COMMAND],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(cli.__file__).parents[1],
    )
    return folder, done.stdout


@pytest.fixture(scope="module")
def by_command(printed: tuple[Path, str]) -> Iterator[Database]:
    """The same district on SQLite."""
    with fresh("sqlite", printed[0]) as context:
        yield Database(context)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def told(kind: str, by_command: Database, in_process: Database) -> Database:
    return {"sqlite": by_command, "postgresql": in_process}[kind]


def heads(session) -> dict[str, str]:
    head = TABLES["ledger_head"]
    return {row.subject: row.entry_hash for row in session.execute(sa.select(head))}


def test_the_same_seed_and_day_make_the_same_district_to_the_last_hash(
    by_command: Database, in_process: Database
):
    found = in_process.read(heads)

    assert len(found) > PLAN.merchants
    assert found == by_command.read(heads)


def test_every_chain_holds_and_is_in_the_order_of_time(told: Database):
    count, breaks = told.read(ledger.verify)
    entry = TABLES["ledger_entry"]
    query = sa.select(entry.c.subject, entry.c.at).order_by(entry.c.subject, entry.c.seq)
    moments = [(row["subject"], row["at"]) for row in told.rows(query)]

    assert (count, breaks) == (len(moments), [])
    assert moments == sorted(moments)
    assert max(at for _, at in moments) < PLAN.end


def test_thirteen_townships_hold_the_shops_asked_for(told: Database):
    premises = told.table("premises")

    assert len(premises) == PLAN.merchants
    assert len({row["township_code"] for row in premises}) == 13
    assert len(told.table("door_code")) == len(told.table("tenancy")) == PLAN.merchants
    assert len({row["name"] for row in told.table("merchant")}) == PLAN.merchants


def test_findings_stand_in_every_state_and_some_are_overdue(told: Database):
    findings = told.table("finding")
    stood = Counter(row["state"] for row in findings)

    assert set(stood) == set(FindingState)
    assert any(
        row["state"] == FindingState.REMINDED and row["due_at"] and row["due_at"] < PLAN.end
        for row in findings
    )
    reviews = told.table("review")
    assert {review["decided_at"] is None for review in reviews} == {True, False}


def test_coverage_is_that_of_a_district_on_its_way(told: Database):
    now = PLAN.end + timedelta(hours=9)

    def look(session):
        account = session.execute(sa.select(Account).where(Account.name == "district")).scalar_one()
        return coverage.coverage(session, sessions.viewer_of(session, account), now)

    found = told.read(look)
    shares = [area.filled / area.total for area in found.townships]
    unseen = {Standing.SIGNED, Standing.OUTDATED, Standing.SUPERSEDED, Standing.REVOKED}
    expected = set(Standing) - unseen - {Standing.SUBMITTED, Standing.RETURNED}  # sent in by hand

    assert 0.72 < found.whole.filled / found.whole.total < 0.88
    assert max(shares) - min(shares) > 0.05
    assert expected <= {standing for standing, count in found.whole.by_standing.items() if count}


def test_one_street_votes_on_its_covenant_and_two_have(told: Database):
    votes = {vote["stage"]: vote for vote in told.table("vote")}
    results = {ref: fact["result"] for ref, fact, _ in told.entries("vote.closed")}

    running, adopted = votes["running"], votes["adopted"]
    (lost,) = (votes[stage] for stage in set(votes) - {"running", "adopted"})
    assert results == {each["id"]: each["stage"].value for each in (adopted, lost)}
    assert running["closes_at"].date() > PLAN.on
    assert 0 < len(told.entries("vote.cast")) < sum(vote["eligible"] for vote in votes.values())


def test_visits_are_in_the_day_and_rounds_fewer_at_the_weekend(told: Database):
    visited = told.table("patrol")
    moments = [row["observed_at"].astimezone(LOCAL) for row in visited]
    rounds = [at for at, row in zip(moments, visited, strict=True) if not row["fault_count"]]
    week = Counter(at.weekday() < 5 for at in rounds)

    assert {at.hour for at in moments} <= set(range(8, 18))
    assert week[True] / 5 > 1.5 * week[False] / 2
    assert 2 < len(visited) / PLAN.merchants < 4.5


def test_no_message_waits_for_an_invented_phone(told: Database):
    phones = {row["phone"] for row in told.table("tenancy")} - {None}

    assert {row["state"] for row in told.table("outbox_message")} == {"sent"}
    assert all(len(phone) == 11 and phone[3:7] == "0000" for phone in phones)


def test_every_role_is_there_and_the_printed_password_opens_it(told: Database, printed):
    act = Act(at=PLAN.end + timedelta(hours=9))

    def enter(session):
        attempts = [Attempt(name, PASSWORD, origin="test") for name in SHOWN]
        return [accounts.authenticate(session, act, attempt) for attempt in attempts]

    opened = told.context.database.write_now(enter)
    assert {account.role for account in opened} == set(TABLE) - {Role.MERCHANT}
    assert all(name in printed[1] for name in [*SHOWN, PASSWORD])


def test_the_printed_doors_lead_to_a_shop_that_signed_and_one_that_has_yet_to(
    by_command: Database, printed
):
    doors = re.findall(r"/q/([0-9A-Z]{16})", printed[1])

    waits, signed = (by_command.read(shops.by_token, door) for door in doors)
    states = [
        {row["state"] for row in by_command.table("notice", NOTICE.tenancy_id == shop.tenancy_id)}
        for shop in (waits, signed)
    ]
    assert states[0] <= {"sent", "viewed"}
    assert states[1] == {"signed"}
    assert all(shop.phone in printed[1] for shop in (waits, signed))


def test_photos_are_stored_and_hang_on_findings(told: Database):
    photos = {row["sha256"]: row["served_sha256"] for row in told.table("photo")}
    used = [sha256 for row in told.table("finding_event") for sha256 in row["photos"]]

    assert len(photos) > 10
    assert sorted(used) == sorted(photos)
    assert told.context.blobs.has(*photos, *photos.values())


def test_what_was_written_in_bulk_reads_as_it_was_sent(told: Database):
    patrols = {row["id"]: row for row in told.table("patrol")}
    for ref, _, body in told.entries("patrol.logged"):
        payload, row = Payload.model_validate_json(json.dumps(body)), patrols.pop(ref)
        assert (row["observed_at"], row["door"]) == (payload.observed_at, payload.door)
        assert (row["accuracy_m"] is None) == (payload.position is None)
    assert not patrols
    for row in told.table("signature", TABLES["signature"].c.strokes.is_not(None)):
        assert strokes(row["strokes"]) == row["strokes"]
    bodies = {row["id"]: row["body"] for row in told.table("notice_text")}
    for row in told.table("notice"):
        values = OF_KIND[row["kind"]].model_validate(row["fields"])
        written = texts.render(bodies[row["text_id"]], values.placeholders()).text
        assert (row["content"], row["text_hash"]) == (written, texts.text_hash(written))


def shape(value: object) -> object:
    """Return which keys there are and of which types, all the way down."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted({str(shape(inner)) for inner in value})
    return "number" if type(value) in {int, float} else type(value)


@pytest.fixture(scope="module")
def real(kind: str, tmp_path_factory) -> Iterator[Database]:
    """A database in which one shop's notices and patrol were made by the services alone."""
    with fresh(kind, tmp_path_factory.mktemp("real")) as context:
        world = World(context, Clock(PLAN.end + timedelta(hours=9)))
        world.write(reference.load)
        shop = world.shop()
        made = sittings.issue_all(world, shop)
        sittings.sign_all(world, shop)
        desk = world.viewer(Role.TOWNSHIP_DESK, ("township", shop.township_code))
        statement = made[NoticeKind.RESPONSIBILITY_STATEMENT]
        world.write(signing.countersign, desk, statement.id, by=desk)
        items = [visits.ok("H01"), visits.ok("O02")]
        visits.log(world, visits.chief_of(world, shop), visits.body(world, shop, *items))
        yield Database(context)


SAME = {
    "notice.issued": lambda fact: fact["kind"],
    "notice.viewed": lambda fact: fact["state"],
    "notice.signed": lambda fact: (fact["party"], fact["method"]),
    "patrol.logged": lambda fact: (fact["kind"], bool(fact["faults"])),
}
"""What entries of a kind must share to have one shape."""

ROWS = {
    "notice": lambda row: row["state"] == "signed" and row["kind"],
    "signature": lambda row: (row["party"], row["method"]),
    "signing_sitting": lambda row: row["finished_at"] is not None,
    "patrol": lambda row: row["fault_count"] == 0 and row["lat"] is not None and row["kind"],
    "patrol_item": lambda row: row["result"],
}
"""The same for rows; a false answer leaves a row out."""


@pytest.mark.parametrize("name", SAME)
def test_entries_written_in_bulk_have_the_shape_of_the_services_own(told: Database, real, name):
    ours: dict[object, set[str]] = {}
    for _, fact, body in told.entries(name):
        if not (body and name == "patrol.logged" and body["position"] is None):
            ours.setdefault(SAME[name](fact), set()).add(str(shape([fact, body])))
    wanted = real.entries(name)
    assert wanted
    for _, fact, body in wanted:
        assert ours[SAME[name](fact)] == {str(shape([fact, body]))}


@pytest.mark.parametrize("name", ROWS)
def test_rows_written_in_bulk_fill_the_columns_that_the_services_fill(told: Database, real, name):
    def filled(row: dict) -> str:
        empty = {key for key, value in row.items() if value in (None, "", [], {})}
        return str({key: "empty" if key in empty else shape(row[key]) for key in row})

    ours: dict[object, set[str]] = {}
    for row in told.table(name):
        ours.setdefault(ROWS[name](row), set()).add(filled(row))
    wanted = [row for row in real.table(name) if ROWS[name](row)]
    assert wanted
    for row in wanted:
        assert filled(row) in ours[ROWS[name](row)]


def test_a_database_with_anything_in_it_is_refused_or_left_alone(world: World, database_url: str):
    before = world.read(heads)
    world.account(Role.AUDITOR)
    asked = {"MENQIAN_DATABASE_URL": database_url}
    after = world.read(heads)

    refused = CliRunner().invoke(cli.main, ["demo"], env=asked)
    left = CliRunner().invoke(cli.main, ["demo", "--if-empty"], env=asked)

    assert before != after
    assert refused.exit_code == 1
    assert "already" in refused.output
    assert (left.exit_code, left.output) == (0, "")
    assert world.read(heads) == after


def test_a_day_before_the_texts_is_refused(tmp_path: Path):
    asked = {"MENQIAN_DATA_DIR": str(tmp_path)}

    refused = CliRunner().invoke(cli.main, ["demo", "--on", "2026-02-01"], env=asked)

    assert refused.exit_code == 2
    assert not list(tmp_path.iterdir())

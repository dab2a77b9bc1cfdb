"""The tables come from the migrations alone, on both databases, and from the real Alembic."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from merchants_app import schema
from tests import provision
from tests.guards import tree

VERSIONS = tree.ROOT / "alembic/versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with provision.postgres() as server, provision.database(server) as url:
        yield url


def test_our_folder_does_not_shadow_the_library():
    code = "import alembic; from alembic import context, op; print(alembic.__file__)"
    run = [sys.executable, "-c", code]
    told = subprocess.run(run, cwd=tree.ROOT, capture_output=True, text=True, check=True).stdout

    assert not (tree.ROOT / "alembic/__init__.py").exists()
    assert tree.ROOT / "alembic" not in Path(told.strip()).parents


def test_migrations_stand_in_one_numbered_line():
    script = ScriptDirectory.from_config(schema.config("sqlite://"))
    line = [revision.revision for revision in script.walk_revisions()][::-1]
    numbers = [path.name[:4] for path in sorted(VERSIONS.glob("*.py"))]

    assert len(script.get_heads()) == 1
    assert line == numbers
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name) for path in VERSIONS.glob("*.py"))


def test_the_migrations_make_exactly_the_tables_that_the_models_describe(empty_database):
    schema.upgrade(empty_database)

    command.check(schema.config(empty_database))
    assert schema.is_current(empty_database)


def test_migrating_twice_changes_nothing(empty_database):
    schema.upgrade(empty_database)
    schema.upgrade(empty_database)

    assert schema.is_current(empty_database)


def test_nobody_makes_tables_past_the_migrations():
    shortcut = "create" + "_all"
    makers = [tree.name(path) for path in tree.files() if path.suffix == ".py"]
    makers = [name for name in makers if shortcut in (tree.ROOT / name).read_text("utf-8")]

    assert not makers

"""The commands for evidence and erasure: what they write, ask, refuse and leave."""

import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from compliance.accounts.permissions import Role
from compliance.merchants import service as merchants
from compliance.notices.kinds import NoticeKind
from merchants_app import commands
from merchants_app.cli import main
from tests.factories import DAYU, World
from tests.sittings import issue_all, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT
WHY = ("--basis", "service_ended", "--reason", "商户闭店多年，保存期限已满")
YEARS = 366 * 12


@pytest.fixture
def run(database_url: str, world: World, monkeypatch: pytest.MonkeyPatch):
    """Return a caller of `menqian` on the test's database, by the test's clock."""
    by_clock = partial(commands.create_context, clock=world.clock)
    monkeypatch.setattr(commands, "create_context", by_clock)
    environment = {
        "MENQIAN_DATABASE_URL": database_url,
        "MENQIAN_DATA_DIR": str(world.context.settings.data_dir),
        "MENQIAN_BASE_URL": world.context.settings.base_url,
    }

    def call(*words: object, status: int = 0, typed: str = "") -> str:
        told = [str(word) for word in words]
        done = CliRunner().invoke(main, told, env=environment, input=typed)
        assert done.exit_code == status, done.output
        return done.output

    return call


def test_the_evidence_of_a_notice_is_written_and_checks_itself(run, world: World, tmp_path: Path):
    shop = world.shop()
    notice = issue_all(world, shop)[STATEMENT]
    sign_all(world, shop)
    target = tmp_path / "evidence.zip"

    run("notice", "evidence", notice.number.lower(), "--out", target)

    with zipfile.ZipFile(target) as archive:
        archive.extract("check.py", tmp_path)
    command = [sys.executable, "-I", "check.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0
    assert "notice.unknown" in run("notice", "evidence", "X-1", "--out", target, status=1)


def test_a_shop_is_erased_from_the_command_line_when_its_time_has_come(run, world: World):
    shop = world.shop()
    issue_all(world, shop)
    sign_all(world, shop)
    assert "erasure.shop_open" in run("erase", "shop", shop.number, *WHY, status=1)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(merchants.close, desk, shop.tenancy_id, by=desk)

    world.clock.forward(days=YEARS)

    other = run("erase", "shop", shop.number, *WHY, typed="MTG\n", status=1)
    done = run("erase", "shop", shop.number, *WHY, typed=f"{shop.number}\n")
    again = run("erase", "shop", shop.number, *WHY, "--yes")

    assert "nothing was erased" in other
    assert "签署人姓名" in done
    assert done.splitlines()[-1] == again.splitlines()[-1]
    assert "bodies erased by law" in run("ledger", "verify")


def test_a_notice_that_has_to_be_kept_is_refused_with_the_day(run, world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[STATEMENT]
    sign_all(world, shop)

    said = run("erase", "notice", notice.number, "--party", "merchant", *WHY, "--yes", status=1)

    assert "erasure.kept" in said
    assert str(notice.valid_to.year + 5) in said

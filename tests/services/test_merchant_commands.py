"""The commands of the desk: a list read from a file, plates and posters printed to one."""

from pathlib import Path

import pytest
from PIL import Image

from compliance.merchants import shops
from compliance.print_jobs import service as print_jobs
from merchants_app.commands.printing import OPERATOR
from merchants_app.tables import read_tables
from qr import verify_codes
from qr.payload import check_url
from tests.conftest import BASE
from tests.factories import World
from tests.lists import merchant_list
from tests.sittings import issue_all, sign_all


@pytest.fixture
def file(tmp_path: Path) -> Path:
    target = tmp_path / "底册.xlsx"
    target.write_bytes(merchant_list().xlsx())
    return target


def test_a_list_is_stored_and_every_bad_row_named(run, file: Path, tmp_path: Path):
    report = tmp_path / "report.xlsx"

    said = run("import", "merchants", file, "--create-lanes", "--report", report, status=1)

    given = merchant_list()
    taken = given.counts["good"] + given.counts["warned"]
    assert f"新增 {taken} 户，更新 0 户" in said
    assert said.count("[须改正]") == given.counts["refused"]
    assert "没有名为“门城镇”的镇街" in said
    (sheet,) = read_tables(report.read_bytes(), "report.xlsx")
    assert len(sheet.rows) - 2 == sum(given.reasons.values())


def test_the_same_list_again_says_nothing_new(run, file: Path):
    run("import", "merchants", file, "--create-lanes", status=1)

    again = run("import", "merchants", file, "--create-lanes", "--lang", "en", status=1)

    assert "0 shops new, 0 changed" in again
    assert "must be mended" in again


def test_a_dry_run_stores_nothing(run, file: Path):
    first = run("import", "merchants", file, "--create-lanes", "--dry-run", status=1)
    second = run("import", "merchants", file, "--create-lanes", "--dry-run", status=1)

    assert "没有入库" in first
    assert first == second


def test_a_clean_list_ends_well(run, tmp_path: Path):
    file = tmp_path / "clean.csv"
    file.write_bytes(merchant_list(dirt={}).csv())

    assert "[须改正]" not in run("import", "merchants", file, "--create-lanes")


def test_what_is_no_list_is_refused_in_one_sentence(run, tmp_path: Path):
    file = tmp_path / "picture.xlsx"
    Image.new("RGB", (8, 8)).save(file, "PNG")

    said = run("import", "merchants", file, status=1)

    assert "import." in said
    assert "Traceback" not in said


def codes_of(*shops) -> list[str]:
    return [f"{BASE.upper()}/Q/{shop.door}" for shop in shops]


def test_plates_of_a_lane_are_written_and_read_back(run, world: World, tmp_path: Path):
    near, second = world.shop("一号店"), world.shop("二号店")
    world.shop("别的街", lane="向阳路")
    out = tmp_path / "plates.pdf"

    said = run("print", "plates", "--out", out, "--lane", "月季园路", "--layout", "indoor")

    assert "2 codes" in said
    verify_codes(out.read_bytes(), codes_of(near, second))


def test_a_pack_holds_the_plate_and_a_poster_of_every_notice_in_force(
    run, world: World, tmp_path: Path
):
    shop = world.shop()
    notices = issue_all(world, shop).values()
    sign_all(world, shop)
    out = tmp_path / "pack.pdf"

    run("print", "pack", "--out", out, "--merchant", shop.number)

    papers = [check_url(BASE, notice.text_hash[:16]) for notice in notices]
    verify_codes(out.read_bytes(), [*codes_of(shop), *papers])


def test_new_codes_are_printed_and_in_force_and_the_job_stands_in_the_list(
    run, world: World, tmp_path: Path
):
    shop = world.shop()
    out = tmp_path / "plates.pdf"

    words = ("--merchant", shop.number, "--new-codes", "门牌褪色")
    said = run("print", "plates", "--out", out, *words)

    after = world.read(shops.by_tenancy, shop.tenancy_id)
    assert "1 codes, each read back" in said
    assert after.door != shop.door
    verify_codes(out.read_bytes(), codes_of(after))
    (job,) = world.read(print_jobs.listed, OPERATOR)
    assert (job.record.ordered_by, job.record.renew) == ("system", True)


def test_labels_are_given_by_their_millimetres(run, world: World, tmp_path: Path):
    shop = world.shop()
    out = tmp_path / "labels.pdf"

    words = ("--layout", "label", "--label")
    run("print", "plates", "--out", out, *words, "70x37")
    said = run("print", "plates", "--out", tmp_path / "no.pdf", *words, "45x20", status=1)

    verify_codes(out.read_bytes(), codes_of(shop))
    assert "print.label_too_small" in said
    assert not (tmp_path / "no.pdf").exists()


def test_a_shop_that_cannot_be_printed_is_named_and_the_others_are_printed(
    run, world: World, tmp_path: Path
):
    good = world.shop("一号店")
    world.shop("𪚥记饺子馆")
    out = tmp_path / "plates.pdf"

    said = run("print", "plates", "--out", out, status=1)

    assert "𪚥" in said
    verify_codes(out.read_bytes(), codes_of(good))


@pytest.mark.parametrize("what", ["plates", "notices", "pack"])
def test_nothing_to_print_leaves_no_file(run, world: World, tmp_path: Path, what: str):
    world.shop()
    out = tmp_path / "nothing.pdf"

    run("print", what, "--out", out, "--township", "清水镇", status=1)

    assert not out.exists()
    assert not list(tmp_path.glob(".*"))

"""The evidence file: checked alone, without us; every change in it is named, and no other's data."""

import asyncio
import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from compliance.accounts.permissions import Role
from compliance.contracts import service as contracts
from compliance.errors import NotAllowed, NotFound
from compliance.ledger import chain
from compliance.notices import signing
from compliance.notices.kinds import NoticeKind
from merchants_app import dossiers
from merchants_app.checker import check
from tests.contracts import accept, original, particulars, pdf
from tests.factories import DAYU, LONGQUAN, World
from tests.people import Street
from tests.sittings import issue_all, merchant_of, sign_all

STATEMENT = NoticeKind.RESPONSIBILITY_STATEMENT
Members = dict[str, bytes]


def evidence_of(world: World, viewer, notice_id: str) -> bytes:
    act = world.act(viewer)
    return asyncio.run(dossiers.evidence_file(world.context, act, viewer, notice_id))[1]


def unpacked(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members, folder: Path) -> Path:
    target = folder / "evidence.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


@pytest.fixture
def signed(world: World) -> Members:
    """The evidence of a statement signed by the merchant and by the issuing township."""
    shop = world.shop()
    notice = issue_all(world, shop)[STATEMENT]
    viewer = merchant_of(world, shop)
    sign_all(world, shop, viewer)
    desk = world.viewer(Role.TOWNSHIP_DESK, ("township", DAYU))
    world.write(signing.countersign, desk, notice.id, by=desk)
    return unpacked(evidence_of(world, viewer, notice.id))


def verdict(members: Members, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = check.main([str(packed(members, folder))])
    return status, capsys.readouterr().out


def test_the_evidence_of_a_signature_is_checked_without_server_or_library(signed, tmp_path):
    packed(signed, tmp_path)
    (tmp_path / "check.py").write_bytes(signed["check.py"])

    command = [sys.executable, "-I", "check.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("text.txt", "[merchant]", "[issuer]", "张样例", "paper-1.pdf", "全部一致"):
        assert words in done.stdout
    assert "pdfsig" in done.stdout
    text = signed["text.txt"].decode()
    assert json.loads(signed["notice.json"])["number"] in text


def test_the_unpacked_file_is_checked_in_its_folder(signed, tmp_path):
    for name, data in signed.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-I", "check.py"]

    whole = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    (tmp_path / "text.txt").write_bytes(signed["text.txt"] + b" ")
    changed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)

    assert (whole.returncode, changed.returncode) == (0, 1)
    assert "✗ text.txt" in changed.stdout.decode()


def test_a_changed_byte_names_its_member(signed, tmp_path, capsys):
    told = {}
    for name, data in signed.items():
        for place in (0, len(data) // 2, len(data) - 1):
            changed = bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
            told[name, place] = verdict({**signed, name: changed}, tmp_path, capsys)

    silent = [
        where for where, (status, said) in told.items() if status != 1 or where[0] not in said
    ]
    assert not silent


def test_a_member_taken_out_or_added_is_named(signed, tmp_path, capsys):
    fewer = {name: data for name, data in signed.items() if name != "paper-1.pdf"}
    more = {**signed, "extra.txt": b"hello"}

    assert "✗ paper-1.pdf" in verdict(fewer, tmp_path, capsys)[1]
    assert "✗ extra.txt" in verdict(more, tmp_path, capsys)[1]


def _json(name: str, change: Callable[[dict], object]) -> Callable[[Members], None]:
    def do(members: Members) -> None:
        told = json.loads(members[name])
        change(told)
        members[name] = json.dumps(told, ensure_ascii=False).encode()

    return do


def _raw(name: str, old: bytes, new: bytes) -> Callable[[Members], None]:
    def do(members: Members) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new)

    return do


def _entry(told: dict) -> None:
    """Change an entry in the middle and give it a fitting hash, as a forger would."""
    line = told["entries"][2]
    content = base64.urlsafe_b64decode(line["entry"] + "==").replace(b'"v":1', b'"v":2')
    line["entry"] = base64.urlsafe_b64encode(content).decode().rstrip("=")
    line["entry_hash"] = chain.entry_hash(content)


def _body(told: dict) -> None:
    line = next(each for each in told["entries"] if "body" in each)
    line["body"] = base64.urlsafe_b64encode(b"{}").decode().rstrip("=")


def _no_body(told: dict) -> None:
    line = next(each for each in told["entries"] if "body" in each)
    del line["body"], line["salt"]


FORGERIES = {
    "text": (_raw("text.txt", "及时清除".encode(), "不用清除".encode()), "text.txt"),
    "model": (_raw("model.txt", b"{issuer_name}", b"{issuer-name}"), "model.txt"),
    "term": (_json("notice.json", lambda n: n["term"].update(to="2099-01-01")), "notice.json"),
    "number": (_json("notice.json", lambda n: n.update(number="X-1")), "notice.json"),
    "name": (_json("signatures.json", lambda s: s[0].update(name="李样例")), "[merchant]"),
    "strokes": (_json("signatures.json", lambda s: s[0].update(strokes="M0 0")), "[merchant]"),
    "time": (
        _json("signatures.json", lambda s: s[1].update(signed_at="2026-01-01T00:00:00+00:00")),
        "[issuer]",
    ),
    "steps": (_json("signatures.json", lambda s: s[0]["evidence"]["events"].pop()), "[merchant]"),
    "erased": (_json("signatures.json", lambda s: s[0].update(erased={"at": "x"})), "[merchant]"),
    "left out": (_json("signatures.json", lambda s: s.pop()), "signatures.json"),
    "consent": (_raw("consent-2026.2.txt", "我同意".encode(), "我反对".encode()), "consent-2026.2"),
    "entry": (_json("ledger.json", _entry), "ledger.json #4"),
    "tail": (_json("ledger.json", lambda told: told["entries"].pop()), "ledger.json"),
    "body": (_json("ledger.json", _body), "ledger.json #"),
    "body gone": (_json("ledger.json", _no_body), "ledger.json #"),
    "paper": (_raw("paper-1.pdf", b"%PDF-1.", b"%PDF-2."), "paper-1.pdf"),
}


def test_a_forger_who_mends_the_manifest_is_found_by_the_ledger(signed, tmp_path, capsys):
    unseen = {}
    for name, (forge, named) in FORGERIES.items():
        members = dict(signed)
        forge(members)
        del members["manifest.json"]
        members["manifest.json"] = dossiers.manifest(members)
        status, said = verdict(members, tmp_path, capsys)
        lines = [line for line in said.splitlines() if line.startswith("✗ ")]
        if status != 1 or not any(named in line for line in lines):
            unseen[name] = lines

    assert not unseen


def test_the_evidence_of_one_notice_holds_no_other_persons_data(world: World, signed: Members):
    told = json.loads(signed["ledger.json"])
    bodies = [
        base64.urlsafe_b64decode(each["body"] + "==").decode()
        for each in told["entries"]
        if "body" in each
    ]

    assert len(bodies) == 2
    assert "13800000000" not in "".join(bodies)
    assert not [name for name, data in signed.items() if b"13800000000" in data]


def test_only_those_who_may_see_the_notice_get_its_evidence(world: World):
    shop = world.shop()
    notice = issue_all(world, shop)[STATEMENT]
    neighbour = merchant_of(world, world.shop("隔壁"))
    far = world.viewer(Role.TOWNSHIP_DESK, ("township", LONGQUAN))
    chief = world.viewer(Role.LANE_CHIEF, ("lane", shop.lane_id))

    for stranger in (neighbour, far):
        with pytest.raises(NotFound):
            evidence_of(world, stranger, notice.id)
    with pytest.raises(NotAllowed):
        evidence_of(world, chief, notice.id)


def test_a_notice_nobody_signed_has_its_text_and_ledger_to_show(world: World, tmp_path, capsys):
    shop = world.shop()
    notice = issue_all(world, shop)[STATEMENT]

    members = unpacked(evidence_of(world, merchant_of(world, shop), notice.id))

    assert not [name for name in members if name.endswith(".pdf")]
    assert verdict(members, tmp_path, capsys)[0] == 0


def test_the_originals_of_an_official_contract_are_part_of_its_evidence(world, tmp_path, capsys):
    street = Street(world)
    held = world.context.blobs.put(pdf())
    upload = world.write(
        contracts.begin,
        street.merchant,
        street.shop.tenancy_id,
        [original(held)],
        by=street.merchant,
    )
    given = particulars(world.act().day)
    notice = world.write(contracts.submit, street.merchant, upload.id, given, by=street.merchant)
    accept(world, street.desk, notice)

    members = unpacked(evidence_of(world, street.merchant, notice.id))

    assert dossiers._sha256(members["original-1.pdf"]) == held
    status, said = verdict(members, tmp_path, capsys)
    assert status == 0, said
    del members["original-1.pdf"], members["manifest.json"]
    members["manifest.json"] = dossiers.manifest(members)
    assert f"✗ original {held}" in verdict(members, tmp_path, capsys)[1]

"""核对一份签署证据包 · Checks the evidence file of one signed notice.

只用 Python 自带的功能，不联网。It needs Python 3.8 or newer and no network.
    python check.py               the evidence file (.zip), or its members, beside this script
    python check.py FILE.zip      another evidence file

每核对一项打印一行，有一处对不上就以 1 退出。A line for each check; exit 1 if one does not agree.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import ssl
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
ERASED = "personal_data.erased"


class Report:
    """What was found: a line each, and how many things do not agree."""

    faults = 0

    def say(self, line: str) -> None:
        sys.stdout.write(line + "\n")

    def good(self, line: str) -> None:
        self.say("✓ " + line)

    def bad(self, member: str, zh: str, en: str) -> None:
        self.faults += 1
        self.say("✗ " + member + "：" + zh + " / " + en)

    def check(self, agrees: object, member: str, zh: str, en: str) -> bool:
        """Note a fault in `member` unless it agrees."""
        if not agrees:
            self.bad(member, zh, en)
        return bool(agrees)


def members_of(place: Path) -> dict[str, bytes]:
    """Return name → bytes of a zip file, or of a folder into which it was unpacked."""
    if place.is_dir():
        files = [each for each in sorted(place.rglob("*")) if each.is_file()]
        found = {each.relative_to(place).as_posix(): each.read_bytes() for each in files}
        listed = parsed(found, MANIFEST)["members"]
        return {name: data for name, data in found.items() if name in listed or name == MANIFEST}
    with zipfile.ZipFile(place) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parsed(members: dict[str, bytes], name: str) -> Any:
    """Return the JSON of a member; raise ValueError naming it."""
    try:
        return json.loads(members[name])
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from None


def canonical(value: Any) -> bytes:
    """Return RFC 8785 bytes; for text, whole numbers, lists and objects this is all there is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def raw(text: str) -> bytes:
    """Return the bytes of base64url without padding; raise ValueError when written another way."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError(text)
    return data


def check_manifest(report: Report, members: dict[str, bytes]) -> None:
    """Every member is there, none was added, and each has the bytes it left with."""
    told = parsed(members, MANIFEST)
    seal = sha256(canonical(told.get("members")))
    whole = members[MANIFEST] == canonical(told) and told.get("sha256") == seal
    listed, before = told.get("members") or {}, report.faults
    report.check(whole, MANIFEST, "清单被改动", "the list of members was changed")
    for name in sorted(set(listed) | set(members) - {MANIFEST}):
        if name not in members:
            report.bad(name, "缺少这个文件", "this member is missing")
        elif name not in listed:
            report.bad(name, "多出的文件", "this member was added")
        elif sha256(members[name]) != listed[name]:
            report.bad(name, "内容被改动", "its bytes were changed")
    if report.faults == before:
        report.good(f"清单：{len(listed)} 个文件一个不少 / {len(listed)} members, all as listed")


def check_text(report: Report, members: dict[str, bytes], notice: dict[str, Any]) -> None:
    """The exact text, and the model text it was made from, have the hashes that are named."""
    wanted_of = {"text.txt": notice["text_hash"], "model.txt": notice["model"]["text_hash"]}
    for name, wanted in wanted_of.items():
        found = sha256(unicodedata.normalize("NFC", members[name].decode()).encode())
        words = "与校验码对不上", "does not have the hash named in notice.json"
        if report.check(found == wanted, name, *words):
            report.good(f"{name}：SHA-256 {found}")


def read_chain(report: Report, ledger: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries, having recomputed each hash and each link from number 1 to the last."""
    prev, told, before = "0" * 64, [], report.faults
    for seq, line in enumerate(ledger["entries"], start=1):
        content = raw(line["entry"])
        digest = hashlib.sha256(b"\x00" + content).hexdigest()
        entry = json.loads(content)
        where = f"ledger.json #{seq}"
        place = (entry.get("subject"), entry.get("seq"), entry.get("prev"))
        report.check(digest == line["entry_hash"], where, "条目哈希对不上", "entry hash differs")
        links = content == canonical(entry) and place == (ledger["subject"], seq, prev)
        report.check(links, where, "与上一条接不上", "does not follow the entry before")
        told.append({**entry, "hash": digest, **open_body(report, where, line, entry)})
        prev = digest
    head = {"seq": len(told), "entry_hash": prev}
    report.check(head == ledger["head"], "ledger.json", "链尾对不上", "the head differs")
    if report.faults == before:
        report.good(
            f"台账：第 1 到第 {len(told)} 条首尾相连 / entries 1 to {len(told)} form one chain"
        )
        report.say(f"  链首 / head: #{len(told)} {prev}")
    return told


def open_body(
    report: Report, where: str, line: dict[str, str], entry: dict[str, Any]
) -> dict[str, Any]:
    """Return the body that came with an entry, having recomputed the commitment to it."""
    if "body" not in line:
        return {}
    body, salt = raw(line["body"]), raw(line["salt"])
    kept = hmac.new(salt, body, hashlib.sha256).hexdigest() == entry.get("commitment")
    words = "附带内容与承诺值对不上", "its body does not fit the commitment"
    return {"body": json.loads(body)} if report.check(kept, where, *words) else {}


def check_notice(report: Report, notice: dict[str, Any], chain: list[dict[str, Any]]) -> None:
    """The ledger says when this notice was issued, with which text and for how long."""
    term, facts = notice["term"], {key: notice[key] for key in ("number", "kind", "text_hash")}
    facts.update(valid_from=term["from"], valid_to=term["to"])
    own = [each for each in chain if each["ref"] == notice["id"]]
    first = own[0]["fact"] if own else {}
    fits = all(first.get(key) == facts[key] for key in facts)
    fits = fits and first.get("version", notice["model"]["version"]) == notice["model"]["version"]
    if report.check(fits, "notice.json", "与下发记录对不上", "differs from the entry of its issue"):
        report.good(f"下发：台账第 {own[0]['seq']} 条 / issued, entry {own[0]['seq']}")
    erased = {seq for each in chain if each["kind"] == ERASED for seq in each["fact"]["entries"]}
    opened = sum("body" in each for each in own)
    closed = [each["seq"] for each in own if "commitment" in each and "body" not in each]
    for seq in set(closed) - erased:
        where = f"ledger.json #{seq}"
        report.bad(where, "附带内容不见了，也没有删除记录", "its body is gone and nobody erased it")
    report.good(f"附带内容：{opened} 条与承诺值一致 / {opened} bodies fit their commitments")
    if closed:
        report.say(f"– 依法删除：{len(closed)} 条附带内容 / {len(closed)} bodies erased by law")


def check_named(report: Report, members: dict[str, bytes], evidence: dict[str, Any]) -> None:
    """What the evidence names by hash is here: the words agreed to, the originals of a contract."""
    there = {sha256(data) for data in members.values()}
    named = {}
    if "consent" in evidence:
        named[f"consent-{evidence['consent']}.txt"] = evidence["consent_hash"]
    named.update((f"original {each}", each) for each in evidence.get("files", ()))
    for name, digest in named.items():
        report.check(digest in there, name, "与证据里的哈希对不上", "not as the evidence names it")


def check_signature(
    report: Report, signed: dict[str, Any], notice: dict[str, Any], chain: list[dict[str, Any]]
) -> None:
    """A signature, its ledger entry and the body behind the entry say the same."""
    where = f"signatures.json [{signed['party']}]"
    entry = next((each for each in chain if each["hash"] == signed["entry_hash"]), None)
    if entry is None:
        report.bad(where, "台账里没有这份签名", "the ledger knows no such signature")
        return
    fact, before = entry["fact"], report.faults
    facts = {key: signed[key] for key in ("party", "method", "result_hash")}
    facts.update(number=notice["number"], text_hash=notice["text_hash"])
    same = (entry["kind"], entry["ref"]) == ("notice.signed", notice["id"])
    fits = same and all(fact.get(key) == facts[key] for key in facts)
    report.check(fits, where, "与台账条目对不上", "differs from its ledger entry")
    if signed["erased"] is not None:
        words = "说是删除了，附带内容却还在", "said to be erased, but its body is here"
        report.check("body" not in entry, where, *words)
        report.say(f"– {where}：个人信息已依法删除 / personal data erased {signed['erased']['at']}")
        return
    strokes = signed["strokes"]
    drawn = None if strokes is None else sha256(strokes.encode())
    told = ("text_hash", "party", "name", "role", "method", "signed_at")
    stands = {key: signed[key] for key in told}
    stands.update(strokes_hash=drawn, salt=signed["evidence"].get("salt"))
    result = sha256(canonical(stands))
    report.check(
        result == fact.get("result_hash"), where, "签署结果哈希对不上", "result hash differs"
    )
    body = entry.get("body", {})
    kept = {"name": signed["name"], "role": signed["role"], "strokes_hash": drawn}
    kept["evidence"] = signed["evidence"]
    report.check(
        {key: body.get(key) for key in kept} == kept,
        where,
        "与台账附带内容对不上",
        "differs from the body of its entry",
    )
    if report.faults == before:
        report.good(f"{where}：{signed['name']} {signed['signed_at']}")
        report.say(f"  结果哈希 / result hash: {result}")
        report.say(f"  台账第 {entry['seq']} 条 / entry {entry['seq']}: {entry['hash']}")
        report.say(f"  证据步骤 / steps of evidence: {len(signed['evidence'].get('events', []))}")


def check_papers(
    report: Report, members: dict[str, bytes], notice: dict[str, Any], chain: list[dict[str, Any]]
) -> None:
    """Every sealed PDF has a hash that the ledger holds; the certificate is one named there."""
    own = [each for each in chain if (each["ref"], each["kind"]) == (notice["id"], "notice.sealed")]
    sealed = {each["fact"]["file_hash"]: each for each in own}
    papers = {name: sha256(data) for name, data in members.items() if name.startswith("paper-")}
    for name, digest in papers.items():
        words = "与台账里的文件哈希对不上", "the ledger holds no such file"
        if report.check(digest in sealed, name, *words):
            seq = sealed[digest]["seq"]
            report.good(f"{name}：台账第 {seq} 条 / entry {seq}: {digest}")
    for digest in sorted(set(sealed) - set(papers.values())):
        report.say(f"– 不在包内的封存文件 / sealed, but not in here: {digest}")
    if papers:
        pem = members["certificate.pem"].decode("ascii").split("-----END CERTIFICATE-----")[0]
        der = ssl.PEM_cert_to_DER_cert(pem.strip() + "\n-----END CERTIFICATE-----\n")
        words = "不是封存时的证书", "not a sealing certificate of the ledger"
        named = sha256(der) in {each["fact"]["certificate"] for each in own}
        if report.check(named, "certificate.pem", *words):
            report.good(f"certificate.pem：SHA-256 {sha256(der)}")


def check(report: Report, members: dict[str, bytes]) -> None:
    """Check everything that can be checked without asking anybody."""
    check_manifest(report, members)
    notice, ledger = parsed(members, "notice.json"), parsed(members, "ledger.json")
    signatures = parsed(members, "signatures.json")
    check_text(report, members, notice)
    chain = read_chain(report, ledger)
    check_notice(report, notice, chain)
    for signed in signatures:
        check_signature(report, signed, notice, chain)
        check_named(report, members, signed["evidence"])
    listed = {signed["entry_hash"] for signed in signatures}
    for entry in chain:
        if (entry["kind"], entry["ref"]) == ("notice.signed", notice["id"]):
            words = "缺少台账里有的签名", "a signature of the ledger is missing"
            report.check(entry["hash"] in listed, "signatures.json", *words)
    check_papers(report, members, notice, chain)


NOT_CHECKED = """
这里没有核对 / Not checked here:
– PDF 内的电子封存 / the seal inside each PDF:  pdfsig paper-1.pdf
  （poppler 自带；证书是 certificate.pem / part of poppler; the certificate is certificate.pem）
– 台账是否被整本换过：把上面的链首或条目哈希，与签署时留下的 PDF、文书上的码打开的核对页，或见证人的
  记录对照 / whether the whole ledger was replaced: compare the head or an entry hash above with a
  paper kept since the signing, with the page its code opens, or with the records of a witness.
– 签署人是否本人：验证码只发到登记的手机 / who held the phone on file to which the code went."""


def main(arguments: list[str]) -> int:
    """Check the file named, or the one found beside this script; return the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    report, here = Report(), Path(__file__).resolve().parent
    beside = [here] if (here / MANIFEST).exists() else [*here.glob("*.zip")]
    places = [Path(each) for each in arguments] or beside
    if len(places) != 1:
        report.say("请指明一份证据包 / name one evidence file: python check.py FILE.zip")
        return 2
    try:
        check(report, members_of(places[0]))
    except (KeyError, TypeError, AttributeError, ValueError, OSError, zipfile.BadZipFile) as fault:
        report.bad(str(places[0]), "读不下去", f"cannot be read further ({fault!r})")
    report.say(NOT_CHECKED)
    bad = f"✗ 有 {report.faults} 处对不上 / {report.faults} things do not agree"
    report.say("\n" + (bad if report.faults else "✓ 全部一致 / everything agrees"))
    return min(report.faults, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

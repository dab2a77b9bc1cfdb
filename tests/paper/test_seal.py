"""A seal holds for independent eyes (poppler's `pdfsig`, pyHanko), and no byte changes unseen."""

import io
import subprocess
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from qr import MissingGlyph, Signature, document_pdf
from qr.document import Certificate, Signer
from qr.examine import examine
from qr.seal import BadKey, Seal, StampFailed, make_seal, seal_pdf
from tests.paper.reading import BASE, bare, document, words
from tests.paper.sealing import AT, AUTHORITY, STAMPED_AT, flipped, seal, stamper

RARE = "㙍𣲗囧鱻䶮喆燚㛃𬭎𫍯𬱖𫖮龘靐䲜㸌𠅤翀祎赟犇骉堃𠙶"
CODE = "3F2A91C0D4E705B1"


@pytest.fixture(scope="module")
def plain():
    signer = Signer(Signature("承诺人", RARE, "经营者", "2026年3月20日"), "键入姓名签署")
    told = Certificate((("商户", "京西样例"),), (signer,), (), (("时间戳", "无"),), ("说明",))
    return document_pdf(document(certificate=told, dated=date(2026, 11, 23)))


@pytest.fixture(scope="module")
def sealed(plain):
    return seal_pdf(plain, seal(), AT, reason="商户承诺书 CN-1", address=f"{BASE}/C/{CODE}").pdf


def pdfsig(tmp_path, data):
    file = tmp_path / "paper.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False)
    return done.stdout


def by_pyhanko(data):
    with_roots = ValidationContext(trust_roots=list(seal().above), moment=AT)
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    return validate_pdf_signature(signature, with_roots)


def test_pdfsig_finds_a_valid_pades_seal_over_the_whole_file(tmp_path, sealed):
    told = pdfsig(tmp_path, sealed)

    assert "Signature is Valid." in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    assert "门前平台文书签章" in told


def test_pyhanko_finds_it_intact_and_valid(sealed):
    status = by_pyhanko(sealed)

    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.bottom_line


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_one_changed_byte_is_reported_by_all(tmp_path, sealed, share):
    changed = flipped(sealed, int(len(sealed) * share))

    assert "Signature is Valid." not in pdfsig(tmp_path, changed)
    (found,) = examine(changed).found
    assert (found.valid, found.intact) == (True, False)
    assert found.digest == examine(sealed).found[0].digest


@settings(max_examples=150)
@given(st.data())
def test_no_single_change_passes_for_the_file_that_was_sealed(sealed, data):
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = flipped(sealed, place)

    for found in examine(changed).found:
        if found.intact:
            # Only inside the gap that holds the seal itself, which no signature can cover.
            gap = sealed.index(b"/Contents <"), sealed.index(b">", sealed.index(b"/Contents <"))
            assert gap[0] < place < gap[1]


def test_what_is_added_behind_shows(sealed):
    (found,) = examine(sealed + b"\n1 0 obj\n<<>>\nendobj\n").found

    assert (found.intact, found.whole) == (True, False)


def test_a_seal_names_its_code_even_when_it_is_damaged(sealed):
    assert examine(sealed).claims == (CODE,)
    start = sealed.index(b"/Contents <") + len(b"/Contents <")
    damaged = sealed[:start] + b"00" * 40 + sealed[start + 80 :]

    assert examine(damaged).found == ()
    assert examine(damaged).claims == (CODE,)


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"30" * 900, b"3082ffff" * 400, b"<" + b"a" * 300_000, b"\x00" * 5000],
)
def test_what_is_no_seal_gives_none(data):
    assert examine(data).found == ()


@settings(max_examples=40)
@given(st.binary(max_size=2000))
def test_whatever_comes_nothing_breaks(data):
    hexed = b"3082" + data.hex().encode() * 2

    assert all(not each.intact for each in examine(hexed).found)


def test_a_file_that_hurts_is_looked_at_quickly():
    assert examine((b"ab" * 40 + b"z") * 120_000).found == ()


def test_the_chinese_text_is_found_rare_names_too(tmp_path, sealed):
    file = tmp_path / "paper.pdf"
    file.write_bytes(sealed)
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", file, "-"], capture_output=True, text=True, check=True
    )

    found = bare(done.stdout)
    for said in ("商户承诺书", "不店外经营、不占道堆物。", "签署证明", RARE):
        assert said in found
    assert RARE in words(sealed)


def test_every_font_is_embedded(tmp_path, sealed):
    file = tmp_path / "paper.pdf"
    file.write_bytes(sealed)
    told = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout

    rows = [line.split() for line in told.splitlines()[2:]]
    assert rows
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)


def test_the_one_character_no_font_has_is_refused_by_name():
    signer = Signer(Signature("承诺人", "王𪚥", signed_at="今天"), "手写签名")

    with pytest.raises(MissingGlyph) as refused:
        document_pdf(document(certificate=Certificate((), (signer,), (), (), ())))

    assert refused.value.characters == ("𪚥",)


def test_a_time_stamp_is_over_this_seal_and_says_when(tmp_path, plain):
    done = seal_pdf(plain, seal(), AT, reason="样例", stamper=stamper())

    assert done.found.stamp is not None
    assert done.found.stamp.at == STAMPED_AT
    assert AUTHORITY in done.found.stamp.authority
    assert "Signature is Valid." in pdfsig(tmp_path, done.pdf)
    assert by_pyhanko(done.pdf).timestamp_validity.intact


def test_a_service_that_answers_nonsense_costs_the_stamp_and_is_told(plain):
    class Broken(TimeStamper):
        async def async_request_tsa_response(self, req):
            raise OSError("nobody there")

    with pytest.raises(StampFailed, match="nobody there"):
        seal_pdf(plain, seal(), AT, reason="样例", stamper=Broken())


def test_a_key_that_is_not_its_certificates_is_refused():
    key, _ = make_seal("样例区", AT)
    _, certificates = make_seal("样例区", AT)

    for wrong in ((key, certificates), (b"", certificates), (key, b"none")):
        with pytest.raises(BadKey):
            Seal.read(*wrong)


def test_a_seal_made_here_outlives_what_it_seals():
    assert seal().good_until - AT > timedelta(days=365 * 15)
    assert seal().certificates.count(b"BEGIN CERTIFICATE") == 2
    assert b"PRIVATE" not in seal().certificates

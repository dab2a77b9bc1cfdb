"""A signed paper says who signed what and how, on every page, and nothing is a picture."""

import io
from datetime import date

import pikepdf
import pytest

from qr import Drawing, Signature, document_pdf, verify_codes
from tests.paper.reading import MARKUP, STROKES, bare, document, looked_at, pages, pictures, words

MANY = tuple(
    f"第{number}条 门前的事商量着办、共同管好，成员商户自愿订立。"
    for number in "一二三四五六七八九十" * 3
)


def test_it_holds_the_exact_text_the_signer_the_code_and_the_certificate_in_this_order():
    text = words(document_pdf(document()))

    said = [
        "商户承诺书",
        "版本2026-1",
        "京西雅京手机维修",
        "一、每日至少清扫两次。",
        "二、不店外经营、不占道堆物。",
        "承诺人",
        "郑样例",
        "2026年3月20日10:24",
        "手写签名",
        "签署证明",
        "扫码核对本文书",
        "3f2a91c0d4e7" + "0" * 52,
        "签署各方",
        "验证码发往****0000",
        "签署过程",
        "2026-03-2010:20:00+08:00同意电子签名约定",
        "文件签章",
        "无第三方时间戳",
    ]
    found = [text.find(words_) for words_ in said]
    assert -1 not in found
    assert found == sorted(found)


def test_the_certificate_stands_on_a_page_of_its_own():
    *text, last = pages(document_pdf(document()))

    for words_ in ("签署证明", "扫码核对"):
        assert words_ in bare(last)
        assert words_ not in bare("".join(text))


def test_without_a_certificate_the_code_stands_under_the_text():
    (only,) = pages(document_pdf(document(certificate=None)))

    assert "扫码核对" in bare(only)
    assert "签署证明" not in bare(only)


def test_every_page_says_its_number_the_status_and_the_check_code():
    made = pages(document_pdf(document(paragraphs=MANY)))

    assert len(made) > 2
    for number, text in enumerate(made, 1):
        assert f"第{number}页，共{len(made)}页" in bare(text)
        assert "已签署" in text
        assert "CN-00001" in text
        assert "3F2A 91C0 D4E7 0000" in text


def test_a_typed_name_is_called_typed():
    typed = Signature("承诺人", "郑样例", "经营者", "2026年3月20日 10:24")

    text = words(document_pdf(document(signatures=(typed,), certificate=None)))

    assert "键入姓名签署" in text
    assert "手写签名" not in text


def test_an_unsigned_paper_says_so_and_shows_no_drawing():
    unsigned = Signature("承诺人", "郑样例", drawing=Drawing(STROKES))

    preview = document(signatures=(unsigned,), status="未签收", watermark="预览", certificate=None)
    text = words(document_pdf(preview))

    assert "（未签署）" in text
    assert "未签收" in text
    assert "手写签名" not in text


def test_two_parties_stand_side_by_side():
    parties = (
        Signature("甲方", "郑样例"),
        Signature("乙方", "永定清运有限公司（样例）", "收运单位"),
    )

    text = words(document_pdf(document(signatures=parties)))

    assert text.count("（未签署）") == 2


def test_the_drawn_signature_and_the_code_are_vectors():
    pdf = document_pdf(document())

    assert pictures(pdf) == 0
    verify_codes(pdf, [document().check_url])


def test_the_drawn_signature_is_drawn():
    def ink(*signatures):
        page = looked_at(document_pdf(document(signatures=signatures)))
        return page.histogram()[:200]

    drawn = Signature("承诺人", "郑样例", signed_at="今天", drawing=Drawing(STROKES))
    nearly_empty = Signature("承诺人", "郑样例", signed_at="今天", drawing=Drawing("M0 0L1 1"))
    assert sum(ink(drawn)) > sum(ink(nearly_empty)) + 300


@pytest.mark.parametrize(
    "path",
    [
        "",
        'M0 0"/><image href="file:///etc/passwd"/>',
        "M0 0&#60;",
        "url(#x)",
        "<path d='M0 0'/>",
        "M0 0;M1 1",
    ],
)
def test_only_path_data_is_taken_for_a_signature(path):
    signature = Signature("承诺人", "郑样例", signed_at="今天", drawing=Drawing(path))

    with pytest.raises(ValueError, match="path"):
        document_pdf(document(signatures=(signature,)))


def test_text_is_data_and_never_markup():
    pdf = document_pdf(document(title=MARKUP, paragraphs=(MARKUP,), fields=((MARKUP, MARKUP),)))

    assert words(pdf).count(bare(MARKUP)) >= 3


def test_a_dated_paper_is_an_archive_file_and_a_tagged_one():
    with pikepdf.open(io.BytesIO(document_pdf(document(dated=date(2026, 3, 20))))) as pdf:
        with pdf.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "zh-CN"


def test_the_same_paper_gives_the_same_bytes():
    dated = document(dated=date(2026, 3, 20))

    assert document_pdf(dated) == document_pdf(dated)
    assert document_pdf(document()) == document_pdf(document())


def test_the_type_area_is_that_of_the_standard():
    """GB/T 9704-2012, 5.2: 28 mm to the left, 26 mm to the right, nothing below 35 mm but the foot."""
    page = looked_at(document_pdf(document(paragraphs=MANY)), pixels=2)
    body = page.crop((0, 37 * 2, page.width, page.height - 35 * 2))

    left, _, right, _ = body.point(lambda grey: 255 - grey).getbbox()

    assert left == pytest.approx(28 * 2, abs=3)
    assert right == pytest.approx((210 - 26) * 2, abs=3)


def test_a_paper_may_be_nothing_but_a_text():
    bare_one = document(
        version="",
        fields=(),
        signatures=(),
        text_hash="",
        check_url="",
        status="",
        certificate=None,
    )

    assert "二、不店外经营、不占道堆物。" in words(document_pdf(bare_one))

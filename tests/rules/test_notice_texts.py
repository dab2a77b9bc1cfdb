"""Model texts: placeholders, conditions, what is hashed, and that published words never change."""

import hashlib
import unicodedata
from datetime import date

import pytest

from compliance.errors import InvalidInput
from compliance.notices import texts, texts_2026
from compliance.notices.kinds import NoticeKind
from compliance.notices.values import OF_KIND

PUBLISHED = {
    NoticeKind.COVENANT: "f952e8728fd7b176047255d6d9e0868037dafe22398275076fa8227d01f96dc0",
    NoticeKind.PLEDGE: "1d1a8d3fe7f8bfcf2a8d7996d0b0ff17911a22748df5d8105e43d2199325d26e",
    NoticeKind.RESPONSIBILITY_STATEMENT: "fb97b66173ae567b421086d274d0842c3a0b6473374cc4bafb30b7ca25b787c5",
    NoticeKind.WASTE_CONTRACT: "41fecf87e283980d640355a7658685cf40926a58cd4399c9965de9960153bbe9",
}

BODY = """《{shop_name}承诺书》  编号 {number}
一、每日清扫{times}次,雨雪除外。{?catering}厨余单独收集。{/catering}
承诺人:{signer_name}  校验码 {doc_hash_short}
"""
VALUES = {"shop_name": "样例店", "number": "CN-1", "times": 2, "catering": True}


def test_a_text_becomes_a_title_and_paragraphs():
    made = texts.render(BODY, VALUES)

    assert made.title == "样例店承诺书"
    assert made.paragraphs == ("编号 CN-1", "一、每日清扫2次，雨雪除外。厨余单独收集。")
    assert texts.Rendered.of(made.text) == made


def test_conditional_words_go_when_they_do_not_hold():
    assert "厨余" not in texts.render(BODY, VALUES | {"catering": False}).text


@pytest.mark.parametrize("name", VALUES)
def test_a_missing_value_is_named(name):
    values = {key: value for key, value in VALUES.items() if key != name}

    with pytest.raises(InvalidInput) as refusal:
        texts.render(BODY, values)

    assert refusal.value.code == "notice.value_missing"
    assert refusal.value.fields == {name: "notice.value_missing"}


def test_a_value_can_neither_add_a_paragraph_nor_a_placeholder():
    made = texts.render(BODY, VALUES | {"shop_name": "{number}\n二、  假条款\u200b"})

    assert made.title == "{number} 二、 假条款承诺书"
    assert len(made.paragraphs) == 2


def test_closing_lines_are_not_signed_and_are_blank_until_somebody_does():
    assert "承诺人" not in texts.render(BODY, VALUES).text
    assert texts.closing(BODY, {}) == ("承诺人：＿＿＿＿", "校验码 ＿＿＿＿")
    signed = texts.closing(BODY, {"signer_name": "张样例", "doc_hash_short": "9f3a"})
    assert signed == ("承诺人：张样例", "校验码 9f3a")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 3, 5), "2026年3月5日"),
        (8.0, "8"),
        (8.25, "8.25"),
        (["厨余垃圾", "其他垃圾"], "厨余垃圾、其他垃圾"),
        ("  两  处空格 ", "两 处空格"),
        (0, "0"),
    ],
)
def test_values_are_written_as_people_write_them(value, expected):
    assert texts.written(value) == expected


def test_the_hash_is_over_the_composed_form():
    composed, decomposed = "Café", unicodedata.normalize("NFD", "Café")

    assert composed != decomposed
    assert texts.text_hash(composed) == texts.text_hash(decomposed)
    assert texts.text_hash(composed) == hashlib.sha256(composed.encode()).hexdigest()


@pytest.mark.parametrize(
    ("body", "code", "line", "name"),
    [
        ("", "text.empty", 0, ""),
        ("没有书名号的一行", "text.no_title", 1, ""),
        ("《承诺书》\n{shop_name", "text.malformed", 2, "{shop_name"),
        ("《承诺书》\n\n第一条 }多了一个", "text.malformed", 3, "}多了一个"),
        ("《承诺书》\n{Shop}", "text.malformed", 2, "{Shop"),
        ("《承诺书》\n{?catering}没有收尾", "text.unclosed", 2, "catering"),
        ("《承诺书》\n好\n没有开头{/catering}", "text.unclosed", 3, "catering"),
        (
            "《承诺书》\n{?catering}{?shop_name}交叉{/catering}{/shop_name}",
            "text.unclosed",
            2,
            "catering",
        ),
        ("《承诺书》\n{bank_account}", "text.unknown_value", 2, "bank_account"),
        ("《承诺书》\n好\n{?terrace}外摆{/terrace}", "text.unknown_value", 3, "terrace"),
    ],
)
def test_a_faulty_model_text_is_refused_with_the_line_and_the_name(body, code, line, name):
    with pytest.raises(InvalidInput) as refusal:
        texts.check(body, {"shop_name", "catering"})

    assert refusal.value.code == code
    assert refusal.value.params == {"line": line, "name": name}


def test_all_faults_of_a_text_are_told_at_once_in_the_order_of_its_lines():
    body = "《承诺书》\n{one}和{two}\n{?catering}一段\n{three"

    told = [(each.line, each.name) for each in texts.faults(body, {"catering"})]

    assert told == [(2, "one"), (2, "two"), (3, "catering"), (4, "{three")]


def test_a_condition_may_span_lines_and_hold_another():
    body = "《承诺书》\n{?catering}一段\n{?shop_name}里面{/shop_name}\n{/catering}"

    assert texts.faults(body, {"shop_name", "catering"}) == []


@pytest.mark.parametrize("text", texts_2026.MODEL_TEXTS, ids=lambda text: text.kind.value)
def test_a_published_text_never_changes(text):
    assert texts.text_hash(text.body) == PUBLISHED[text.kind]


@pytest.mark.parametrize("text", texts_2026.MODEL_TEXTS, ids=lambda text: text.kind.value)
def test_a_published_text_asks_only_for_values_its_kind_has(text):
    texts.check(text.body, OF_KIND[text.kind].names())


@pytest.mark.parametrize("text", texts_2026.MODEL_TEXTS, ids=lambda text: text.kind.value)
def test_every_paragraph_marked_as_a_burden_is_there(text):
    heads = text.emphasis.split()

    assert heads
    assert all(f"\n{head}" in text.body for head in heads)

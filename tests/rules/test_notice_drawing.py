"""Drawn signatures: strokes in the box; nothing else gets in."""

import pytest

from compliance.errors import InvalidInput
from compliance.notices.drawing import BOX, MOST_CHARACTERS, read_mark, strokes
from compliance.notices.models import SignatureMethod

NAME = "M120 60Q140 80 160 90Q180 100 200 70L220 64M300.5 40L310 120.3M5 5l.1 0"


def test_strokes_as_the_signature_pad_writes_them_pass():
    assert strokes(f" {NAME} ") == NAME


@pytest.mark.parametrize(
    "path",
    [
        "",
        "M1 1",
        "M5 5l.1 0",
        NAME + "Z",
        NAME + "A10 10 0 0 0 40 40",
        NAME + "H20",
        NAME + "L1",
        NAME + "L1 2 3",
        NAME + "L1e3 2",
        NAME + "L--1 2",
        NAME + "L1..2 3",
        NAME + '"/><script>alert(1)</script>',
        NAME + "\n<g>",
        NAME + f"L{BOX[0] + 60} 20",
        NAME + f"L20 {BOX[1] + 60}",
        NAME + "L-60 20",
        "L1 1" + NAME,
        "url(#a)",
        "M1 1" * (MOST_CHARACTERS // 4 + 1),
    ],
)
def test_whatever_is_not_strokes_in_the_box_is_refused(path):
    with pytest.raises(InvalidInput) as refusal:
        strokes(path)

    assert refusal.value.code == "signature.not_strokes"


def test_a_drawing_goes_before_a_typed_name():
    drawn = read_mark(NAME, "张样例")
    typed = read_mark("", " 张  样例 ")

    assert (drawn.method, drawn.strokes) == (SignatureMethod.DRAWN, NAME)
    assert (typed.method, typed.typed) == (SignatureMethod.TYPED, "张 样例")


def test_neither_a_drawing_nor_a_name_is_no_signature():
    with pytest.raises(InvalidInput) as refusal:
        read_mark(" ", "  ")

    assert refusal.value.code == "signature.missing"

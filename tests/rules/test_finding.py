"""What a search looks through: the name as it is typed, in pinyin, in initials."""

import pytest

from compliance.merchants.finding import typed, words_of


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("京西饺子馆", "jingxijiaoziguan"),
        ("京西饺子馆", "jxjzg"),
        ("中国银行", "zhongguoyinhang"),
        ("重庆小面", "cqxm"),
        ("Ａ１ 面馆", "a1面馆"),
        ("㙍记", "duoji"),
    ],
)
def test_a_name_is_found_as_people_type_it(name: str, wanted: str):
    assert wanted in words_of(name, "92110109MA00XT014F")


def test_what_was_typed_is_looked_for_without_case_width_and_spaces():
    assert typed(" Ｊing XI ") == "jingxi"
    assert typed("92110109ma00XT014f") in words_of("店", "92110109MA00XT014F")

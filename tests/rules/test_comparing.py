"""Comparing two versions of a text: paragraphs that stayed, changed, came and went; words marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.notices import comparing, texts_2026
from compliance.notices.comparing import Change, compare

COVENANT = texts_2026.COVENANT.body


def told(runs) -> str:
    """Return a paragraph with what is marked in square brackets."""
    return "".join(f"[{run.text}]" if run.marked else run.text for run in runs)


def changes(former: str, latter: str) -> list[tuple[str, str, str]]:
    return [
        (pair.change.value, told(pair.former), told(pair.latter))
        for pair in compare(former, latter)
        if pair.change is not Change.UNCHANGED
    ]


@pytest.mark.parametrize(
    ("former", "latter", "expected"),
    [
        ("营业前清扫一遍，不过夜。", "营业前清扫两遍，不过夜。", ("清扫[一]遍", "清扫[两]遍")),
        ("最长{watch_days}日", "最长{good_months}日", ("[{watch_days}]", "[{good_months}]")),
        (
            "时段20:00–22:00，当面交接",
            "时段19:30–22:00，当面交接",
            ("[20：00–22：00]", "[19：30–22：00]"),
        ),
        ("牌匾整洁完好并且牢固", "牌匾整洁完好、安全并且牢固", ("完好并且", "完好[、安全]并且")),
        ("二、明码标价、诚信待客", "二、清楚标价、诚信待客", ("[明码]标价", "[清楚]标价")),
        (
            "门前堆物及时清走不影响通行",
            "门外杂物随时搬走不影响通行",
            ("门[前堆物及时清]走", "门[外杂物随时搬]走"),
        ),
    ],
)
def test_the_words_that_differ_are_marked(former, latter, expected):
    ((change, old, new),) = changes(former, latter)

    assert change == "changed"
    assert expected[0] in old
    assert expected[1] in new


def test_one_paragraph_more_does_not_make_the_rest_look_new():
    latter = COVENANT.replace("第八条 ", "第八条 每季度开一次邻里会，商量门前的事。\n第九条 ", 1)

    assert changes(COVENANT, latter) == [
        ("added", "", "[第八条 每季度开一次邻里会，商量门前的事。]"),
        *[each for each in changes(COVENANT, latter) if each[0] == "changed"],
    ]
    (renumbered,) = [each for each in changes(COVENANT, latter) if each[0] == "changed"]
    assert renumbered[1].startswith("第[八]条 相邻商户")
    assert renumbered[2].startswith("第[九]条 相邻商户")


def test_a_paragraph_that_went_is_told_as_removed():
    gone = next(line for line in COVENANT.splitlines() if line.startswith("第十二条"))

    ((change, old, new),) = changes(COVENANT, COVENANT.replace(f"{gone}\n", ""))

    assert (change, new) == ("removed", "")
    assert old.startswith("[第十二条 涉嫌违法的事项，")


def test_words_that_have_nothing_in_common_are_not_told_as_one_paragraph_changed():
    found = [each[0] for each in changes("甲\n一二三四五六七", "甲\n子丑寅卯辰巳午未")]

    assert sorted(found) == ["added", "removed"]


def test_how_it_was_typed_is_no_change():
    typed = "第一条 先提醒,后登记;(一)搭档  \n\n第二条 好"

    assert changes(typed, "第一条 先提醒，后登记；（一）搭档\n第二条 好") == []


def test_neighbours_that_stayed_are_one_stretch():
    stretches = comparing.stretches(compare("一\n二\n三\n四四四四", "一\n二\n三\n四四四五"))

    assert [len(stretch) for stretch in stretches] == [3, 1]


LINES = st.lists(st.text("甲乙丙丁，。{}ab1 ", max_size=12), max_size=8).map("\n".join)


@given(LINES, LINES)
def test_both_versions_can_be_read_whole_from_a_comparison(former: str, latter: str):
    pairs = compare(former, latter)

    for side, body in (("former", former), ("latter", latter)):
        whole = ["".join(run.text for run in getattr(pair, side)) for pair in pairs]
        paragraphs = [line.strip() for line in body.splitlines() if line.strip()]
        assert [each for each in whole if each] == paragraphs


def test_a_text_made_to_be_slow_is_compared_by_place():
    former = "\n".join("一二" * 160 + str(n) for n in range(60))
    latter = "\n".join("二一" * 160 + str(n) for n in range(60))

    assert {pair.change for pair in compare(former, latter)} == {Change.CHANGED}

"""Words: which language, which sentence, and how days, numbers and phones are written."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from merchants_app import words


class FindingState(StrEnum):
    REMINDED = "reminded"


@pytest.fixture
def locale(tmp_path, monkeypatch):
    """A locale folder of our own; gives a function that adds a file to it."""

    def add(name, text):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n{text}')
        words.catalogue.cache_clear()

    monkeypatch.setattr(words.paths, "LOCALE", tmp_path)
    words.catalogue.cache_clear()
    yield add
    words.catalogue.cache_clear()


@pytest.mark.parametrize(
    ("query", "cookies", "language"),
    [
        ({"lang": "en"}, {"lang": "zh"}, "en"),
        ({}, {"lang": "en"}, "en"),
        ({"lang": "fr"}, {"lang": "en"}, "en"),
        ({"lang": "fr"}, {"lang": "../en"}, "zh"),
        ({}, {}, "zh"),
    ],
)
def test_the_address_beats_the_cookie_and_chinese_is_the_rest(query, cookies, language):
    assert words.language_of(query, cookies) == language


def test_a_sentence_without_entry_is_its_own_answer(locale):
    locale("en/a.po", 'msgid "商户"\nmsgstr "Shop"\n')

    assert words.translate("en", "商户") == "Shop"
    assert words.translate("zh", "商户") == "商户"
    assert words.translate("en", "街巷") == "街巷"


def test_every_file_of_a_language_is_read(locale):
    locale("en/a.po", 'msgid "商户"\nmsgstr "Shop"\n')
    locale("en/b.po", 'msgid "街巷"\nmsgstr "Lane"\n')

    assert words.translate("en", "商户") == "Shop"
    assert words.translate("en", "街巷") == "Lane"


def test_unsure_and_empty_entries_count_as_missing(locale):
    locale("en/a.po", '#, fuzzy\nmsgid "商户"\nmsgstr "Shop"\n\nmsgid "街巷"\nmsgstr ""\n')

    assert not words.known("en", "商户")
    assert not words.known("en", "街巷")


def test_parameters_fill_the_sentence_and_only_then_is_a_per_cent_sign_special(locale):
    locale("en/a.po", 'msgid "共 %(n)s 户"\nmsgstr "%(n)s shops"\n')

    assert words.translate("en", "共 %(n)s 户", n=3) == "3 shops"
    assert words.translate("zh", "共 %(n)s 户", n=3) == "共 3 户"
    assert words.translate("zh", "完成 100%") == "完成 100%"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 days"), (1, "1 day"), ("1", "1 day"), (2, "2 days")]
)
def test_english_knows_one_from_many(locale, n, said):
    locale(
        "en/a.po",
        'msgid "%(n)s天"\nmsgid_plural "%(n)s天"\nmsgstr[0] "%(n)s day"\nmsgstr[1] "%(n)s days"\n',
    )

    assert words.translate("en", "%(n)s天", n=n) == said


def test_a_value_is_shown_by_its_family_and_value(locale):
    locale("zh/a.po", 'msgid "state.reminded"\nmsgstr "已提醒"\n')

    assert words.label("zh", FindingState.REMINDED) == "已提醒"
    assert words.label("zh", "reminded", "state") == "已提醒"
    assert words.label("zh", "state.reminded") == "已提醒"
    assert words.label("zh", None) == ""
    assert words.label("zh", FindingState.REMINDED, "message") == "message.reminded"


LATE_IN_GREENWICH = datetime(2026, 3, 4, 17, 5, tzinfo=UTC)


def test_an_instant_is_told_in_beijing_time():
    assert words.format_datetime("zh", LATE_IN_GREENWICH) == "2026年3月5日 01:05"
    assert words.format_datetime("en", LATE_IN_GREENWICH) == "5 March 2026, 01:05"
    assert words.format_date("zh", LATE_IN_GREENWICH) == "2026年3月5日"
    assert words.format_compact(LATE_IN_GREENWICH) == "2026-03-05 01:05"
    assert words.format_machine(LATE_IN_GREENWICH) == "2026-03-05T01:05:00+08:00"


def test_a_day_is_a_day_everywhere():
    day = date(2026, 3, 5)

    assert words.format_date("en", day) == "5 March 2026"
    assert words.format_month("zh", day) == "2026年3月"
    assert words.format_month("en", day) == "March 2026"
    assert words.format_compact(day) == "2026-03-05"
    assert words.format_machine(day) == "2026-03-05"


def test_nothing_is_written_as_nothing():
    assert words.format_date("zh", None) == ""
    assert words.format_datetime("zh", None) == ""
    assert words.format_compact(None) == ""
    assert words.format_number(None) == ""
    assert words.mask_phone(None) == ""


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 5), "今天"),
        (date(2026, 3, 4), "昨天"),
        (date(2026, 3, 3), "前天"),
        (date(2026, 3, 2), "3天前"),
        (date(2026, 3, 6), "明天"),
        (date(2026, 3, 7), "后天"),
        (date(2026, 5, 4), "60天后"),
        (date(2026, 5, 5), "2026年5月5日"),
        (date(2025, 12, 1), "2025年12月1日"),
    ],
)
def test_a_near_day_is_said_as_people_say_it(day, said):
    assert words.relative_day("zh", day, date(2026, 3, 5)) == said


def test_today_is_today_in_beijing():
    assert words.relative_day("zh", LATE_IN_GREENWICH, date(2026, 3, 5)) == "今天"


@pytest.mark.parametrize(
    ("value", "written"), [(10640, "10,640"), (0, "0"), (12.0, "12"), (1234.56, "1,234.6")]
)
def test_thousands_stand_apart(value, written):
    assert words.format_number(value) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (9120, 10640, "85.7%"),
        (10639, 10640, "99.9%"),
        (10640, 10640, "100%"),
        (1, 10640, "0.1%"),
        (0, 10640, "0%"),
        (0, 0, "0%"),
    ],
)
def test_a_share_is_whole_only_when_all_is_done(part, whole, written):
    assert words.format_share(part, whole) == written


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("69842345", "010-****2345"),
        ("", ""),
    ],
)
def test_the_middle_of_a_phone_number_stays_hidden(phone, shown):
    assert words.mask_phone(phone) == shown


def test_a_hash_is_shown_by_its_head_in_groups_of_four():
    assert words.format_hash("9f3a07c15be2ffff") == "9f3a 07c1 5be2"

"""The words one agrees to never change once they were shown: a new wording is a new version."""

import pytest

from compliance.notices.consent import ACCOUNT_CONSENT, CONSENT, CONSENTS

KNOWN = {
    "2026.2": "2ddd8b8c1b5566bb37b2f2509917b372ce82345c8da620f651aa965254024c26",
    "2026.2-A": "aaa401a1bb8358f5179de65e37f9ab4b5ee9d23463a4e9466cbf7456c76a90a6",
}


@pytest.mark.parametrize("version", CONSENTS)
def test_a_version_keeps_its_words_for_ever(version):
    assert CONSENTS[version].text_hash == KNOWN[version]


@pytest.mark.parametrize("shown", [CONSENT, ACCOUNT_CONSENT], ids=["merchant", "account"])
def test_what_is_shown_today_has_the_four_conditions_and_a_translation(shown):
    assert CONSENTS[shown.version] is shown
    assert len(shown.paragraphs) == len(shown.in_english)
    words = "".join(shown.paragraphs)
    assert all(each in words for each in ("第三条", "第十三条", "第十四条", "一、", "四、"))

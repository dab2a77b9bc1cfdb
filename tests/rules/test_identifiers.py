"""Codes, numbers and phones keep one written form, however they were typed or read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import InvalidInput
from compliance.merchants.identifiers import (
    CROCKFORD,
    UsccStatus,
    check_uscc,
    door_number,
    is_mobile,
    is_phone,
    mask_phone,
    new_door_token,
    normalise_phone,
    normalise_token,
    parse_door_number,
)

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)


@pytest.mark.parametrize(
    "code",
    [
        "92110109MA00XT014F",
        "91110109MA00XT014J",
        "92110109MA00XT022A",
        "91110109MA00XT0308",
        "92110109MA00MTG83G",
        "92110109MA00004450",  # the weighted sum is a multiple of 31
        "9144030071526726XG",
        "91330100799655058B",
        "91110000802100433B",
    ],
)
def test_a_right_credit_code_holds(code):
    assert check_uscc(code).status is UsccStatus.OK


@pytest.mark.parametrize("first", ["A", "N", "Y"])
def test_a_registering_department_may_be_a_letter(first):
    codes = [f"{first}2110109MA0000445{end}" for end in "0123456789ABCDEFGHJKLMNPQRTUWXY"]

    assert [check_uscc(code).status for code in codes].count(UsccStatus.OK) == 1


@pytest.mark.parametrize("code", ["91350100M0001TGQXM", "91350211M0000XUF46", "91350203M0001FUE2P"])
def test_a_legally_issued_code_that_fails_its_check_digit_is_kept_and_marked(code):
    assert (check_uscc(code).status, check_uscc(code).code) == (UsccStatus.FAILED, code)


@pytest.mark.parametrize(
    "typed",
    [
        "９２１１０１０９ＭＡ００ＸＴ０１４Ｆ",
        "  92110109ma00xt014f\n",
        "92110109 MA00XT014 F",
        "92-110109-MA00XT014-F",
        "\u200b92110109MA00XT014F\ufeff",
        "92110109　MA00XT014F",
    ],
)
def test_width_case_and_spaces_of_a_credit_code_do_not_matter(typed):
    assert check_uscc(typed) == check_uscc("92110109MA00XT014F")


@pytest.mark.parametrize("typed", [None, "", "   ", "无", "暂无", "/", "——", "n/a"])
def test_words_for_nothing_are_a_missing_credit_code(typed):
    assert check_uscc(typed).status is UsccStatus.MISSING


@pytest.mark.parametrize("typed", ["92110109MA00XT014", "92110109MA00XT014FF", "110109600012345"])
def test_a_credit_code_of_another_length_is_none(typed):
    assert check_uscc(typed).status is UsccStatus.WRONG_LENGTH


def test_letters_read_for_digits_are_suggested_and_not_silently_changed():
    check = check_uscc("9211O1O9MA00XTOI4F")

    assert check.status is UsccStatus.FAILED
    assert check.code == "9211O1O9MA00XTOI4F"
    assert check.suggestion == "92110109MA00XT014F"


def test_a_single_wrong_character_is_always_found():
    right = "92110109MA00XT014F"
    for place in range(len(right)):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if other != right[place]:
                wrong = right[:place] + other + right[place + 1 :]
                assert check_uscc(wrong).status is UsccStatus.FAILED


def test_a_door_number_has_township_letters_running_number_and_check_character():
    assert door_number("DY", 123) == "MTG-DY00123-O"
    assert door_number("LQ", 123456).startswith("MTG-LQ123456-")


@given(LETTERS, st.integers(1, 999_999))
def test_a_door_number_read_back_is_the_same(letters, running):
    number = door_number(letters, running)

    assert parse_door_number(number) == number
    assert parse_door_number(number.replace("-", " ").lower()) == number
    assert parse_door_number(number.replace("-", "")) == number


@given(LETTERS, st.integers(1, 99_999))
def test_a_door_number_survives_o_for_0_and_i_for_1(letters, running):
    number = door_number(letters, running)
    prefix, running_part, check = number[:6], number[6:12], number[12]
    misread = running_part.replace("0", "O").replace("1", "l")

    assert parse_door_number(prefix + misread + check) == number
    assert parse_door_number(number[:4] + number[4:].replace("0", "O").replace("1", "I")) == number
    assert parse_door_number(number[:4] + number[4:].replace("O", "0").replace("I", "1")) == number


def test_a_door_number_may_be_full_width():
    assert parse_door_number("　ｍｔｇ－ｄｙ００１２３－ｏ ") == "MTG-DY00123-O"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "MTG",
        "MTG-DY00123",
        "MTG-DY00123-K",
        "MTG-DY00124-O",
        "MTG-YD00123-O",
        "MTG-DY00132-O",
        "XTG-DY00123-O",
        "MTG-DY00123-O-O",
        "MTG-大峪00123-O",
        "MTG-DY00000-" + "X",
        "MTG-DY٠٠١٢٣-O",
    ],
)
def test_a_wrong_door_number_is_refused(typed):
    with pytest.raises(InvalidInput) as refusal:
        parse_door_number(typed)
    assert refusal.value.code == "merchant.door_number_invalid"


@pytest.mark.parametrize(("letters", "running"), [("DYX", 1), ("dy", 1), ("DY", 0), ("大峪", 1)])
def test_no_door_number_is_made_from_wrong_parts(letters, running):
    with pytest.raises(ValueError, match="no door number"):
        door_number(letters, running)


@given(st.binary(min_size=10, max_size=10))
def test_a_door_token_is_16_characters_that_hold_all_80_bits(chance):
    token = new_door_token(lambda count: chance[:count])
    bits = 0
    for letter in token:
        bits = bits * 32 + CROCKFORD.index(letter)

    assert len(token) == 16
    assert bits.to_bytes(10) == chance
    assert normalise_token(token) == token


def test_a_door_token_may_be_typed_in_any_case_with_letters_for_digits():
    assert normalise_token(" olia-7k2m Oo11 ｚz ") == "01" + "1A7K2M0011ZZ"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001234", "13800001234"),
        ("138-0000 1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("13800001234.0", "13800001234"),
        ("69842233", "010-69842233"),
        ("010-69842233", "010-69842233"),
        ("(010) 6984 2233", "010-69842233"),
        ("（０１０）６９８４２２３３", "010-69842233"),
        ("+86 10 6984 2233", "010-69842233"),
    ],
)
def test_a_phone_has_one_written_form(typed, kept):
    assert normalise_phone(typed) == kept
    assert is_phone(kept)
    assert is_mobile(kept) == kept.startswith("1")


@pytest.mark.parametrize(
    "typed", ["", "无", "12345", "1380000123", "138000012345", "12800001234", "0311-69842233"]
)
def test_what_is_no_phone_is_told(typed):
    assert not is_phone(normalise_phone(typed))


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800005678", "138****5678"),
        ("138-0000-5678", "138****5678"),
        ("010-69842233", "010-****2233"),
        ("wechat: zhang", "****"),
        ("", "****"),
    ],
)
def test_a_masked_phone_cannot_be_called(phone, shown):
    assert mask_phone(phone) == shown

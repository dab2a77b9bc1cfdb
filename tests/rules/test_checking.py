"""A check code is read as people write it, and a paper is worth what its notice is worth today."""

import pytest

from compliance.errors import InvalidInput
from compliance.notices.checking import Match, Worth, check_code, grouped, match, read_code, worth
from compliance.notices.kinds import Standing
from compliance.notices.sealed import SealedPaper

HASH = "3f2a91c0d4e705b1" + "0" * 48
CODE = "3F2A91C0D4E705B1"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "3F2A 91C0 D4E7 05B1",
        " 3f2a-91c0-d4e7-05b1 ",
        "3F2A91CoD4E7O5Bl",
        "３Ｆ２Ａ９１Ｃ０Ｄ４Ｅ７０５Ｂ１",
        HASH,
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", "3F2A", CODE + "0", "G" * 16, "门" * 16, "%00" * 16])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(InvalidInput) as refused:
        read_code(typed)

    assert refused.value.code == "check.code_wrong"


def test_the_code_is_the_head_of_the_hash():
    assert check_code(HASH) == CODE
    assert read_code(grouped(HASH)) == CODE


@pytest.mark.parametrize(
    ("standing", "closed", "expected"),
    [
        (Standing.ACTIVE, False, Worth.IN_FORCE),
        (Standing.EXPIRING, False, Worth.IN_FORCE),
        (Standing.SIGNED, False, Worth.NOT_YET),
        (Standing.SERVED_UNSIGNED, False, Worth.SERVED),
        (Standing.OUTDATED, False, Worth.OUTDATED),
        (Standing.SENT, False, Worth.UNSIGNED),
        (Standing.VIEWED, False, Worth.UNSIGNED),
        (Standing.REFUSED, False, Worth.UNSIGNED),
        (Standing.ACTIVE, True, Worth.CLOSED),
        (Standing.SERVED_UNSIGNED, True, Worth.CLOSED),
        (Standing.SENT, True, Worth.UNSIGNED),
        (Standing.EXPIRED, True, Worth.EXPIRED),
        (Standing.SUPERSEDED, True, Worth.SUPERSEDED),
        (Standing.REVOKED, True, Worth.REVOKED),
    ],
)
def test_worth_follows_standing_and_ends_with_the_shop(standing, closed, expected):
    assert worth(standing, closed=closed) is expected


def test_only_the_very_bytes_are_genuine():
    former, newest = (SealedPaper(file_hash=n * 64, signed_set=n) for n in "ab")

    assert match(newest, newest, "b" * 64) is Match.GENUINE
    assert match(former, newest, "a" * 64) is Match.FORMER
    assert match(newest, newest, "c" * 64) is Match.ALTERED

"""Six digits that say: we both were there, at about that time, at this shop."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.patrols.merchant_codes import STEP, changes_at, code_at, fits

KEY, SHOP = b"k" * 32, "shop"
NOW = datetime(2026, 11, 23, 1, 31, 5, tzinfo=UTC)


def test_they_are_six_digits_that_stay_for_ten_minutes():
    digits = code_at(KEY, SHOP, NOW)
    until = changes_at(NOW)

    assert len(digits) == 6
    assert digits.isdecimal()
    assert until == datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
    assert code_at(KEY, SHOP, until - timedelta(microseconds=1)) == digits
    assert code_at(KEY, SHOP, until) != digits


@pytest.mark.parametrize(
    ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_they_fit_the_time_of_the_visit_however_late_the_record_arrives(steps, right):
    assert fits(KEY, SHOP, code_at(KEY, SHOP, NOW), NOW + steps * STEP) is right


def test_another_shop_and_another_platform_show_others():
    shown = {code_at(KEY, f"shop{n}", NOW) for n in range(200)}

    assert len(shown) > 195
    assert not fits(KEY, "other", code_at(KEY, SHOP, NOW), NOW)
    assert not fits(b"j" * 32, SHOP, code_at(KEY, SHOP, NOW), NOW)

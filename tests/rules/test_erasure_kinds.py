"""From which day personal data may be erased, and that every table was thought about."""

from datetime import date

import pytest

from compliance import tables
from compliance.erasures import holdings
from compliance.erasures.kinds import notice_kept_until, tenancy_kept_until
from compliance.notices.kinds import NoticeState

LAST = date(2026, 12, 31)
STEP = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("state", "day"),
    [
        (NoticeState.SIGNED, date(2032, 1, 1)),
        (NoticeState.SERVED_UNSIGNED, date(2032, 1, 1)),
        (NoticeState.SUPERSEDED, date(2032, 1, 1)),
        (NoticeState.REVOKED, date(2032, 1, 1)),
        (NoticeState.REFUSED, date(2027, 3, 1)),
        (NoticeState.SENT, date(2027, 3, 1)),
    ],
)
def test_what_bound_is_kept_five_years_beyond_its_validity(state: NoticeState, day: date):
    assert notice_kept_until(state, LAST, STEP) == day


def test_a_leap_day_ends_the_period_on_the_first_of_march():
    assert notice_kept_until(NoticeState.SIGNED, date(2028, 2, 29), STEP) == date(2033, 3, 1)


def test_a_tenancy_is_kept_two_years_and_as_long_as_its_longest_notice():
    closed = date(2027, 6, 30)

    assert tenancy_kept_until(closed, []) == date(2029, 6, 30)
    assert tenancy_kept_until(closed, [date(2028, 1, 1)]) == date(2029, 6, 30)
    assert tenancy_kept_until(closed, [date(2032, 1, 1), LAST]) == date(2032, 1, 1)


def test_every_table_holds_personal_data_or_was_found_to_hold_none():
    named = [holding.table.name for holding in holdings.HOLDINGS]
    every = {*named, *holdings.BY_OTHERS, *holdings.NOTHING_TO_ERASE}

    assert every == set(tables.METADATA.tables), "add the new table to compliance/erasures/holdings"
    assert not set(named) & (holdings.BY_OTHERS | holdings.NOTHING_TO_ERASE)


def test_what_is_emptied_are_columns_of_the_table():
    unknown = [
        f"{holding.table.name}.{name}"
        for holding in holdings.HOLDINGS
        for name in holding.empty
        if name not in holding.table.c
    ]

    assert not unknown

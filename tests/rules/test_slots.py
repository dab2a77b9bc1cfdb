"""The five slots of a shop, by the rule alone."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.coverage.slots import PERIOD, Slot, ledger_standing, marks
from compliance.notices.kinds import FILLS_A_SLOT, NoticeKind, Standing
from compliance.notices.slots import SlotState

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "standing"),
    [
        (None, Standing.MISSING),
        (timedelta(0), Standing.ACTIVE),
        (PERIOD, Standing.ACTIVE),
        (PERIOD + timedelta(seconds=1), Standing.EXPIRED),
    ],
)
def test_the_ledger_is_filled_while_somebody_looked_within_the_period(ago, standing):
    assert ledger_standing(None if ago is None else NOW - ago, NOW) is standing


@pytest.mark.parametrize("standing", list(Standing))
def test_a_notice_fills_its_slot_in_the_standings_that_hold(standing: Standing):
    notices = {kind: SlotState(kind, standing) for kind in NoticeKind}

    found = marks(notices, NOW, NOW)

    assert [mark.slot for mark in found] == list(Slot)
    assert sum(mark.filled for mark in found) == (5 if standing in FILLS_A_SLOT else 1)

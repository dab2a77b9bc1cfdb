"""The five slots of a tenancy, pure: four notices in force, and a ledger in which somebody looked.

Completeness is filled slots / (5 × tenancies). The ledger slot is filled when a patrol or an
inspection was logged within the period; what a shop says of itself does not fill it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from compliance.notices.kinds import FILLS_A_SLOT, NoticeKind, Standing
from compliance.notices.slots import SlotState

PERIOD = timedelta(days=30)
SLOTS = 5


class Slot(StrEnum):
    """The four notices, and the one ledger."""

    COVENANT = "covenant"
    PLEDGE = "pledge"
    RESPONSIBILITY_STATEMENT = "responsibility_statement"
    WASTE_CONTRACT = "waste_contract"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Mark:
    """One slot of one shop: how it stands, the notice in it, until when or when last visited."""

    slot: Slot
    standing: Standing
    notice_id: str | None = None
    until: date | None = None
    visited_at: datetime | None = None
    waiting_id: str | None = None

    @property
    def filled(self) -> bool:
        return self.standing in FILLS_A_SLOT


def marks(
    notices: Mapping[NoticeKind, SlotState], last_visit: datetime | None, now: datetime
) -> tuple[Mark, ...]:
    """Return the five slots of a shop in their order."""
    four = tuple(
        Mark(
            Slot(kind.value),
            state.standing,
            state.notice_id,
            state.valid_to,
            waiting_id=state.waiting_id,
        )
        for kind, state in notices.items()
    )
    return (*four, Mark(Slot.LEDGER, ledger_standing(last_visit, now), visited_at=last_visit))


def ledger_standing(last_visit: datetime | None, now: datetime) -> Standing:
    """Return how the ledger slot stands: visited within the period, once, or never."""
    if last_visit is None:
        return Standing.MISSING
    return Standing.ACTIVE if now - last_visit <= PERIOD else Standing.EXPIRED

"""What falls due on panels by itself: seats are drawn and refilled, members reminded, the silent
followed by the next of the lot.
"""

from collections.abc import Sequence

from sqlmodel import Session

from compliance.act import Act
from compliance.catalogue import service as catalogue
from compliance.catalogue.workdays import Calendar
from compliance.findings import service as findings
from compliance.findings.conditions import working_days_after
from compliance.notifications import service as notifications
from compliance.notifications.service import Draft
from compliance.reviews import cases, casting, members, seating
from compliance.reviews.models import Panel, PanelSeat
from compliance.reviews.outcomes import REMIND_DAYS
from compliance.reviews.panel import LeftWhy, chosen


def open_panels(session: Session) -> list[str]:
    """Return the panels to be looked after, one transaction each (`keep`)."""
    return seating.open_panels(session)


def keep(session: Session, act: Act, panel_id: str) -> None:
    """Look after one panel: who may sit, who is missing, who has not voted.

    Safe to be done twice: whoever was reminded is not reminded again in the same round, and a
    silent member leaves only for somebody who can take the seat.
    """
    known = session.get(Panel, panel_id)
    if known is None:
        return
    if known.finding_id is not None:
        findings.locked(session, known.finding_id)
    panel = seating.locked(session, panel_id)
    if panel.closed_at is not None:
        return
    seating.refresh(session, act, panel)
    calendar = catalogue.calendar(session)
    silent = _silent(session, panel)
    if silent and panel.reminded_at is None and _is_near(panel, act, calendar):
        _remind(session, act, panel, silent)
    if act.at > panel.due_at:
        _replace(session, act, panel, silent, calendar)


def _silent(session: Session, panel: Panel) -> list[PanelSeat]:
    voted = {each.account_id for each in casting.votes(session, panel)}
    return [seat for seat in seating.seats(session, panel.id) if seat.account_id not in voted]


def _is_near(panel: Panel, act: Act, calendar: Calendar) -> bool:
    """Tell whether two working days, or fewer, are left."""
    return working_days_after(act.at, REMIND_DAYS, calendar) >= panel.due_at


def _remind(session: Session, act: Act, panel: Panel, silent: Sequence[PanelSeat]) -> None:
    panel.reminded_at = act.at
    session.add(panel)
    phones = members.phones(session, [seat.account_id for seat in silent])
    drafts = [
        Draft(
            phone,
            "panel.reminder",
            f"panel:{panel.id}:remind:{panel.round}:{account_id}",
            seating.due_of(panel),
        )
        for account_id, phone in sorted(phones.items())
    ]
    notifications.queue_many(session, act, drafts)
    numbers = [seat.place for seat in silent]
    seating.note(session, act, panel, "panel.reminded", {"seats": numbers, "round": panel.round})


def _replace(
    session: Session, act: Act, panel: Panel, silent: Sequence[PanelSeat], calendar: Calendar
) -> None:
    """Let the next of the lot follow those who let the time pass; each had two days at least."""
    for seat in silent:
        if act.at <= working_days_after(seat.seated_at, REMIND_DAYS, calendar):
            continue
        if not _has_next(session, panel, seat):
            return
        seating.leave(session, act, panel, seat, LeftWhy.SILENT)
        seating.refresh(session, act, panel)


def _has_next(session: Session, panel: Panel, seat: PanelSeat) -> bool:
    everyone = seating.seats(session, panel.id, left=True)
    sitting = [each.account_id for each in everyone if each.left_at is None and each is not seat]
    left = [each.account_id for each in everyone if each.account_id not in sitting]
    eligible = [each for each, why in cases.bars(session, panel).items() if why is None]
    return (
        len(chosen(panel.entry, eligible, sitting, left, panel.size))
        > panel.size - len(sitting) - 1
    )

"""Who sits on a panel: drawn by lot, replaced when somebody leaves, called from next door.

Whether somebody may sit is asked anew at every look: who records the fault during the review, or
tells of a shop of the same trade, leaves the seat, and the vote with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from compliance.accounts.permissions import (
    Action,
    Viewer,
    reaches,
    require,
)
from compliance.act import LOCAL, SYSTEM, Act
from compliance.errors import NotAllowed, NotFound
from compliance.findings import service as findings
from compliance.ledger import service as ledger
from compliance.merchants import shops
from compliance.notifications import service as notifications
from compliance.notifications.service import Draft
from compliance.reviews import cases, members
from compliance.reviews.models import Panel, PanelSeat
from compliance.reviews.panel import SEATS, LeftWhy, chosen


def open_panel(
    session: Session,
    act: Act,
    *,
    panel_id: str,
    tenancy_id: str,
    entry: str,
    due_at: datetime,
    finding_id: str | None = None,
    proposed_by: str | None = None,
) -> Panel:
    """Open the panel of a question and draw it if enough members are eligible.

    `entry` is the hash of the ledger entry that opened the question.
    """
    panel = Panel(
        id=panel_id,
        tenancy_id=tenancy_id,
        township_code=shops.by_tenancy(session, tenancy_id).township_code,
        finding_id=finding_id,
        proposed_by=proposed_by,
        size=SEATS,
        entry=entry,
        opened_at=act.at,
        due_at=due_at,
    )
    session.add(panel)
    session.flush()
    refresh(session, act, panel)
    if panel.drawn_at is None:
        note(session, act, panel, "panel.short", {"size": panel.size})
    return panel


def known(session: Session, panel_id: str) -> Panel | None:
    """Return a panel as it is now, or None: what was decided before there were panels has none."""
    return session.get(Panel, panel_id, populate_existing=True)


def locked(session: Session, panel_id: str) -> Panel:
    """Return a panel with its row locked; raise NotFound `review.unknown`."""
    query = select(Panel).where(Panel.id == panel_id).with_for_update()
    panel = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if panel is None:
        raise NotFound("review.unknown")
    return panel


def seats(session: Session, panel_id: str, *, left: bool = False) -> Sequence[PanelSeat]:
    """Return the seats held now, by number; with `left`, those that were left too."""
    query = select(PanelSeat).where(PanelSeat.panel_id == panel_id)
    if not left:
        query = query.where(col(PanelSeat.left_at).is_(None))
    return session.exec(query.order_by(col(PanelSeat.place))).all()


def seat_of(session: Session, panel: Panel, viewer: Viewer) -> PanelSeat:
    """Return the seat that `viewer` holds and may hold.

    Raises NotAllowed `review.recused` for who is barred from the case, `review.not_on_panel` for
    who was not drawn.
    """
    require(viewer, Action.REVIEW_DECIDE)
    if cases.why_barred(session, panel, viewer) is not None:
        raise NotAllowed("review.recused")
    seat = session.get(PanelSeat, (panel.id, viewer.account_id))
    if seat is None or seat.left_at is not None:
        raise NotAllowed("review.not_on_panel")
    return seat


def refresh(session: Session, act: Act, panel: Panel) -> None:
    """Take the seats of those who may no longer sit, and fill what is free from the lot.

    Nothing happens to a closed panel. What the lot decides is nobody's act but the system's.
    """
    if panel.closed_at is not None:
        return
    bars = cases.bars(session, panel)
    for seat in seats(session, panel.id):
        why = bars.get(seat.account_id, LeftWhy.NOT_A_MEMBER)
        if why is not None:
            leave(session, act, panel, seat, why)
    _fill(session, replace(act, actor=SYSTEM), panel, bars)


def leave(session: Session, act: Act, panel: Panel, seat: PanelSeat, why: LeftWhy) -> None:
    """Empty a seat; its vote no longer counts, and it is not given to the same person again."""
    seat.left_at, seat.left_why = act.at, why.value
    session.add(seat)
    session.flush()
    note(session, act, panel, "panel.left", {"seat": seat.place, "why": why.value})


def _fill(
    session: Session,
    act: Act,
    panel: Panel,
    bars: dict[str, LeftWhy | None],
) -> None:
    everyone = seats(session, panel.id, left=True)
    sitting = [seat.account_id for seat in everyone if seat.left_at is None]
    left = [seat.account_id for seat in everyone if seat.left_at is not None]
    may = [account_id for account_id, why in bars.items() if why is None]
    drawn = chosen(panel.entry, may, sitting, left, panel.size)
    if not drawn:
        return
    new = [
        PanelSeat(panel_id=panel.id, account_id=account_id, place=place, seated_at=act.at)
        for place, account_id in enumerate(drawn, len(everyone) + 1)
    ]
    session.add_all(new)
    panel.drawn_at = panel.drawn_at or act.at
    session.add(panel)
    session.flush()
    barred = Counter(why.value for why in bars.values() if why)
    note(
        session,
        act,
        panel,
        "panel.drawn",
        {
            "entry": panel.entry,
            "of": len(may),
            "seats": [seat.place for seat in new],
            "barred": dict(sorted(barred.items())),
        },
        {"eligible": may, "drawn": drawn},
    )
    _call(session, act, panel, drawn)


def _call(session: Session, act: Act, panel: Panel, drawn: Sequence[str]) -> None:
    """Tell those who were drawn and left a phone."""
    drafts = [
        Draft(phone, "panel.drawn", f"panel:{panel.id}:drawn:{account_id}", due_of(panel))
        for account_id, phone in sorted(members.phones(session, drawn).items())
    ]
    notifications.queue_many(session, act, drafts)


def held(session: Session, viewer: Viewer, action: Action, panel_id: str) -> Panel:
    """Return a panel as `find` does, locked after the finding it is about, as every vote does."""
    panel = find(session, viewer, action, panel_id)
    if panel.finding_id is not None:
        findings.locked(session, panel.finding_id)
    return locked(session, panel_id)


def find(session: Session, viewer: Viewer, action: Action, panel_id: str) -> Panel:
    """Return a panel that `viewer` may do `action` to, or sits on; NotFound `review.unknown`."""
    require(viewer, action)
    panel = session.get(Panel, panel_id, populate_existing=True)
    if panel is None:
        raise NotFound("review.unknown")
    seat = session.get(PanelSeat, (panel_id, viewer.account_id))
    place = shops.by_tenancy(session, panel.tenancy_id).place
    if not reaches(viewer, action, place) and (seat is None or seat.left_at is not None):
        raise NotFound("review.unknown")
    return panel


def close(session: Session, act: Act, panel: Panel) -> None:
    """End a panel: nobody votes on it any more."""
    panel.closed_at = act.at
    session.add(panel)
    session.flush()


def open_panels(session: Session) -> list[str]:
    """Return the ids of the panels that are not closed, the oldest first."""
    query = select(Panel.id).where(col(Panel.closed_at).is_(None))
    return list(session.exec(query.order_by(col(Panel.opened_at), col(Panel.id))))


def due_of(panel: Panel) -> dict[str, object]:
    """Return the parameters of a message about a panel."""
    return {"due": panel.due_at.astimezone(LOCAL).strftime("%m-%d %H:%M")}


def note(
    session: Session,
    act: Act,
    panel: Panel,
    kind: str,
    fact: Mapping[str, object],
    body: Mapping[str, object] | None = None,
) -> None:
    """Write what happens on a panel into the shop's ledger."""
    subject = ledger.tenancy_subject(panel.tenancy_id)
    ledger.append(session, act, subject=subject, kind=kind, ref=panel.id, fact=fact, body=body)

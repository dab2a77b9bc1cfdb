"""The public face of a door: what anybody who scans the code may know, and until when it is true.

One snapshot of one shop: the four notices, the last visits, what is open. No names, phones, photos
or notes. `subjects` are the ledger chains it was made from and `good_until` the next moment at
which time alone changes it (a day begins, a deadline passes); page and JSON come from one face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import LOCAL
from compliance.coverage.slots import PERIOD
from compliance.findings.public import STAYS_UP, PublicFinding, public_findings
from compliance.ledger import service as ledger
from compliance.merchants.shops import Shop
from compliance.notices import slots as notice_slots
from compliance.notices.kinds import NoticeKind
from compliance.notices.slots import SlotState
from compliance.patrols.kinds import VISITS
from compliance.patrols.models import Patrol

SHOWN_VISITS = 5

_patrol = Patrol.__table__  # type: ignore[attr-defined]
_tenancy: sa.BindParameter[str] = sa.bindparam("tenancy")
_LAST_OFFICIAL = (
    sa.select(sa.func.max(_patrol.c.received_at))
    .where(_patrol.c.tenancy_id == _tenancy, _patrol.c.kind.in_(VISITS))
    .scalar_subquery()
)
_VISITS = (
    sa.select(
        _patrol.c.kind,
        _patrol.c.role,
        _patrol.c.observed_at,
        _patrol.c.fault_count,
        _LAST_OFFICIAL.label("official"),
    )
    .where(_patrol.c.tenancy_id == _tenancy)
    .order_by(_patrol.c.received_at.desc())
    .limit(SHOWN_VISITS)
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as the public sees it: when, by which role, whether something was found."""

    kind: str
    role: str
    at: datetime
    fault_count: int


@dataclass(frozen=True, slots=True)
class PublicFace:
    """Everything the public face of one door shows at one moment."""

    shop: Shop
    notices: dict[NoticeKind, SlotState]
    visits: Sequence[Visit]
    ledger_filled: bool
    findings: Sequence[PublicFinding]
    head: tuple[int, str]
    subjects: dict[str, tuple[int, str]]
    today: date
    good_until: datetime

    @property
    def filled(self) -> int:
        """How many of the five slots are filled."""
        return sum(slot.filled for slot in self.notices.values()) + self.ledger_filled


def day_after(moment: datetime) -> datetime:
    """Return the next midnight in Beijing."""
    tomorrow = moment.astimezone(LOCAL).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), LOCAL)


def public_face(session: Session, shop: Shop, now: datetime) -> PublicFace:
    """Return the public face of `shop` as it is at `now`."""
    today = now.astimezone(LOCAL).date()
    own = ledger.tenancy_subject(shop.tenancy_id)
    subjects = ledger.heads_of(session, (own, ledger.DISTRICT_SUBJECT))
    rows = session.execute(_VISITS, {"tenancy": shop.tenancy_id}).all()
    visits = [Visit(row.kind, row.role, row.observed_at, row.fault_count) for row in rows]
    official = rows[0].official if rows else None
    findings = public_findings(session, shop.tenancy_id, now)
    turns = [
        turn
        for each in findings
        for turn in (each.due_at, each.ended_at and each.ended_at + STAYS_UP)
        if turn and turn > now
    ]
    return PublicFace(
        shop=shop,
        notices=dict(notice_slots.of_tenancy(session, shop.tenancy_id, today)),
        visits=visits,
        ledger_filled=official is not None and now - official <= PERIOD,
        findings=findings,
        head=subjects[own],
        subjects=subjects,
        today=today,
        good_until=min([day_after(now), *turns]),
    )

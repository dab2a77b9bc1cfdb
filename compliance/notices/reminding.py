"""Reminding of what runs out: a notice, a hauler's permit, a contract that outlasts the permit.

Each has its steps, days before its last day. A step is taken once: who writes its row in `reminder`
sends the message, however many workers look at the same moment. What was missed while nobody worked
is made up for by the nearest step alone. All papers of one shop that are due go into one message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance.act import LOCAL, Act
from compliance.merchants.shops import OPEN, merchant_table, tenancy_table
from compliance.notices.kinds import SETTLED, NoticeKind
from compliance.notices.models import Reminder, ReminderAbout, WasteHauler
from compliance.notices.slots import notice_table, text_table
from compliance.notices.texts import written
from compliance.notices.watching import IN_TERM
from compliance.notifications import service as notifications
from compliance.record import insert_new

STEPS: Mapping[NoticeKind, tuple[int, ...]] = {
    NoticeKind.COVENANT: (60, 30),
    NoticeKind.PLEDGE: (30, 7),
    NoticeKind.RESPONSIBILITY_STATEMENT: (30, 7),
    NoticeKind.WASTE_CONTRACT: (60, 30, 7),
}
PERMIT_STEPS = (60, 30, 7)
OUTLASTING_STEP = 30
"""A contract that outlasts its hauler's permit is told of once, so long before that ends."""

hauler_table = WasteHauler.__table__  # type: ignore[attr-defined]
reminder_table = Reminder.__table__  # type: ignore[attr-defined]
_later = notice_table.alias("later")

RENEWED = sa.exists().where(
    _later.c.tenancy_id == notice_table.c.tenancy_id,
    _later.c.kind == notice_table.c.kind,
    _later.c.state.in_(SETTLED),
    _later.c.valid_to > notice_table.c.valid_to,
)
"""Condition on notice: the shop has signed the one that follows it."""


@dataclass(frozen=True, slots=True)
class Due:
    """One step that has come: what it is about, whom to tell, and what to say of it."""

    about: ReminderAbout
    ref: str
    until: date
    step: int
    phone: str
    name: str
    words: str
    group: str

    @property
    def key(self) -> tuple[str, str, date, int]:
        return (self.about.value, self.ref, self.until, self.step)


def nearest_step(steps: Sequence[int], until: date, today: date) -> int | None:
    """Return the step that has come last for what runs out after `until`; None before the first.

    Nothing is due any more once it has run out.
    """
    left = (until - today).days
    return min((step for step in steps if 0 <= left <= step), default=None)


def remind(session: Session, act: Act) -> int:
    """Queue what is due today and return how many messages that made."""
    due = sorted(
        [*_notices(session, act.day), *_outlasting(session, act.day), *_permits(session, act.day)],
        key=lambda each: each.key,
    )
    rows = [
        {
            "about": each.about.value,
            "ref": each.ref,
            "until": each.until,
            "step": each.step,
            "sent_at": act.at,
        }
        for each in due
    ]
    mine = set(insert_new(session, reminder_table, rows))
    taken = sorted((each for each in due if each.key in mine), key=lambda each: each.group)
    drafts = [_message(list(group)) for _, group in groupby(taken, lambda each: each.group)]
    return notifications.queue_many(session, act, drafts)


def _message(due: Sequence[Due]) -> notifications.Draft:
    """Return one message for everything one phone is to be told of today."""
    first = min(due, key=lambda each: each.key)
    ordered = sorted(due, key=lambda each: (each.until, each.words))
    template = "permit" if first.about is ReminderAbout.PERMIT else "expiring"
    about = first.about.value
    return notifications.Draft(
        phone=first.phone,
        template=f"reminder.{template}",
        dedup_key=f"reminder:{about}:{first.ref}:{first.until.isoformat()}:{first.step}",
        params={"name": first.name, "papers": "；".join(each.words for each in ordered)},
        tenancy_id=None if first.about is ReminderAbout.PERMIT else first.group,
    )


def _not_taken(about: ReminderAbout, ref: Any, until: Any, step: Any) -> sa.ColumnElement[bool]:
    taken = reminder_table.alias("taken")
    return ~sa.exists().where(
        taken.c.about == about.value,
        taken.c.ref == ref,
        taken.c.until == until,
        taken.c.step == step,
    )


def _step(steps: Sequence[int], until: Any, today: date) -> Any:
    """Return `nearest_step` in SQL; NULL where none has come."""
    nearest = [(until <= today + timedelta(days=step), step) for step in sorted(steps)]
    return sa.case(*nearest)


def _notices(session: Session, today: date) -> list[Due]:
    """Return the notices a step of which has come.

    A step before the day of signing is none: whoever signed knew the last day.
    """
    until = notice_table.c.valid_to
    step: Any = sa.case(
        *(
            (notice_table.c.kind == kind, _step(steps, until, today))
            for kind, steps in STEPS.items()
        )
    )
    query = (
        sa.select(
            notice_table.c.id,
            notice_table.c.tenancy_id,
            until,
            notice_table.c.settled_at,
            step.label("step"),
            text_table.c.title,
            merchant_table.c.name,
            tenancy_table.c.phone,
        )
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
        .where(
            IN_TERM,
            OPEN,
            until <= today + timedelta(days=max(map(max, STEPS.values()))),
            step.is_not(None),
            ~RENEWED,
            _not_taken(ReminderAbout.NOTICE, notice_table.c.id, until, step),
        )
    )
    return [
        Due(
            ReminderAbout.NOTICE,
            row.id,
            row.valid_to,
            row.step,
            row.phone,
            row.name,
            f"《{row.title}》{written(row.valid_to)}到期",
            row.tenancy_id,
        )
        for row in session.execute(query, {"today": today})
        if row.settled_at.astimezone(LOCAL).date() < row.valid_to - timedelta(days=row.step)
    ]


def _outlasting(session: Session, today: date) -> list[Due]:
    """Return the contracts whose hauler's permit ends soon, or has ended, and before they do."""
    ends = hauler_table.c.permit_valid_to
    query = (
        sa.select(
            notice_table.c.id,
            notice_table.c.tenancy_id,
            ends,
            hauler_table.c.name.label("hauler"),
            merchant_table.c.name,
            tenancy_table.c.phone,
        )
        .join(text_table, text_table.c.id == notice_table.c.text_id)
        .join(hauler_table, hauler_table.c.id == notice_table.c.hauler_id)
        .join(tenancy_table, tenancy_table.c.id == notice_table.c.tenancy_id)
        .join(merchant_table, merchant_table.c.id == tenancy_table.c.merchant_id)
        .where(
            IN_TERM,
            OPEN,
            notice_table.c.kind == NoticeKind.WASTE_CONTRACT,
            ends < notice_table.c.valid_to,
            ends <= today + timedelta(days=OUTLASTING_STEP),
            ~RENEWED,
            _not_taken(ReminderAbout.CONTRACT, notice_table.c.id, ends, OUTLASTING_STEP),
        )
    )
    return [
        Due(
            ReminderAbout.CONTRACT,
            row.id,
            row.permit_valid_to,
            OUTLASTING_STEP,
            row.phone,
            row.name,
            f"收运单位{row.hauler}的许可证{written(row.permit_valid_to)}到期，早于收运合同",
            row.tenancy_id,
        )
        for row in session.execute(query, {"today": today})
    ]


def _permits(session: Session, today: date) -> list[Due]:
    """Return the permits a step of which has come, for the haulers themselves."""
    ends = hauler_table.c.permit_valid_to
    step = _step(PERMIT_STEPS, ends, today)
    query = sa.select(hauler_table, step.label("step")).where(
        hauler_table.c.phone != "",
        ends >= today,
        step.is_not(None),
        _not_taken(ReminderAbout.PERMIT, hauler_table.c.id, ends, step),
    )
    return [
        Due(
            ReminderAbout.PERMIT,
            row.id,
            row.permit_valid_to,
            row.step,
            row.phone,
            row.name,
            f"许可证（{row.permit_no}）{written(row.permit_valid_to)}到期",
            row.id,
        )
        for row in session.execute(query)
    ]

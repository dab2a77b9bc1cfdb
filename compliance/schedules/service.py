"""Who does the work that comes round: of many workers exactly one, each time.

Claiming moves the time of the next turn on, in one statement; a worker that dies over its work
leaves it to the next turn. The works themselves are safe to be done twice all the same.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from compliance.act import Act
from compliance.record import insert_new
from compliance.schedules.models import Schedule

_schedule = Schedule.__table__  # type: ignore[attr-defined]


def claim(session: Session, act: Act, name: str, every: timedelta) -> bool:
    """Return whether the work `name` is due and now the caller's to do."""
    insert_new(session, _schedule, [{"name": name, "next_at": act.at}])
    claimed = session.execute(
        update(Schedule)
        .where(col(Schedule.name) == name, col(Schedule.next_at) <= act.at)
        .values(next_at=act.at + every, begun_at=act.at)
        .returning(col(Schedule.name))
    )
    return claimed.scalar_one_or_none() is not None


def note(session: Session, act: Act, name: str, error: str = "") -> None:
    """Write down that a turn has ended, and how."""
    session.execute(
        update(Schedule)
        .where(col(Schedule.name) == name)
        .values(ended_at=act.at, last_error=error[:500] or None)
    )


def listed(session: Session) -> list[Schedule]:
    """Return every kind of work, the one that failed last first."""
    failed = sa.case((col(Schedule.last_error).is_not(None), 0), else_=1)
    return list(session.exec(select(Schedule).order_by(failed, col(Schedule.name))))

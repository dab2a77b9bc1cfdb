"""A job in the hands of a worker: taken under a lease, told how far it is, released or failed.

A worker that dies leaves its lease to run out, and another begins anew; what it had made was never
released. Release is one transaction: new codes come into force, old ones are withdrawn, the ledger
says what was printed. It refuses when the lease has passed on or a printed code is no longer the
door's, so no file with a dead code ever leaves the house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select, update

from compliance.act import Act, Actor
from compliance.errors import Conflict
from compliance.ledger import service as ledger
from compliance.merchants import codes, identifiers, shops
from compliance.merchants.codes import Renewal
from compliance.merchants.models import CodeState
from compliance.merchants.shops import Shop
from compliance.print_jobs import contents
from compliance.print_jobs.contents import Scope
from compliance.print_jobs.models import JobProgress, JobStage, PrintJob, PrintLine, PrintWhat
from compliance.print_jobs.service import KEPT, locked
from compliance.record import insert_many

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3

line_table = PrintLine.__table__  # type: ignore[attr-defined]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Printed:
    """The finished file as the ledger names it."""

    sha256: str
    size: int
    pages: int
    codes: int
    plates: int
    notices: int


def take(session: Session, act: Act, job_id: str | None = None) -> PrintJob | None:
    """Return a job that is now this worker's for a minute and a half, or None.

    A job three workers have died over is given up, with `print.gave_up`.
    """
    due = sa.or_(
        col(PrintJob.state) == JobProgress.QUEUED,
        sa.and_(col(PrintJob.state) == JobProgress.RUNNING, col(PrintJob.lease_until) < act.at),
    )
    query = select(PrintJob).where(due, *([PrintJob.id == job_id] if job_id else []))
    query = query.order_by(col(PrintJob.ordered_at)).limit(1).with_for_update(skip_locked=True)
    job = session.exec(query).first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _end(session, act, job, "print.gave_up", "")
        return None
    job.state, job.stage = JobProgress.RUNNING, JobStage.GATHERING
    job.done = job.total = 0
    job.attempts += 1
    job.lease_token, job.lease_until = act.new_id(), act.at + LEASE
    session.add(job)
    return job


def gather(session: Session, act: Act, job: PrintJob) -> list[Shop]:
    """Write down the shops of a job in walking order and return them as they are to be printed.

    With new codes ordered, each shop comes with its new one, which nobody knows until release.
    """
    record = held(session, job)
    found = contents.walked(session, Scope.of(job))
    record.shops = len(found)
    session.add(record)
    session.exec(delete(PrintLine).where(col(PrintLine.job_id) == job.id))
    lines, printed = [], []
    for place, shop in enumerate(found):
        door = identifiers.new_door_token(act.chance) if job.renew else shop.door
        lines.append(
            {
                "job_id": job.id,
                "place": place,
                "tenancy_id": shop.tenancy_id,
                "door": door,
                "replaces": shop.door if job.renew else "",
                "problem": "" if door else "print.no_code",
                "detail": "",
            }
        )
        printed.append(replace(shop, door=door))
    insert_many(session, line_table, lines)
    return printed


def tell(session: Session, act: Act, job: PrintJob, stage: JobStage, done: int, total: int) -> bool:
    """Say how far a job is and keep it; return whether it is still wanted and this worker's."""
    kept = session.execute(
        update(PrintJob)
        .where(
            col(PrintJob.id) == job.id,
            col(PrintJob.state) == JobProgress.RUNNING,
            col(PrintJob.lease_token) == job.lease_token,
        )
        .values(stage=stage, done=done, total=total, lease_until=act.at + LEASE)
        .returning(col(PrintJob.id))
    )
    return kept.first() is not None


def note(session: Session, job: PrintJob, problems: Mapping[str, tuple[str, str]]) -> None:
    """Write down which shops of a job cannot be printed, and why."""
    for tenancy, (code, detail) in problems.items():
        session.execute(
            sa.update(line_table)
            .where(line_table.c.job_id == job.id, line_table.c.tenancy_id == tenancy)
            .values(problem=code, detail=detail[:160])
        )


def release(
    session: Session,
    act: Act,
    job: PrintJob,
    printed: Printed,
    problems: Mapping[str, tuple[str, str]],
) -> PrintJob:
    """Release the file of a job, in one transaction with what it brings into force.

    `problems` are (error code, detail) by tenancy of the shops that are not in the file. Raises
    Conflict `print.lost` when the job is no longer this worker's, `print.codes_changed` when a code
    in the file is not the door's any more.
    """
    record = held(session, job)
    note(session, job, problems)
    lines = _lines(session, job)
    actor = Actor(record.ordered_by, record.ordered_role)
    ordered = Act(at=act.at, actor=actor, chance=act.chance)
    if record.renew:
        codes.renew_many(session, ordered, [_renewal(line) for line in lines], record.reason)
    elif {line.door for line in lines} - _active(session, [line.door for line in lines]):
        raise Conflict("print.codes_changed")
    record.state = JobProgress.READY
    record.finished_at, record.kept_until = act.at, act.at + KEPT
    record.lease_until = None
    record.done = record.total
    record.file_hash, record.size = printed.sha256, printed.size
    record.pages, record.codes, record.printed = printed.pages, printed.codes, len(lines)
    session.add(record)
    _record(session, ordered, record, printed, len(lines))
    return record


def fail(session: Session, act: Act, job: PrintJob, code: str, detail: str = "") -> None:
    """End a job without a file; a job that has passed to somebody else is left alone."""
    record = locked(session, job.id)
    if record.state is JobProgress.RUNNING and record.lease_token == job.lease_token:
        _end(session, act, record, code, detail)


def put_back(session: Session, act: Act, job: PrintJob) -> None:
    """Let go of a job at once, for the next attempt."""
    record = locked(session, job.id)
    if record.state is JobProgress.RUNNING and record.lease_token == job.lease_token:
        record.state, record.lease_until = JobProgress.QUEUED, None
        session.add(record)


def clear(session: Session, act: Act) -> list[str]:
    """End jobs whose file has been kept long enough; return the hashes nobody needs any more."""
    old = session.exec(
        select(PrintJob)
        .where(PrintJob.state == JobProgress.READY, col(PrintJob.kept_until) < act.at)
        .with_for_update(skip_locked=True)
    ).all()
    for job in old:
        job.state = JobProgress.CLEARED
        session.add(job)
    session.flush()
    hashes = {job.file_hash for job in old if job.file_hash}
    return sorted(each for each in hashes if not needed(session, each))


def needed(session: Session, sha256: str) -> bool:
    """Return whether a file is that of a job that can still be fetched."""
    query = select(PrintJob.id).where(
        PrintJob.file_hash == sha256, PrintJob.state == JobProgress.READY
    )
    return session.exec(query).first() is not None


def held(session: Session, job: PrintJob) -> PrintJob:
    """Return the job's row, locked; raise Conflict `print.lost` when it is somebody else's."""
    record = locked(session, job.id)
    if record.state is not JobProgress.RUNNING or record.lease_token != job.lease_token:
        raise Conflict("print.lost")
    return record


def _end(session: Session, act: Act, job: PrintJob, code: str, detail: str) -> None:
    job.state, job.finished_at, job.lease_until = JobProgress.FAILED, act.at, None
    job.failure, job.failure_detail = code, detail[:160]
    session.add(job)


def _lines(session: Session, job: PrintJob) -> Sequence[sa.Row]:
    """Return the shops that are in the file."""
    tenancy = shops.tenancy_table
    query = (
        sa.select(line_table, tenancy.c.premises_id)
        .join(tenancy, tenancy.c.id == line_table.c.tenancy_id)
        .where(line_table.c.job_id == job.id, line_table.c.problem == "")
        .order_by(line_table.c.place)
    )
    return session.execute(query).all()


def _active(session: Session, doors: Sequence[str]) -> set[str]:
    code, found = shops.code_table, set()
    for start in range(0, len(doors), _AT_ONCE):
        query = sa.select(code.c.token).where(
            code.c.token.in_(doors[start : start + _AT_ONCE]), code.c.state == CodeState.ACTIVE
        )
        found |= set(session.execute(query).scalars())
    return found


def _renewal(line: sa.Row) -> Renewal:
    return Renewal(line.tenancy_id, line.premises_id, line.replaces, line.door)


def _record(
    session: Session, act: Act, job: PrintJob, printed: Printed, shops_printed: int
) -> None:
    township = job.township_code
    ledger.append(
        session,
        act,
        subject=ledger.township_subject(township) if township else ledger.DISTRICT_SUBJECT,
        kind="notices.printed" if job.what is PrintWhat.NOTICES else "plates.printed",
        ref=job.id,
        fact={
            "what": job.what.value,
            "layout": job.layout,
            "lane": job.lane_id or "",
            "tenancy": job.tenancy_id or "",
            "shops": shops_printed,
            "plates": printed.plates,
            "notices": printed.notices,
            "pages": printed.pages,
            "codes": printed.codes,
            "renewed": job.renew,
            "file_hash": printed.sha256,
        },
        body={"reason": job.reason} if job.renew else None,
    )

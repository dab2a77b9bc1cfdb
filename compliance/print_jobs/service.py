"""Print jobs at the desk: ordered, looked at, cancelled. The worker's side is in `running.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from compliance.accounts.models import Account
from compliance.accounts.permissions import Action, Place, Reach, Viewer, require, require_at
from compliance.act import Act
from compliance.errors import InvalidInput, NotFound, RuleBroken
from compliance.merchants import shops
from compliance.merchants.models import Merchant, Tenancy
from compliance.merchants.shops import Shop
from compliance.places.models import Lane, Township
from compliance.print_jobs import contents
from compliance.print_jobs.contents import Amount, Scope
from compliance.print_jobs.models import JobProgress, JobStage, PrintJob, PrintLine, PrintWhat

MIN_REASON = 2
KEPT = timedelta(days=14)
"""How long a finished file can be fetched."""

UNFINISHED = (JobProgress.QUEUED, JobProgress.RUNNING)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to be printed: places by code or id, "" for as far as one may.

    `per_sheet` is how many plates of this layout stand on one sheet.
    """

    what: PrintWhat = PrintWhat.PLATES
    layout: str = "outdoor"
    township: str = ""
    lane: str = ""
    tenancy: str = ""
    covers: bool = True
    renew: bool = False
    reason: str = ""
    per_sheet: int = 1

    def sheets(self, found: Amount) -> int:
        """Return how many sheets come out of the printer, covers not counted."""
        plates = sum(-(-shops // self.per_sheet) for shops in found.lanes)
        return {
            PrintWhat.PLATES: plates,
            PrintWhat.NOTICES: found.notices,
            PrintWhat.PACK: plates + found.notices,
        }[self.what]


@dataclass(frozen=True, slots=True)
class Job:
    """A job with the names that pages give it."""

    record: PrintJob
    township: str
    township_en: str
    lane: str
    shop: str
    by: str

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def unfinished(self) -> bool:
        return self.record.state in UNFINISHED

    @property
    def megabytes(self) -> str:
        """The size of the file, as people compare it with their mobile plan."""
        return f"{max(self.record.size / 1_000_000, 0.1):.1f}"

    def downloadable(self, now: datetime) -> bool:
        """Whether the file is there."""
        kept = self.record.kept_until
        return self.record.state is JobProgress.READY and kept is not None and now < kept


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A shop that is not in the file, with the error code and what it speaks of."""

    shop: Shop
    problem: str
    detail: str


def scope_of(session: Session, viewer: Viewer, order: Order) -> Scope:
    """Return where an order is for; places out of reach look as if they did not exist."""
    reach = require(viewer, Action.CODE_PRINT)
    if order.tenancy:
        shop = shops.seen_by(session, viewer, Action.CODE_PRINT, order.tenancy)
        return Scope(shop.township_code, shop.lane_id, shop.tenancy_id)
    if order.lane:
        lane = session.get(Lane, order.lane)
        if lane is None:
            raise NotFound("account.out_of_reach")
        require_at(viewer, Action.CODE_PRINT, Place(lane.township_code, lane.id))
        return Scope(lane.township_code, lane.id)
    if order.township:
        require_at(viewer, Action.CODE_PRINT, Place(order.township))
        return Scope(order.township)
    if reach is Reach.DISTRICT:
        return Scope()
    if len(viewer.townships) != 1:
        fields = {"township": "print.township_missing"}
        raise InvalidInput("print.township_missing", fields=fields)
    return Scope(next(iter(viewer.townships)))


def counted(session: Session, act: Act, viewer: Viewer, order: Order) -> Amount:
    """Return how much an order would print."""
    return contents.amount(session, act, scope_of(session, viewer, order))


def order(session: Session, act: Act, viewer: Viewer, wanted: Order) -> PrintJob:
    """Queue a job; raise InvalidInput `print.nothing` where nothing could be printed.

    New codes need the right to replace codes, a reason, and a plate to stand on.
    """
    scope = scope_of(session, viewer, wanted)
    if wanted.renew:
        require_at(viewer, Action.CODE_REISSUE, Place(scope.township, scope.lane, scope.tenancy))
        if wanted.what is PrintWhat.NOTICES:
            raise InvalidInput(
                "print.renew_needs_plates", fields={"renew": "print.renew_needs_plates"}
            )
        if len(wanted.reason.strip()) < MIN_REASON:
            raise InvalidInput("door.reason_missing", fields={"reason": "door.reason_missing"})
    found = contents.amount(session, act, scope)
    printable = found.shops if wanted.renew else found.shops - found.without_code
    if not (found.notices if wanted.what is PrintWhat.NOTICES else printable):
        raise InvalidInput("print.nothing")
    job = PrintJob(
        id=act.new_id(),
        what=wanted.what,
        layout=wanted.layout,
        township_code=scope.township,
        lane_id=scope.lane,
        tenancy_id=scope.tenancy,
        covers=wanted.covers and scope.tenancy is None,
        renew=wanted.renew,
        reason=wanted.reason.strip() if wanted.renew else "",
        ordered_by=act.actor.account_id,
        ordered_role=act.actor.role,
        ordered_at=act.at,
        shops=found.shops,
        sheets=wanted.sheets(found),
        state=JobProgress.QUEUED,
        stage=JobStage.GATHERING,
    )
    session.add(job)
    session.flush()
    return job


def seen_by(session: Session, viewer: Viewer, job_id: str) -> Job:
    """Return a job of a place for which `viewer` prints; others look as if they did not exist."""
    require(viewer, Action.CODE_PRINT)
    row = session.execute(_JOBS.where(col(PrintJob.id) == job_id)).one_or_none()
    if row is None:
        raise NotFound("print.unknown")
    job = Job(*row)
    place = Place(job.record.township_code, job.record.lane_id, job.record.tenancy_id)
    require_at(viewer, Action.CODE_PRINT, place, unknown="print.unknown")
    return job


def listed(session: Session, viewer: Viewer, *, limit: int = 50) -> Sequence[Job]:
    """Return the latest jobs of the places for which `viewer` prints."""
    query = _JOBS.order_by(col(PrintJob.ordered_at).desc(), col(PrintJob.id)).limit(limit)
    if require(viewer, Action.CODE_PRINT) is not Reach.DISTRICT:
        query = query.where(col(PrintJob.township_code).in_(viewer.townships))
    return [Job(*row) for row in session.execute(query)]


def left_out(session: Session, job_id: str) -> Sequence[LeftOut]:
    """Return the shops that are not in a job's file, in walking order."""
    query = (
        shops.SHOPS.add_columns(col(PrintLine.problem), col(PrintLine.detail))
        .join(PrintLine, col(PrintLine.tenancy_id) == shops.tenancy_table.c.id)
        .where(col(PrintLine.job_id) == job_id, col(PrintLine.problem) != "")
        .order_by(col(PrintLine.place))
    )
    return [LeftOut(Shop(*row[:-2]), *row[-2:]) for row in session.execute(query)]


def stale(session: Session, job_id: str) -> int:
    """Return how many codes in a job's file have been withdrawn since."""
    code = shops.code_table
    query = (
        sa.select(sa.func.count())
        .select_from(PrintLine)
        .join(code, code.c.token == col(PrintLine.door))
        .where(
            col(PrintLine.job_id) == job_id,
            col(PrintLine.problem) == "",
            code.c.withdrawn_at.is_not(None),
        )
    )
    return int(session.execute(query).scalar_one())


def cancel(session: Session, act: Act, viewer: Viewer, job_id: str) -> PrintJob:
    """Stop a job that is not finished; raise RuleBroken `print.finished` when it is."""
    seen_by(session, viewer, job_id)
    job = locked(session, job_id)
    if job.state not in UNFINISHED:
        raise RuleBroken("print.finished")
    job.state = JobProgress.CANCELLED
    job.finished_at = act.at
    job.lease_until = None
    session.add(job)
    return job


def locked(session: Session, job_id: str) -> PrintJob:
    """Return a job that nobody else can change before this transaction ends."""
    query = select(PrintJob).where(PrintJob.id == job_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


_JOBS = (
    sa.select(
        PrintJob,
        sa.func.coalesce(col(Township.name), ""),
        sa.func.coalesce(col(Township.name_en), ""),
        sa.func.coalesce(col(Lane.name), ""),
        sa.func.coalesce(col(Merchant.name), ""),
        sa.func.coalesce(col(Account.display_name), ""),
    )
    .outerjoin(Township, col(Township.code) == col(PrintJob.township_code))
    .outerjoin(Lane, col(Lane.id) == col(PrintJob.lane_id))
    .outerjoin(Tenancy, col(Tenancy.id) == col(PrintJob.tenancy_id))
    .outerjoin(Merchant, col(Merchant.id) == col(Tenancy.merchant_id))
    .outerjoin(Account, col(Account.id) == col(PrintJob.ordered_by))
)

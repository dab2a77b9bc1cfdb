"""Print jobs at the desk: how far they are, the file to fetch, one stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import File, Redirect
from sqlmodel import Session

from compliance.accounts.permissions import Action
from compliance.act import LOCAL
from compliance.errors import NotFound
from compliance.print_jobs import service
from compliance.print_jobs.models import PrintJob
from compliance.print_jobs.service import Job, LeftOut
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.pages import language, page
from merchants_app.plates import LABEL, LAYOUTS
from merchants_app.words import label

SHOWN = 50


@dataclass(frozen=True, slots=True)
class JobsPage:
    """The latest jobs; `busy` while one of them is not finished."""

    jobs: Sequence[Job]
    now: datetime
    busy: bool


@dataclass(frozen=True, slots=True)
class JobPage:
    """One job; `stale` are codes in its file that were withdrawn since, `again` leads to the same
    order once more.
    """

    job: Job
    again: str
    left_out: Sequence[LeftOut]
    stale: int
    now: datetime
    busy: bool


@get("/print-jobs", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def jobs_page(request: Request) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)
    jobs = await context.database.read(lambda s: service.listed(s, viewer, limit=SHOWN))
    view = JobsPage(jobs, context.clock(), any(job.unfinished for job in jobs))
    return page(request, "print_jobs/list.html", view)


@get("/print-jobs/{job_id:str}", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def job_page(request: Request, job_id: FromPath[str]) -> Response:
    context, viewer = context_of(request), signed_in_viewer(request)

    def collect(session: Session) -> JobPage:
        job = service.seen_by(session, viewer, job_id)
        left_out, stale = service.left_out(session, job_id), service.stale(session, job_id)
        return JobPage(job, _again(job.record), left_out, stale, context.clock(), job.unfinished)

    return page(request, "print_jobs/show.html", await context.database.read(collect))


@get("/print-jobs/{job_id:str}/file.pdf", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def file(request: Request, job_id: FromPath[str]) -> File:
    context, viewer = context_of(request), signed_in_viewer(request)
    job = await context.database.read(lambda s: service.seen_by(s, viewer, job_id))
    found = job.record.file_hash if job.downloadable(context.clock()) else None
    if found is None or not context.blobs.has(found):
        raise NotFound("print.file_gone")
    name = _name(job, language(request))
    return File(path=context.blobs.path(found), filename=name, media_type="application/pdf")


def _name(job: Job, lang: str) -> str:
    """Return a name that says on the desk of a print shop what it is."""
    where = job.shop or job.lane or (job.township_en if lang == "en" else job.township)
    day = job.record.ordered_at.astimezone(LOCAL)
    parts = [label(lang, job.record.what), where, f"{day:%Y%m%d}", job.id[:8]]
    return "-".join(part.replace("/", " ") for part in parts if part) + ".pdf"


def _again(job: PrintJob) -> str:
    """Return the address at which the same order is chosen already."""
    named = job.layout in LAYOUTS
    parts = {
        "township": job.township_code,
        "lane": job.lane_id,
        "tenancy": job.tenancy_id,
        "what": job.what.value,
        "layout": job.layout if named else LABEL,
        "label": "" if named else job.layout,
    }
    return "/codes?" + urlencode({name: part for name, part in parts.items() if part})


@post("/print-jobs/{job_id:str}/cancel", opt=may(Action.CODE_PRINT), include_in_schema=False)
async def cancel(request: Request, job_id: FromPath[str]) -> Redirect:
    act, viewer = act_for(request), signed_in_viewer(request)
    await context_of(request).database.write(lambda s: service.cancel(s, act, viewer, job_id))
    return Redirect(f"/print-jobs/{job_id}", status_code=303)


ROUTES = [jobs_page, job_page, file, cancel]

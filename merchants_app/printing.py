"""Where shops and paper meet: what each shop of a print job gets, lane by lane."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlmodel import Session

from compliance.act import LOCAL, Act
from compliance.merchants.shops import Shop
from compliance.notices.service import Paper
from compliance.print_jobs import contents
from compliance.print_jobs.models import PrintJob, PrintWhat
from merchants_app.papers import notice_poster
from merchants_app.plates import LABEL, LAYOUTS, layout_of, plate_of
from merchants_app.settings import Settings
from qr.pile import AT_ONCE, Pack, Stack
from qr.sheet import Sheet


def sheet_for(layout: str, settings: Settings) -> Sheet:
    """Return the sheet of a job's layout: a name, or the numbers of a label."""
    name = layout if layout in LAYOUTS else LABEL
    return layout_of(name, layout, settings)


def stacks(
    session: Session, act: Act, job: PrintJob, found: Sequence[Shop], settings: Settings
) -> Iterator[Stack]:
    """Give what a job prints, a lane at a time; `found` are its shops in walking order."""
    for _, shops in groupby(found, key=lambda shop: shop.lane_id):
        lane = list(shops)
        packs: list[Pack] = []
        for start in range(0, len(lane), AT_ONCE):
            some = lane[start : start + AT_ONCE]
            papers = contents.in_force(session, act, some) if _has_notices(job) else {}
            packs += (_pack(job, shop, papers.get(shop.tenancy_id, ()), settings) for shop in some)
            session.expunge_all()  # notices are long, and a district has thousands
        imprint = _imprint(job) if job.covers else ""
        yield Stack(lane[0].township, lane[0].lane, tuple(packs), imprint)


def _has_notices(job: PrintJob) -> bool:
    return job.what is not PrintWhat.PLATES


def _pack(job: PrintJob, shop: Shop, papers: Sequence[Paper], settings: Settings) -> Pack:
    return Pack(
        key=shop.tenancy_id,
        number=shop.number,
        name=shop.name,
        address=shop.address,
        plate=plate_of(shop, settings) if shop.door and job.what is not PrintWhat.NOTICES else None,
        posters=tuple(notice_poster(paper, settings.base_url) for paper in papers),
        problem="" if shop.door else "no_code",
    )


def _imprint(job: PrintJob) -> str:
    day = job.ordered_at.astimezone(LOCAL)
    return f"{day.year}年{day.month}月{day.day}日 打印单 {job.id[:8].upper()}"

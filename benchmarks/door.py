"""The door page: kept in memory beside a bare route, and made anew beside the ORM and template way.

The ORM way reads the same shop (four notices, visits, findings) record by record and fills the very
template of the page; what the page works out from those records is given to it for nothing. Both
are called as ASGI applications in this process, in turns, so neither a socket nor a load
generator blurs the ratio. Ratios are requests per second, ours : beside.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler
from sqlmodel import Session, select

from compliance import reference
from compliance.doors.face import public_face
from compliance.findings.models import Finding
from compliance.merchants import shops
from compliance.merchants.models import DoorCode, Merchant, Premises, Tenancy
from compliance.merchants.shops import Shop
from compliance.notices.models import Notice, NoticeText
from compliance.patrols.models import Patrol
from compliance.places.models import Lane, Township
from merchants_app import pages, schema
from merchants_app.app import create_app, create_context
from merchants_app.context import Context, system_clock
from merchants_app.settings import Settings
from tests import visits
from tests.factories import World
from tests.people import Street
from tests.sittings import issue_all

ROUNDS = 5
REQUESTS = 2000
MISSES = 100


@get("/", sync_to_thread=False)
def bare() -> str:
    return "ok"


def scope(path: str) -> dict[str, Any]:
    headers = [(b"host", b"127.0.0.1"), (b"accept", b"text/html"), (b"user-agent", b"x" * 80)]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }  # fmt: skip


async def ask(app: Any, path: str) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(message["status"])

    await app(scope(path), receive, send)


async def seconds(count: int, call: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    for _ in range(count):
        await call()
    return (time.perf_counter() - began) / count


def the_orm_way(session: Session, token: str) -> dict[str, Any]:
    """Read what the page shows as an application usually would: records, one relation at a time."""
    code = session.exec(select(DoorCode).where(DoorCode.token == token)).one()
    premises = session.get_one(Premises, code.premises_id)
    tenancy = session.exec(
        select(Tenancy).where(Tenancy.premises_id == premises.id, Tenancy.closed_on == None)  # noqa: E711
    ).one()
    notices = session.exec(select(Notice).where(Notice.tenancy_id == tenancy.id)).all()
    return {
        "premises": premises,
        "merchant": session.get_one(Merchant, tenancy.merchant_id),
        "lane": session.get_one(Lane, premises.lane_id),
        "township": session.get_one(Township, premises.township_code),
        "texts": [session.get_one(NoticeText, notice.text_id) for notice in notices],
        "visits": session.exec(select(Patrol).where(Patrol.tenancy_id == tenancy.id)).all(),
        "findings": session.exec(select(Finding).where(Finding.tenancy_id == tenancy.id)).all(),
    }


def usual_door(context: Context, token: str) -> HTTPRouteHandler:
    """Return a route that makes the page the usual way, from a face worked out beforehand."""
    now = context.clock()
    face = context.database.read_now(
        lambda session: public_face(session, shops.by_token(session, token), now)
    )

    @get(f"/q/{token}", media_type="text/html")
    async def usual() -> str:
        await context.database.read(lambda session: the_orm_way(session, token))
        return pages.render("doors/door.html", {"face": face, "now": now}, lang="zh", path="/q/x")

    return usual


def furnished(context: Context) -> Shop:
    """Return a shop with four notices, two findings and three visits."""
    world = World(context, system_clock)
    street = Street(world)
    issue_all(world, street.shop)
    for code in ("O02", "H01"):
        street.fault(code)
    for _ in range(3):
        visits.log(world, street.chief, visits.body(world, street.shop, visits.ok("O02")))
    return street.shop


async def measure(context: Context, token: str) -> Iterator[tuple[str, float, float, float]]:
    app, plain = (
        create_app(context.settings, context=context),
        Litestar([bare], openapi_config=None),
    )
    path = f"/q/{token}"
    await ask(app, path)
    ours, beside = [], []
    for _ in range(ROUNDS):
        beside.append(await seconds(REQUESTS, lambda: ask(plain, "/")))
        ours.append(await seconds(REQUESTS, lambda: ask(app, path)))

    async def miss() -> None:
        context.doors.drop(context.doors.subjects())
        await ask(app, path)

    usual_app = Litestar([usual_door(context, token)], openapi_config=None)

    async def orm() -> None:
        await ask(usual_app, path)

    first, usual = [], []
    for _ in range(ROUNDS):
        usual.append(await seconds(MISSES, orm))
        first.append(await seconds(MISSES, miss))
    return iter(
        [
            (
                "door page, unchanged : bare route",
                *(pair := (min(ours), min(beside))),
                pair[1] / pair[0],
            ),
            (
                "door page, first time : ORM way",
                *(pair := (min(first), min(usual))),
                pair[1] / pair[0],
            ),
        ]
    )


def rows() -> list[tuple[str, float, float, float]]:
    """Return the two rows."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(data_dir=Path(folder), log_level="error", database_url="")
        schema.upgrade(settings.database)
        context = create_context(settings)
        context.database.write_now(lambda session: reference.load(session, context.act()))
        shop = furnished(context)
        try:
            return list(asyncio.run(measure(context, shop.door)))
        finally:
            context.database.close()

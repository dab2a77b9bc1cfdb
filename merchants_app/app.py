"""The application, read like a table of contents; nothing happens on import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from merchants_app import access, errors, headers, logs, worker
from merchants_app.blobs import Blobs
from merchants_app.context import Clock, Context, system_clock
from merchants_app.database import Database
from merchants_app.doors import DoorCache
from merchants_app.front import DoorFront
from merchants_app.routes import ROUTES, STATIC
from merchants_app.settings import Settings

MAX_BODY = 13 * 1024 * 1024
"""A photo of 12 MB and the form around it."""


def create_context(
    settings: Settings, *, database: Database | None = None, clock: Clock = system_clock
) -> Context:
    """Return the collaborators that `settings` ask for."""
    made = Context(
        settings=settings,
        database=database or Database(settings.database, pool=settings.database_pool),
        blobs=Blobs(settings.data_dir / "blobs"),
        clock=clock,
    )
    made.doors = DoorCache(made)
    made.database.listeners.append(made.doors.drop)
    return made


def create_app(settings: Settings, *, context: Context | None = None) -> Litestar:
    """Return the application; raises TypeError when a route does not say who may call it."""
    own = context is None
    context = context or create_context(settings)
    logs.configure(settings.log_level)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        delivery = (
            asyncio.create_task(worker.work_forever(context)) if own and settings.worker else None
        )
        yield
        if delivery is not None:
            delivery.cancel()
            await asyncio.gather(delivery, return_exceptions=True)
        if own:
            context.database.close()

    app = Litestar(
        route_handlers=[*ROUTES, STATIC],
        state=State({"context": context}),
        lifespan=[lifespan],
        guards=[access.check_access],
        exception_handlers=errors.HANDLERS,
        middleware=[logs.RequestLog()],
        before_send=[headers.secure],
        openapi_config=OpenAPIConfig(
            title="门前 Menqian",
            version="1",
            create_examples=False,
            openapi_router=Router(path="/schema", route_handlers=[], opt=access.signed_in()),
            render_plugins=[JsonRenderPlugin()],
        ),
        request_max_body_size=MAX_BODY,
        debug=False,
    )
    access.check_routes(handlers_of(app))
    app.asgi_handler = DoorFront(context, app.asgi_handler)
    return app


def handlers_of(app: Litestar) -> list[HTTPRouteHandler]:
    """Return every HTTP handler of the app but the framework's answers to OPTIONS."""
    return [
        handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"OPTIONS"}
    ]

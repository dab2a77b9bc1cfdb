"""What the worker does about colours: it writes down those that have changed, and why."""

from functools import partial

import structlog

from compliance.grades import publishing, service
from merchants_app.context import Context

log = structlog.get_logger()


async def grade(context: Context) -> None:
    """Compute every open shop's colour and write the changes; of many workers one writes each.

    Reading holds nobody up: only the shops that have changed are looked at again to be written.
    """
    database = context.database
    for chunk in list(await database.read(publishing.open_shops)):
        stale = await database.read(partial(service.stale, tenancy_ids=chunk, now=context.clock()))
        if stale:
            written = await database.write(
                partial(service.settle, act=context.act(), tenancy_ids=stale)
            )
            log.info("graded", shops=written)

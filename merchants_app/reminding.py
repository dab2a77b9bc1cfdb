"""What the worker does about papers that run out: it reminds, each step once."""

import structlog

from compliance.notices import reminding
from merchants_app.context import Context

log = structlog.get_logger()


async def remind(context: Context) -> None:
    """Queue the reminders that are due; of many workers one sends each."""
    queued = await context.database.write(lambda s: reminding.remind(s, context.act()))
    if queued:
        log.info("reminded", messages=queued)

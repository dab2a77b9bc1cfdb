"""What votes do by themselves: open at their moment, remind who has not voted, close and count."""

from collections.abc import Callable
from functools import partial

import structlog

from compliance.votes import service
from merchants_app.context import Context

log = structlog.get_logger()

STEPS: tuple[Callable[..., int], ...] = (
    service.open_due,
    service.remind_due,
    service.close_due,
)
"""In this order, each in a transaction of its own; a vote that somebody else holds is skipped."""


async def run_votes(context: Context) -> None:
    """Take every vote as far as the time has come."""
    for step in STEPS:
        done = await context.database.write(partial(step, act=context.act()))
        if done:
            log.info("votes", step=step.__name__, count=done)

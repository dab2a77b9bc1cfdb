"""Work nobody waits for: delivering the outbox (leased, carried, marked), printing, what is due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from compliance.notifications import service
from compliance.reviews import service as reviews
from merchants_app import pressroom
from merchants_app.context import Context
from merchants_app.erasing import remove_files
from merchants_app.messenger import Messenger, messenger_of
from merchants_app.reminding import remind
from merchants_app.resigning import resign
from merchants_app.sealing import seal_due
from merchants_app.voting import run_votes

TIDY_EVERY = timedelta(minutes=10)
PAUSE = 1.0
"""Seconds between two looks when nothing was due."""

log = structlog.get_logger()


async def deliver_due(context: Context, messenger: Messenger) -> int:
    """Deliver what is due now and return how many were leased."""
    database = context.database
    taken = await database.write(lambda session: service.lease(session, context.act()))
    for message in taken:
        try:
            await asyncio.to_thread(messenger.carry, message)
        except Exception as error:  # noqa: BLE001 (any failure of a provider is retried)
            reason = f"{type(error).__name__}: {error}"
            log.warning("message_failed", message=message.id, attempts=message.attempts)
            await database.write(
                partial(service.mark_failed, act=context.act(), message=message, error=reason)
            )
        else:
            await database.write(partial(service.mark_sent, act=context.act(), message=message))
    return len(taken)


async def send_overdue(context: Context) -> None:
    """Send covenant findings that were not put right in time to the association.

    Safe with many workers: each finding is locked, and one already sent is left alone.
    """
    sent = await context.database.write(lambda s: reviews.send_all_overdue(s, context.act()))
    if sent:
        log.info("sent_to_association", findings=sent)


FALLS_DUE: Sequence[Callable[[Context], Awaitable[None]]] = (
    send_overdue,
    pressroom.clear_old,
    resign,
    run_votes,
    remind,
    remove_files,
    seal_due,
)
"""What falls due by itself, each safe to be done by many workers at once."""


async def tidy(context: Context) -> None:
    """Do what has fallen due; a fault in one work is logged and does not keep the others back."""
    for work in FALLS_DUE:
        try:
            await work(context)
        except Exception:
            log.exception("worker_fault", work=work.__name__)


async def work_forever(context: Context) -> None:
    """Deliver, tidy and print until cancelled; a job that prints for minutes holds nothing up."""
    await asyncio.gather(pressroom.press_forever(context), deliver_forever(context))


async def deliver_forever(context: Context) -> None:
    """Deliver until cancelled; a fault is logged and does not end the work."""
    messenger = messenger_of(context.settings)
    tidied = datetime.min.replace(tzinfo=UTC)
    while True:
        try:
            if context.clock() - tidied > TIDY_EVERY:
                await tidy(context)
                tidied = context.clock()
            taken = await deliver_due(context, messenger)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("worker_fault")
            taken = 0
        if not taken:
            await asyncio.sleep(PAUSE)

"""Work nobody waits for: delivering the outbox (leased, carried, marked), printing, what is due."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from compliance.notifications import service
from compliance.notifications.models import OutboxMessage
from compliance.reviews import keeping, nominating
from compliance.reviews import service as reviews
from compliance.schedules import service as schedules
from compliance.schedules.models import Work
from merchants_app import pressroom
from merchants_app.context import Context
from merchants_app.erasing import remove_files
from merchants_app.grading import grade
from merchants_app.messenger import Messenger, RefusedForGood, messenger_of
from merchants_app.quarantined import clear_quarantine
from merchants_app.reminding import remind
from merchants_app.resigning import resign
from merchants_app.sealing import seal_due
from merchants_app.voting import run_votes

TIDY_EVERY = timedelta(minutes=10)
LOOK_EVERY = timedelta(minutes=1)
"""How often each kind of work has its turn, and how often a worker looks whose turn it is."""

PAUSE = 1.0
"""Seconds between two looks when nothing was due."""

log = structlog.get_logger()


async def deliver_due(context: Context, messenger: Messenger) -> int:
    """Deliver what is due now and return how many were leased."""
    database = context.database
    taken = await database.write(lambda session: service.lease(session, context.act()))
    for message in taken:
        if await database.write(partial(service.hold, act=context.act(), message=message)):
            await deliver(context, messenger, message)
    return len(taken)


async def deliver(context: Context, messenger: Messenger, message: OutboxMessage) -> None:
    """Carry one message that is held, and note how it went."""
    note: Callable[[Session], None]
    try:
        name = await asyncio.to_thread(messenger.carry, message)
    except Exception as error:  # noqa: BLE001 (any failure of a provider is retried)
        reason, final = f"{type(error).__name__}: {error}", isinstance(error, RefusedForGood)
        log.warning("message_failed", message=message.id, final=final)
        note = partial(
            service.mark_failed, act=context.act(), message=message, error=reason, final=final
        )
    else:
        note = partial(service.mark_sent, act=context.act(), message=message, provider_id=name)
    await context.database.write(note)


async def send_overdue(context: Context) -> None:
    """Send covenant findings that were not put right in time to the association.

    Safe with many workers: each finding is locked, and one already sent is left alone.
    """
    sent = await context.database.write(lambda s: reviews.send_all_overdue(s, context.act()))
    if sent:
        log.info("sent_to_association", findings=sent)


async def keep_panels(context: Context) -> None:
    """Draw and refill panels, remind their members; end the listings whose time is over.

    Each panel in a transaction of its own: a vote waits for one of them at most.
    """
    write = context.database.write
    for panel_id in await context.database.read(keeping.open_panels):
        await write(partial(keeping.keep, act=context.act(), panel_id=panel_id))
    await write(partial(nominating.end_those_over, act=context.act()))


FALLS_DUE: Mapping[Work, Callable[[Context], Awaitable[None]]] = {
    Work.SEND_OVERDUE: send_overdue,
    Work.KEEP_PANELS: keep_panels,
    Work.CLEAR_PRINTED: pressroom.clear_old,
    Work.RESIGN: resign,
    Work.RUN_VOTES: run_votes,
    Work.GRADE: grade,
    Work.REMIND: remind,
    Work.REMOVE_FILES: remove_files,
    Work.CLEAR_QUARANTINE: clear_quarantine,
    Work.SEAL_DUE: seal_due,
}
"""What falls due by itself, each safe to be done by many workers at once."""


async def tidy(context: Context) -> None:
    """Do what has fallen due and is nobody else's turn; a fault keeps the other works not back."""
    write = context.database.write
    for name, work in FALLS_DUE.items():
        if not await write(
            partial(schedules.claim, act=context.act(), name=name, every=TIDY_EVERY)
        ):
            continue
        error = ""
        try:
            await work(context)
        except Exception as fault:
            error = f"{type(fault).__name__}: {fault}"
            log.exception("worker_fault", work=name.value)
        await write(partial(schedules.note, act=context.act(), name=name, error=error))


async def work_forever(context: Context) -> None:
    """Deliver, tidy and print until cancelled; a job that prints for minutes holds nothing up."""
    await asyncio.gather(pressroom.press_forever(context), deliver_forever(context))


async def deliver_forever(context: Context) -> None:
    """Deliver until cancelled; a fault is logged and does not end the work."""
    messenger = messenger_of(context.settings)
    tidied = datetime.min.replace(tzinfo=UTC)
    while True:
        try:
            if context.clock() - tidied > LOOK_EVERY:
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

"""What is left of erased data after the commit: files in the store, pages in SQLite's journal.

The rows go in one transaction; a machine that stops between that and the files finds them noted in
the erasure, and the worker removes them. Removing twice does no harm.
"""

import asyncio
from functools import partial

import structlog

from compliance.erasures import telling
from merchants_app.context import Context

log = structlog.get_logger()


async def remove_files(context: Context) -> None:
    """Remove what erasures left in the store; safe with many workers at once."""
    left = await context.database.read(telling.files_left)
    for erasure_id, blobs in left.items():
        for sha256 in blobs:
            await asyncio.to_thread(context.blobs.remove, sha256)
        await context.database.write(partial(telling.files_gone, erasure_id=erasure_id))
        log.info("erased_files_removed", erasure=erasure_id, files=len(blobs))


async def finish(context: Context) -> None:
    """Leave nothing of what was just erased on this machine's disk."""
    await remove_files(context)
    await asyncio.to_thread(context.database.settle)

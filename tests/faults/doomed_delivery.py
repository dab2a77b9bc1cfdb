"""A worker that delivers what is due and dies at a chosen statement.

`python -m tests.faults.doomed_delivery URL DATA_DIR PROVIDER`; an order names the instant besides.
"""

import asyncio
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx

from merchants_app import words, worker
from merchants_app.app import create_context
from merchants_app.database import Database
from merchants_app.messenger import Http
from merchants_app.settings import Settings
from tests.faults.dying import obey_all, watch


def obey(url, data_dir, provider, order, say):
    """Deliver what is due at the instant of the order."""
    at = datetime.fromisoformat(order["at"])
    database = Database(url, pool=1)
    settings = Settings.load(data_dir=Path(data_dir), database_url=url, log_level="error")
    context = create_context(settings, database=database, clock=lambda: at)
    watch(database, order, say)
    with httpx.Client(timeout=5, verify=False) as client:
        taken = asyncio.run(worker.deliver_due(context, Http(provider, "key", client=client)))
    say(f"taken {taken}")
    database.close()


if __name__ == "__main__":
    words.catalogue("zh")  # read once, not in every child
    httpx.Client(verify=False).close()
    obey_all(partial(obey, *sys.argv[1:]))

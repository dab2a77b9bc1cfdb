"""A worker that takes the next print job and dies of it: `python -m tests.faults.doomed_press`.

Arguments are the database, the data folder, the instant it is, and the moment of death: a stage of
the work, or `release`, when all is done but the commit.
"""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from compliance.print_jobs import running
from merchants_app import pressroom
from merchants_app.app import create_context
from merchants_app.settings import Settings

KILLED = 137
UNTIL_RELEASE = 3  # taken, gathered, released: one transaction each


def main(url, folder, now, moment):
    """Work until the moment of death."""
    chosen = Settings.load(data_dir=Path(folder), database_url=url, sms="file")
    context = create_context(chosen, clock=lambda: datetime.fromisoformat(now))
    pressroom.HEARTBEAT = 600.0
    commits = 0

    def committing(_connection):
        nonlocal commits
        commits += 1
        if moment == "release" and commits == UNTIL_RELEASE:
            os._exit(KILLED)

    def told(stage, _done, _total):
        if stage == moment:
            os._exit(KILLED)

    sa.event.listen(context.database._write_engine, "commit", committing)
    job = context.database.write_now(lambda session: running.take(session, context.act()))
    asyncio.run(pressroom.run(context, job, told))


if __name__ == "__main__":
    main(*sys.argv[1:])

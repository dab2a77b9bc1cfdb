"""Serving, delivering messages, migrating, and finding out what is wrong with an installation."""

import asyncio
import shutil
import signal
from urllib.parse import urlsplit

import rich_click as click

from compliance import reference
from merchants_app import commands, engines, paths, queue_keys, schema, sealing, worker
from merchants_app.app import create_context
from merchants_app.context import system_clock
from merchants_app.settings import Settings

LONGEST_HOST = 23
"""Host and port that still fit a version-4 symbol at level H."""
LEAST_FREE = 2 * 1024**3


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; SQLite takes one.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the doors; an embedded database is migrated first, messages go out from here too."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    chosen = commands.settings()
    if chosen.embedded and workers > 1:
        raise click.ClickException("SQLite takes one process: use PostgreSQL for more workers")
    with commands.opened(chosen):
        pass
    click.echo(f"门前 Menqian: {chosen.base_url} (on {host}:{port})")
    Granian(
        "merchants_app.asgi:app",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


@click.command()
def migrate() -> None:
    """Bring the database to the tables of this version and load the reference data."""
    chosen = commands.settings()
    schema.upgrade(chosen.database)
    context = create_context(chosen)
    context.database.write_now(lambda session: reference.load(session, context.act()))
    context.database.close()
    click.echo("up to date")


@click.command(name="worker")
def deliver() -> None:
    """Deliver queued messages until stopped."""
    with commands.opened() as context:
        loop = asyncio.new_event_loop()
        task = loop.create_task(worker.work_forever(context))
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, task.cancel)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            click.echo("stopped")


def faults(chosen: Settings) -> list[str]:
    """Return what is wrong with an installation, each with how to mend it."""
    found = []
    parts = urlsplit(chosen.base_url)
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost"}:
        found.append(
            "MENQIAN_BASE_URL is plain HTTP: camera and offline work need HTTPS; "
            "put the certificate on the proxy in deploy/ and set https://…"
        )
    if len(parts.netloc) > LONGEST_HOST:
        found.append(
            f"host {parts.netloc} is longer than {LONGEST_HOST} characters: door codes become "
            "version 5 (37 modules); print them a tenth larger or take a shorter host"
        )
    if chosen.embedded and engines.driver().sqlite_version_info < engines.SAFE_WAL:
        found.append(
            "this SQLite may lose writes in WAL mode: install pysqlite3 from the lock file"
        )
    if not (paths.STATIC / "manifest.json").exists():
        found.append("the front end is not built: run `make assets`")
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(chosen.data_dir).free < LEAST_FREE:
        found.append(f"less than 2 GB free in {chosen.data_dir}: photos will be refused soon")
    if not schema.is_current(chosen.database):
        found.append("the database is not up to date: run `menqian migrate`")
    else:
        found += _with_database(chosen)
    return found + sealing.faults(chosen, system_clock())


def _with_database(chosen: Settings) -> list[str]:
    """Return the faults that only show in the database."""
    context = create_context(chosen)
    try:
        return context.database.read_now(lambda session: queue_keys.faults(chosen, session))
    finally:
        context.database.close()


@click.command()
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it; exit 1 when something is."""
    found = faults(commands.settings())
    for fault in found:
        click.echo(f"✗ {fault}")
    if found:
        raise SystemExit(1)
    click.echo("✓ nothing wrong found")


COMMANDS = [serve, migrate, deliver, doctor]

"""What the commands share: settings or one clear line, a database ready to be worked on."""

from collections.abc import Iterator
from contextlib import contextmanager

import rich_click as click

from compliance import reference
from compliance.errors import ComplianceError
from merchants_app import pages, queue_keys, schema, sealing
from merchants_app.app import create_context
from merchants_app.context import Context
from merchants_app.settings import BadSettings, Settings
from merchants_app.words import DEFAULT_LANGUAGE


def settings() -> Settings:
    """Return the settings, or stop with one clear line."""
    try:
        chosen = Settings.load()
        sealing.given(chosen)
        queue_keys.given(chosen)
    except BadSettings as fault:
        raise click.ClickException(str(fault)) from None
    return chosen


def prepare(chosen: Settings) -> None:
    """Bring an embedded database up to date; stop when a larger one needs `menqian migrate`."""
    if chosen.embedded:
        schema.upgrade(chosen.database)
    elif not schema.is_current(chosen.database):
        raise click.ClickException("the database is not up to date: run `menqian migrate` first")


@contextmanager
def opened(chosen: Settings | None = None) -> Iterator[Context]:
    """Give the collaborators on a database that has its tables and reference data.

    A refusal ends the command with its sentence instead of a stack trace.
    """
    chosen = chosen or settings()
    prepare(chosen)
    context = create_context(chosen)
    try:
        context.database.write_now(lambda session: reference.load(session, context.act()))
        yield context
    except ComplianceError as refusal:
        sentence = pages.message(DEFAULT_LANGUAGE, refusal.code, refusal)
        raise click.ClickException(f"{sentence} [{refusal.code}]") from None
    finally:
        context.database.close()

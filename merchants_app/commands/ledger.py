"""Checking the whole ledger from the rows themselves."""

import rich_click as click

from compliance.ledger import service
from merchants_app import commands


@click.group()
def ledger() -> None:
    """The ledger: every act of every shop, chained."""


@ledger.command()
def verify() -> None:
    """Recompute every chain; name the first bad entry of each; exit 1 when there is one."""
    with commands.opened() as context:
        told = context.database.read_now(service.verify_all)
    for found in told.breaks:
        click.echo(f"✗ {found.subject} #{found.seq}: {found.reason}")
    if told.breaks:
        click.echo(f"{told.entries} entries read, {len(told.breaks)} chains broken")
        raise SystemExit(1)
    erased = f"; {told.erased} bodies erased by law" if told.erased else ""
    click.echo(f"✓ {told.entries} entries, every chain holds{erased}")


COMMANDS = [ledger]

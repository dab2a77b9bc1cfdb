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
        count, breaks = context.database.read_now(service.verify)
    for found in breaks:
        click.echo(f"✗ {found.subject} #{found.seq}: {found.reason}")
    if breaks:
        click.echo(f"{count} entries read, {len(breaks)} chains broken")
        raise SystemExit(1)
    click.echo(f"✓ {count} entries, every chain holds")


COMMANDS = [ledger]

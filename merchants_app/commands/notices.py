"""Papers taken out by whoever sits at the machine: the evidence file of a notice."""

import asyncio
from pathlib import Path

import rich_click as click

from merchants_app import commands, dossiers
from merchants_app.commands.printing import OPERATOR
from merchants_app.commands.writing import write_whole


@click.group()
def notice() -> None:
    """One notice, by its number."""


@notice.command()
@click.argument("number")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .zip."
)
def evidence(*, number: str, out: Path) -> None:
    """Write the evidence of notice NUMBER as one file that is checked without the server."""
    with commands.opened() as context:
        found = context.database.read_now(lambda session: dossiers.numbered(session, number))
        _, data = asyncio.run(dossiers.evidence_file(context, context.act(), OPERATOR, found.id))
    write_whole(out, data)
    click.echo(f"✓ {out}: unpack check.py beside it and run `python check.py`")


COMMANDS = [notice]

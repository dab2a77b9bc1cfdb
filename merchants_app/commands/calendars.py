"""Bringing in the working-day arrangement of a year."""

from pathlib import Path

import rich_click as click

from compliance.catalogue import calendars
from compliance.findings import pausing
from merchants_app import commands
from merchants_app.tables import read_tables
from merchants_app.words import DEFAULT_LANGUAGE, LANGUAGES, translate


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done; store nothing.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE, show_default=True)
def calendar(*, file: Path, dry_run: bool, lang: str) -> None:
    """Put the days in FILE (.xlsx or .csv) in the place of their year; move running deadlines."""
    with commands.opened() as context:
        found = calendars.read(read_tables(file.read_bytes(), file.name)[0].rows)
        for row, code in found.faults.items():
            click.echo(
                f"{translate(lang, '第 %(n)s 行', n=row)}: {translate(lang, f'error.{code}')}"
            )
        if found.faults:
            raise SystemExit(1)
        moved = (
            0
            if dry_run
            else context.database.write_now(
                lambda session: pausing.bring_calendar(session, context.act(), None, found)
            )
        )
    told = {"year": found.year, "n": len(found.lines), "moved": moved}
    click.echo(translate(lang, "%(year)s 年：%(n)s 天与平常不同，%(moved)s 件期限改了", **told))

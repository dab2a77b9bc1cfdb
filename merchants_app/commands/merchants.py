"""Reading a township's merchant list from the command line."""

import gc
import hashlib
from pathlib import Path

import rich_click as click

from compliance.errors import ComplianceError
from compliance.merchants import storing
from compliance.merchants.importing import Outcome, Parsed
from compliance.merchants.storing import Stored
from merchants_app import commands, lists, pages
from merchants_app.commands.calendars import calendar
from merchants_app.commands.queues import queue
from merchants_app.commands.writing import write_whole
from merchants_app.context import Context
from merchants_app.lists import Told
from merchants_app.words import DEFAULT_LANGUAGE, LANGUAGES, label, translate


@click.group(name="import")
def import_() -> None:
    """Lists brought in from files."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--create-lanes", is_flag=True, help="Make lanes that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; store nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the problems to this .xlsx as well.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE, show_default=True)
def merchants(
    *, file: Path, create_lanes: bool, dry_run: bool, report: Path | None, lang: str
) -> None:
    """Store the shops of FILE (.xlsx or .csv), name every row that cannot be; exit 1 if any."""
    data = file.read_bytes()
    with commands.opened() as context:
        parsed = _read(context, data, file.name, lang, create_lanes=create_lanes)
        for told in lists.problems(parsed, lang):
            click.echo(_line(told, lang))
        if report is not None:
            write_whole(report, lists.report(parsed, lang))
        if dry_run:
            stored = context.database.read_now(lambda session: storing.compare(session, parsed))
        else:
            stored = _store(context, parsed, hashlib.sha256(data).hexdigest(), lang)
    click.echo(_rows(parsed, lang))
    click.echo(_shops(stored, lang, dry_run=dry_run))
    if parsed.failed:
        raise SystemExit(1)


def _read(context: Context, data: bytes, name: str, lang: str, *, create_lanes: bool) -> Parsed:
    gazetteer = context.database.read_now(storing.gazetteer_of)
    try:
        return lists.read_list(data, name, gazetteer, create_lanes=create_lanes)
    except ComplianceError as refusal:
        sentence = pages.message(lang, refusal.code, refusal)
        raise click.ClickException(f"{sentence} [{refusal.code}]") from None


def _store(context: Context, parsed: Parsed, file_hash: str, lang: str) -> Stored:
    gc.freeze()  # what is loaded by now stays, and need not be looked through while rows are made
    act, rows = context.act(), sum(1 for _ in parsed.taken)
    with click.progressbar(length=rows, label=translate(lang, "入库")) as bar:
        stored = context.database.write_now(
            lambda session: storing.store(
                session,
                act,
                parsed,
                file_hash=file_hash,
                told=lambda done: bar.update(done - bar.pos),
            )
        )
        bar.update(rows - bar.pos)
    return stored


def _line(told: Told, lang: str) -> str:
    place = translate(lang, "第 %(row)s 行", row=told.row)
    value = told.value or translate(lang, "（空）")
    severity = label(lang, told.severity)
    return f"{told.sheet} · {place} · {told.column} · {value} · {told.reason} [{severity}]"


def _rows(parsed: Parsed, lang: str) -> str:
    """Return how many rows came to each outcome."""
    counts = parsed.counts
    parts = [f"{label(lang, outcome)} {counts[outcome]}" for outcome in Outcome]
    return translate(lang, "共 %(n)s 行：", n=len(parsed.lines)) + ", ".join(parts)


def _shops(stored: Stored, lang: str, *, dry_run: bool) -> str:
    """Return what was, or would be, done with the shops."""
    said = translate(
        lang,
        "新增 %(new)s 户，更新 %(changed)s 户，没有变化 %(unchanged)s 户，新建街巷 %(lanes)s 条",
        new=stored.new,
        changed=stored.changed,
        unchanged=stored.unchanged,
        lanes=stored.lanes,
    )
    if stored.closed:
        said += translate(lang, "；另有 %(n)s 行是已经闭店的商户", n=stored.closed)
    return translate(lang, "试运行，没有入库：") + said if dry_run else said


import_.add_command(queue)
import_.add_command(calendar)

COMMANDS = [import_]

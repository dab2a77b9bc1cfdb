"""Bringing in the file of a phone that could not send."""

from collections import Counter
from pathlib import Path

import rich_click as click

from compliance.quarantine.models import SealedKind
from merchants_app import commands, pages, queue_import
from merchants_app.queue_import import QueueOutcome, Told
from merchants_app.words import DEFAULT_LANGUAGE, LANGUAGES, label, translate


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Prove and open everything; store nothing.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE, show_default=True)
def queue(*, file: Path, dry_run: bool, lang: str) -> None:
    """Log the records in FILE, a phone's exported queue, each once; exit 1 if any failed."""
    with commands.opened() as context:
        found = queue_import.run(context, file, dry=dry_run)
    for told in found:
        if told.kind is not SealedKind.PHOTO or told.refusal:
            click.echo(line_of(told, lang))
    click.echo(total_of(found, lang, dry_run=dry_run))
    if any(told.refusal for told in found):
        raise SystemExit(1)


def line_of(told: Told, lang: str) -> str:
    """Return one line of a file and what came of it."""
    parts = [translate(lang, "第 %(row)s 行", row=told.line)]
    if told.kind is not None:
        parts.append(label(lang, told.kind))
    if told.number:
        parts.append(translate(lang, "本机第 %(number)s 号", number=told.number))
    outcome = label(lang, told.outcome, "queued")
    parts.append(f"{outcome} {told.shown}".strip())
    if told.refusal is not None:
        code = told.refusal.code
        parts.append(f"{pages.message(lang, code, told.refusal)} [{code}]")
    return " · ".join(parts)


def total_of(found: list[Told], lang: str, *, dry_run: bool) -> str:
    """Return how many records and photos came to each outcome."""
    photos = Counter(told.outcome for told in found if told.kind is SealedKind.PHOTO)
    records = Counter(told.outcome for told in found if told.kind is not SealedKind.PHOTO)

    def counted(counts: Counter[QueueOutcome]) -> str:
        return ", ".join(f"{label(lang, each, 'queued')} {counts[each]}" for each in QueueOutcome)

    said = translate(
        lang,
        "记录：%(records)s；照片：%(photos)s",
        records=counted(records),
        photos=counted(photos),
    )
    return translate(lang, "试运行，没有入库：") + said if dry_run else said

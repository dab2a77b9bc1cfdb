"""Printing plates and posters for a township, a lane or one shop, to a file.

The same job as from the page, done at once: it stands in the list of jobs, and in the ledger.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rich_click as click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlmodel import Session, col, select

from compliance.accounts.permissions import Role, Viewer
from compliance.act import SYSTEM
from compliance.errors import InvalidInput
from compliance.merchants import shops
from compliance.merchants.identifiers import parse_door_number
from compliance.places.models import Lane, Township
from compliance.print_jobs import service
from compliance.print_jobs.models import JobProgress, PrintJob, PrintWhat
from compliance.print_jobs.service import LeftOut, Order
from merchants_app import commands, pressroom, printing
from merchants_app.commands.writing import write_whole
from merchants_app.context import Context
from merchants_app.plates import LABEL, NAMES
from merchants_app.words import DEFAULT_LANGUAGE, translate

OPERATOR = Viewer(SYSTEM.account_id, Role.DISTRICT_DESK)
"""Who sits at the machine sees the district."""

STAGES = {"gathering": "gathering", "setting": "setting", "reading": "reading back"}


@click.group(name="print")
def print_() -> None:
    """Door plates and notice posters as PDF; every code is read back before the file is there."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all three commands ask for."""
    options = (
        click.option(
            "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF."
        ),
        click.option("--township", default="", help="Name or code of a township."),
        click.option("--lane", default="", help="Name of a lane."),
        click.option("--merchant", default="", help="Door number of one shop."),
        click.option(
            "--covers/--no-covers", default=True, help="A list of its shops on top of each lane."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _plate_options(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option("--layout", type=click.Choice(NAMES), default="outdoor", show_default=True),
        click.option("--label", default="", help="Millimetres of a label: 70x37, 60x80,page=roll."),
        click.option(
            "--new-codes", "reason", default="", help="Give every door a new code; says why."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@print_.command()
@_options
@_plate_options
def plates(**given: Any) -> None:
    """Write the door plates of the shops chosen."""
    _print(PrintWhat.PLATES, **given)


@print_.command(name="notices")
@_options
def notices_command(**given: Any) -> None:
    """Write a poster of every notice in force of the shops chosen."""
    _print(PrintWhat.NOTICES, **given)


@print_.command()
@_options
@_plate_options
def pack(**given: Any) -> None:
    """Write plate and posters of the shops chosen, shop by shop in the order of the walk."""
    _print(PrintWhat.PACK, **given)


def _print(
    what: PrintWhat,
    *,
    out: Path,
    township: str,
    lane: str,
    merchant: str,
    covers: bool,
    layout: str = "outdoor",
    label: str = "",
    reason: str = "",
) -> None:
    with commands.opened() as context:
        place = context.database.read_now(lambda s: _place(s, township, lane, merchant))
        chosen = label if layout == LABEL else layout
        sheet = printing.sheet_for(chosen, context.settings)
        order = Order(
            what=what,
            layout=chosen,
            covers=covers,
            renew=bool(reason),
            reason=reason,
            per_sheet=len(sheet.codes),
            **place,
        )
        job, left_out = _done(context, order)
        for each in left_out:
            click.echo(f"✗ {each.shop.number} {each.shop.name}: {_why(each)}", err=True)
        if job.state is not JobProgress.READY:
            raise InvalidInput(job.failure or "print.gave_up")
        data = context.blobs.get(job.file_hash or "")
        write_whole(out, data or b"")
        click.echo(f"✓ {out}: {job.pages} pages, {job.codes} codes, each read back")
        if left_out:
            raise SystemExit(1)


def _done(context: Context, order: Order) -> tuple[PrintJob, Sequence[LeftOut]]:
    """Order a job, do it here, and return how it ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn()) as bar:
        tasks = {stage: bar.add_task(words, total=None) for stage, words in STAGES.items()}

        def told(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=total)

        done = pressroom.ordered(context, context.act(), OPERATOR, order, at_once=True, told=told)
        job = asyncio.run(done)
    return job, context.database.read_now(lambda session: service.left_out(session, job.id))


def _place(session: Session, township: str, lane: str, merchant: str) -> dict[str, str]:
    """Return the ids of what was named; raise InvalidInput `print.nothing` for unknown places."""
    if merchant:
        shop = shops.by_number(session, parse_door_number(merchant))
        return {"tenancy": shop.tenancy_id}
    query = select(Township.code)
    named = (col(Township.code) == township) | (col(Township.name) == township)
    code = session.exec(query.where(named)).first() if township else ""
    if code is None:
        raise InvalidInput("print.nothing")
    if not lane:
        return {"township": code}
    lanes = select(Lane.id).where(Lane.name == lane)
    found = session.exec(lanes.where(Lane.township_code == code) if code else lanes).all()
    if len(found) > 1:
        raise click.BadParameter(f"{lane} is in several townships", param_hint="--township")
    if not found:
        raise InvalidInput("print.nothing")
    return {"lane": found[0]}


def _why(each: LeftOut) -> str:
    named = {"name": each.shop.name, "characters": each.detail, "text": each.detail}
    return translate(DEFAULT_LANGUAGE, f"error.{each.problem}", **named, page=each.detail)


COMMANDS: list[Any] = [print_]

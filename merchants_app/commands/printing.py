"""Printing plates and posters for a township, a lane or one shop, to a file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click
from sqlmodel import Session

import qr
from compliance.accounts.permissions import Role, Viewer
from compliance.act import SYSTEM, Act
from compliance.errors import InvalidInput
from compliance.merchants import listing
from compliance.merchants.listing import Wanted
from compliance.merchants.shops import Shop
from compliance.notices import service as notices
from compliance.notices.kinds import FILLS_A_SLOT
from compliance.notices.service import Paper
from merchants_app import commands, printing
from merchants_app.commands.writing import write_whole
from merchants_app.context import Context
from merchants_app.words import DEFAULT_LANGUAGE, translate

OPERATOR = Viewer(SYSTEM.account_id, Role.DISTRICT_DESK)
"""Who sits at the machine sees the district."""


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
    )
    for option in reversed(options):
        command = option(command)
    return command


_layout = click.option(
    "--layout", type=click.Choice(sorted(printing.LAYOUTS)), default="outdoor", show_default=True
)


@print_.command()
@_options
@_layout
def plates(*, out: Path, township: str, lane: str, merchant: str, layout: str) -> None:
    """Write the door plates of the shops chosen."""
    with commands.opened() as context:
        shops = _chosen(context, township, lane, merchant)
        pdf = _plates(context, shops, layout)
        _release(context, out, pdf, [shop.door for shop in shops])


@print_.command(name="notices")
@_options
def notices_command(*, out: Path, township: str, lane: str, merchant: str) -> None:
    """Write a poster of every notice in force of the shops chosen."""
    with commands.opened() as context:
        papers = _papers(context, _chosen(context, township, lane, merchant))
        pdf = _posters(context, papers)
        _release(context, out, pdf, [paper.shop.door for paper in papers])


@print_.command()
@_options
@_layout
def pack(*, out: Path, township: str, lane: str, merchant: str, layout: str) -> None:
    """Write the plates of the shops chosen, then the posters of their notices in force."""
    with commands.opened() as context:
        shops = _chosen(context, township, lane, merchant)
        papers = _papers(context, shops)
        parts = [_plates(context, shops, layout), _posters(context, papers)]
        doors = [*(shop.door for shop in shops), *(paper.shop.door for paper in papers)]
        _release(context, out, qr.joined(iter(parts)), doors)


def _chosen(context: Context, township: str, lane: str, merchant: str) -> Sequence[Shop]:
    """Return the shops that can be printed, telling of those that cannot."""
    wanted = Wanted(q=merchant, township=township, lane=lane)
    found = context.database.read_now(lambda session: listing.every(session, OPERATOR, wanted))
    sorted_out = printing.sort_out(found)
    for shop, code, characters in sorted_out.left_out:
        said = translate(DEFAULT_LANGUAGE, f"error.{code}", name=shop.name, characters=characters)
        click.echo(f"✗ {shop.number} {shop.name}: {said}", err=True)
    if not sorted_out.printable:
        raise InvalidInput("print.nothing")
    return sorted_out.printable


def _papers(context: Context, shops: Sequence[Shop]) -> Sequence[Paper]:
    act = context.act()

    def collect(session: Session) -> list[Paper]:
        return [paper for shop in shops for paper in _in_force(session, act, shop)]

    papers = context.database.read_now(collect)
    if not papers:
        raise InvalidInput("print.nothing")
    return papers


def _in_force(session: Session, act: Act, shop: Shop) -> Iterator[Paper]:
    stands = notices.papers_of(session, act, shop)
    return (paper for paper in stands.values() if paper.standing in FILLS_A_SLOT)


def _plates(context: Context, shops: Sequence[Shop], layout: str) -> bytes:
    with _progress("plates", len(shops)) as tell:
        return printing.plates_pdf(shops, context.settings, layout, tell)


def _posters(context: Context, papers: Sequence[Paper]) -> bytes:
    with _progress("notices", len(papers)) as tell:
        return printing.posters_pdf(papers, context.settings, tell)


def _release(context: Context, out: Path, pdf: bytes, doors: Sequence[str]) -> None:
    """Read every code back, then put the file in its place."""
    with _progress("read back", len(doors)) as tell:
        printing.check(pdf, doors, context.settings, tell)
    write_whole(out, pdf)
    click.echo(f"✓ {out}: {len(doors)} codes, each read back")


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=total, label=what) as bar:

        def tell(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield tell


COMMANDS: list[Any] = [print_]

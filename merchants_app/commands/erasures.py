"""Erasing personal data by law from the command line: shown first, typed once more, then gone."""

import asyncio
from collections.abc import Callable
from functools import partial

import rich_click as click
import sqlalchemy as sa
from sqlmodel import Session

from compliance.erasures import service
from compliance.erasures.gathering import Asked
from compliance.erasures.kinds import Basis
from compliance.erasures.service import Preview
from compliance.errors import RuleBroken
from compliance.merchants import identifiers
from compliance.merchants.shops import SHOPS, Shop, listed, premises_table, tenancy_table
from compliance.notices.models import Party
from merchants_app import commands, dossiers, erasing
from merchants_app.commands.printing import OPERATOR
from merchants_app.context import Context
from merchants_app.words import DEFAULT_LANGUAGE, label


@click.group()
def erase() -> None:
    """Personal data erased by law; every hash and the whole ledger still verify."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option(
            "--basis",
            type=click.Choice([each.value for each in Basis]),
            required=True,
            help="Ground of the law, art. 47.",
        ),
        click.option("--reason", required=True, help="Why; kept for ever, so without names."),
        click.option("--yes", is_flag=True, help="Do not ask for the number once more."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@erase.command()
@click.argument("number")
@click.option("--tenancy", default="", help="Which of several closed shops at this door.")
@_options
def shop(*, number: str, tenancy: str, basis: str, reason: str, yes: bool) -> None:
    """Erase everything personal of the closed shop at door NUMBER."""
    with commands.opened() as context:
        door = identifiers.parse_door_number(number)
        found = context.database.read_now(lambda session: _closed_at(session, door))
        chosen = [each for each in found if tenancy in {"", each.tenancy_id}]
        for each in chosen if len(chosen) > 1 else ():
            click.echo(f"{each.tenancy_id}  {each.name}  {each.opened_on} – {each.closed_on}")
        if len(chosen) > 1:
            raise click.ClickException(
                "several shops have closed at this door: name one, --tenancy"
            )
        if not chosen:
            raise RuleBroken("erasure.shop_open")
        _erase(context, Asked(chosen[0].tenancy_id), basis, reason, yes=yes)


@erase.command()
@click.argument("number")
@click.option(
    "--party",
    type=click.Choice([each.value for each in Party]),
    help="Only this party's signature.",
)
@_options
def notice(*, number: str, party: str | None, basis: str, reason: str, yes: bool) -> None:
    """Erase what is personal in notice NUMBER, or in one party's signature on it."""
    with commands.opened() as context:
        found = context.database.read_now(lambda session: dossiers.numbered(session, number))
        asked = Asked(notice_id=found.id, party=Party(party) if party else None)
        _erase(context, asked, basis, reason, yes=yes)


def _closed_at(session: Session, number: str) -> list[Shop]:
    query = SHOPS.where(premises_table.c.number == number, tenancy_table.c.closed_on.is_not(None))
    return list(listed(session, query.order_by(sa.desc(tenancy_table.c.closed_on))))


def _erase(context: Context, asked: Asked, basis: str, reason: str, *, yes: bool) -> None:
    act, database = context.act(), context.database
    shown = database.read_now(lambda s: service.preview(s, act, OPERATOR, asked))
    _tell(shown)
    if shown.allowed and shown.counts and not yes:
        number = shown.notice.number if shown.notice else shown.shop.number
        if click.prompt(f"type {number} to erase this for good").strip().upper() != number.upper():
            raise click.ClickException("the number differs: nothing was erased")
    do = partial(service.erase, basis=Basis(basis), reason=reason)
    done = database.write_now(lambda s: do(s, act, OPERATOR, asked))
    asyncio.run(erasing.finish(context))
    click.echo(f"✓ erased {done.erased_at:%Y-%m-%d %H:%M}Z, ledger entry {done.entry_hash}")


def _tell(shown: Preview) -> None:
    click.echo(f"{shown.shop.number} {shown.shop.name}")
    for kind, count in shown.counts.items():
        click.echo(f"  {label(DEFAULT_LANGUAGE, kind, 'erased')} {count}")


COMMANDS = [erase]

"""First accounts and tokens for programs."""

import secrets

import rich_click as click
from sqlmodel import Session

from compliance.accounts import service, sessions
from compliance.accounts.models import Account
from compliance.accounts.permissions import TABLE, Reach, Role
from compliance.errors import NotFound
from compliance.places import service as places
from merchants_app import commands

STAFF = [role.value for role in Role if role is not Role.MERCHANT]


@click.group()
def account() -> None:
    """People who sign in."""


@account.command()
@click.argument("name")
@click.option("--role", type=click.Choice(STAFF), required=True)
@click.option("--township", "townships", multiple=True, help="Name or code; repeat for several.")
@click.option("--lane", "lanes", multiple=True, help="TOWNSHIP/LANE; repeat for several.")
@click.option("--display-name", default="", help="As pages show it; the name when left out.")
@click.option("--certificate", default=None, help="Officer certificate number.")
def add(
    name: str,
    role: str,
    townships: tuple[str, ...],
    lanes: tuple[str, ...],
    display_name: str,
    certificate: str | None,
) -> None:
    """Make a staff account and print its first password, once."""
    password = secrets.token_urlsafe(12)
    chosen = Role(role)
    with commands.opened() as context:
        act = context.act()

        def enrol(session: Session) -> Account:
            held = _places(session, townships, lanes)
            if _needs_place(chosen) and not held:
                raise click.ClickException(f"{role} needs --township or --lane")
            return service.enrol(
                session,
                act,
                name=name,
                display_name=display_name or name,
                role=chosen,
                password=password,
                places=held,
                officer_certificate=certificate,
            )

        context.database.write_now(enrol)
    click.echo(f"{name}  {password}")


def _needs_place(role: Role) -> bool:
    return Reach.DISTRICT not in TABLE[role].values()


def _places(
    session: Session, townships: tuple[str, ...], lanes: tuple[str, ...]
) -> list[tuple[str, str]]:
    known = {
        word: each.code
        for each in places.townships(session)
        for word in (each.code, each.name, *each.aliases)
    }
    held = []
    for wanted in townships:
        if wanted not in known:
            raise NotFound("place.unknown_township", name=wanted)
        held.append(("township", known[wanted]))
    for wanted in lanes:
        township, _, lane = wanted.partition("/")
        found = [each for each in places.lanes(session, known.get(township)) if each.name == lane]
        if not found:
            raise NotFound("place.unknown_lane", name=wanted)
        held.append(("lane", found[0].id))
    return held


@click.group()
def token() -> None:
    """Bearer tokens for programs."""


@token.command()
@click.argument("name")
@click.option("--days", default=90, show_default=True)
@click.option("--label", default="", help="What the token is for.")
def issue(name: str, days: int, label: str) -> None:
    """Print a new token that acts as the account NAME; it is shown only now."""
    with commands.opened() as context:
        act = context.act()
        secret = context.database.write_now(
            lambda session: sessions.issue_token(
                session, act, service.by_name(session, name), label, days
            )
        )
    click.echo(secret)


COMMANDS = [account, token]

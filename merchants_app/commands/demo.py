"""The demonstration district: loaded into an empty database, with the way into it printed."""

from datetime import datetime

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from compliance.act import LOCAL
from merchants_app import commands, words
from merchants_app.app import create_context
from merchants_app.context import Context, system_clock
from merchants_app.demo import loading
from merchants_app.demo.cast import PASSWORD
from merchants_app.demo.guide import Guide
from merchants_app.demo.plan import FIRST_ON, Plan
from merchants_app.settings import Settings

GUIDE = "demonstration.txt"
"""What was printed when the district was loaded: accounts and two doors, in the data folder."""


@click.command()
@click.option("--merchants", type=click.IntRange(40, 20_000), default=2128, show_default=True)
@click.option(
    "--days", type=click.IntRange(7, 300), default=90, show_default=True, help="Days of patrols."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other shops.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The day on whose morning it is shown; today when left out.",
)
@click.option("--if-empty", is_flag=True, help="Do nothing when there is anything already.")
def demo(merchants: int, days: int, seed: int, on: datetime | None, *, if_empty: bool) -> None:
    """Load an invented district: shops, notices, ninety days of patrols, accounts to try."""
    chosen = commands.settings()
    plan = Plan((on or system_clock().astimezone(LOCAL)).date(), merchants, days, seed)
    if plan.on < FIRST_ON:
        raise click.BadParameter(f"the texts are too young before {FIRST_ON}", param_hint="--on")
    commands.prepare(chosen)
    context = create_context(chosen)
    try:
        if context.database.read_now(loading.is_empty):
            _print(_load(context, plan), chosen)
        elif if_empty:
            _print_again(chosen)
        else:
            raise click.ClickException(
                "this database holds shops or accounts already, and a demonstration is loaded "
                "into an empty one only: set MENQIAN_DATA_DIR to a new folder"
            )
    finally:
        context.database.close()


def _load(context: Context, plan: Plan) -> Guide:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("demonstration district", total=None)
        return loading.load(
            context, plan, lambda done, known: progress.update(task, completed=done, total=known)
        )


def _print(guide: Guide, chosen: Settings) -> None:
    """Say how to get in, and keep the words beside the data for the next start."""
    console = Console(highlight=False, soft_wrap=True, record=True)
    _tell(console, guide, chosen.base_url)
    (chosen.data_dir / GUIDE).write_text(console.export_text(), encoding="utf-8")


def _print_again(chosen: Settings) -> None:
    kept = chosen.data_dir / GUIDE
    if kept.exists():
        click.echo(kept.read_text(encoding="utf-8"))


def _tell(console: Console, guide: Guide, base_url: str) -> None:
    people = Table("role", "", "name", "password", title="Accounts of the demonstration")
    for person in guide.people:
        role = [words.label(lang, person.role) for lang in words.LANGUAGES]
        people.add_row(*role, person.name, PASSWORD)
    console.print(people)
    for what, shop in (("has four notices to sign", guide.waits), ("has signed", guide.signed)):
        console.print(f"{shop.name}  {shop.number}  {shop.phone}  {what}")
        console.print(f"  {base_url}/q/{shop.door}")
    console.print(
        f"Open {base_url} and sign in; other townships have such accounts, too: yongding-desk, "
        "longquan-chief-1.\nA merchant signs in at the door's address by a code sent to the phone; "
        "`menqian serve` prints it."
    )


COMMANDS = [demo]

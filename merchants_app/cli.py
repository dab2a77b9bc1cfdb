"""The command `menqian`: every command, registered once."""

import rich_click as click

from merchants_app import __version__
from merchants_app.commands import (
    accounts,
    demo,
    erasures,
    issuing,
    ledger,
    merchants,
    notices,
    printing,
    serving,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """门前 Menqian: one code on the door, one ledger behind it."""


for module in (serving, demo, accounts, ledger, erasures, notices, merchants, printing, issuing):
    for command in module.COMMANDS:
        main.add_command(command)

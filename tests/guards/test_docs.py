"""What is written about the program is true: codes, settings, commands, links."""

import re

import click
import pytest

from merchants_app import cli
from merchants_app.settings import Settings
from tests.guards import codes, tree

README = (tree.ROOT / "README.md").read_text("utf-8")
ERRORS = (tree.ROOT / "docs/errors.md").read_text("utf-8")
DOCUMENTED = re.findall(r"^\| `([a-z0-9_.]+)` \| \S.* \| \S.* \|$", ERRORS, flags=re.MULTILINE)
SETTING = re.compile(r"MENQIAN_[A-Z_]+[A-Z]")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SCHEME = re.compile(r"[a-z]+:")


def test_every_error_code_is_explained():
    silent = {code: place for code, place in codes.raised().items() if code not in DOCUMENTED}

    assert not silent, "\n".join(f"{place}: {code}" for code, place in silent.items())


def test_every_explained_code_is_real_and_explained_once():
    assert not set(DOCUMENTED) - codes.spoken()
    assert len(DOCUMENTED) == len(set(DOCUMENTED))
    assert sorted(DOCUMENTED) == DOCUMENTED


def test_every_row_about_an_error_says_what_it_means_and_what_to_do():
    rows = [line for line in ERRORS.splitlines() if line.startswith("| `")]

    assert len(rows) == len(DOCUMENTED), "a row is `| code | meaning | what to do |`"


def test_every_setting_is_in_the_readme():
    settings = {f"MENQIAN_{name.upper()}" for name in Settings.model_fields}

    assert settings <= set(re.findall(r"^\| `(MENQIAN_[A-Z_]+)` \|", README, flags=re.MULTILINE))


def test_no_text_speaks_of_a_setting_that_does_not_exist():
    real = {f"MENQIAN_{name.upper()}" for name in Settings.model_fields}
    real |= set(SETTING.findall((tree.ROOT / "tests/provision.py").read_text("utf-8")))
    spoken = {
        (tree.name(path), setting)
        for path in tree.files()
        if path.suffix in {".md", ".py", ".sh", ".service", ".html", ".po", ".yml", ".conf"}
        for setting in SETTING.findall(path.read_text("utf-8"))
    }

    assert not [pair for pair in spoken if pair[1] not in real]


def test_every_command_is_in_the_readme():
    silent = [line for line in commands(cli.main, "menqian") if f"`{line}" not in README]

    assert not silent, "\n".join(silent)


def test_every_command_says_what_it_does():
    assert cli.main.help
    assert not [line for line, text in commands(cli.main, "menqian").items() if not text]


@pytest.mark.parametrize(
    "path", [path for path in tree.files() if path.suffix == ".md"], ids=tree.name
)
def test_links_between_texts_lead_somewhere(path):
    targets = [link for link in LINK.findall(path.read_text("utf-8")) if not SCHEME.match(link)]

    assert not [link for link in targets if not (path.parent / link).exists()]


def commands(group, line):
    """Return the line and help of every command below a group."""
    found = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{line} {name}")
        elif not command.hidden:
            found[f"{line} {name}"] = command.help
    return found

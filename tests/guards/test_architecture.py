"""Which room may know which, and what no room does. A new slice is a new line in `LAYERS`."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards import tree

# What a room may import besides the standard library.
ALLOWED = {
    "compliance": {
        "compliance",
        "chinese_calendar",
        "pwdlib",
        "pydantic",
        "pypinyin",
        "rfc8785",
        "sqlalchemy",
        "sqlmodel",
        "stdnum",
    },
    "qr": {
        "qr",
        "fontTools",
        "justmytype_intl_cjk",
        "pikepdf",
        "PIL",
        "asn1crypto",
        "cryptography",
        "pyhanko",
        "pyhanko_certvalidator",
        "pypdfium2",
        "qrcode",
        "typst",
        "zxingcpp",
    },
}

# The slices of compliance, lowest first: a slice imports only from lines above its own.
LAYERS = (
    {"errors", "act", "record"},
    {"ledger"},
    {"schedules"},
    {"notifications"},
    {"accounts"},
    {"places"},
    {"devices"},
    {"catalogue"},
    {"plans"},
    {"merchants"},
    {"pauses"},
    {"messages"},
    {"notices"},
    {"contracts"},
    {"votes"},
    {"findings"},
    {"patrols"},
    {"suspect_codes"},
    {"quarantine"},
    {"coverage"},
    {"red_list"},
    {"grades"},
    {"reviews"},
    {"erasures"},
    {"print_jobs"},
    {"draws"},
    {"rounds"},
    {"doors"},
    {"tables", "reference"},
)
LAYER_OF = {part: number for number, parts in enumerate(LAYERS) for part in parts}

# Web, files, network, processes and clocks: a rule gets values and gives values.
OUTSIDE_WORLD = {
    "asyncio",
    "http",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid",
}
ASKING_THE_TIME = {"now", "utcnow", "today", "current_timestamp", "localtimestamp"}
COMMITTING = {"commit", "rollback"}
ONLY_COMMITTER = "merchants_app/database.py"

LONGEST = {"tests": 400}
USUAL_LENGTH = 300
LONGEST_ROUTE = 15
VERBS = {"get", "post", "put", "patch", "delete", "head", "route"}


def test_a_room_imports_only_what_it_may_know():
    strangers = [
        f"{tree.name(path)}:{line} imports {module}"
        for room, allowed in ALLOWED.items()
        for path in tree.files_in(room)
        for line, module in tree.imports(path)
        if module.split(".")[0] not in allowed | set(sys.stdlib_module_names)
    ]

    assert not strangers, "\n".join(strangers)


def test_nobody_imports_tests_or_benchmarks():
    curious = [
        f"{tree.name(path)}:{line} imports {module}"
        for path in tree.files_in(*tree.ROOMS, "alembic", "deploy")
        for line, module in tree.imports(path)
        if module.split(".")[0] in {"tests", "benchmarks"}
    ]

    assert not curious, "\n".join(curious)


def test_a_slice_imports_only_from_lower_slices():
    upward = []
    for path in tree.files_in("compliance"):
        own = _slice(tree.name(path).removesuffix(".py").split("/"))
        if own is None:
            continue
        for line, module in tree.imports(path):
            other = _slice(module.split("."))
            if other not in {None, own} and LAYER_OF[other] > LAYER_OF[own]:
                upward.append(f"{tree.name(path)}:{line}: {own} imports {other}")

    assert not upward, "\n".join(upward)


def test_every_slice_has_a_place_among_the_layers():
    found = {_slice(tree.name(path).removesuffix(".py").split("/")) for path in _compliance()}

    assert found - {None} <= set(LAYER_OF), "add the new slice to LAYERS"


def test_the_map_at_the_door_of_the_rules_names_every_slice_in_order():
    map_of_the_room = ast.get_docstring(tree.syntax(tree.ROOT / "compliance/__init__.py"))
    lines = re.findall(r"^    ([a-z_]+(?: · [a-z_]+)*)  ", map_of_the_room, flags=re.MULTILINE)

    assert [set(line.split(" · ")) for line in lines] == list(LAYERS[:-1])


def test_rules_never_ask_the_time_and_touch_nothing_outside():
    worldly = [
        f"{tree.name(path)}:{line} imports {module}"
        for path in _compliance()
        for line, module in tree.imports(path)
        if any(module == banned or module.startswith(f"{banned}.") for banned in OUTSIDE_WORLD)
    ]
    worldly += [
        f"{tree.name(path)}:{call.lineno} calls {tree.dotted(call.func)}()"
        for path in _compliance()
        for call in _calls(path)
        if tree.dotted(call.func).rpartition(".")[2] in ASKING_THE_TIME | {"open"}
    ]

    assert not worldly, "\n".join(worldly)


def test_chance_comes_with_the_act():
    own_chance = [
        f"{tree.name(path)}:{line} imports {module}"
        for path in _compliance()
        for line, module in tree.imports(path)
        if module.split(".")[0] == "secrets" and path.name != "act.py"
    ]

    assert not own_chance, "\n".join(own_chance)


def test_only_the_database_commits():
    committers = [
        f"{tree.name(path)}:{call.lineno} calls {tree.dotted(call.func)}()"
        for path in tree.files_in(*tree.ROOMS)
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in COMMITTING
        and tree.name(path) != ONLY_COMMITTER
    ]

    assert not committers, "\n".join(committers)


def test_imports_are_absolute():
    relative = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.files_in(*tree.ROOMS, "tests", "benchmarks", "docs")
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert not relative, "\n".join(relative)


def test_annotations_that_are_read_while_running_are_real():
    postponed = [
        tree.name(path)
        for path in tree.files_in("compliance", "merchants_app")
        if path.name == "models.py" or "routes" in path.parts
        for _, module in tree.imports(path)
        if module == "__future__.annotations"
    ]

    assert not postponed, "\n".join(postponed)


@pytest.mark.parametrize("suffix", [".py", ".mjs", ".js", ".scss", ".html", ".typ", ".sh"])
def test_a_file_is_short_enough_to_be_read_in_one_sitting(suffix):
    too_long = [
        f"{tree.name(path)} has {length} lines, {most} are allowed"
        for path in tree.files()
        if path.suffix == suffix and not tree.name(path).startswith("alembic/versions/")
        for most in [LONGEST.get(tree.name(path).split("/")[0], USUAL_LENGTH)]
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > most
    ]

    assert not too_long, "\n".join(too_long)


def test_a_route_parses_asks_and_renders_and_no_more():
    long_routes = [
        f"{tree.name(path)}:{node.lineno} {node.name} has {length} lines"
        for path in tree.files_in("merchants_app/routes")
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_route(node)
        if (length := _body_length(node)) > LONGEST_ROUTE
    ]

    assert not long_routes, "\n".join(long_routes)


def test_every_module_says_why_it_exists():
    silent = [
        tree.name(path)
        for path in tree.files_in(*tree.ROOMS, "tests", "benchmarks", "docs")
        if path.name != "__init__.py" and not ast.get_docstring(tree.syntax(path))
    ]

    assert not silent, "\n".join(silent)


def _compliance() -> list[Path]:
    return tree.files_in("compliance")


def _slice(parts: list[str]) -> str | None:
    """Return the slice that a path or dotted name inside compliance belongs to."""
    inside = parts[0] == "compliance" and len(parts) > 1 and parts[1] != "__init__"
    return parts[1] if inside else None


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree.syntax(path)) if isinstance(node, ast.Call))


def _is_route(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
    return any(tree.dotted(call.func) in VERBS for call in calls)


def _body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0

"""Every error code the program can answer with, read off the places that raise refusals."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.guards import tree

FAMILIES = {
    "ComplianceError",
    "Conflict",
    "InvalidInput",
    "NotAllowed",
    "NotFound",
    "RuleBroken",
}
CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@cache
def raised() -> dict[str, str]:
    """Return code → a place that raises it or names a field's fault by it."""
    found: dict[str, str] = {}
    for path in tree.files_in("compliance", "merchants_app"):
        for node in ast.walk(tree.syntax(path)):
            for code in _codes_of(node):
                found.setdefault(code, f"{tree.name(path)}:{node.lineno}")
    return found


@cache
def spoken() -> frozenset[str]:
    """Return every string constant of the rooms: what is not among these is raised nowhere."""
    return frozenset(text for path in tree.files_in(*tree.ROOMS) for text in tree.strings(path))


def _codes_of(node: ast.AST) -> Iterator[str]:
    """Give codes of a refusal's first argument, of its `fields`, and of tables named `…CODES`."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.Call) and tree.dotted(node.func).rpartition(".")[2] in FAMILIES:
        parts = [*node.args[:1], *(each.value for each in node.keywords if each.arg == "fields")]
    elif isinstance(node, ast.Assign) and tree.dotted(node.targets[0]).endswith("CODES"):
        parts = [node.value]
    elif isinstance(node, ast.Constant) and str(node.value).startswith("field."):
        parts = [node]
    for part in parts:
        values = part.values if isinstance(part, ast.Dict) else [part]
        for value in values:
            yield from (
                each.value
                for each in ast.walk(value)
                if isinstance(each, ast.Constant)
                and isinstance(each.value, str)
                and CODE.fullmatch(each.value)
            )

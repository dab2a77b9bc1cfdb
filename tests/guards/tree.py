"""The tree as the guards see it: which files belong to us, and their syntax."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("compliance", "qr", "merchants_app")


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = (ROOT / name for name in names.split("\0") if name)
    return tuple(sorted(path for path in found if path.is_file()))


def files_in(*folders: str, suffix: str = ".py") -> list[Path]:
    """Return our files of one kind below some folders of the root."""
    homes = [ROOT / folder for folder in folders]
    return [
        path
        for path in files()
        if path.suffix == suffix and any(home in path.parents for home in homes)
    ]


def name(path: Path) -> str:
    """Return the path as people write it, from the root."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Give line and full dotted name of everything a file imports, `from a import b` as `a.b`."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def strings(path: Path) -> Iterator[str]:
    """Give every string constant of a Python file, docstrings included."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, with "" where the chain begins with something else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""

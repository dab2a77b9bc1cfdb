"""`make bench`: every ratio of the house in one run, ours beside the bare tool doing the same work.

A module of this folder with a function `rows()` takes part; each row is (work, our seconds, seconds
beside, ratio). Absolute figures belong to one machine, so ratios are what is compared.
"""

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

Row = tuple[str, float, float, float]
"""Work, our seconds, seconds of what it is compared with, ratio as the module defines it."""


def modules() -> list[str]:
    """Return the names of the modules of this folder that measure something."""
    here = Path(__file__).parent
    names = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    return [name for name in names if hasattr(import_module(f"benchmarks.{name}"), "rows")]


def measured(wanted: list[str]) -> Iterator[Row]:
    """Give the rows of the wanted modules, one module after the other."""
    for name in wanted:
        yield from import_module(f"benchmarks.{name}").rows()


def main() -> None:
    """Measure and print."""
    everything = modules()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"some of: {', '.join(everything)}")
    wanted = parser.parse_args().only or everything
    if unknown := set(wanted) - set(everything):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    table = Table("work", *("ours", "beside", "ratio"), title="ours beside the bare tool")
    for column in table.columns[1:]:
        column.justify = "right"
    for work, ours, beside, ratio in measured(wanted):
        table.add_row(work, _duration(ours), _duration(beside), f"{ratio:.2f}")
    Console().print(table)


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.1f} µs"


if __name__ == "__main__":
    main()

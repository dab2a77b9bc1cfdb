"""A pile is set and read back in a process of its own: half a gigabyte and minutes of work that
pages served beside it do not feel, and that a cancelled job gives back at once.

`python -m merchants_app.pressing FOLDER` reads `order.jsonl` (the layout, then a lane a line) and
leaves `pile.pdf`. On standard output it says how far it is, a line of JSON each, and last what it
made. It ends when nobody listens any more.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from qr.pile import LeftOut, Pile, Stack, Told, pile
from qr.sheet import Sheet

ORDER, PDF = "order.jsonl", "pile.pdf"
ROUNDS = 3
"""A code that does not read is left out with its shop and the rest set again, at most so often."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of the whole order: the layout of its plates, and how many sheets it makes."""

    layout: Sheet
    sheets: int


_HEAD, _STACK = TypeAdapter(Head), TypeAdapter(Stack)
_LEFT_OUT = TypeAdapter(tuple[LeftOut, ...])


def write_order(folder: Path, head: Head, stacks: Iterable[Stack]) -> None:
    """Write what is to be set."""
    with (folder / ORDER).open("wb") as file:
        file.write(_HEAD.dump_json(head) + b"\n")
        for stack in stacks:
            file.write(_STACK.dump_json(stack) + b"\n")


def press(folder: Path, told: Told) -> Pile:
    """Set the order of a folder into its `pile.pdf`, every code in it read back.

    Without a readable code at all there is no file, and the pile has no pages.
    """
    with (folder / ORDER).open("rb") as file:
        head = _HEAD.validate_json(file.readline())
    without: dict[str, LeftOut] = {}
    for _ in range(ROUNDS):
        made = pile(
            _stacks(folder),
            head.layout,
            sheets=head.sheets,
            without=without,
            told=told,
        )
        if not made.unread:
            (folder / PDF).write_bytes(made.pdf)
            return made
        without |= {each.key: each for each in made.unread}
    raise ValueError(f"{len(made.unread)} codes do not read")


def said(made: Pile) -> dict[str, object]:
    """Return what is told of a finished pile."""
    left_out = json.loads(_LEFT_OUT.dump_json(made.left_out))
    numbers = {"pages": made.pages, "plates": made.plates, "notices": made.notices}
    return {**numbers, "left_out": left_out}


def heard(told: dict[str, object]) -> Pile:
    """Return a pile as `said` told of it, without its bytes."""
    pages, plates, notices = (int(str(told[name])) for name in ("pages", "plates", "notices"))
    left_out = _LEFT_OUT.validate_python(told["left_out"])
    return Pile(b"", pages, plates, notices, left_out, ())


def _stacks(folder: Path) -> Iterator[Stack]:
    with (folder / ORDER).open("rb") as file:
        next(file)
        for line in file:
            yield _STACK.validate_json(line)


def _tell(stage: str, done: int, total: int) -> None:
    _say({"stage": stage, "done": done, "total": total})


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.nice(5)
    _say(said(press(Path(sys.argv[1]), _tell)))

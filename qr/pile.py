"""A printed order as it leaves the printer: lane by lane, shop by shop in the order of the walk,
a cover sheet on top of each lane, every code read back from the finished file.

What cannot be printed for one shop (a character the font lacks, a text too long) leaves out that
shop, whole, and is told by name; the others are printed.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from threading import Lock
from typing import TypeVar

from qr.check import Codes, unread_codes
from qr.cover import Row, cover_pdf
from qr.fonts import missing_characters
from qr.plates import OUTDOOR, Plate, plate_sheet
from qr.poster import POSTER, Poster, poster_pdf
from qr.press import DoesNotFit, Leaf, forget, joined, leaves, piled, texts_of
from qr.sheet import Sheet

AT_ONCE, BESIDE = 20, 2
"""Shops set together, and lanes set side by side. The setter remembers its last ten runs; told to
forget after each, a whole district stays below a gigabyte."""

SETTING, READING = "setting", "reading"
Told = Callable[[str, int, int], None]
"""Told the stage, how many sheets are done in it, and of how many."""

Item = TypeVar("Item", Plate, Poster)
_Items = dict[str, tuple[Item, ...]]
"""What is set for each shop."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What one shop gets. One with a `problem` stands on the cover and gets nothing."""

    key: str
    number: str
    name: str
    address: str = ""
    plate: Plate | None = None
    posters: tuple[Poster, ...] = ()
    problem: str = ""

    @property
    def sheets(self) -> int:
        return 0 if self.problem else len(self.posters) + (self.plate is not None)


@dataclass(frozen=True, slots=True)
class Stack:
    """The pile of one lane, in walking order. `imprint` stands at the foot of its cover sheet,
    which an empty one does without.
    """

    township: str
    lane: str
    packs: tuple[Pack, ...]
    imprint: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A shop that is not in the file: `glyph_missing`, `does_not_fit` or `unreadable`, and what."""

    key: str
    problem: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pile:
    """The finished file and what it holds; nothing may leave while `unread` names a shop."""

    pdf: bytes
    pages: int
    plates: int
    notices: int
    left_out: tuple[LeftOut, ...]
    unread: tuple[LeftOut, ...]

    @property
    def codes(self) -> int:
        return self.plates + self.notices


@dataclass(frozen=True, slots=True)
class _Page:
    leaf: Leaf | None
    codes: Codes
    keys: tuple[str, ...]


def pile(
    stacks: Iterable[Stack],
    layout: Sheet = OUTDOOR,
    *,
    sheets: int = 0,
    without: Mapping[str, LeftOut] | None = None,
    told: Told = lambda _stage, _done, _total: None,
) -> Pile:
    """Return the file of all stacks. `sheets` is how many there will be, for `told`.

    `without` are shops that are not to be set, because their codes did not read before. Where
    nothing could be printed the pile has no pages.
    """
    known = dict(without or {})
    tell = _Count(told, sheets)
    left_out = dict(known)
    parts: list[bytes] = []
    codes: list[Codes] = []
    keys: list[tuple[str, ...]] = []
    plates = notices = 0
    for lane in _side_by_side(partial(_Lane, layout=layout, without=known, tell=tell), stacks):
        parts.append(lane.pdf)
        codes += [page.codes for page in lane.pages]
        keys += [page.keys for page in lane.pages]
        plates += lane.plates
        notices += lane.notices
        left_out |= lane.left_out
    if not plates + notices:
        return Pile(b"", 0, 0, 0, tuple(left_out.values()), ())
    pdf = joined(_handed_over(parts))
    wrong = unread_codes(pdf, codes, lambda done, total: told(READING, done, total))
    unread = {
        key: LeftOut(key, "unreadable", str(each.page))
        for each in wrong
        for key, (_, text) in zip(keys[each.page - 1], codes[each.page - 1], strict=True)
        if text == each.expected
    }
    return Pile(pdf, len(codes), plates, notices, tuple(left_out.values()), tuple(unread.values()))


def _side_by_side(
    work: Callable[[Stack, Executor], "_Lane"], stacks: Iterable[Stack]
) -> Iterator["_Lane"]:
    """Give what `work` makes of each stack, in order, the next ones begun meanwhile.

    Lanes share the threads that set: the setter leaves Python to others while it works.
    """
    with ThreadPoolExecutor(BESIDE) as lanes, ThreadPoolExecutor(BESIDE) as setters:
        waiting: deque[Future[_Lane]] = deque()
        for stack in stacks:
            waiting.append(lanes.submit(work, stack, setters))
            if len(waiting) > BESIDE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _handed_over(parts: list[bytes]) -> Iterator[bytes]:
    """Give each part and keep none."""
    parts.reverse()
    while parts:
        yield parts.pop()


class _Count:
    """Adds up what several lanes say of their sheets."""

    def __init__(self, told: Told, sheets: int) -> None:
        self.told, self.sheets, self.done = told, sheets, 0
        self.lock = Lock()

    def more(self, sheets: int) -> None:
        with self.lock:
            self.done += sheets
            self.told(SETTING, min(self.done, self.sheets), self.sheets)


class _Lane:
    """One lane, set: its pages with its cover first, and who is not among them."""

    def __init__(
        self,
        stack: Stack,
        setters: Executor,
        *,
        layout: Sheet,
        without: Mapping[str, LeftOut],
        tell: _Count,
    ) -> None:
        self.stack = stack
        self.layout = layout
        self.without = without
        self.left_out: dict[str, LeftOut] = {}
        packs = [pack for pack in stack.packs if self._drawable(pack)]
        apart = len(layout.codes) > 1  # several plates a sheet cannot lie between posters
        plates: dict[str, list[_Page]] = {}
        posters: dict[str, list[_Page]] = {}

        def set_some(some: Sequence[Pack]) -> tuple[dict[str, list[_Page]], dict[str, list[_Page]]]:
            notices = self._posters(some)
            rest = [] if apart else [pack for pack in some if pack.key not in self.left_out]
            fronts = self._plates(rest)
            tell.more(sum(map(len, (*fronts.values(), *notices.values()))))
            forget()
            return fronts, notices

        groups = [packs[start : start + AT_ONCE] for start in range(0, len(packs), AT_ONCE)]
        for fronts, notices in setters.map(set_some, groups):
            plates |= fronts
            posters |= notices
        good = [pack for pack in packs if pack.key not in self.left_out]
        if apart:
            plates = self._plates(good)
            good = [pack for pack in good if pack.key not in self.left_out]
            tell.more(len(plates.get("", ())))
        pages = list(self._cover())
        pages += plates.get("", [])
        for pack in good:
            pages += [*plates.get(pack.key, ()), *posters.get(pack.key, ())]
        self.pdf = piled([page.leaf for page in pages if page.leaf])
        self.pages = [replace(page, leaf=None) for page in pages]
        self.plates = sum(pack.plate is not None for pack in good)
        self.notices = sum(len(pack.posters) for pack in good)

    def _drawable(self, pack: Pack) -> bool:
        if pack.problem or pack.key in self.without:
            return False
        missing = missing_characters("".join(texts_of(asdict(pack))))
        if missing:
            self.left_out[pack.key] = LeftOut(pack.key, "glyph_missing", "、".join(missing))
        return not missing

    def _plates(self, packs: Sequence[Pack]) -> dict[str, list[_Page]]:
        """Return the sheets of plates by shop, or all under "" where several stand on one."""
        of: _Items[Plate] = {pack.key: (pack.plate,) for pack in packs if pack.plate is not None}
        pdf, items = self._set(of, lambda plates: plate_sheet(plates, self.layout))
        places = self.layout.codes
        found: dict[str, list[_Page]] = {}
        for number, page in enumerate(pdf):
            some = items[number * len(places) : (number + 1) * len(places)]
            codes = [(place, item.url) for place, (_, item) in zip(places, some, strict=False)]
            made = _Page(page, codes, tuple(key for key, _ in some))
            found.setdefault(some[0][0] if len(places) == 1 else "", []).append(made)
        return found

    def _posters(self, packs: Sequence[Pack]) -> dict[str, list[_Page]]:
        of: _Items[Poster] = {pack.key: pack.posters for pack in packs if pack.posters}
        pdf, items = self._set(of, poster_pdf)
        found: dict[str, list[_Page]] = {}
        for page, (key, item) in zip(pdf, items, strict=True):
            made = _Page(page, [(POSTER.codes[0], item.url)], (key,))
            found.setdefault(key, []).append(made)
        return found

    def _set(
        self, of: _Items[Item], make: Callable[[Sequence[Item]], bytes]
    ) -> tuple[Sequence[Leaf], list[tuple[str, Item]]]:
        """Set the items of shops; a shop whose text does not fit is left out, the rest set anew."""
        while of:
            items = [(key, item) for key, several in of.items() for item in several]
            try:
                return leaves(make([item for _, item in items])), items
            except DoesNotFit as error:
                owner = next((key for key, item in items if item.number == error.owner), None)
                if owner is None:
                    raise
                self.left_out[owner] = LeftOut(owner, "does_not_fit", error.owner)
                of = {key: several for key, several in of.items() if key != owner}
        return [], []

    def _cover(self) -> Iterator[_Page]:
        if not self.stack.imprint or not self.stack.packs:
            return
        rows = [
            Row(
                pack.number,
                pack.name,
                pack.address,
                plates=int(pack.plate is not None),
                posters=len(pack.posters),
                problem=self._problem(pack),
            )
            for pack in self.stack.packs
        ]
        pdf = cover_pdf(self.stack.township, self.stack.lane, rows, self.stack.imprint)
        for page in leaves(pdf):
            yield _Page(page, (), ())

    def _problem(self, pack: Pack) -> str:
        known = self.left_out.get(pack.key) or self.without.get(pack.key)
        return known.problem if known else pack.problem

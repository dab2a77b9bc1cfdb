"""Two versions of a model text side by side (pure): which paragraphs stayed, changed, came, went.

Paragraphs are matched by likeness in their order, so that one inserted paragraph does not make all
that follow it look new. Inside a changed paragraph the words that differ are marked: a name in
braces, a number or a Latin word counts as one, an ideograph stands alone, and a lone ideograph left
between two changes is taken into them, so that people read words and not confetti.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from compliance.notices import texts


class Change(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph; `marked` when the other version does not have it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph of the former version beside its successor; empty where there is none."""

    change: Change
    former: tuple[Run, ...] = ()
    latter: tuple[Run, ...] = ()


_WORD = re.compile(r"\{[?/]?[a-z][a-z0-9_]*\}|[A-Za-z]+|[0-9]+(?:[.：–-][0-9]+)*|\s+|.", re.DOTALL)
_HEAD = re.compile(r"^(?:第[一二三四五六七八九十百]+[条章]|[一二三四五六七八九十]+、)\s*")

ALIKE = 0.45
"""Least likeness of two paragraphs that are told as one paragraph changed."""

MOST_WORK = 8_000_000
MOST_WORDS = 1_500
"""Beyond these (letters times letters; words), paragraphs are matched by place, or marked whole."""


def compare(former: str, latter: str) -> list[Pair]:
    """Return both versions paragraph by paragraph, in the order in which they are read."""
    old, new = _paragraphs(former), _paragraphs(latter)
    pairs: list[Pair] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += [Pair(Change.UNCHANGED, (Run(each),), (Run(each),)) for each in old[a:b]]
        else:
            pairs += _block(old[a:b], new[c:d])
    return pairs


def stretches(pairs: Sequence[Pair]) -> list[tuple[Pair, ...]]:
    """Return the paragraphs with neighbours that stayed as they were together, for folding."""
    together = groupby(pairs, key=lambda pair: pair.change is Change.UNCHANGED)
    found: list[tuple[Pair, ...]] = []
    for unchanged, group in together:
        found += [tuple(group)] if unchanged else [(pair,) for pair in group]
    return found


def counts(pairs: Sequence[Pair]) -> dict[Change, int]:
    """Return how many paragraphs met each fate."""
    return {change: sum(pair.change is change for pair in pairs) for change in Change}


def _paragraphs(body: str) -> list[str]:
    """Return the lines as they are read: without blank ones, punctuation full-width."""
    return [line.strip() for line in texts.typeset(body).splitlines() if line.strip()]


def _block(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Yield what became of a stretch in which no paragraph stayed as it was."""
    left, right = 0, 0
    for one, other in [*_partners(old, new), (len(old), len(new))]:
        yield from (Pair(Change.REMOVED, former=(Run(each, True),)) for each in old[left:one])
        yield from (Pair(Change.ADDED, latter=(Run(each, True),)) for each in new[right:other])
        if one < len(old):
            yield Pair(Change.CHANGED, *_marked(old[one], new[other]))
        left, right = one + 1, other + 1


def _partners(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return places of paragraphs that belong together: the greatest likeness in all, in order."""
    if len("".join(old)) * len("".join(new)) > MOST_WORK:
        return [(at, at) for at in range(min(len(old), len(new)))]
    likeness = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in reversed(range(len(old))):
        for other in reversed(range(len(new))):
            together = likeness[one][other] + best[one + 1][other + 1]
            best[one][other] = max(together, best[one + 1][other], best[one][other + 1])
    found, one, other = [], 0, 0
    while one < len(old) and other < len(new):
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            found.append((one, other))
            one, other = one + 1, other + 1
    return found


def _likeness(one: str, other: str) -> float:
    """Return how alike two paragraphs are without the number they begin with; 0 below `ALIKE`."""
    match = SequenceMatcher(None, _words(_HEAD.sub("", one)), _words(_HEAD.sub("", other)), False)
    if match.real_quick_ratio() < ALIKE or match.quick_ratio() < ALIKE:
        return 0.0
    ratio = match.ratio()
    return ratio if ratio >= ALIKE else 0.0


def _words(paragraph: str) -> list[str]:
    return _WORD.findall(paragraph)[:MOST_WORDS]


def _marked(old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return both paragraphs with what the other one does not have marked."""
    former, latter = _WORD.findall(old), _WORD.findall(new)
    if max(len(former), len(latter)) > MOST_WORDS:
        return (Run(old, True),), (Run(new, True),)
    kept = _islands(SequenceMatcher(None, former, latter, autojunk=False), former)
    return (
        tuple(_runs(former, [(at, size) for at, _, size in kept])),
        tuple(_runs(latter, [(at, size) for _, at, size in kept])),
    )


def _islands(match: SequenceMatcher[str], former: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return what both share, without a lone ideograph between two changes."""
    blocks = [tuple(block) for block in match.get_matching_blocks()[:-1]]
    return [
        (one, other, size)
        for one, other, size in blocks
        if size > 1
        or one == other == 0
        or one + 1 == len(former)
        or not former[one].strip().isalnum()
    ]


def _runs(words: Sequence[str], shared: Sequence[tuple[int, int]]) -> Iterator[Run]:
    """Yield a paragraph's words as stretches, marked between the shared ones."""
    done = 0
    for at, size in [*shared, (len(words), 0)]:
        if at > done:
            yield Run("".join(words[done:at]), True)
        if size:
            yield Run("".join(words[at : at + size]))
        done = at + size

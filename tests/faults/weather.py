"""Storms: what becomes of the uploads of phones, and the same again for the same seed."""

import random
import threading
from itertools import count

from tests.faults.cutting import CAPTIVE, PASS, SWALLOW, Asked, Fate, cut, delay

UPLOADS = ("/photos/", "/patrols/", "/sealed/")
"""Parts of the addresses at which photos and records arrive."""

TENTHS = tuple(cut(tenth / 10) for tenth in range(10))
MISHAPS = (*TENTHS, SWALLOW, CAPTIVE)


class EveryTenth:
    """Cuts each upload at every tenth of it in turn, loses its answer, answers in its place."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: dict[str, list[Fate]] = {}
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Fate:
        if asked.method != "PUT" or not any(each in asked.path for each in UPLOADS):
            return PASS
        with self._lock:
            if asked.path not in self._waiting:
                self._waiting[asked.path] = list(self.mishaps(next(self._numbers), asked))
            waiting = self._waiting[asked.path]
            return waiting.pop(0) if waiting else PASS

    def mishaps(self, number: int, asked: Asked) -> tuple[Fate, ...]:
        """Return what happens to the tries of the `number`th upload, until one passes."""
        return MISHAPS


class OneTenth(EveryTenth):
    """The short storm: one mishap an upload, each in turn; a record loses its answer besides."""

    def mishaps(self, number: int, asked: Asked) -> tuple[Fate, ...]:
        lost = (SWALLOW,) if "/patrols/" in asked.path else ()
        return MISHAPS[number % len(MISHAPS)], *lost


class Gusts(EveryTenth):
    """Every fifth upload meets with one mishap."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)

    def mishaps(self, number: int, asked: Asked) -> tuple[Fate, ...]:
        """Return one of the mishaps or a delay, or nothing."""
        return (self._chance.choice((*MISHAPS, delay(1.0))),) if self._chance.random() < 0.2 else ()

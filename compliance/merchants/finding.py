"""Finding a shop by what somebody types: its name, the name in pinyin or its initials, its codes.

Pure. What is looked through is made once, when a merchant is stored, so a search needs no library
and works the same on both databases.
"""

import re
import unicodedata
from functools import cache

_SPACES = re.compile(r"\s+")

# Common in shop names and read by the word they stand in: 银行 but 行走, 重庆 but 重点.
_READ_BY_WORD = frozenset("行重长乐都朝会藏传单盛调")


def words_of(name: str, uscc: str) -> str:
    """Return what a search looks through: name, pinyin, initials and credit code, small letters."""
    syllables = [syllable for syllable in _syllables(name) if syllable.strip()]
    initials = "".join(syllable[0] for syllable in syllables)
    return "|".join(map(typed, (name, "".join(syllables), initials, uscc)))


def typed(text: str) -> str:
    """Return what was typed in the form in which it is looked for."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _syllables(name: str) -> list[str]:
    if _READ_BY_WORD.isdisjoint(name):
        return [_syllable(letter) for letter in name]
    from pypinyin import lazy_pinyin  # a quarter of a second that only storing needs

    return lazy_pinyin(name)


@cache
def _syllable(letter: str) -> str:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(letter)[0]

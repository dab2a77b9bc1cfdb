"""The one font of everything we print, and the question whether it has the glyphs. For a character
it lacks every PDF library we tried draws a box or nothing, and says nothing; on a signed paper that
changes a person's name. So text is checked here first, and a lack is refused by name.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILY = "Noto Sans SC"


class MissingGlyph(ValueError):
    """`text` holds `characters` that the font cannot draw or that would be invisible on paper."""

    def __init__(self, characters: Iterable[str], text: str) -> None:
        self.characters = tuple(characters)
        self.text = text
        named = "、".join(_name(character) for character in self.characters)
        super().__init__(f"no glyph for {named} in {text[:60]!r}")


def font_folder() -> Path:
    """Return the folder of the variable Noto Sans SC; it holds that font alone."""
    return Path(str(files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"))


def missing_characters(text: str) -> list[str]:
    """Return each character of `text` that cannot be printed, once, in order of appearance.

    A line feed is layout and passes. Control, format and private-use characters never pass: what
    is signed must be what is seen.
    """
    missing = set(text) - _drawable() - {"\n"}
    return (
        [character for character in dict.fromkeys(text) if character in missing] if missing else []
    )


def check_glyphs(text: str) -> None:
    """Raise MissingGlyph when any character of `text` cannot be printed."""
    missing = missing_characters(text)
    if missing:
        raise MissingGlyph(missing, text)


@cache
def _drawable() -> frozenset[str]:
    with TTFont(font_folder() / "NotoSansSC[wght].ttf", lazy=True) as font:
        characters = map(chr, font.getBestCmap())
        return frozenset(c for c in characters if unicodedata.category(c)[0] != "C")


def _name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"{character} ({code})" if character.isprintable() else code

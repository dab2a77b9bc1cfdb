"""The two languages: every sentence people read, and how dates, numbers and phones are written.

Templates are written in Chinese and the Chinese sentence is its own key; codes such as
`state.reminded` are keys with an entry in both languages. The `.po` files are read as they are, one
per folder of templates, so nothing has to be compiled before a start.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from re import findall
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from compliance.merchants import identifiers
from merchants_app import paths

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
LOCAL_TIME = ZoneInfo("Asia/Shanghai")

FAR_OFF_DAYS = 60
ENGLISH_MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


def language_of(query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language asked for: `?lang=`, else the cookie, else Chinese."""
    for asked in (query.get("lang"), cookies.get("lang")):
        if asked in LANGUAGES:
            return asked
    return DEFAULT_LANGUAGE


def translate(lang: str, msgid: str, **params: object) -> str:
    """Return the sentence for `msgid`, which is itself the answer where no entry is found.

    `%(name)s` is filled only when parameters are given, so a plain "100%" stays as it is. An entry
    with two forms (English) is chosen by the parameter `n`.
    """
    entry = catalogue(lang).get(msgid, msgid)
    if isinstance(entry, tuple):
        entry = entry[0] if params.get("n") in (1, "1") else entry[-1]
    return entry % params if params else entry


def known(lang: str, msgid: str) -> bool:
    """Tell whether `msgid` has an entry of its own in this language."""
    return msgid in catalogue(lang)


@cache
def catalogue(lang: str) -> Mapping[str, str | tuple[str, ...]]:
    """Read every `.po` file of a language once: msgid → sentence, or its singular and plural."""
    return dict(_entries(paths.LOCALE / lang))


def _entries(folder: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source):
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string or ""
                if key and said and not message.fuzzy:
                    yield key, said if isinstance(said, str) else tuple(said)


def code_of(value: Enum | str, family: str | None = None) -> str:
    """Return the msgid under which a value's word is kept: `family.value`.

    The family of an enum is the last word of its class: `FindingState.REMINDED` gives
    `state.reminded`. Plain text is a whole code already unless a family is named.
    """
    if isinstance(value, Enum):
        words = findall(r"[A-Z][a-z]*", type(value).__name__)
        return f"{family or words[-1].lower()}.{value.value}"
    return f"{family}.{value}" if family else value


def label(lang: str, value: Enum | str | None, family: str | None = None) -> str:
    """Return the word people see for an enum member or a code; nothing for None."""
    return "" if value is None else translate(lang, code_of(value, family))


def local_date(value: date) -> date:
    """Return the calendar day in Beijing of an instant, or the day itself."""
    return value.astimezone(LOCAL_TIME).date() if isinstance(value, datetime) else value


def format_date(lang: str, value: date | None) -> str:
    """Write a day: 2026年3月5日 · 5 March 2026. An instant is taken at Beijing time."""
    if value is None:
        return ""
    day = local_date(value)
    if lang == "en":
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def format_month(lang: str, value: date) -> str:
    """Write a month: 2026年3月 · March 2026."""
    day = local_date(value)
    if lang == "en":
        return f"{ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月"


def format_time(value: datetime) -> str:
    """Write the hour and minute in Beijing: 09:31."""
    return value.astimezone(LOCAL_TIME).strftime("%H:%M")


def format_datetime(lang: str, value: datetime | None) -> str:
    """Write an instant in Beijing: 2026年3月5日 09:31 · 5 March 2026, 09:31."""
    if value is None:
        return ""
    gap = ", " if lang == "en" else " "
    return f"{format_date(lang, value)}{gap}{format_time(value)}"


def format_compact(value: date | None) -> str:
    """Write a day or an instant for a table column: 2026-03-05, 2026-03-05 09:31."""
    if value is None:
        return ""
    day = local_date(value).isoformat()
    return f"{day} {format_time(value)}" if isinstance(value, datetime) else day


def format_machine(value: date) -> str:
    """Write a day or an instant for the `datetime` attribute, the latter with its offset."""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_TIME).isoformat(timespec="seconds")
    return value.isoformat()


def relative_day(lang: str, value: date, today: date) -> str:
    """Say a day as seen from `today`: 今天, 昨天, 3天前, 明天, 5天后; far off, its date."""
    days = (local_date(value) - local_date(today)).days
    named = {0: "今天", -1: "昨天", -2: "前天", 1: "明天", 2: "后天"}
    if days in named:
        return translate(lang, named[days])
    if abs(days) > FAR_OFF_DAYS:
        return format_date(lang, value)
    return translate(lang, "%(n)s天前" if days < 0 else "%(n)s天后", n=abs(days))


def format_number(value: float | None) -> str:
    """Write a number with thousands apart: 10,640; at most one decimal."""
    if value is None:
        return ""
    return f"{value:,.1f}".removesuffix(".0")


def format_share(part: float, whole: float) -> str:
    """Write a part of a whole as per cent, one decimal, never rounded up to 100% nor down to 0%."""
    if not whole or not part:
        return "0%"
    tenths = round(part * 1000 / whole)
    tenths = max(1, min(tenths, 999)) if part < whole else 1000
    return f"{tenths / 10:g}%"


def mask_phone(value: str | None) -> str:
    """Hide the middle of a number, 138****5678, by the one rule there is; nothing for None."""
    return identifiers.mask_phone(value) if value else ""


def format_code(value: str | None) -> str:
    """Show the check code of a text as its paper has it: 9F3A 07C1 5BE2 FFFF."""
    return format_hash(value, 16).upper()


def format_hash(value: str | None, length: int = 12) -> str:
    """Show the head of a hash in groups of four, for reading aloud: 9f3a 07c1 5be2."""
    head = (value or "")[:length]
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))

"""The door page kept ready: rendered once, answered from memory while nothing has changed.

What the public face shows follows from few things: the tenancy's ledger head, the language and size
of type, the texts in force, the release, and the next moment at which something expires or comes
down. A write of this process drops the page at once (the database tells us which subjects it
touched); a page older than one second is compared with the ledger heads, so a write of another
process is seen within that second, on both databases.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compliance.ledger import service as ledger

if TYPE_CHECKING:
    from merchants_app.context import Context

FRESH = timedelta(seconds=1)
MOST = 20_000

Key = tuple[str, str, str]
"""Token, language, size of type."""


@dataclass(slots=True)
class KeptPage:
    """A rendered page with what it was made from."""

    body: bytes
    subjects: dict[str, tuple[int, str]]
    good_until: datetime
    checked_at: datetime
    status: int = 200
    etag: str = field(default="")

    def __post_init__(self) -> None:
        self.etag = self.etag or f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class DoorCache:
    """The kept pages of this process, least recently asked for dropped first."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._keys: dict[str, set[Key]] = {}
        self._drops = 0

    @property
    def drops(self) -> int:
        """How often pages were dropped: compared before and after a rendering."""
        return self._drops

    def subjects(self) -> frozenset[str]:
        """Return every subject that a kept page was made from."""
        return frozenset(self._keys)

    def drop(self, subjects: frozenset[str]) -> None:
        """Forget every page made from one of `subjects`; called after each commit here."""
        self._drops += 1
        for subject in subjects:
            for key in self._keys.pop(subject, ()):
                self._pages.pop(key, None)

    async def find(self, key: Key) -> KeptPage | None:
        """Return a page that is still true, or None."""
        page = self._pages.get(key)
        if page is None:
            return None
        now = self._context.clock()
        if now >= page.good_until:
            self._pages.pop(key, None)
            return None
        if now - page.checked_at > FRESH:
            page.checked_at = now
            heads = await self._context.database.read(lambda s: ledger.heads_of(s, page.subjects))
            if heads != page.subjects:
                self._pages.pop(key, None)
                return None
        self._pages.move_to_end(key)
        return page

    def keep(self, key: Key, page: KeptPage, drops_before: int) -> None:
        """Keep a page, unless something was written while it was made."""
        if drops_before != self._drops:
            return
        self._pages[key] = page
        for subject in page.subjects:
            self._keys.setdefault(subject, set()).add(key)
        while len(self._pages) > MOST:
            self._pages.popitem(last=False)

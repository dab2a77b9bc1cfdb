"""Rows waiting to be written together: one statement for thousands instead of one for each."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from compliance import tables
from compliance.notices.slots import notice_table

Row = Mapping[str, Any]

_ENOUGH = 5000
_CHANGE_NOTICE = (
    sa.update(notice_table)
    .where(notice_table.c.id == sa.bindparam("which"))
    .values(
        state=sa.bindparam("to"),
        viewed_at=sa.bindparam("viewed"),
        settled_at=sa.bindparam("settled"),
    )
)


class Ink:
    """New rows by table, and notices that were signed; written before they grow too many."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new: dict[str, list[Row]] = {}
        self._changed: list[Row] = []
        self._count = 0

    def add(self, table: sa.Table, *rows: Row) -> None:
        """Have `rows` inserted; rows of one table name the same columns."""
        self._new.setdefault(table.name, []).extend(rows)
        self._spend(len(rows))

    def change_notice(self, which: str, **values: Any) -> None:
        """Have a notice's state and moments set: `to`, `viewed`, `settled`."""
        self._changed.append({"which": which, **values})
        self._spend(1)

    def _spend(self, rows: int) -> None:
        self._count += rows
        if self._count >= _ENOUGH:
            self.dry()

    def dry(self) -> None:
        """Write everything that waits, what is referred to first."""
        connection = self._session.connection()
        for table in tables.METADATA.sorted_tables:
            if rows := self._new.pop(table.name, None):
                connection.execute(sa.insert(table), rows)
        if self._changed:
            connection.execute(_CHANGE_NOTICE, self._changed)
            self._changed = []
        self._count = 0

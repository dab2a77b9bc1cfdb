"""Letters are printed in batches, so that what was printed can be printed again."""

from datetime import datetime

from sqlmodel import Field

from compliance.record import Record, key, moment


class LetterBatch(Record, table=True):
    """Letters printed at once: one for each shop, holding everything that waited for it."""

    __tablename__ = "letter_batch"

    id: str = key()
    printed_at: datetime = moment()
    printed_by: str = Field(max_length=32)
    letters: int

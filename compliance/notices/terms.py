"""When a term of years ends (pure)."""

from datetime import date, timedelta


def last_day(first: date, years: int) -> date:
    """Return the last day of a term of `years` from `first`; from 29 February, 28 February."""
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:
        return first.replace(year=first.year + years, day=28)

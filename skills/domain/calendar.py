"""The days that the calculations take: FIRST_DAY <= day <= LAST_DAY.

Half-lives, windows and grace are added to and taken from a day; far enough out that leaves the
calendar of the language. Whoever takes a day from outside asks here first.
"""

import re
from datetime import date

FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2199, 12, 31)
IN_FULL = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
OUTSIDE = f"Give a day from {FIRST_DAY.year} to {LAST_DAY.year}."


def within_calendar(day: date) -> bool:
    """Whether the calculations take this day."""
    return FIRST_DAY <= day <= LAST_DAY


def written_in_full(text: str) -> bool:
    """Whether a day is written YYYY-MM-DD, and in no other form of ISO 8601."""
    return IN_FULL.fullmatch(text) is not None

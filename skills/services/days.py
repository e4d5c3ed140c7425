"""Days in words, for pages and for what is written outside templates."""

from datetime import date
from functools import lru_cache

DAYS_A_MONTH = 30.4375
NEAR_DAYS = 45
NEAR_MONTHS_DAYS = 730
_KEPT = 4096


@lru_cache(maxsize=_KEPT)
def written_day(day: date) -> str:
    """12 May 2027."""
    return f"{day.day} {day:%B %Y}"


def distance(day: date, today: date) -> str:
    """How far a day is from today: "in 6 months", "today", "12 days ago"."""
    days = (day - today).days
    if abs(days) <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {_span(days)}" if days > 0 else f"{_span(-days)} ago"


def _span(days: int) -> str:
    if days <= NEAR_DAYS:
        return _counted(days, "day")
    months = days / DAYS_A_MONTH
    if days <= NEAR_MONTHS_DAYS:
        return _counted(round(months), "month")
    return _counted(round(months / 12), "year")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"

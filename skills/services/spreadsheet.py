"""Rows as CSV text, a line at a time, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines_of(header: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the header and a line a row, every cell defused."""
    writer = csv.writer(_Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([defused(value) for value in row])


def defused(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula; None is empty."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

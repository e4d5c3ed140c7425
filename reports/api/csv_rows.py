"""The gap report as CSV, streamed: a line is sent as soon as it is known."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from rest_framework.renderers import BaseRenderer

from reports.api.answers import report_answer
from reports.services.gap_report import COLUMNS, ReportRow

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


class CsvRenderer(BaseRenderer):
    """Makes `Accept: text/csv` acceptable; the view streams the lines itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> str:
        return str(data)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[ReportRow]) -> Iterator[str]:
    """A line of names, then a line a row.

    `manager` is the manager's external id, or uuid where there is none, `unit` its path.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in rows:
        cells = report_answer(row)
        if row.manager:
            cells["manager"] = row.manager.external_id or str(row.manager.uuid)
        if row.unit:
            cells["unit"] = row.unit.path
        yield writer.writerow([defused(cells[name]) for name in COLUMNS])


def defused(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(RISKY) else text

"""The gap report as CSV, streamed: a line is sent as soon as it is known."""

from collections.abc import Iterable, Iterator
from typing import Any

from rest_framework.renderers import BaseRenderer

from reports.api.answers import report_answer
from reports.services.gap_report import COLUMNS, ReportRow
from skills.services.spreadsheet import lines_of


class CsvRenderer(BaseRenderer):
    """Makes `Accept: text/csv` acceptable; the view streams the lines itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> str:
        return str(data)


def csv_lines(rows: Iterable[ReportRow]) -> Iterator[str]:
    """A line of names, then a line a row.

    `manager` is the manager's external id, or uuid where there is none, `unit` its path.
    """
    return lines_of(COLUMNS, map(_cells, rows))


def _cells(row: ReportRow) -> list[Any]:
    cells = report_answer(row)
    if row.manager:
        cells["manager"] = row.manager.external_id or str(row.manager.uuid)
    if row.unit:
        cells["unit"] = row.unit.path
    return [cells[name] for name in COLUMNS]

"""The organisation page as lines of a table."""

from collections.abc import Iterator

from reports.services.organisation import Cell, OrganisationRow, OrganisationView
from skills.services.spreadsheet import defused

HEADER = (
    "unit",
    "unit_uuid",
    "people_in_unit",
    "column",
    "name",
    "people",
    "met",
    "required",
    "blocking",
    "level_0",
    "level_1",
    "level_2",
    "level_3",
    "level_4",
    "shown",
    "job_role",
    "as_of",
    "policy_version",
)


def csv_rows(view: OrganisationView) -> Iterator[list[str]]:
    """One line a row and column of the page, the total last; HEADER says what is where.

    Levels stand where a column is one skill. Hidden figures are empty, a domain of which a
    skill is hidden is told in part, and `shown` says so.
    """
    for row in (*view.rows, view.total):
        for cell in row.cells:
            yield [defused(value) for value in _line(view, row, cell)]


def _line(view: OrganisationView, row: OrganisationRow, cell: Cell) -> list[object]:
    tally = cell.tally
    figures: list[object] = [tally.people, tally.met, tally.required, tally.blocking]
    levels: list[object] = list(tally.levels) if view.shows_people else [""] * len(tally.levels)
    if not cell.is_shown:
        figures, levels = [""] * len(figures), [""] * len(levels)
    return [
        row.node.name,
        row.node.uuid or "",
        row.head_count,
        cell.column.slug,
        cell.column.name,
        *figures,
        *levels,
        _shown(cell, view.minimum),
        view.filter.job_role,
        view.as_of.isoformat(timespec="seconds"),
        view.policy_version,
    ]


def _shown(cell: Cell, minimum: int) -> str:
    if cell.is_empty:
        return "nobody needs this"
    if cell.leaves_out:
        how = "not shown" if cell.is_hidden else "in part"
        return f"{how}: groups under {minimum} people are protected"
    return "yes"

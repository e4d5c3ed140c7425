"""The matrix as CSV, streamed."""

from collections.abc import Iterable, Iterator
from typing import Any

from skills.services.faces import face_of
from skills.services.matrix_parts import MatrixLine
from skills.services.spreadsheet import lines_of
from skills.services.wording import STATES

HEADER = (
    "person",
    "person_uuid",
    "unit",
    "job_roles",
    "domain",
    "skill",
    "skill_name",
    "required_level",
    "verified_level",
    "claimed_level",
    "weight",
    "shortfall",
    "blocking",
    "requirement_state",
    "state",
    "shown_as",
    "due_on",
    "until",
    "as_of",
)


def csv_lines(lines: Iterable[MatrixLine]) -> Iterator[str]:
    """One line a person and skill, the header first."""
    return lines_of(HEADER, map(_values, lines))


def _values(line: MatrixLine) -> tuple[Any, ...]:
    person, cell = line.person, line.cell
    return (
        person.name,
        person.uuid,
        person.unit,
        "; ".join(person.job_roles),
        cell.skill.domain,
        cell.skill.slug,
        cell.skill.name,
        cell.required_level if cell.required else None,
        cell.verified_level,
        cell.claimed_level,
        cell.weight or None,
        cell.shortfall,
        "yes" if cell.blocking else "no",
        cell.requirement_state.value if cell.requirement_state else "not_required",
        STATES[cell.state],
        face_of(cell).text,
        cell.due_on,
        cell.until,
        cell.as_of,
    )

"""The team matrix: people by skills, with totals over everybody in scope.

The page, its CSV and its totals are made of the same rows (`gaps.GapRow`), so that they cannot
differ. The number of queries does not depend on the number of people.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from skills.domain.policy import HIGHEST_LEVEL
from skills.exceptions import LineTooLong
from skills.services.gaps import GapRow, PersonGaps, gaps_against, pressing
from skills.services.matrix_parts import (
    Choice,
    Matrix,
    MatrixColumn,
    MatrixDomain,
    MatrixFilter,
    MatrixLine,
    MatrixRow,
    Scope,
    SkillLevels,
    Sort,
    TeamLevels,
    Worklist,
)
from skills.services.reading import SkillRef, standings
from skills.services.requirements import PersonRef, PersonRequirements, requirements_among

PAGE_SIZE = 50
MOST_PEOPLE = 2_000
"""People a page works out at once, about a second; longer lines are looked at by manager."""


def people_of(manager: Person, scope: Scope) -> QuerySet[Person]:
    """The active people of a manager: the direct reports, or the whole line."""
    people: QuerySet[Person] = (
        Person.objects.reporting_to(manager).active()
        if scope is Scope.DIRECT
        else Person.objects.in_line_of(manager).active()
    )
    return people


def team_matrix(
    people: QuerySet[Person],
    wanted: MatrixFilter | None = None,
    *,
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Matrix:
    """One page of the matrix of these people (see `people_of`), as of today.

    A page outside the range is moved to the nearest. Three queries for any number of people, and
    one more where stored rows are due. Raises NoPolicyPublished, and LineTooLong.
    """
    team = _Team(people, wanted or MatrixFilter())
    pages = max(1, ceil(len(team.kept) / page_size))
    page = min(max(page, 1), pages)
    shown = team.kept[(page - 1) * page_size : page * page_size]
    columns = team.columns()
    refs = [column.skill for column in columns]
    return Matrix(
        team.today,
        team.filter,
        _by_domain(columns),
        tuple(team.row(each, refs) for each in shown),
        len(team.kept),
        team.scope_count,
        sum(each.met for each in team.kept),
        sum(each.required_count for each in team.kept),
        sum(each.blocking_count for each in team.kept),
        page,
        pages,
        team.domain_choices,
        team.job_role_choices,
    )


def matrix_rows(
    people: QuerySet[Person], wanted: MatrixFilter | None = None
) -> Iterator[MatrixLine]:
    """Every cell of all pages, person by person in the matrix' order, for an export.

    All is read before this returns, so that what is refused is refused before a stream begins.
    Raises NoPolicyPublished, and LineTooLong.
    """
    team = _Team(people, wanted or MatrixFilter())
    refs = [column.skill for column in team.columns()]
    return (
        MatrixLine(each.person, cell) for each in team.kept for cell in team.row(each, refs).cells
    )


def team_worklist(people: QuerySet[Person], wanted: MatrixFilter | None = None) -> Worklist:
    """The required cells that say what was chosen; without a choice, those that bind and are unmet.

    Costs as many queries as `team_matrix`. Raises NoPolicyPublished, and LineTooLong.
    """
    team = _Team(people, wanted or MatrixFilter())
    chosen = team.filter.status
    lines = [
        MatrixLine(each.person, row)
        for each in team.kept
        for row in each.rows
        if (row.says(chosen) if chosen else row.binds and not row.met)
    ]
    return Worklist(
        team.filter,
        tuple(sorted(lines, key=_ORDERS.get(team.filter.sort, _pressing))),
        len(team.kept),
        team.scope_count,
        team.domain_choices,
        team.job_role_choices,
    )


def team_levels(people: QuerySet[Person], wanted: MatrixFilter | None = None) -> TeamLevels:
    """Who stands at which level of the skills that anybody there needs.

    Costs as many queries as `team_matrix`. Raises NoPolicyPublished, and LineTooLong.
    """
    team = _Team(people, wanted or MatrixFilter())
    return TeamLevels(
        team.today,
        team.filter,
        team.levels(),
        len(team.kept),
        team.scope_count,
        team.domain_choices,
        team.job_role_choices,
    )


def _pressing(line: MatrixLine) -> tuple[Any, ...]:
    blocking, weight, rank, order = pressing(line.cell)
    return blocking, weight, rank, *_by_name(line.person), order


def _soonest(line: MatrixLine) -> tuple[Any, ...]:
    return line.cell.due_on or date.max, *_pressing(line)


def _by_person(line: MatrixLine) -> tuple[Any, ...]:
    return *_by_name(line.person), pressing(line.cell)


def _by_name(person: PersonRef) -> tuple[str, UUID]:
    return person.name.casefold(), person.uuid


_ORDERS = {Sort.DUE: _soonest, Sort.NAME: _by_person}


class _Team:
    """All people in scope with their gaps, narrowed and ordered."""

    def __init__(self, people: QuerySet[Person], wanted: MatrixFilter) -> None:
        self.today = timezone.localdate()
        self.filter = wanted
        everybody = requirements_among(people, on=self.today, most=MOST_PEOPLE + 1)
        if len(everybody) > MOST_PEOPLE:
            raise LineTooLong(MOST_PEOPLE)
        self.scope_count = len(everybody)
        self.domain_choices = _domain_choices(everybody.values())
        self.job_role_choices = _job_role_choices(everybody.values())
        chosen = {id_: each for id_, each in everybody.items() if self._holds_role(each)}
        self.standings = standings(list(chosen))
        gaps = [
            gaps_against(each, self.standings, domain=wanted.domain) for each in chosen.values()
        ]
        self.kept = sorted((each for each in gaps if self._has_status(each)), key=self._order)

    def _holds_role(self, each: PersonRequirements) -> bool:
        slug = self.filter.job_role
        return not slug or any(held.job_role == slug for held in each.person.positions)

    def _has_status(self, each: PersonGaps) -> bool:
        status = self.filter.status
        return status is None or any(row.says(status) for row in each.rows)

    def _order(self, each: PersonGaps) -> tuple[float, str, UUID]:
        first = 0.0
        if self.filter.sort is Sort.GAP:
            first = 1.0 if each.gap is None else -each.gap
        elif self.filter.sort is Sort.BLOCKING:
            first = float(-each.blocking_count)
        return first, *_by_name(each.person)

    def columns(self) -> list[MatrixColumn]:
        """Every skill that is required of somebody, with its totals."""
        found: dict[int, list[GapRow]] = {}
        for each in self.kept:
            for row in each.rows:
                found.setdefault(row.skill.id, []).append(row)
        columns = [_column(rows) for rows in found.values()]
        return sorted(columns, key=lambda column: column.skill.order)

    def row(self, each: PersonGaps, refs: Iterable[SkillRef]) -> MatrixRow:
        own = {row.skill.id: row for row in each.rows}
        cells = tuple(own.get(ref.id) or self._unrequired(each, ref) for ref in refs)
        return MatrixRow(
            each.person, each.gap, each.met, each.required_count, each.blocking_count, cells
        )

    def levels(self) -> tuple[SkillLevels, ...]:
        columns = self.columns()
        stood: dict[int, list[list[PersonRef]]] = {
            column.skill.id: [[] for _ in range(HIGHEST_LEVEL + 1)] for column in columns
        }
        for each in sorted(self.kept, key=lambda each: _by_name(each.person)):
            required = {row.skill.id for row in each.rows}
            for skill_id, levels in stood.items():
                at = self.standings.get((each.person.id, skill_id))
                level = at.verified_level if at else 0
                if level or skill_id in required:
                    levels[level].append(each.person)
        return tuple(
            SkillLevels(
                column.skill,
                tuple(map(tuple, stood[column.skill.id])),
                column.met,
                column.required,
            )
            for column in columns
        )

    def _unrequired(self, each: PersonGaps, ref: SkillRef) -> GapRow:
        at = self.standings.get((each.person.id, ref.id))
        return GapRow.unrequired(ref, at, self.today)


def _column(rows: list[GapRow]) -> MatrixColumn:
    binding = [row for row in rows if row.binds]
    return MatrixColumn(
        rows[0].skill,
        sum(row.met for row in binding),
        len(binding),
        sum(row.blocking for row in binding),
    )


def _by_domain(columns: Iterable[MatrixColumn]) -> tuple[MatrixDomain, ...]:
    grouped: dict[str, list[MatrixColumn]] = {}
    for column in columns:
        grouped.setdefault(column.skill.domain, []).append(column)
    return tuple(
        MatrixDomain(slug, each[0].skill.domain_name, tuple(each)) for slug, each in grouped.items()
    )


def _domain_choices(everybody: Iterable[PersonRequirements]) -> tuple[Choice, ...]:
    refs = {
        (ref.order[0], ref.domain, ref.domain_name)
        for book in {id(each.book): each.book for each in everybody}.values()
        for ref in book.skills.values()
    }
    return tuple(Choice(slug, name) for _, slug, name in sorted(refs))


def _job_role_choices(everybody: Iterable[PersonRequirements]) -> tuple[Choice, ...]:
    held = {
        (position.job_role_name, position.job_role)
        for each in everybody
        for position in each.person.positions
    }
    return tuple(Choice(slug, name) for name, slug in sorted(held))

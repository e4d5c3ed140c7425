"""The parts of a team matrix, of its worklist and of its levels, and what narrows them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.enums import CellStatus
from skills.services.gaps import GapRow
from skills.services.reading import SkillRef
from skills.services.requirements import PersonRef


class Scope(StrEnum):
    """Whose people a manager sees: those who report to them, or all below them."""

    DIRECT = "direct"
    LINE = "line"


class Sort(StrEnum):
    """How a matrix orders its people, and a worklist its lines (PRESSING, DUE, NAME)."""

    GAP = "gap"
    BLOCKING = "blocking"
    PRESSING = "pressing"
    DUE = "due"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """What narrows and orders a matrix. Empty: all.

    `domain` (a slug) narrows the skills, and with them gaps and totals; `job_role` (a slug) the
    people who hold it today; `status` the people with at least one cell that says so.
    """

    domain: str = ""
    job_role: str = ""
    status: CellStatus | None = None
    sort: Sort = Sort.GAP


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """One skill with its totals: of `required` people whom it binds `met` meet it."""

    skill: SkillRef
    met: int
    required: int
    blocking: int


@dataclass(frozen=True, slots=True)
class MatrixDomain:
    """Neighbouring columns of one domain."""

    slug: str
    name: str
    columns: tuple[MatrixColumn, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person; `cells` run parallel to the matrix' columns.

    A skill that nothing requires of this person is a cell too, with what is verified.
    """

    person: PersonRef
    gap: float | None
    met: int
    required_count: int
    blocking_count: int
    cells: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One cell with its person: a line of the CSV or of the worklist."""

    person: PersonRef
    cell: GapRow


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter offers."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of a matrix; columns, counts and totals are over all people the filter leaves.

    `people_count` is their number, `scope_count` the number before job role and status narrowed
    it. `domain_choices` and `job_role_choices` are what the filters can offer in this scope.
    """

    as_of: date
    filter: MatrixFilter
    domains: tuple[MatrixDomain, ...]
    rows: tuple[MatrixRow, ...]
    people_count: int
    scope_count: int
    met: int
    required_count: int
    blocking_count: int
    page: int
    pages: int
    domain_choices: tuple[Choice, ...]
    job_role_choices: tuple[Choice, ...]

    @property
    def columns(self) -> tuple[MatrixColumn, ...]:
        return tuple(column for domain in self.domains for column in domain.columns)


@dataclass(frozen=True, slots=True)
class Worklist:
    """What to act on in a selection; counts and choices as in Matrix."""

    filter: MatrixFilter
    lines: tuple[MatrixLine, ...]
    people_count: int
    scope_count: int
    domain_choices: tuple[Choice, ...]
    job_role_choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SkillLevels:
    """Who stands at which verified level of one skill: people by name, one tuple a level 0 to 4.

    They are those whom the skill is required of, and others who hold a level; `met` of `required`
    are among those whom it binds today.
    """

    skill: SkillRef
    levels: tuple[tuple[PersonRef, ...], ...]
    met: int
    required: int


@dataclass(frozen=True, slots=True)
class TeamLevels:
    """The other lens on a selection: people by level; counts and choices as in Matrix."""

    as_of: date
    filter: MatrixFilter
    skills: tuple[SkillLevels, ...]
    people_count: int
    scope_count: int
    domain_choices: tuple[Choice, ...]
    job_role_choices: tuple[Choice, ...]

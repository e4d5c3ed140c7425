"""The organisation page: units by domains or skills, with what may not be shown left out.

The page and its CSV are made of the same rows. What may be shown is decided for each skill by
itself, see reports.domain.hiding; every other figure adds up figures of skills that may be shown.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from django.utils import timezone

from accounts.models import OrgUnit, Person, unit_trails
from reports.exceptions import NotInFramework
from reports.services.groups import Column, Node, Organisation, Tally
from reports.services.histogram import Group
from skills.services.reading import SkillRef

WHOLE = Node("", "Whole organisation")


class Sort(StrEnum):
    """How the units are ordered; by figures, those without a shown figure come last."""

    TREE = ""
    LEAST_MET = "least"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What is looked at: a unit (None: everybody), the people who hold a job role, and a domain
    or one of its skills; all but the unit by slug, empty for all. `sort` orders the units.
    """

    unit: OrgUnit | None = None
    job_role: str = ""
    domain: str = ""
    skill: str = ""
    sort: Sort = Sort.TREE


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: of `required` requirements of `people` people `met` are met. A column of one
    skill has one requirement a person. `leaves_out`: some skill that is needed here may not be
    shown; the tally is without it.
    """

    column: Column
    tally: Tally
    leaves_out: bool

    @property
    def is_empty(self) -> bool:
        """Nobody here is bound by anything in this column."""
        return not self.is_shown and not self.leaves_out

    @property
    def is_hidden(self) -> bool:
        return not self.is_shown and self.leaves_out

    @property
    def is_partial(self) -> bool:
        return self.is_shown and self.leaves_out

    @property
    def is_shown(self) -> bool:
        return self.tally.people > 0


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One unit, or the people directly in the unit looked at; `head_count` is all its people."""

    node: Node
    head_count: int
    cells: tuple[Cell, ...]

    @property
    def shown(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_shown)

    @property
    def met(self) -> int:
        return sum(cell.tally.met for cell in self.shown)

    @property
    def required(self) -> int:
        return sum(cell.tally.required for cell in self.shown)

    @property
    def blocking(self) -> int:
        return sum(cell.tally.blocking for cell in self.shown)

    @property
    def hides_something(self) -> bool:
        return any(cell.leaves_out for cell in self.cells)

    @property
    def hides_everything(self) -> bool:
        return self.hides_something and not self.shown


@dataclass(frozen=True, slots=True)
class HeldAlone:
    """A skill that exactly one person of the unit holds at the level the unit needs."""

    skill: SkillRef
    level: int
    person: Person


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter offers."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """All that page and CSV show. `alone` is about everybody, whoever holds which role, and None
    where nothing may be said; a skill whose own figure is hidden is never in it, and
    `alone_left_out` says that there is one.
    """

    as_of: datetime
    filter: OrganisationFilter
    trail: tuple[OrgUnit, ...]
    columns: tuple[Column, ...]
    rows: tuple[OrganisationRow, ...]
    total: OrganisationRow
    alone: tuple[HeldAlone, ...] | None
    alone_left_out: bool
    minimum: int
    policy_version: str
    job_roles: tuple[Choice, ...]
    domains: tuple[Choice, ...]
    skills: tuple[Choice, ...]

    @property
    def shows_people(self) -> bool:
        """Each column is one skill, so that a requirement is a person."""
        return bool(self.filter.domain)

    @property
    def unmet(self) -> int:
        return self.total.required - self.total.met

    @property
    def hides_something(self) -> bool:
        return any(row.hides_something for row in (*self.rows, self.total))


def organisation_view(wanted: OrganisationFilter | None = None) -> OrganisationView:
    """Units by domains, or by the skills of one domain, as of now.

    A person counts once, in the unit of the largest share of time, at every level of the tree.
    Ten queries for any number of people, and one where stored rows are due. Raises
    NoPolicyPublished, FiguresBehind, and NotInFramework for a job role, domain or skill that does
    not exist.
    """
    return _Page(wanted or OrganisationFilter()).view()


class _Page:
    def __init__(self, wanted: OrganisationFilter) -> None:
        self.all = Organisation()
        self.wanted = self._without_stray_skill(wanted)
        self.role_id = self._known_role()
        self.domains = [
            Column(
                slug, name, frozenset(each.id for each in self.all.skills if each.domain == slug)
            )
            for slug, name in dict.fromkeys(
                (ref.domain, ref.domain_name) for ref in self.all.skills
            )
        ]
        self.trail = self._trail()
        self.chain = [WHOLE, *(Node(each.path, each.name, each.uuid) for each in self.trail)]

    def _without_stray_skill(self, wanted: OrganisationFilter) -> OrganisationFilter:
        """A skill of another domain is dropped: somebody went on to the next domain."""
        domain = next((ref.domain for ref in self.all.skills if ref.slug == wanted.skill), "")
        strays = bool(domain) and domain != wanted.domain
        return replace(wanted, skill="") if strays else wanted

    def _known_role(self) -> int | None:
        role_id = self.all.role_id(self.wanted.job_role)
        if self.wanted.job_role and role_id is None:
            raise NotInFramework(f"There is no job role {self.wanted.job_role!r}.")
        return role_id

    def _trail(self) -> tuple[OrgUnit, ...]:
        unit = self.wanted.unit
        return tuple(unit_trails([unit])[unit.pk]) if unit else ()

    def view(self) -> OrganisationView:
        here = self.chain[-1]
        rows = [self._row(node) for node in self._rows_below(here)]
        return OrganisationView(
            timezone.localtime(),
            self.wanted,
            self.trail,
            tuple(self.columns),
            tuple(sorted(rows, key=self._order)),
            self._row(here),
            self._alone(here),
            bool(self._untold(here)),
            self.all.minimum,
            self.all.version,
            tuple(self._job_roles()),
            tuple(Choice(each.slug, each.name) for each in self.domains),
            tuple(Choice(each.slug, each.name) for each in self.skills),
        )

    def _order(self, row: OrganisationRow) -> tuple[bool, float]:
        """A sort key that knows only what is shown."""
        if self.wanted.sort is Sort.TREE:
            return False, 0
        if self.wanted.sort is Sort.BLOCKING:
            return not row.shown, -row.blocking
        return not row.shown, row.met / row.required if row.required else 1

    @cached_property
    def skills(self) -> list[Column]:
        """The skills of the domain that is looked at; none where it is all domains."""
        refs = [each for each in self.all.skills if each.domain == self.wanted.domain]
        return [Column(each.slug, each.name, frozenset({each.id})) for each in refs]

    @cached_property
    def columns(self) -> list[Column]:
        """The domains, the skills of the domain that is looked at, or one of them."""
        domain, skill = self.wanted.domain, self.wanted.skill
        if not domain and not skill:
            return self.domains
        found = [each for each in self.skills if skill in ("", each.slug)]
        if not found:
            raise NotInFramework(f"There is no skill {skill!r} in a domain {domain!r}.")
        return found

    def _rows_below(self, here: Node) -> list[Node]:
        return [node for node in self.all.children(here.path) if self._groups(node)]

    def _groups(self, node: Node, *, chosen: bool = True) -> list[Group]:
        """The groups at a node, all of them or those whose people hold the job role chosen."""
        groups = self.all.groups_at(node.path)
        if not chosen or self.role_id is None:
            return groups
        return [each for each in groups if self.role_id in each.roles]

    def _row(self, node: Node) -> OrganisationRow:
        groups = self._groups(node)
        needed = self.all.needed(groups)
        told = {skill for skill in needed if node.path in self.all.told(skill, self.role_id)}
        cells = [
            Cell(
                column,
                self.all.tally(groups, column.skills & told),
                bool(column.skills & needed - told),
            )
            for column in self.columns
        ]
        return OrganisationRow(node, self.all.head_count(groups), tuple(cells))

    def _alone(self, here: Node) -> tuple[HeldAlone, ...] | None:
        groups = self._groups(here, chosen=False)
        needed, untold = self._needed(here), self._untold(here)
        if self.all.head_count(groups) < self.all.minimum or (untold and untold == needed):
            return None
        found = self.all.held_alone(groups)
        people = Person.objects.in_bulk([person_id for _, person_id in found.values()])
        return tuple(
            HeldAlone(ref, found[ref.id][0], people[found[ref.id][1]])
            for ref in self.all.skills
            if ref.id in found and ref.id in needed - untold
        )

    def _needed(self, here: Node) -> set[int]:
        """Skills looked at that are needed here, whoever holds which role."""
        wanted = {skill for column in self.columns for skill in column.skills}
        return self.all.needed(self._groups(here, chosen=False)) & wanted

    def _untold(self, here: Node) -> set[int]:
        """Those of them that are not to be shown."""
        return {skill for skill in self._needed(here) if here.path not in self.all.told(skill)}

    def _job_roles(self) -> list[Choice]:
        held = {role for group in self.all.people for role in group.roles}
        roles = sorted((self.all.roles[pk] for pk in held), key=lambda role: role.name)
        return [Choice(role.slug, role.name) for role in roles]

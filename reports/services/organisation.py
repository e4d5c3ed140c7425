"""The organisation page: units by domains or skills, with what may not be shown left out.

The page and its CSV are made of the same rows. What is hidden follows from everybody and from the
whole way down the tree: what is hidden in a unit's own row stays hidden in the units below it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from accounts.models import OrgUnit, Person, unit_trails
from reports.domain.hiding import hidden_cells, hidden_roles
from reports.services.groups import Column, Node, Organisation, Tally
from reports.services.histogram import Group
from skills.services.reading import SkillRef

WHOLE = Node("", "Whole organisation")
Hidden = set[tuple[Node, Column]]


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What is looked at: a unit (None: everybody), the people who hold a job role, and a domain
    or one of its skills; all but the unit by slug, empty for all.
    """

    unit: OrgUnit | None = None
    job_role: str = ""
    domain: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: of `required` requirements of `people` people `met` are met. A column of one
    skill has one requirement a person. `is_hidden`: the figures must not be shown.
    """

    column: Column
    tally: Tally
    is_hidden: bool

    @property
    def is_empty(self) -> bool:
        """Nobody here is bound by anything in this column."""
        return not self.tally.people

    @property
    def is_shown(self) -> bool:
        return not self.is_hidden and not self.is_empty


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One unit, or the people directly in the unit looked at; `head_count` is all its people."""

    node: Node
    head_count: int
    cells: tuple[Cell, ...]

    @property
    def hides_something(self) -> bool:
        return any(cell.is_hidden for cell in self.cells)

    @property
    def hides_everything(self) -> bool:
        return self.hides_something and not any(cell.is_shown for cell in self.cells)


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
    """All that page and CSV show. `alone` is None where the unit is too small to say; a skill whose
    own figure is hidden is never in it, and `alone_left_out` says that there is one.
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
    def shown(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.total.cells if cell.is_shown)

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
        return any(row.hides_something for row in (*self.rows, self.total))


def organisation_view(wanted: OrganisationFilter | None = None) -> OrganisationView:
    """Units by domains, or by the skills of one domain, as of now.

    A person counts once, in the unit of the largest share of time, at every level of the tree.
    Ten queries for any number of people, and one where stored rows are due. Raises
    NoPolicyPublished, and LookupError for a job role, domain or skill that does not exist.
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
            raise LookupError(f"There is no job role {self.wanted.job_role!r}.")
        return role_id

    def _trail(self) -> tuple[OrgUnit, ...]:
        unit = self.wanted.unit
        return tuple(unit_trails([unit])[unit.pk]) if unit else ()

    def view(self) -> OrganisationView:
        here, columns = self.chain[-1], self.columns
        hidden = self._hidden(columns)
        untold = self._untold_skills(here)
        if self.wanted.skill:
            columns = [each for each in columns if each.slug == self.wanted.skill]
        return OrganisationView(
            timezone.localtime(),
            self.wanted,
            self.trail,
            tuple(columns),
            tuple(self._row(node, columns, hidden) for node in self._rows_below(here)),
            self._row(here, columns, hidden),
            self._alone(here, untold),
            bool(untold),
            self.all.minimum,
            self.all.version,
            tuple(self._job_roles()),
            tuple(Choice(each.slug, each.name) for each in self.domains),
            tuple(Choice(each.slug, each.name) for each in self.columns if self.wanted.domain),
        )

    @cached_property
    def columns(self) -> list[Column]:
        """The domains, or the skills of the domain that is looked at."""
        domain, skill = self.wanted.domain, self.wanted.skill
        if not domain and not skill:
            return self.domains
        refs = [each for each in self.all.skills if each.domain == domain]
        if not refs or (skill and skill not in {each.slug for each in refs}):
            raise LookupError(f"There is no skill {skill!r} in a domain {domain!r}.")
        return self._skills_of(domain)

    def _skills_of(self, domain: str) -> list[Column]:
        return [
            Column(each.slug, each.name, frozenset({each.id}))
            for each in self.all.skills
            if each.domain == domain
        ]

    def _rows_below(self, here: Node) -> list[Node]:
        return [node for node in self.all.children(here.path) if self._groups(node)]

    def _groups(self, node: Node, *, chosen: bool = True) -> list[Group]:
        """The groups at a node, all of them or those whose people hold the job role chosen."""
        groups = self.all.groups_at(node.path)
        if not chosen or self.role_id is None:
            return groups
        return [each for each in groups if self.role_id in {role for role, _ in each.roles}]

    def _row(self, node: Node, columns: Collection[Column], hidden: Hidden) -> OrganisationRow:
        groups = self._groups(node)
        return OrganisationRow(
            node,
            self.all.head_count(groups),
            tuple(
                Cell(column, self.all.tally(groups, column), (node, column) in hidden)
                for column in columns
            ),
        )

    def _hidden(self, columns: list[Column]) -> Hidden:
        """What may not be shown of the nodes down to the rows of the unit looked at."""
        hidden = self._hidden_by_domain
        if columns is not self.domains:
            hidden = self._hidden_of_skills(self.wanted.domain, columns)
        if self.role_id is not None:
            hidden = self._hidden_down(columns, hidden, chosen=True)
        return hidden

    @cached_property
    def _hidden_by_domain(self) -> Hidden:
        """Without a job role chosen."""
        return self._hidden_down(self.domains, set(), chosen=False)

    def _hidden_of_skills(self, domain: str, columns: list[Column]) -> Hidden:
        """Without a job role chosen. A domain that is hidden hides each of its skills."""
        already = {
            (node, column)
            for node, hidden in self._hidden_by_domain
            if hidden.slug == domain
            for column in columns
        }
        return self._hidden_down(columns, already, chosen=False)

    def _untold_skills(self, here: Node) -> set[int]:
        """Skills whose own figure at a node, without a job role chosen, may not be shown."""
        return {
            skill
            for domain in self.domains
            if self.wanted.domain in ("", domain.slug)
            for node, column in self._hidden_of_skills(domain.slug, self._skills_of(domain.slug))
            if node == here
            for skill in column.skills
        }

    def _hidden_down(self, columns: list[Column], already: Hidden, *, chosen: bool) -> Hidden:
        hidden = set(already)
        rows = [WHOLE]
        for parent in self.chain:
            hidden |= self._hidden_among(rows, columns, hidden, chosen=chosen)
            rows = self.all.children(parent.path)
            hidden |= {(row, column) for up, column in hidden if up == parent for row in rows}
        return hidden | self._hidden_among(rows, columns, hidden, chosen=chosen)

    def _hidden_among(
        self, rows: list[Node], columns: list[Column], hidden: Hidden, *, chosen: bool
    ) -> Hidden:
        """Siblings: what is hidden of them. The sums of a row of skills stand in the domain."""
        if not rows:
            return set()
        counts = {
            row: {
                each: self.all.bound_people(self._groups(row, chosen=chosen), each.skills)
                for each in columns
            }
            for row in rows
        }
        by_role = self._hidden_by_role(rows, columns) if chosen else set()

        def together(row: Node, gone: Collection[Column]) -> int:
            skills = {skill for column in gone for skill in column.skills}
            return self.all.bound_people(self._groups(row, chosen=chosen), skills)

        return hidden_cells(
            counts,
            self.all.minimum,
            already={(row, column) for row, column in hidden | by_role if row in counts},
            together=together if columns is not self.domains else None,
        )

    def _hidden_by_role(self, rows: list[Node], columns: list[Column]) -> Hidden:
        """Where the job role chosen would, with the views of other roles, tell of a few people."""
        return {
            (row, column)
            for row in rows
            for column in columns
            if self.role_id
            in hidden_roles(
                self.all.people_by_roles(self._groups(row, chosen=False), column.skills),
                self.all.minimum,
            )
        }

    def _alone(self, here: Node, untold: Collection[int]) -> tuple[HeldAlone, ...] | None:
        groups = self._groups(here, chosen=False)
        if self.all.head_count(groups) < self.all.minimum:
            return None
        found = self.all.held_alone(groups)
        people = Person.objects.in_bulk([person_id for _, person_id in found.values()])
        return tuple(
            HeldAlone(ref, found[ref.id][0], people[found[ref.id][1]])
            for ref in self.all.skills
            if ref.id in found and ref.id not in untold and self.wanted.domain in ("", ref.domain)
        )

    def _job_roles(self) -> list[Choice]:
        held = {role for group in self.all.people for role, _ in group.roles}
        roles = sorted((self.all.roles[pk] for pk in held), key=lambda role: role.name)
        return [Choice(role.slug, role.name) for role in roles]

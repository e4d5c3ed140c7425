"""What groups of people need and hold, and the units they stand in."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from accounts.models import JobRole, OrgUnit
from reports.domain.hiding import Place, told_places, told_roles
from reports.services.histogram import LEVELS, Group, Held, histogram
from skills.domain.gaps import Required, gaps_of
from skills.enums import RequirementState
from skills.services.policy import published_policy
from skills.services.reading import SkillRef
from skills.services.requirements import requirement_book

NO_UNIT = "-"
"""Path of the node of people without a position."""
DIRECT = "."
"""What follows a unit's path for the people directly in it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree that groups stand in: a unit, the people directly in one, or neither.

    `path` is "" for the whole organisation; `uuid` is set where the node can be opened.
    """

    path: str
    name: str
    uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What a column counts: the requirements in these skills."""

    slug: str
    name: str
    skills: frozenset[int]

    @property
    def short_name(self) -> str:
        """The name without what follows its colon."""
        return self.name.partition(":")[0]


@dataclass(slots=True)
class Tally:
    """What one node comes to in one column; `people` are those whom something there binds."""

    people: int = 0
    met: int = 0
    required: int = 0
    blocking: int = 0
    levels: list[int] = field(default_factory=lambda: [0] * LEVELS)


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement that binds a group, with the state that each verified level means."""

    required: Required
    states: tuple[RequirementState, ...]


class Organisation:
    """Everybody active as groups, with what they need and hold, as of today; seven queries."""

    def __init__(self) -> None:
        self.today: date = timezone.localdate()
        published = published_policy()
        self.minimum = published.policy.params.min_group_size
        self.version = published.policy.version
        counted = histogram(self.today, published)
        self.people: Mapping[Group, int] = counted.people
        self.held: Mapping[tuple[Group, int], Held] = counted.held
        self.book = requirement_book(on=self.today, policy=published.policy)
        self.units = {unit.pk: unit for unit in OrgUnit.objects.order_by("path")}
        self.roles = {role.pk: role for role in JobRole.objects.select_related("inherits")}
        self._needs: dict[tuple[frozenset[int], ...], dict[int, Need]] = {}
        self._states: dict[Required, tuple[RequirementState, ...]] = {}
        self._standing_at: dict[str, list[Group]] = {}
        self._told_roles: dict[int, dict[int, set[str]]] = {}

    @cached_property
    def skills(self) -> list[SkillRef]:
        """Every skill that some job role requires, in the order of the framework."""
        return sorted(self.book.skills.values(), key=lambda ref: ref.order)

    def role_id(self, slug: str) -> int | None:
        return next((pk for pk, role in self.roles.items() if role.slug == slug), None)

    def children(self, path: str) -> list[Node]:
        """The nodes that together make up the node at a path, those without people left out."""
        step = len(path) + OrgUnit.steplen
        below = [
            Node(unit.path, unit.name, unit.uuid)
            for unit in self.units.values()
            if unit.path.startswith(path) and len(unit.path) == step
        ]
        rest = (
            Node(path + DIRECT, "Directly in this unit") if path else Node(NO_UNIT, "No position")
        )
        if not below:
            return []
        return [node for node in (*below, rest) if self.groups_at(node.path)]

    def groups_at(self, path: str) -> list[Group]:
        """The groups that stand at a node or below it."""
        if path not in self._standing_at:
            direct = path.endswith(DIRECT)
            place = path.removesuffix(DIRECT)
            self._standing_at[path] = [
                group
                for group in self.people
                if self._path_of(group).startswith(place)
                and not (direct and self._path_of(group) != place)
            ]
        return self._standing_at[path]

    def head_count(self, groups: Iterable[Group]) -> int:
        return sum(self.people[each] for each in groups)

    def _path_of(self, group: Group) -> str:
        return self.units[group.unit_id].path if group.unit_id is not None else NO_UNIT

    def _place_of(self, group: Group) -> Place:
        path = self._path_of(group)
        above = range(0, len(path), OrgUnit.steplen) if group.unit_id is not None else (0,)
        return (*(path[:size] for size in above), path, path + DIRECT)

    def told(self, skill_id: int, role_id: int | None = None) -> Set[str]:
        """Paths of the nodes at which the figures of a skill may be shown, of everybody bound or
        of those who hold a job role.
        """
        if role_id is None:
            return self._told_everybody.get(skill_id, set())
        if skill_id not in self._told_roles:
            told = told_roles(self._crowds[skill_id], self.minimum)
            self._told_roles[skill_id] = {role: _paths(places) for role, places in told.items()}
        return self._told_roles[skill_id].get(role_id, set())

    @cached_property
    def _told_everybody(self) -> dict[int, set[str]]:
        return {
            skill_id: _paths(told_places(crowds, self.minimum))
            for skill_id, crowds in self._crowds.items()
        }

    @cached_property
    def _crowds(self) -> dict[int, Counter[tuple[Place, frozenset[int]]]]:
        """Whom each skill binds, by where they stand and the job roles they hold."""
        found: dict[int, Counter[tuple[Place, frozenset[int]]]] = defaultdict(Counter)
        for group, count in self.people.items():
            crowd = (self._place_of(group), group.roles)
            for skill_id in self.needs(group):
                found[skill_id][crowd] += count
        return dict(found)

    def needs(self, group: Group) -> dict[int, Need]:
        """What binds the people of a group now, by skill id: exempt and in grace left out."""
        key = (group.roles, group.in_grace, group.exempt)
        if key not in self._needs:
            ids = self.book.skills
            required = self.book.merged(self._starts(group))
            self._needs[key] = {
                ids[slug].id: Need(each, self._states_of(each))
                for slug, each in required.items()
                if each.grace_until is None and ids[slug].id not in group.exempt
            }
        return self._needs[key]

    def _starts(self, group: Group) -> dict[int, date | None]:
        """Each role the group holds, by inheritance too; today where it is in grace."""
        held = {role_id for each in group.roles for role_id in self._with_inherited(each)}
        return {role_id: self.today if role_id in group.in_grace else None for role_id in held}

    def _with_inherited(self, role_id: int) -> list[int]:
        role = self.roles[role_id]
        above = (role.inherits_id, role.inherits.inherits_id if role.inherits else None)
        return [role_id, *(each for each in above if each is not None)]

    def _states_of(self, required: Required) -> tuple[RequirementState, ...]:
        if required not in self._states:
            skill = required.skill
            self._states[required] = tuple(
                gaps_of({skill: required}, {skill: level}, {}, as_of=self.today)[0].state
                for level in range(LEVELS)
            )
        return self._states[required]

    def needed(self, groups: Iterable[Group]) -> set[int]:
        """Ids of the skills that anybody of the groups needs."""
        return {skill for group in groups for skill in self.needs(group)}

    def levels(self, group: Group, skill_id: int) -> list[int]:
        """How many people of a group hold each level; without evidence they hold 0."""
        held = self.held.get((group, skill_id))
        counts = list(held.counts) if held else [0] * LEVELS
        counts[0] += self.people[group] - sum(counts)
        return counts

    def tally(self, groups: Iterable[Group], skills: Set[int]) -> Tally:
        """Add up what the groups need of some skills."""
        total = Tally()
        for group in groups:
            needs = self.needs(group)
            bound = skills & needs.keys()
            total.people += self.people[group] if bound else 0
            for skill_id in bound:
                self._count(total, self.levels(group, skill_id), needs[skill_id])
        return total

    def _count(self, total: Tally, levels: list[int], need: Need) -> None:
        for level, (count, state) in enumerate(zip(levels, need.states, strict=True)):
            total.levels[level] += count
            total.required += count
            total.met += count if state is RequirementState.MET else 0
            total.blocking += count if state is RequirementState.BLOCKING else 0

    def held_alone(self, groups: Collection[Group]) -> dict[int, tuple[int, int]]:
        """Skills the groups need that exactly one of their people holds: (level needed, person id).

        Needed is the highest level that binds anybody of them.
        """
        needed: dict[int, int] = defaultdict(int)
        for group in groups:
            for skill_id, need in self.needs(group).items():
                needed[skill_id] = max(needed[skill_id], need.required.level)
        alone = {}
        for skill_id, level in needed.items():
            holders = self._holders(groups, skill_id, level)
            if len(holders) == 1 and holders[0][0] == 1:
                alone[skill_id] = (level, holders[0][1])
        return alone

    def _holders(self, groups: Iterable[Group], skill_id: int, level: int) -> list[tuple[int, int]]:
        """For each group and level from `level` up with anybody: how many, and one of them."""
        rows = [self.held[group, skill_id] for group in groups if (group, skill_id) in self.held]
        return [
            (row.counts[each], row.somebody[each])
            for row in rows
            for each in range(level, LEVELS)
            if row.counts[each]
        ]


def _paths(places: Iterable[Place]) -> set[str]:
    """Nodes have the last part of a place as their path."""
    return {place[-1] for place in places}

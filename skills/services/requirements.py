"""What people must be able to do: the merged requirements of their current positions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import FilteredRelation, IntegerField, Q, QuerySet
from django.db.models.functions import Cast

from accounts.domain.roles import BASELINE, ROLE_CHAIN
from accounts.models import Person
from skills.domain.gaps import Required, held_since, last_day_of_grace, merge
from skills.domain.gaps import Requirement as RoleRequirement
from skills.domain.policy import Policy
from skills.models import Requirement
from skills.services.policy import current_digest, policy_of_digest
from skills.services.reading import SkillRef, as_text, day_of, skill_ref

_BOOKS_KEPT = 64


@dataclass(frozen=True, slots=True)
class PositionRef:
    """A position held on the day asked for."""

    id: int
    job_role_id: int
    job_role: str
    job_role_name: str
    unit: str
    share: Decimal
    starts_on: date
    inherited_role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person with the positions held on the day, the main one first."""

    id: int
    uuid: UUID
    name: str
    positions: tuple[PositionRef, ...]

    @property
    def job_roles(self) -> tuple[str, ...]:
        """The names of the job roles, each once, the main one first."""
        return tuple(dict.fromkeys(each.job_role_name for each in self.positions))

    @property
    def unit(self) -> str:
        return self.positions[0].unit if self.positions else ""


class _Rows(NamedTuple):
    """What a Book is made of, besides its day and policy."""

    by_role: Mapping[int, tuple[RoleRequirement, ...]]
    baseline: tuple[RoleRequirement, ...]
    skills: Mapping[str, SkillRef]
    role_names: Mapping[str, str]
    merged: dict[Any, dict[str, Required]]


@dataclass(frozen=True, slots=True)
class Book:
    """The requirement rows of some job roles on a day, and the names that go with them."""

    on: date
    policy: Policy
    by_role: Mapping[int, tuple[RoleRequirement, ...]]
    baseline: tuple[RoleRequirement, ...]
    skills: Mapping[str, SkillRef]
    role_names: Mapping[str, str]
    _merged: dict[Any, dict[str, Required]] = field(repr=False)

    def required(self, since: Mapping[int, date]) -> dict[str, Required]:
        """Merge what these job roles and the baseline ask for; alike roles share the answer.

        `since` has the id of each role held, by inheritance too, and since when without a break.
        """
        new = self.on - timedelta(days=self.policy.params.new_starter_grace_days)
        return self.merged({role: start if start > new else None for role, start in since.items()})

    def merged(self, starts: Mapping[int, date | None]) -> dict[str, Required]:
        """The same, with None for a role whose new-starter grace is over."""
        key = frozenset(starts.items())
        if key not in self._merged:
            self._merged[key] = merge(self._asked(starts), as_of=self.on)
        return self._merged[key]

    def _asked(self, starts: Mapping[int, date | None]) -> Iterator[RoleRequirement]:
        yield from self.baseline
        days = self.policy.params.new_starter_grace_days
        for role_id, start in starts.items():
            for each in self.by_role.get(role_id, ()):
                grace = last_day_of_grace(each.grace_until, start, days)
                yield RoleRequirement(each.job_role, each.skill, each.level, each.weight, grace)


@dataclass(frozen=True, slots=True)
class PersonRequirements:
    """One person's requirements by skill slug, with the exemptions that hold on the day."""

    person: PersonRef
    required: Mapping[str, Required]
    exempt_until: Mapping[str, date]
    book: Book


def requirements_of(person_ids: Collection[int], *, on: date) -> dict[int, PersonRequirements]:
    """The merged requirements of each of these people on a day; two queries.

    Takes the positions held that day with what their job roles inherit, the baseline, and the
    requirement rows valid that day. Raises NoPolicyPublished. Source: docs/skill-policy.md,
    "Requirements and gaps".
    """
    if not person_ids:
        return {}
    return _requirements(_everybody(on).filter(pk__in=person_ids), on)


def requirements_among(
    people: QuerySet[Person], *, on: date, most: int
) -> dict[int, PersonRequirements]:
    """The same for some `most` people of a QuerySet that is not sliced, in order of name."""
    some = people.order_by().values("pk")[:most]
    return _requirements(_everybody(on).filter(pk__in=some), on)


def requirements_of_person(uuid: UUID, *, on: date) -> PersonRequirements | None:
    """The same for one person, None for a uuid that is nobody's."""
    found = _requirements(_everybody(on).filter(uuid=uuid), on)
    return next(iter(found.values()), None)


def _requirements(joined: Iterable[tuple[Any, ...]], on: date) -> dict[int, PersonRequirements]:
    people = _people(joined, on)
    if not people.found:
        return {}
    policy = policy_of_digest(people.digest)
    book = _book(people.since.values(), on, policy)
    return {
        one.id: PersonRequirements(
            one, book.required(people.since[one.id]), people.exempt[one.id], book
        )
        for one in people.found
    }


_PERSON = (
    "pk",
    "uuid",
    "name",
    "held__id",
    "held__job_role_id",
    "held__job_role__slug",
    "held__job_role__name",
    "held__unit__name",
    "held__share",
    "held__starts_on",
    "held__ends_on",
    *(f"held__{step}" for step in ROLE_CHAIN[1:]),
    "spared__skill__slug",
    "spared__ends_on",
    "current_digest",
)


class _People(NamedTuple):
    """Who they are on the day, and by person id since when each role and until when exempt."""

    found: list[PersonRef]
    since: dict[int, dict[int, date]]
    exempt: dict[int, dict[str, date]]
    digest: str | None


def _people(joined: Iterable[tuple[Any, ...]], on: date) -> _People:
    """Read the one query of outer joins: positions held up to the day, exemptions of the day."""
    begun: dict[int, dict[int, _Begun]] = {}
    exempt: dict[int, dict[str, date]] = defaultdict(dict)
    who: dict[int, tuple[UUID, str]] = {}
    digest: str | None = None
    for pk, uuid, name, *held, skill, until, current in joined:
        digest = current
        who[pk] = (uuid, name)
        own = begun.setdefault(pk, {})
        if held[0] is not None and held[0] not in own:
            own[held[0]] = _begun(held)
        if skill is not None:
            exempt[pk][skill] = max(until, exempt[pk].get(skill, until))
    found = [
        PersonRef(pk, uuid, name, _positions(begun[pk].values(), on))
        for pk, (uuid, name) in who.items()
    ]
    since = {pk: _roles_since(each.values(), on) for pk, each in begun.items()}
    return _People(found, since, exempt, digest)


@lru_cache(maxsize=8)
def _everybody(on: date) -> QuerySet[Person, tuple[Any, ...]]:
    """All people, to be filtered; kept, since building it costs more than running it."""
    begun = Q(positions__starts_on__lte=on)  # ended ones too: they say since when a role is held
    spared = Q(exemptions__starts_on__lte=on, exemptions__ends_on__gte=on)
    everybody: QuerySet[Person] = Person.objects.all()
    return everybody.annotate(
        held=FilteredRelation("positions", condition=begun),
        spared=FilteredRelation("exemptions", condition=spared),
        current_digest=current_digest(),
    ).values_list(*_PERSON)


class _Begun(NamedTuple):
    """A position that began by the day and may have ended, with its last day."""

    position: PositionRef
    ends_on: date | None

    @property
    def role_ids(self) -> tuple[int, ...]:
        return (self.position.job_role_id, *self.position.inherited_role_ids)


def _begun(values: list[Any]) -> _Begun:
    id_, role_id, role, role_name, unit, share, starts_on, ends_on, *above = values
    inherited = tuple(each for each in above if each is not None)
    position = PositionRef(id_, role_id, role, role_name, unit, share, starts_on, inherited)
    return _Begun(position, ends_on)


def _positions(begun: Iterable[_Begun], on: date) -> tuple[PositionRef, ...]:
    held = [each.position for each in begun if each.ends_on is None or each.ends_on >= on]
    return tuple(sorted(held, key=_main_first))


def _roles_since(begun: Iterable[_Begun], on: date) -> dict[int, date]:
    """Each role that is held on the day, by inheritance too, and since when without a break."""
    terms: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for each in begun:
        for role_id in each.role_ids:
            terms[role_id].append((each.position.starts_on, each.ends_on))
    since = {role_id: held_since(own, on=on) for role_id, own in terms.items()}
    return {role_id: first for role_id, first in since.items() if first is not None}


def _main_first(position: PositionRef) -> tuple[Decimal, date, int]:
    return (-position.share, position.starts_on, position.id)


def _book(since: Iterable[Mapping[int, date]], on: date, policy: Policy) -> Book:
    role_ids = {role_id for each in since for role_id in each}
    roles = Q(job_role_id__in=role_ids) | Q(job_role__slug=BASELINE)
    return _book_of(_valid(on).filter(roles), on, policy)


def requirement_book(*, on: date, policy: Policy) -> Book:
    """What every job role requires on a day, for working out whole groups of people; one query."""
    return _book_of(_valid(on).all(), on, policy)


@lru_cache(maxsize=8)
def _valid(on: date) -> QuerySet[Requirement, tuple[Any, ...]]:
    """The requirements of a day, to be filtered; kept like `_everybody`."""
    return (
        Requirement.objects.valid_on(on)
        .filter(skill__is_active=True)
        .order_by()
        .annotate(grace=as_text("grace_until"), has_check=Cast("skill__has_check", IntegerField()))
        .values_list(
            "job_role_id",
            "job_role__slug",
            "job_role__name",
            "level",
            "weight",
            "grace",
            "skill_id",
            "skill__slug",
            "skill__name",
            "skill__domain__slug",
            "skill__domain__name",
            "skill__domain__position",
            "skill__position",
            "has_check",
        )
    )


def _book_of(rows: Iterable[tuple[Any, ...]], on: date, policy: Policy) -> Book:
    return Book(on, policy, *_sorted_rows(tuple(rows), on, policy.params.new_starter_grace_days))


@lru_cache(maxsize=_BOOKS_KEPT)
def _sorted_rows(rows: tuple[tuple[Any, ...], ...], on: date, new_starter_days: int) -> _Rows:
    """The rows by role, and what is merged from them: kept, for it follows from these values.

    The rows themselves are read afresh each time, so a requirement that changes makes other values.
    """
    by_role: dict[int, list[RoleRequirement]] = defaultdict(list)
    baseline: list[RoleRequirement] = []
    skills: dict[str, SkillRef] = {}
    names: dict[str, str] = {}
    for values in rows:
        role_id, role, role_name, level, weight, grace = values[:6]
        slug = values[7]
        ref = skills.get(slug) or skills.setdefault(slug, skill_ref(values[6:]))
        names[role] = role_name
        until = day_of(grace) if grace else None
        asked = RoleRequirement(role, ref.slug, level, weight, until)
        (baseline if role == BASELINE else by_role[role_id]).append(asked)
    kept = {role_id: tuple(each) for role_id, each in by_role.items()}
    return _Rows(kept, tuple(baseline), skills, names, {})

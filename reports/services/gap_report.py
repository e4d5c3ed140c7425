"""The gap report: one row per person and unmet requirement, as of a day.

One query object for the API, its CSV and HR's pages, so that they cannot differ. It reads people
in chunks, in the order of their ids, a fixed number of queries a chunk; within a person rows are
in the order of skill slugs. Source: docs/skill-policy.md, "Requirements and gaps".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.domain.lines import line_ids
from accounts.models import OrgUnit, Person, Position
from accounts.services.lines import line_path_on
from skills.services.gaps import GapRow, PersonGaps, gaps_against
from skills.services.reading import standings
from skills.services.requirements import requirements_of, requirements_of_person

CHUNK = 500
MOST_CHUNKS = 10
"""So many chunks one page reads at most: a choosy filter makes short pages, not slow ones."""

COLUMNS = (
    "person",
    "external_id",
    "name",
    "manager",
    "unit",
    "job_role",
    "skill",
    "weight",
    "required_level",
    "verified_level",
    "claimed_level",
    "shortfall",
    "blocking",
    "state",
    "requirement_state",
    "due_on",
    "until",
    "as_of",
    "policy_version",
)


@dataclass(frozen=True, slots=True)
class GapScope:
    """Which rows: people whose main unit is `unit` or below it, and the rows' own columns.

    `job_role` is the role that sets the level, `state` the state of the person's skill.
    """

    unit: OrgUnit | None = None
    job_role: str = ""
    skill: str = ""
    state: str = ""

    def takes(self, row: GapRow) -> bool:
        """Whether an unmet requirement belongs to the report."""
        return (
            self.job_role in ("", row.job_role)
            and self.skill in ("", row.skill.slug)
            and self.state in ("", row.state.value)
        )


class Named(NamedTuple):
    """A manager as a report names them."""

    uuid: UUID
    external_id: str | None
    name: str


class UnitName(NamedTuple):
    """A unit with the names from the top of the tree down, joined by `/`."""

    uuid: UUID
    path: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One unmet requirement of one person (`gap`), with who and where they are."""

    person: UUID
    external_id: str | None
    name: str
    manager: Named | None
    unit: UnitName | None
    gap: GapRow
    policy_version: str


class PersonRows(NamedTuple):
    """The rows of one person; `person_id` is the place in the order of the report."""

    person_id: int
    rows: tuple[ReportRow, ...]


class GapPage(NamedTuple):
    """Some rows, of whole persons only; `after` is where to go on, None at the end."""

    rows: list[ReportRow]
    after: int | None


def gap_report(
    scope: GapScope, as_of: date | None = None, *, after: int = 0, chunk: int = CHUNK
) -> Iterator[PersonRows]:
    """Each active person after the id `after` with the rows of the scope, also where there is none.

    `as_of` (default today) decides units, managers, requirements, exemptions and evidence. That
    somebody was active on an earlier day is not recorded: those who are active today are listed.
    Eight queries a chunk of people at most, and one for the names of units. Raises
    NoPolicyPublished.
    """
    day = as_of or timezone.localdate()
    names = _unit_names()
    while True:
        people = _people(scope, day, after)[:chunk]
        found = _chunk(people, scope, day, names)
        yield from found
        if len(found) < chunk:
            return
        after = found[-1].person_id


def gap_page(
    scope: GapScope, as_of: date, *, after: int = 0, size: int, chunk: int = CHUNK
) -> GapPage:
    """About `size` rows of the report: a person is never split, so that their rows agree.

    At most MOST_CHUNKS chunks of people are read for a page.
    """
    rows: list[ReportRow] = []
    last = after
    for number, one in enumerate(gap_report(scope, as_of, after=after, chunk=chunk), start=1):
        rows.extend(one.rows)
        last = one.person_id
        if len(rows) >= size or number == MOST_CHUNKS * chunk:
            return GapPage(rows, last)
    return GapPage(rows, None)


def gaps_of_person(uuid: UUID, as_of: date | None = None) -> PersonGaps | None:
    """One person's gaps as of a day (default today), None for an unknown uuid.

    Three queries, and one where stored rows are due.
    """
    day = as_of or timezone.localdate()
    wanted = requirements_of_person(uuid, on=day)
    if wanted is None:
        return None
    return gaps_against(wanted, standings([wanted.person.id], as_of=day))


def unmet_rows(gaps: PersonGaps) -> list[GapRow]:
    """The unmet requirements of a person in the order of the report."""
    return sorted(gaps.unmet_rows, key=lambda row: row.skill.slug)


def gap_cells(row: GapRow) -> dict[str, Any]:
    """The columns of a row that say nothing of who the person is, as JSON values."""
    return {
        "job_role": row.job_role,
        "skill": row.skill.slug,
        "weight": row.weight,
        "required_level": row.required_level,
        "verified_level": row.verified_level,
        "claimed_level": row.claimed_level,
        "shortfall": row.shortfall,
        "blocking": row.blocking,
        "state": row.state.value,
        "requirement_state": row.requirement_state and row.requirement_state.value,
        "due_on": row.due_on and row.due_on.isoformat(),
        "until": row.until and row.until.isoformat(),
    }


def _people(scope: GapScope, day: date, after: int) -> QuerySet[Person]:
    people: QuerySet[Person] = Person.objects.active().filter(pk__gt=after).order_by("pk")
    if scope.unit is not None:
        held = Position.objects.current_on(day).filter(unit__path__startswith=scope.unit.path)
        people = people.filter(pk__in=held.values("person_id"))
    return people


def _chunk(
    people: QuerySet[Person], scope: GapScope, day: date, names: dict[str, UnitName]
) -> list[PersonRows]:
    who = _who(people, day)
    wanted = requirements_of(who, on=day)
    stand = standings(who, as_of=day)
    paths = _unit_paths(
        one.person.positions[0].id for one in wanted.values() if one.person.positions
    )
    found = []
    for person_id in sorted(wanted):
        gaps = gaps_against(wanted[person_id], stand)
        main = gaps.person.positions[0].id if gaps.person.positions else None
        path = paths.get(main) if main else None
        inside = scope.unit is None or (path is not None and path.startswith(scope.unit.path))
        unit = names.get(path) if path else None
        rows = _rows(gaps, who[person_id], unit, scope) if inside else ()
        found.append(PersonRows(person_id, rows))
    return found


def _who(people: QuerySet[Person], day: date) -> dict[int, list[Any]]:
    """By id: external id, and the manager's uuid, external id and name; one query, past days two.

    For a past day the manager is that of the day.
    """
    manager = ("manager__uuid", "manager__external_id", "manager__name")
    if day >= timezone.localdate():
        return {pk: rest for pk, *rest in people.values_list("pk", "external_id", *manager)}
    then = people.annotate(line_then=line_path_on(day))
    known = [
        (pk, external_id, line_ids(path)[-2:-1])
        for pk, external_id, path in then.values_list("pk", "external_id", "line_then")
    ]
    above = Person.objects.filter(pk__in={pk for *_, ids in known for pk in ids})
    named = {pk: rest for pk, *rest in above.values_list("pk", "uuid", "external_id", "name")}
    nobody = [None, None, None]
    return {
        pk: [external_id, *(named.get(ids[0], nobody) if ids else nobody)]
        for pk, external_id, ids in known
    }


def _rows(
    gaps: PersonGaps, who: list[Any], unit: UnitName | None, scope: GapScope
) -> tuple[ReportRow, ...]:
    external_id, *manager = who
    above = Named(*manager) if manager[0] else None
    return tuple(
        ReportRow(
            gaps.person.uuid, external_id, gaps.person.name, above, unit, row, gaps.policy_version
        )
        for row in unmet_rows(gaps)
        if scope.takes(row)
    )


def _unit_paths(position_ids: Iterable[int]) -> dict[int, str]:
    rows = Position.objects.filter(pk__in=list(position_ids)).order_by()
    return dict(rows.values_list("pk", "unit__path"))


def _unit_names() -> dict[str, UnitName]:
    """Every unit's names by its path in the tree; one query."""
    names: dict[str, UnitName] = {}
    for path, uuid, name in OrgUnit.objects.order_by("path").values_list("path", "uuid", "name"):
        above = names.get(path[: -OrgUnit.steplen])
        names[path] = UnitName(uuid, f"{above.path}/{name}" if above else name)
    return names

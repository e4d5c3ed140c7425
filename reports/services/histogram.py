"""How many people of which kind hold which level: counted by the database, not by Python.

People of one unit whose job roles and exemptions are the same need the same, so a requirement is
merged once for each such group and never for each person. The number of rows that come back grows
with units and job roles, not with people. Source: docs/skill-policy.md, "Gaps", "Reading rule".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.models import Person, Position
from skills.models import Competency, Exemption, Skill
from skills.services.policy import Published
from skills.services.reading import slices_for, worked_out

LEVELS = 5

_WHO = """
WITH held AS (
    SELECT person_id, unit_id, job_role_id,
        CASE WHEN starts_on > %(new)s THEN 1 ELSE 0 END AS is_new,
        ROW_NUMBER() OVER (
            PARTITION BY person_id ORDER BY share DESC, starts_on, id
        ) AS place
    FROM {position}
    WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s)
), seated AS (
    SELECT person_id, MAX(CASE WHEN place = 1 THEN unit_id END) AS unit_id,
        {joined}(CAST(job_role_id AS text) || ':' || CAST(is_new AS text), ',') AS roles
    FROM held GROUP BY person_id
), spared AS (
    SELECT person_id, {joined}(CAST(skill_id AS text), ',') AS skills
    FROM {exemption}
    WHERE starts_on <= %(today)s AND ends_on >= %(today)s GROUP BY person_id
), who AS (
    SELECT person.id AS person_id, seated.unit_id,
        COALESCE(seated.roles, '') AS roles, COALESCE(spared.skills, '') AS exempt
    FROM {person} person
    LEFT JOIN seated ON seated.person_id = person.id
    LEFT JOIN spared ON spared.person_id = person.id
    WHERE person.is_active
)
"""
_PEOPLE = """
SELECT unit_id, roles, exempt, COUNT(*) FROM who GROUP BY unit_id, roles, exempt
"""
_LEVELS = """
SELECT who.unit_id, who.roles, who.exempt, stored.skill_id, stored.verified_level,
    COUNT(*), MIN(stored.person_id)
FROM who JOIN {competency} stored ON stored.person_id = who.person_id
    JOIN {skill} skill ON skill.id = stored.skill_id AND skill.is_active
WHERE stored.policy_id = %(policy)s
    AND (stored.next_change_on IS NULL OR stored.next_change_on > %(today)s)
GROUP BY who.unit_id, who.roles, who.exempt, stored.skill_id, stored.verified_level
"""
_DUE = """
SELECT who.unit_id, who.roles, who.exempt, stored.skill_id, stored.person_id
FROM who JOIN {competency} stored ON stored.person_id = who.person_id
    JOIN {skill} skill ON skill.id = stored.skill_id AND skill.is_active
WHERE stored.policy_id <> %(policy)s OR stored.next_change_on <= %(today)s
"""


@dataclass(frozen=True, slots=True)
class Group:
    """People of one unit (None: without a position) who need the same.

    `roles` are the ids of the job roles held, each with whether the position is so new that the
    new starter's grace holds; `exempt` the ids of skills they are exempt from.
    """

    unit_id: int | None
    roles: frozenset[tuple[int, bool]]
    exempt: frozenset[int]


@dataclass(slots=True)
class Held:
    """How many people of a group hold each level of one skill, of those with any evidence.

    `somebody` has, for each level, the id of one person who holds it.
    """

    counts: list[int] = field(default_factory=lambda: [0] * LEVELS)
    somebody: list[int] = field(default_factory=lambda: [0] * LEVELS)

    def add(self, level: int, count: int, person_id: int) -> None:
        self.counts[level] += count
        self.somebody[level] = person_id


@dataclass(frozen=True, slots=True)
class Histogram:
    """All active people as of a day: the size of each group, and levels by group and skill id."""

    people: dict[Group, int]
    held: dict[tuple[Group, int], Held]


def histogram(today: date, published: Published) -> Histogram:
    """Count everybody as of today: each person once, in the unit of the largest share of time.

    Ties go to the earliest start, then to the id. Three queries whatever the number of people, and
    one where stored rows are due: those go through the ladder here.
    """
    days = published.policy.params.new_starter_grace_days
    values = {
        "today": _as_text(today),
        "new": _as_text(today - timedelta(days=days)),
        "policy": published.id,
    }
    people: dict[Group, int] = defaultdict(int)
    for *group, count in _rows(_PEOPLE, values):
        people[_group(*group)] += count
    held: dict[tuple[Group, int], Held] = defaultdict(Held)
    for *group, skill_id, level, count, person_id in _rows(_LEVELS, values):
        held[_group(*group), skill_id].add(level, count, person_id)
    due = {(each[4], each[3]): _group(*each[:3]) for each in _rows(_DUE, values)}
    for key, level in _due_levels(due, today, published):
        held[due[key], key[1]].add(level, 1, key[0])
    return Histogram(dict(people), dict(held))


def _due_levels(
    keys: Iterable[tuple[int, int]], today: date, published: Published
) -> Iterator[tuple[tuple[int, int], int]]:
    """The verified level today of each person and skill whose stored row no longer holds."""
    wanted = list(keys)
    if not wanted:
        return
    for key, piece in slices_for(wanted).items():
        if piece.skill in published.policy.skills:
            row = worked_out(key, piece, published.policy, as_of=today, known_at=None)
            yield key, row.verified_level


def _group(unit_id: int | None, roles: str, exempt: str) -> Group:
    """The parts come joined in any order; a role held twice is new only if both positions are."""
    held = [each.split(":") for each in roles.split(",") if each]
    old = {int(role) for role, is_new in held if is_new == "0"}
    return Group(
        unit_id,
        frozenset((int(role), int(role) not in old) for role, _ in held),
        frozenset(int(each) for each in exempt.split(",") if each),
    )


def _rows(select: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    names = {
        "position": quote(Position._meta.db_table),
        "exemption": quote(Exemption._meta.db_table),
        "person": quote(Person._meta.db_table),
        "competency": quote(Competency._meta.db_table),
        "skill": quote(Skill._meta.db_table),
        "joined": "STRING_AGG" if connection.vendor == "postgresql" else "GROUP_CONCAT",
    }
    with connection.cursor() as cursor:
        cursor.execute((_WHO + select).format(**names), values)
        return list(cursor.fetchall())


def _as_text(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)

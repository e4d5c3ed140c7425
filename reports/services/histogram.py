"""How many people of which kind hold which level: counted by the database, not by Python.

People of one unit whose job roles and exemptions are the same need the same, so a requirement is
merged once for each such group and never for each person. The number of rows that come back grows
with units and job roles, not with people. Source: docs/skill-policy.md,
"Requirements and gaps" and "The state of a skill".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.domain.roles import MOST_INHERITED
from accounts.models import JobRole, Person, Position
from reports.exceptions import FiguresBehind
from skills.models import Competency, Exemption, Skill
from skills.services.policy import Published
from skills.services.reading import slices_for, worked_out

LEVELS = 5
MOST_WORKED_OUT = 20_000
"""Levels that a page works out itself, in a second or two; more are left to a job."""

_WHO = """
WITH RECURSIVE roles (held_id, role_id, steps) AS (
    SELECT id, id, 0 FROM {job_role}
    UNION ALL
    SELECT roles.held_id, above.inherits_id, roles.steps + 1
    FROM roles JOIN {job_role} above ON above.id = roles.role_id
    WHERE above.inherits_id IS NOT NULL AND roles.steps < %(most_inherited)s
), held AS (
    SELECT person_id, unit_id, job_role_id, starts_on,
        ROW_NUMBER() OVER (
            PARTITION BY person_id ORDER BY share DESC, starts_on, id
        ) AS place
    FROM {position}
    WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s)
), seated AS (
    SELECT person_id, MAX(CASE WHEN place = 1 THEN unit_id END) AS unit_id,
        {joined}(CAST(job_role_id AS text), ',') AS roles
    FROM held GROUP BY person_id
), terms AS (
    SELECT term.person_id, roles.role_id, term.starts_on,
        COALESCE(term.ends_on, %(today)s) AS ends_on,
        MAX(COALESCE(term.ends_on, %(today)s)) OVER (
            PARTITION BY term.person_id, roles.role_id ORDER BY term.starts_on, term.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
    FROM {position} term JOIN roles ON roles.held_id = term.job_role_id
    WHERE term.starts_on <= %(today)s AND (term.ends_on IS NULL OR term.ends_on >= %(new)s)
        AND term.person_id IN (SELECT person_id FROM held WHERE starts_on > %(new)s)
), begun AS (
    SELECT person_id, role_id FROM terms GROUP BY person_id, role_id
    HAVING MAX(ends_on) >= %(today)s AND MAX(
        CASE WHEN reached IS NULL OR {day_after_reached} < starts_on THEN starts_on END
    ) > %(new)s
), starting AS (
    SELECT person_id, {joined}(CAST(role_id AS text), ',') AS roles FROM begun GROUP BY person_id
), spared AS (
    SELECT person_id, {joined}(CAST(skill_id AS text), ',') AS skills
    FROM {exemption}
    WHERE starts_on <= %(today)s AND ends_on >= %(today)s GROUP BY person_id
), who AS (
    SELECT person.id AS person_id, seated.unit_id, COALESCE(seated.roles, '') AS roles,
        COALESCE(starting.roles, '') AS in_grace, COALESCE(spared.skills, '') AS exempt
    FROM {person} person
    LEFT JOIN seated ON seated.person_id = person.id
    LEFT JOIN starting ON starting.person_id = person.id
    LEFT JOIN spared ON spared.person_id = person.id
    WHERE person.is_active
)
"""
_PEOPLE = """
SELECT unit_id, roles, in_grace, exempt, COUNT(*)
FROM who GROUP BY unit_id, roles, in_grace, exempt
"""
_LEVELS = """
SELECT who.unit_id, who.roles, who.in_grace, who.exempt, stored.skill_id, stored.verified_level,
    COUNT(*), MIN(stored.person_id)
FROM who JOIN {competency} stored ON stored.person_id = who.person_id
    JOIN {skill} skill ON skill.id = stored.skill_id AND skill.is_active
WHERE stored.policy_id = %(policy)s
    AND (stored.next_change_on IS NULL OR stored.next_change_on > %(today)s)
GROUP BY who.unit_id, who.roles, who.in_grace, who.exempt, stored.skill_id, stored.verified_level
"""
_DUE = """
SELECT who.unit_id, who.roles, who.in_grace, who.exempt, stored.skill_id, stored.person_id
FROM who JOIN {competency} stored ON stored.person_id = who.person_id
    JOIN {skill} skill ON skill.id = stored.skill_id AND skill.is_active
WHERE stored.policy_id <> %(policy)s OR stored.next_change_on <= %(today)s
"""


@dataclass(frozen=True, slots=True)
class Group:
    """People of one unit (None: without a position) who need the same.

    `roles` are the ids of the job roles held; `in_grace` of those roles, held or inherited, that
    they hold so newly that the new starter's grace holds; `exempt` of skills they are exempt from.
    """

    unit_id: int | None
    roles: frozenset[int]
    in_grace: frozenset[int]
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
    one where stored rows are due: those go through the ladder here. Raises FiguresBehind
    where too many are, as just after a policy was published.
    """
    days = published.policy.params.new_starter_grace_days
    values = {
        "today": _as_text(today),
        "new": _as_text(today - timedelta(days=days)),
        "policy": published.id,
        "most_inherited": MOST_INHERITED,
    }
    people: dict[Group, int] = defaultdict(int)
    for *group, count in _rows(_PEOPLE, values):
        people[_group(*group)] += count
    held: dict[tuple[Group, int], Held] = defaultdict(Held)
    for *group, skill_id, level, count, person_id in _rows(_LEVELS, values):
        held[_group(*group), skill_id].add(level, count, person_id)
    due = {(each[5], each[4]): _group(*each[:4]) for each in _rows(_DUE, values)}
    if len(due) > MOST_WORKED_OUT:
        raise FiguresBehind(len(due))
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


def _group(unit_id: int | None, *joined: str) -> Group:
    """The ids come joined in any order, a role held twice comes twice."""
    return Group(
        unit_id, *(frozenset(int(each) for each in ids.split(",") if each) for ids in joined)
    )


def _rows(select: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    postgres = connection.vendor == "postgresql"
    names = {
        "job_role": quote(JobRole._meta.db_table),
        "position": quote(Position._meta.db_table),
        "exemption": quote(Exemption._meta.db_table),
        "person": quote(Person._meta.db_table),
        "competency": quote(Competency._meta.db_table),
        "skill": quote(Skill._meta.db_table),
        "joined": "STRING_AGG" if postgres else "GROUP_CONCAT",
        "day_after_reached": "reached + 1" if postgres else "DATE(reached, '+1 day')",
    }
    with connection.cursor() as cursor:
        cursor.execute((_WHO + select).format(**names), values)
        return list(cursor.fetchall())


def _as_text(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)
